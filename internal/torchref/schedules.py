#!/usr/bin/env python3
"""Writes the rates, and momenta, of PyTorch's schedules over 60 epochs or more.

Run from the root of the repository: /usr/bin/python3 internal/torchref/schedules.py
Written with PyTorch 1.13.1. The output is the same bytes on every run.
schedules.json.gz has every schedule with its options, chains.json.gz what they
do to one another.
"""
import math
import warnings

import torch

from optim import SCHEDULE, product
from optimizers import write

# SequentialLR itself calls what PyTorch warns of.
warnings.filterwarnings("ignore", message="The epoch parameter in `scheduler.step")
SHORT, CYCLE = 24, 100

OPTIONS = {
    "ExponentialLR": dict(gamma=[0.9, 0.5, 1.0, 1.1]),
    "MultiStepLR": dict(milestones=[[10, 30], [5, 5, 20], [40, 3], [100], [0, 7]], gamma=[0.1, 0.5]),
    "ConstantLR": dict(factor=[1 / 3, 0.5, 1.0], total_iters=[5, 1, 100, 0]),
    "LinearLR": dict(start_factor=[1 / 3, 0.01, 1.0], end_factor=[1.0, 0.5], total_iters=[5, 1, 100]),
    "PolynomialLR": dict(total_iters=[5, 1, 100, 60], power=[1.0, 2.0, 0.5]),
    "CosineAnnealingWarmRestarts": dict(T_0=[1, 7, 100], T_mult=[1, 2, 3], eta_min=[0, 0.001]),
    "StepLR": dict(step_size=[1, 7, 100], gamma=[0.1, 0.9]),
    "CosineAnnealingLR": dict(T_max=[1, 7, 50], eta_min=[0, 0.001]),
    "SWALR": dict(swa_lr=[0.05, [0.05, 0.3]], anneal_epochs=[10, 1, 0, 100], anneal_strategy=["cos", "linear"]),
}

