# SPDX-License-Identifier: GPL-3.0-or-later
"""Where each optimizer comes to, as JSON: PyTorch's own ones, and LAMB and Lion as their papers have them.

    optimizer_reference.py FILE

The problem: scale * (sum (w - a)^2 + 3 sum (v - b)^2). v has half the learning rate and no weight decay. After
two of five steps the learning rate halves, and what a schedule calls momentum becomes 0.8.
"""
import json
import sys

import numpy as np

import careful_torch  # before torch
import torch

W, A = [1.0, -2.0, 3.0], [0.5, 0.25, -1.0]
V, B = [0.5, 2.0], [1.5, -1.0]
STEPS = 5
MOVES_AT = 2
MOMENTUM = 0.8


class Numpy:
    """Groups of one array, as torch.optim's, but without PyTorch."""

    def __init__(self, rate, decay, beta1, beta2):
        self.arrays = [np.array(W), np.array(V)]
        self.rates = [rate, rate / 2]
        self.decays = [decay, 0.0]
        self.beta1, self.beta2 = beta1, beta2
        self.m = [np.zeros(3), np.zeros(2)]
        self.v = [np.zeros(3), np.zeros(2)]
        self.t = 0

    def run(self, scale):
        for step in range(STEPS):
            if step == MOVES_AT:
                self.rates = [rate / 2 for rate in self.rates]
                self.beta1 = MOMENTUM
            w, v = self.arrays
            self.step([scale * 2 * (w - np.array(A)), scale * 6 * (v - np.array(B))])
        return [float(x) for x in np.concatenate(self.arrays)]


class Lion(Numpy):
    """Chen et al. 2023, program 1."""

    def step(self, gradients):
        for i, g in enumerate(gradients):
            c = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.arrays[i] = self.arrays[i] - self.rates[i] * (np.sign(c) + self.decays[i] * self.arrays[i])
            self.m[i] = self.beta2 * self.m[i] + (1 - self.beta2) * g


class Lamb(Numpy):
    """You et al. 2019, algorithm 2 with phi(z) = z, and what timm adds: all gradients together have a norm of
    at most 1, and what does not decay is not adapted unless always is set."""

    epsilon = 1e-6
    always = False

    def step(self, gradients):
        self.t += 1
        norm = np.sqrt(sum((g * g).sum() for g in gradients))
        for i, g in enumerate(gradients):
            g = g / max(1.0, norm)
            x = self.arrays[i]
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g * g
            r = (self.m[i] / (1 - self.beta1**self.t)) / (np.sqrt(self.v[i] / (1 - self.beta2**self.t)) + self.epsilon)
            u = r + self.decays[i] * x
            ratio = 1.0
            if self.decays[i] != 0 or self.always:
                ratio = np.linalg.norm(x) / np.linalg.norm(u)
            self.arrays[i] = x - self.rates[i] * ratio * u


def always(lamb):
    lamb.always = True
    return lamb


def torchs(make, rate, decay=0.0, **more):
    def run(scale):
        w, v = torch.tensor(W, requires_grad=True), torch.tensor(V, requires_grad=True)
        groups = [{"params": [w]}, {"params": [v], "lr": rate / 2, "weight_decay": 0.0}]
        optimizer = make(groups, lr=rate, weight_decay=decay, **more)
        for step in range(STEPS):
            if step == MOVES_AT:
                for group in optimizer.param_groups:
                    group["lr"] /= 2
                    if "momentum" in group:
                        group["momentum"] = MOMENTUM
                    if "betas" in group:
                        group["betas"] = (MOMENTUM, group["betas"][1])
            optimizer.zero_grad()
            loss = ((w - torch.tensor(A)) ** 2).sum() + 3 * ((v - torch.tensor(B)) ** 2).sum()
            (scale * loss).backward()
            optimizer.step()
        return w.tolist() + v.tolist()

    return run


CASES = {
    "sgd": torchs(torch.optim.SGD, 0.05),
    "sgd-momentum": torchs(torch.optim.SGD, 0.05, 0.01, momentum=0.9),
    "sgd-nesterov": torchs(torch.optim.SGD, 0.05, momentum=0.9, nesterov=True),
    "adam": torchs(torch.optim.Adam, 0.1, 0.01),
    "adam-betas": torchs(torch.optim.Adam, 0.1, 0.01, betas=(0.7, 0.95), eps=0.01),
    "adamw": torchs(torch.optim.AdamW, 0.1, 0.1),
    "rmsprop": torchs(torch.optim.RMSprop, 0.1, 0.01, momentum=0.9),
    "rmsprop-alpha": torchs(torch.optim.RMSprop, 0.1, momentum=0.5, alpha=0.9, eps=0.01),
    "adagrad": torchs(torch.optim.Adagrad, 0.1, 0.01),
    "lamb": Lamb(0.1, 0.01, 0.9, 0.999).run,
    "lamb-betas": Lamb(0.1, 0.1, 0.7, 0.95).run,
    "lamb-always": always(Lamb(0.1, 0.0, 0.9, 0.999)).run,
    "lion": Lion(0.1, 0.1, 0.9, 0.99).run,
    "lion-betas": Lion(0.1, 0.0, 0.95, 0.5).run,
}
SCALES = {"lamb-betas": 0.01}  # its gradients are shorter than 1

if __name__ == "__main__":
    result = {name: run(SCALES.get(name, 1.0)) for name, run in CASES.items()}
    with open(sys.argv[1], "w") as out:
        json.dump(result, out)
