# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses of some learning-rate sweeps, and what fastai's lr_find makes of them, told in other words.
Prints JSON: [{count, losses, smooth, valley, steepest}, ...]; smooth ends where the sweep stops.
"""
import functools
import json

import numpy

FIRST, LAST, SMOOTHING, DIVERGENCE = 1e-7, 10.0, 0.98, 4


def sweep(seed, count, middle, noise):
    random = numpy.random.default_rng(seed)
    rates = FIRST * (LAST / FIRST) ** (numpy.arange(count) / count)
    learnt = 1 / (1 + numpy.exp(-3 * (numpy.log10(rates) - middle)))
    losses = 2.5 - 2 * learnt + noise * random.standard_normal(count) + (rates / 0.4) ** 3
    # The mean of all so far, each batch back weighing less.
    smooth = [numpy.average(losses[:n + 1], weights=SMOOTHING ** numpy.arange(n, -1, -1.0)) for n in range(count)]
    stop = next((n for n in range(count) if smooth[n] > DIVERGENCE * min(smooth[:n + 1])), count - 1)
    smooth = smooth[:stop + 1]

    at, loss = rates[:stop + 1][count // 10:-5], smooth[count // 10:-5]

    @functools.lru_cache(None)
    def descent(end):
        """Points of the longest descent that ends there."""
        return 1 + max((descent(before) for before in range(end) if loss[before] > loss[end]), default=0)

    lengths = [descent(end) for end in range(len(loss))]
    longest = max(lengths)
    end = lengths.index(longest)
    valley = at[end - longest + longest // 3 + longest // 6]
    steepest = at[numpy.argmin(numpy.diff(loss) / numpy.diff(numpy.log(at)))]
    return {"count": count, "losses": losses.tolist(), "smooth": smooth, "valley": valley, "steepest": steepest}


print(json.dumps([sweep(seed, count, middle, noise) for seed, count, middle, noise in (
    (1, 100, -3, 0.01), (2, 100, -2, 0.1), (3, 60, -4, 0.05), (4, 200, -2.5, 0.3), (5, 37, -1.5, 0.02))]))