# The functions that the rows name.
FUNCTIONS = {
    "halve": lambda epoch: 0.5 ** (epoch // 10),
    "wave": lambda epoch: 1 + 0.5 * math.sin(epoch),
    "shrink": lambda epoch: 0.95,
    "fade": lambda x: 1 / (1 + 0.25 * x),
}


def make(opt, name, options):
    """One scheduler; those in it come from their own names and options."""
    options = dict(options)
    if "schedulers" in options:
        parts = [make(opt, part["name"], part["options"]) for part in options["schedulers"]]
        if name == "ChainedScheduler":
            return torch.optim.lr_scheduler.ChainedScheduler(parts)
        return torch.optim.lr_scheduler.SequentialLR(opt, parts, options["milestones"])
    if "lr_lambda" in options:
        functions = [FUNCTIONS[f] for f in options["lr_lambda"]]
        options["lr_lambda"] = functions if len(functions) > 1 else functions[0]
    if "scale_fn" in options:
        options["scale_fn"] = FUNCTIONS[options["scale_fn"]]
    module = torch.optim.swa_utils if name == "SWALR" else torch.optim.lr_scheduler
    return getattr(module, name)(opt, **options)


def shortened(x, digits):
    return x if digits is None else float(f"{x:.{digits}g}")


def row(*specs, optimizer="SGD", steps=SCHEDULE, momenta=False, metrics=None, digits=None):
    """specs are (class, options); several are made one after the other."""
    params = [torch.zeros((), requires_grad=True) for _ in range(2)]
    opt = getattr(torch.optim, optimizer)([dict(params=[params[0]]), dict(params=[params[1]], lr=0.02)], lr=0.5)
    schedulers = [make(opt, *spec) for spec in specs]
    out = dict(optimizer=optimizer, schedulers=[dict(name=n, settings=o) for n, o in specs], rates=[])
    if momenta:
        out["momenta"] = []
    if metrics:
        out["metrics"] = metrics
        steps = len(metrics)
    for step in range(steps + 1):
        if step > 0:
            opt.step()
            for s in schedulers:
                s.step(*([metrics[step - 1]] if metrics else []))
        out["rates"].append([shortened(g["lr"], digits) for g in opt.param_groups])
        if momenta:
            out["momenta"].append([g["betas"][0] if "betas" in g else g["momentum"] for g in opt.param_groups])
    return out


def one_cycles():
    """As far as the last step; the one after it leaves PyTorch's line at its end."""
    name, lists = "OneCycleLR", dict(max_lr=[0.5, 0.1], base_momentum=[0.5, 0.8], max_momentum=[0.9, 0.95])
    for o in product(total_steps=[60], pct_start=[0.3, 0.0, 0.5], anneal_strategy=["cos", "linear"],
                     three_phase=[False, True]):
        yield row((name, dict(max_lr=0.3, **o)), steps=59, momenta=True)
        yield row((name, dict(lists, **o)), steps=59, momenta=True, optimizer="Adam")
    for o in [dict(total_steps=60, pct_start=1.0), dict(total_steps=100, div_factor=1.0, final_div_factor=2.0),
              dict(epochs=12, steps_per_epoch=5), dict(epochs=12, steps_per_epoch=5, three_phase=True)]:
        yield row((name, dict(max_lr=0.3, cycle_momentum=False, **o)), steps=59, momenta=True)
        yield row((name, dict(lists, **o)), steps=59, momenta=True)
    yield row((name, dict(max_lr=0.3, total_steps=1)), steps=0, momenta=True)


def cyclics():
    name, common = "CyclicLR", dict(base_lr=[0.01, 0.1], max_lr=0.3, step_size_up=10)
    lists = dict(base_momentum=[0.5, 0.8], max_momentum=[0.9, 0.95])
    for o in [dict(mode="triangular"), dict(mode="triangular2"), dict(mode="exp_range", gamma=0.97),
              dict(scale_fn="fade"), dict(scale_fn="fade", scale_mode="iterations")]:
        yield row((name, dict(common, **o)), steps=CYCLE, momenta=True)
        yield row((name, dict(common, step_size_down=7, **lists, **o)), steps=CYCLE, momenta=True)
        yield row((name, dict(common, cycle_momentum=False, **o)), steps=SCHEDULE, optimizer="Adam")


def plateaus():
    """Two metrics that fall, wobble and cross 0, and their negatives."""
    falls = [[round(1.2 / (1 + 0.1 * e) + 0.05 * math.sin(3 * e) - 0.4, 6) for e in range(SCHEDULE)],
             [round(2.0 - 0.1 * min(e, 15) + (e % 4 == 3), 6) for e in range(SCHEDULE)]]
    for falling in falls:
        for o in product(mode=["min", "max"], threshold_mode=["rel", "abs"], threshold=[1e-4, 0.1],
                         patience=[0, 3], cooldown=[0, 2], factor=[0.5, 0.9]):
            metrics = falling if o["mode"] == "min" else [-m for m in falling]
            more = dict(min_lr=[0.05, 0.001]) if o["patience"] else dict(min_lr=1e-3, eps=0.004)
            yield row(("ReduceLROnPlateau", dict(o, **more)), metrics=metrics)
        yield row(("ReduceLROnPlateau", {}), metrics=falling)


def lambdas():
    for functions in (["halve"], ["wave"], ["shrink"], ["halve", "wave"], ["wave", "shrink"]):
        for name in ("LambdaLR", "MultiplicativeLR"):
            yield row((name, dict(lr_lambda=functions)))


# One of each for chains.
LINKS = [
    ("ConstantLR", dict(factor=0.5, total_iters=4)),
    ("LinearLR", dict(start_factor=0.25, total_iters=6)),
    ("ExponentialLR", dict(gamma=0.95)),
    ("StepLR", dict(step_size=7, gamma=0.5)),
    ("MultiStepLR", dict(milestones=[3, 10])),
    ("PolynomialLR", dict(total_iters=30, power=2.0)),
    ("CosineAnnealingLR", dict(T_max=9)),
    ("CosineAnnealingWarmRestarts", dict(T_0=5, T_mult=2)),
    ("LambdaLR", dict(lr_lambda=["wave"])),
    ("MultiplicativeLR", dict(lr_lambda=["shrink"])),
    ("CyclicLR", dict(base_lr=0.01, max_lr=0.3, step_size_up=5, mode="triangular2")),
    ("OneCycleLR", dict(max_lr=[0.4, 0.2], total_steps=50)),
    ("SWALR", dict(swa_lr=0.05, anneal_epochs=6)),
]


def group(name, *links, **more):
    return name, dict(schedulers=[dict(name=n, options=o) for n, o in links], **more)


def chains():
    """Each after and beside each, and longer ones."""
    for a in LINKS:
        for b in LINKS:
            yield row(group("SequentialLR", a, b, milestones=[7]), steps=SHORT, digits=12)
            both = row(a, b, steps=SHORT, digits=12)
            if b[0] == "CyclicLR":
                both["rates"][0] = []  # PyTorch 1.13 begins with the rates of a, not with base_lr
            yield both
    constant, linear, exponential, step, multi, _, cosine, warm, *_ = LINKS
    swa = LINKS[-1]
    for links, milestones in [([linear, cosine], [6]), ([linear, exponential, cosine], [6, 20]), ([cosine], []),
                              ([linear, step, exponential], [10, 10]), ([constant, warm, swa], [4, 40]),
                              ([linear, LINKS[-2]], [11]), ([constant, LINKS[-3], exponential], [3, 33])]:
        yield row(group("SequentialLR", *links, milestones=milestones), momenta=True)
    for links in [[constant, exponential], [linear, multi, exponential], [step, cosine], [cosine],
                  [LINKS[-3], exponential], [group("SequentialLR", linear, cosine, milestones=[6]), step]]:
        yield row(group("ChainedScheduler", *links), momenta=True)


if __name__ == "__main__":
    rows = [row((name, o)) for name, options in OPTIONS.items() for o in product(**options)]
    rows += [*one_cycles(), *cyclics(), *plateaus(), *lambdas()]
    write("optim/testdata/schedules.json.gz", dict(schedules=rows))
    pairs = list(chains())
    write("optim/testdata/chains.json.gz", dict(schedules=pairs))
    print(len(rows), "schedules,", len(pairs), "chains")
