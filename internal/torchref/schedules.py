#!/usr/bin/env python3
"""Writes the rates of PyTorch's schedules over 60 epochs.

Run from the root of the repository: /usr/bin/python3 internal/torchref/schedules.py
Written with PyTorch 1.13.1. The output is the same bytes on every run.
"""
from optim import product, schedule
from optimizers import write

OPTIONS = {
    "ExponentialLR": dict(gamma=[0.9, 0.5, 1.0, 1.1]),
    "MultiStepLR": dict(milestones=[[10, 30], [5, 5, 20], [40, 3], [100]], gamma=[0.1, 0.5]),
    "ConstantLR": dict(factor=[1 / 3, 0.5, 1.0], total_iters=[5, 1, 100, 0]),
    "LinearLR": dict(start_factor=[1 / 3, 0.01, 1.0], end_factor=[1.0, 0.5], total_iters=[5, 1, 100]),
    "PolynomialLR": dict(total_iters=[5, 1, 100, 60], power=[1.0, 2.0, 0.5]),
    "CosineAnnealingWarmRestarts": dict(T_0=[1, 7, 100], T_mult=[1, 2, 3], eta_min=[0, 0.001]),
    "StepLR": dict(step_size=[1, 7, 100], gamma=[0.1, 0.9]),
    "CosineAnnealingLR": dict(T_max=[1, 7, 50], eta_min=[0, 0.001]),
}

if __name__ == "__main__":
    rows = [schedule((name, o)) for name, options in OPTIONS.items() for o in product(**options)]
    write("optim/testdata/schedules.json.gz", dict(schedules=rows))
    print(len(rows), "schedules")
