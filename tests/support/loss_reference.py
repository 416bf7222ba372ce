# SPDX-License-Identifier: GPL-3.0-or-later
"""What the losses, the weights of classes and the clipping of gradients are to give, as JSON.

losses FILE     each loss and its gradient, by PyTorch's classes and by the formulas of the papers, in float64
weights FILE    class weights, by scikit-learn and by the paper
clip FILE       gradients and what torch.nn.utils.clip_grad_norm_ makes of them
"""
import json
import math
import sys

import numpy
import torch

LABELS = [0, 2, 1, 1, 0, 2]
OTHERS = [1, 2, 0, 1, 2, 0]
WEIGHTS = [0.5, 2.0, 1.25]
LOGITS = [[3 * math.sin(3 * i + j) for j in range(3)] for i in range(6)]
# The first two are very sure, and one of them is wrong.
NUMBERS = [[20.0], [-18.0], [0.3], [-1.5], [0.0], [2.5]]
TWO = [1, 1, 0, 1, 0, 0]
SHARE = 0.3


def with_gradient(numbers, loss):
    x = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    value = loss(x)
    value.backward()
    return {"loss": value.item(), "gradient": x.grad.tolist()}


def cross_entropy(labels=LABELS, **options):
    if "weight" in options:
        options["weight"] = torch.tensor(options["weight"], dtype=torch.float64)
    return lambda x: torch.nn.CrossEntropyLoss(**options)(x, torch.tensor(labels))


def focal(gamma, weights=None, labels=LABELS):
    """Lin et al. 2017, equation 5, with softmax."""

    def loss(x):
        p = x.exp() / x.exp().sum(1, keepdim=True)
        right = torch.stack([p[i, label] for i, label in enumerate(labels)])
        alpha = torch.tensor([weights[label] if weights else 1.0 for label in labels], dtype=torch.float64)
        return (-alpha * (1 - right) ** gamma * right.log()).mean()

    return loss


def binary(weights=None):
    """As keras.losses.BinaryCrossentropy on sigmoid's answers with class_weight: the sum over the images by their
    number. The gradient is that of the papers: (p - y) w / n."""
    x = numpy.array(NUMBERS)[:, 0]
    y = numpy.array(TWO)
    w = numpy.array([weights[label] if weights else 1.0 for label in TWO])
    p = 1 / (1 + numpy.exp(-x))
    losses = -(y * numpy.log(p) + (1 - y) * numpy.log(1 - p))
    theirs = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.tensor(x), torch.tensor(y, dtype=torch.float64), weight=torch.tensor(w)
    )
    loss = float((w * losses).mean())
    assert abs(loss - theirs.item()) < 1e-6
    return {"loss": loss, "gradient": [[g] for g in (w * (p - y) / len(x)).tolist()]}


def mixed(loss):
    return lambda x: SHARE * loss(labels=LABELS)(x) + (1 - SHARE) * loss(labels=OTHERS)(x)


def losses():
    return {
        "labels": LABELS,
        "others": OTHERS,
        "weights": WEIGHTS,
        "logits": LOGITS,
        "numbers": NUMBERS,
        "two": TWO,
        "share": SHARE,
        "cases": {
            "plain": with_gradient(LOGITS, cross_entropy()),
            "smooth": with_gradient(LOGITS, cross_entropy(label_smoothing=0.1)),
            "weighted": with_gradient(LOGITS, cross_entropy(weight=WEIGHTS)),
            "smooth-weighted": with_gradient(LOGITS, cross_entropy(weight=WEIGHTS, label_smoothing=0.2)),
            "mixed": with_gradient(LOGITS, mixed(cross_entropy)),
            "focal": with_gradient(LOGITS, focal(2)),
            "focal-0": with_gradient(LOGITS, cross_entropy()),
            "focal-half": with_gradient(LOGITS, focal(0.5)),
            "focal-weighted": with_gradient(LOGITS, focal(2, WEIGHTS)),
            "focal-mixed": with_gradient(LOGITS, mixed(lambda labels: focal(2, None, labels))),
            "binary": binary(),
            "binary-weighted": binary(WEIGHTS),
        },
    }


def class_weights():
    from sklearn.utils.class_weight import compute_class_weight

    counts = [60, 30, 10, 1000]
    labels = numpy.repeat(numpy.arange(len(counts)), counts)

    def effective(beta):
        """Cui et al. 2019, as their class_balanced_loss.py."""
        weights = (1.0 - beta) / (1.0 - numpy.power(beta, counts))
        return (weights / numpy.sum(weights) * len(counts)).tolist()

    return {
        "counts": counts,
        "balanced": compute_class_weight("balanced", classes=numpy.unique(labels), y=labels).tolist(),
        "effective": effective(0.999),
        "effective-0.9": effective(0.9),
    }


def clip():
    result = []
    for limit in (0.5, 100.0):
        parameters = [torch.zeros(2, 3), torch.zeros(3)]
        for n, parameter in enumerate(parameters):
            parameter.grad = torch.tensor([math.cos(n + i) for i in range(parameter.numel())]).reshape(parameter.shape)
        before = [p.grad.flatten().tolist() for p in parameters]
        torch.nn.utils.clip_grad_norm_(parameters, limit)
        result.append({"limit": limit, "before": before, "after": [p.grad.flatten().tolist() for p in parameters]})
    return result


with open(sys.argv[2], "w") as out:
    json.dump({"losses": losses, "weights": class_weights, "clip": clip}[sys.argv[1]](), out)
