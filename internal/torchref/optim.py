#!/usr/bin/env python3
"""Writes PyTorch's trajectories that the tests of optim follow.

Run from the root of the repository: python3 internal/torchref/optim.py
Written with PyTorch 1.13.1. The output is the same bytes on every run.
"""
import gzip
import itertools
import json
import math
import os
import warnings

import torch

STEPS, SCHEDULE = 12, 60
NAMES, SHAPES = ["weight", "bias"], [(2, 2), ()]
START = [[0.5, -1.25, 2.0, -0.03125], [0.75]]
warnings.simplefilter("error")


def flat(t):
    return t.detach().reshape(-1).tolist()


def gradients(kind, dtype):
    """gradients[step][param] is a flat list, or None for a missing one."""
    rng = torch.Generator().manual_seed(13)
    out = []
    for step in range(SCHEDULE if kind == "long" else STEPS):
        row = []
        for i, shape in enumerate(SHAPES):
            g = torch.randn(shape, generator=rng, dtype=torch.float32).to(dtype)
            scale = {"tiny": 1e-30, "huge": 1e30, "zero": 0}.get(kind, 1)
            if kind == "swinging":  # many magnitudes in one run
                scale = 10.0 ** (6 * math.sin(step))
            g = g * scale
            if kind == "sparse" and i == 0:  # rows without a gradient, now and then
                if step % 3 == 1:
                    g[0] = 0
                elif step % 4 == 2:
                    g[1] = 0
            missing = kind == "missing" and (step, i) in {(0, 1), (3, 0), (4, 0), (4, 1), (9, 1)}
            row.append(None if missing else flat(g))
        out.append(row)
    return out


def run(optimizer, dtype, kind, groups):
    """groups is one dict of arguments for all, or one for each parameter."""
    params = [torch.tensor(s, dtype=dtype).reshape(shape).requires_grad_() for s, shape in zip(START, SHAPES)]
    members = [params] if len(groups) == 1 else [[p] for p in params]
    opt = getattr(torch.optim, optimizer)([dict(params=m, **g) for m, g in zip(members, groups)], lr=0.25)
    trajectory = []
    for row in gradients(kind, dtype):
        for p, g in zip(params, row):
            p.grad = None if g is None else torch.tensor(g, dtype=dtype).reshape(p.shape)
        opt.step()
        trajectory.append([flat(p) for p in params])
    return dict(optimizer=optimizer, dtype=str(dtype)[6:], gradients=kind, groups=groups, trajectory=trajectory)


def product(**options):
    for values in itertools.product(*options.values()):
        yield dict(zip(options, values))


def sgd_options():
    for o in product(lr=[0.1], momentum=[0, 0.9], dampening=[0, 0.125], weight_decay=[0, 0.01],
                     nesterov=[False, True], maximize=[False, True]):
        if not (o["nesterov"] and (o["momentum"] == 0 or o["dampening"] != 0)):
            yield o


def adam_options():
    for betas, eps in [([0.9, 0.999], 1e-8), ([0.5, 0.875], 1e-3), ([0.0, 0.99], 1e-8)]:
        yield from product(lr=[0.01], betas=[betas], eps=[eps], weight_decay=[0, 0.1],
                           amsgrad=[False, True], maximize=[False, True])


def trajectories():
    kinds = ["missing", "tiny", "huge", "zero", "swinging"]
    for dtype in (torch.float64, torch.float32):
        for o in sgd_options():
            yield run("SGD", dtype, "normal", [o])
        for kind in kinds + ["sparse"]:
            yield run("SGD", dtype, kind, [dict(lr=0.1, momentum=0.9, weight_decay=0.01)])
            yield run("SGD", dtype, kind, [dict(lr=0.1, momentum=0.9, nesterov=True)])
        yield run("SGD", dtype, "normal", [dict(lr=0.1, momentum=0.9), dict(lr=0.01, dampening=0.5)])
        yield run("SGD", dtype, "missing", [dict(lr=0.1, momentum=0.9), dict(lr=0.3, momentum=0.5, dampening=0.5)])
        for name in ("Adam", "AdamW"):
            yield run(name, dtype, "normal", [{}])  # the defaults
            for o in adam_options():
                yield run(name, dtype, "normal", [o])
            for kind in kinds + ["sparse"]:
                yield run(name, dtype, kind, [dict(lr=0.01)])
                yield run(name, dtype, kind, [dict(lr=0.01, amsgrad=True, weight_decay=0.1)])
            yield run(name, dtype, "normal", [dict(lr=0.1), dict(lr=0.01, betas=[0.5, 0.9], amsgrad=True)])
            yield run(name, dtype, "missing", [dict(lr=0.1, weight_decay=0.5), dict(maximize=True, eps=1e-4)])
        yield from long_trajectories(dtype)


