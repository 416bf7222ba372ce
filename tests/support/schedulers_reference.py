# SPDX-License-Identifier: GPL-3.0-or-later
"""What the schedulers of torch.optim.lr_scheduler give at each of 28 steps: 7 epochs of 4.
Prints JSON: {CASE: [[learning rate, momentum or Adam's first beta], ...]}
"""
import json
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

EPOCHS, PER_EPOCH, BASE = 7, 4, 0.2
STEPS = EPOCHS * PER_EPOCH
# Of a run whose loss falls, stands, falls by less than counts, and rises.
LOSSES = [1.0, 0.5, 0.6, 0.49999, 0.7, 0.3, 0.9]

warnings.simplefilter("error")


def rates(make, by_step=True, optimizer=torch.optim.SGD, **options):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = optimizer([weight], lr=BASE, **options)
    scheduler = make(optimizer)
    found = []
    for step in range(STEPS):
        group = optimizer.param_groups[0]
        found.append([group["lr"], group["betas"][0] if "betas" in group else group["momentum"]])
        optimizer.step()
        if by_step:
            scheduler.step()
        elif (step + 1) % PER_EPOCH == 0:
            scheduler.step(LOSSES[step // PER_EPOCH])
    return found


cases = {
    "constant": rates(lambda o: schedulers.ConstantLR(o, factor=1)),
    "step": rates(lambda o: schedulers.StepLR(o, step_size=3 * PER_EPOCH, gamma=0.25)),
    "cosine": rates(lambda o: schedulers.CosineAnnealingLR(o, T_max=STEPS)),
    "restarts": rates(lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=2 * PER_EPOCH)),
    "growing restarts": rates(lambda o: schedulers.CosineAnnealingWarmRestarts(o, T_0=PER_EPOCH, T_mult=2)),
    "linear": rates(lambda o: schedulers.LinearLR(o, start_factor=1, end_factor=0, total_iters=STEPS)),
    "polynomial": rates(lambda o: schedulers.PolynomialLR(o, total_iters=STEPS, power=0.9)),
    "squared": rates(lambda o: schedulers.PolynomialLR(o, total_iters=STEPS, power=2)),
    "exponential": rates(lambda o: schedulers.ExponentialLR(o, gamma=0.9 ** (1 / PER_EPOCH))),
    "one_cycle": rates(lambda o: schedulers.OneCycleLR(o, max_lr=BASE, epochs=EPOCHS, steps_per_epoch=PER_EPOCH),
                       momentum=0.9),
    "one_cycle of Adam": rates(lambda o: schedulers.OneCycleLR(o, max_lr=BASE, total_steps=STEPS),
                               optimizer=torch.optim.Adam),
    "another one_cycle": rates(lambda o: schedulers.OneCycleLR(
        o, max_lr=BASE, total_steps=STEPS, pct_start=0.4, div_factor=10, final_div_factor=100, max_momentum=0.9,
        base_momentum=0.5), momentum=0.9),
    "plateau": rates(lambda o: schedulers.ReduceLROnPlateau(o, patience=0), by_step=False),
    "patient plateau": rates(lambda o: schedulers.ReduceLROnPlateau(o, factor=0.5, patience=2, threshold=0.3),
                             by_step=False),
    "usual plateau": rates(lambda o: schedulers.ReduceLROnPlateau(o), by_step=False),
}
print(json.dumps(cases))