def long_trajectories(dtype):
    for o in (dict(lr=0.1), dict(lr=0.1, momentum=0.9), dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
              dict(lr=0.1, momentum=0.9, dampening=0.125, weight_decay=0.01, maximize=True)):
        yield run("SGD", dtype, "long", [o])
    yield run("SGD", dtype, "long", [dict(lr=0.1, momentum=0.9), dict(lr=0.01, dampening=0.5)])
    for name in ("Adam", "AdamW"):
        for o in ({}, dict(lr=0.01, amsgrad=True, weight_decay=0.1),
                  dict(lr=0.01, betas=[0.5, 0.875], eps=1e-3, weight_decay=0.1, maximize=True)):
            yield run(name, dtype, "long", [o])
        yield run(name, dtype, "long", [dict(lr=0.1), dict(lr=0.01, betas=[0.5, 0.9], amsgrad=True)])


def schedule(*specs):
    """specs are (class, arguments); several are chained."""
    params = [torch.zeros((), requires_grad=True) for _ in range(2)]
    opt = torch.optim.SGD([dict(params=[params[0]]), dict(params=[params[1]], lr=0.02)], lr=0.5)
    schedulers = [getattr(torch.optim.lr_scheduler, name)(opt, **args) for name, args in specs]
    rates = [[g["lr"] for g in opt.param_groups]]
    for _ in range(SCHEDULE):
        opt.step()
        for s in schedulers:
            s.step()
        rates.append([g["lr"] for g in opt.param_groups])
    return dict(schedulers=[dict(name=n, settings=a) for n, a in specs], rates=rates)


def schedules():
    step, cosine = "StepLR", "CosineAnnealingLR"
    yield schedule((step, dict(step_size=1)))
    yield schedule((step, dict(step_size=7, gamma=0.5)))
    yield schedule((step, dict(step_size=100)))
    for t_max in (1, 2, 7, 10, 50, 100):
        yield schedule((cosine, dict(T_max=t_max)))
        yield schedule((cosine, dict(T_max=t_max, eta_min=0.001)))
    yield schedule((step, dict(step_size=9, gamma=0.7)), (cosine, dict(T_max=20, eta_min=0.001)))


def clip(grads, max_norm, p):
    params = [torch.zeros(len(g), dtype=torch.float64, requires_grad=True) for g in grads]
    for q, g in zip(params, grads):
        q.grad = torch.tensor(g, dtype=torch.float64)
    norm = torch.nn.utils.clip_grad_norm_(params, max_norm, p).item()
    return dict(gradients=grads, max_norm=max_norm, p=str(p), norm=norm, clipped=[flat(q.grad) for q in params])


def clips():
    grads = [[3.0, -4.0, 0.5], [12.0], [0.0, 1e-3]]
    for p in (1.0, 2.0, 3.0, 0.5, math.inf):
        for max_norm in (1.0, 1e3, 0.0, 12.0):
            yield clip(grads, max_norm, p)


def main():
    os.makedirs("optim/testdata", exist_ok=True)
    data = dict(start=START, shapes=SHAPES, names=NAMES,
                gradients={d: {k: gradients(k, getattr(torch, d))
                               for k in ("normal", "missing", "tiny", "huge", "zero", "swinging", "sparse", "long")}
                           for d in ("float32", "float64")},
                trajectories=list(trajectories()), schedules=list(schedules()), clips=list(clips()))
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    with open("optim/testdata/torch.json.gz", "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0) as z:
            z.write(text.encode())
    print(len(data["trajectories"]), "trajectories,", len(data["schedules"]), "schedules,", len(data["clips"]), "clips")


if __name__ == "__main__":
    main()
