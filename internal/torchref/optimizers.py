#!/usr/bin/env python3
"""Writes the trajectories of the optimizers that optim.py does not know; the gradients are in what that one writes.

Run from the root of the repository: /usr/bin/python3 internal/torchref/optimizers.py [name ...]
Written with PyTorch 1.13.1; Lion and LAMB, which it lacks, are written
out in NumPy after their papers, Adafactor after the formula that PyTorch
2.5 documents. The output is the same bytes on every
run.
"""
import gzip
import json
import sys

import numpy as np
import torch

from optim import NAMES, SHAPES, START, STEPS, flat, gradients, product

KINDS = ["normal", "missing", "tiny", "huge", "zero", "swinging", "sparse", "long"]


class Lion:
    """https://arxiv.org/abs/2302.06675, algorithm 2."""

    def __init__(self, lr=1e-4, betas=(0.9, 0.99), weight_decay=0):
        self.lr, self.b1, self.b2, self.decay, self.m = lr, *betas, weight_decay, 0

    def step(self, p, g):
        c = self.b1 * self.m + (1 - self.b1) * g
        self.m = self.b2 * self.m + (1 - self.b2) * g
        return p - self.lr * (np.sign(c) + self.decay * p)


class LAMB:
    """https://arxiv.org/abs/1904.00962, algorithm 2, with the identity for φ."""

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0):
        self.lr, self.b1, self.b2, self.eps, self.decay = lr, *betas, eps, weight_decay
        self.m = self.v = self.t = 0

    def step(self, p, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        m, v = self.m / (1 - self.b1 ** self.t), self.v / (1 - self.b2 ** self.t)
        r = m / (np.sqrt(v) + self.eps) + self.decay * p
        x, y = np.sqrt(np.sum(p * p)), np.sqrt(np.sum(r * r))
        return p - self.lr * (x / y if x > 0 and y > 0 else 1) * r


class Adafactor:
    """https://pytorch.org/docs/2.5/generated/torch.optim.Adafactor.html, line by line."""

    def __init__(self, dtype, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0):
        self.lr, self.tau, self.d, self.decay = lr, beta2_decay, d, weight_decay
        self.eps1, self.eps2 = np.finfo(dtype).eps if eps[0] is None else eps[0], eps[1]
        self.R = self.C = self.V = self.t = 0

    def step(self, p, g):
        self.t += 1
        beta2 = 1 - self.t ** self.tau
        rho = min(self.lr, 1 / np.sqrt(self.t))
        alpha = max(self.eps2, np.sqrt(np.mean(p * p))) * rho
        p = p - self.lr * self.decay * p
        if g.ndim > 1:
            self.R = beta2 * self.R + (1 - beta2) * np.mean(g * g, axis=-1, keepdims=True)
            self.C = beta2 * self.C + (1 - beta2) * np.mean(g * g, axis=-2, keepdims=True)
            v = self.R @ self.C / np.maximum(np.mean(self.R, axis=-2, keepdims=True), self.eps1)
        else:
            v = self.V = beta2 * self.V + (1 - beta2) * g * g
        u = g / np.maximum(np.sqrt(v), self.eps1)
        return p - alpha * u / max(1, np.sqrt(np.mean(u * u)) / self.d)


def numpy_optimizer(name, dtype, group):
    options = {k: v for k, v in group.items() if k != "maximize"}
    return Adafactor(str(dtype)[6:], **options) if name == "Adafactor" else globals()[name](**options)


def by_numpy(name, kind, dtype, groups):
    """In float64 always: what float32 should come near."""
    params = [np.array(s, dtype=np.float64).reshape(shape) for s, shape in zip(START, SHAPES)]
    groups = groups * len(params) if len(groups) == 1 else groups
    signs = [-1 if g.get("maximize") else 1 for g in groups]
    opts = [numpy_optimizer(name, dtype, g) for g in groups]
    for row in gradients(kind, dtype):
        for i, g in enumerate(row):
            if g is not None:
                params[i] = opts[i].step(params[i], signs[i] * np.array(g).reshape(SHAPES[i]))
        yield [p.reshape(-1).tolist() for p in params]


def by_torch(name, kind, dtype, groups):
    params = [torch.tensor(s, dtype=dtype).reshape(shape).requires_grad_() for s, shape in zip(START, SHAPES)]
    if name == "SparseAdam":  # its gradients have axes
        params[1] = torch.tensor(START[1], dtype=dtype).requires_grad_()
    members = [params] if len(groups) == 1 else [[p] for p in params]
    signs = [1] * len(members)
    groups = [dict(g) for g in groups]
    if name in ("NAdam", "RAdam"):  # PyTorch 1.13 has no maximize here
        signs = [-1 if g.pop("maximize", False) else 1 for g in groups]
    opt = getattr(torch.optim, name)([dict(params=m, **g) for m, g in zip(members, groups)],
                                     **(groups[0] if len(groups) == 1 else {}))
    for row in gradients(kind, dtype):
        for i, (p, g) in enumerate(zip(params, row)):
            p.grad = None
            if g is not None:
                p.grad = torch.tensor(g, dtype=dtype).reshape(p.shape) * signs[min(i, len(signs) - 1)]
                if name == "SparseAdam":
                    p.grad = p.grad.to_sparse(1)
        opt.step()
        yield [flat(p) for p in params]


def run(name, kind, dtype, *groups):
    by = by_numpy if name in globals() else by_torch
    return dict(optimizer=name, dtype=str(dtype)[6:], gradients=kind, groups=groups,
                trajectory=list(by(name, kind, dtype, list(groups))))


BOTH = [False, True]
OPTIONS = {  # of each optimizer, and for two groups
    "Adagrad": (dict(lr=[0.1], lr_decay=[0, 0.1], weight_decay=[0, 0.1], initial_accumulator_value=[0, 0.5],
                     eps=[1e-10, 1e-3], maximize=BOTH), dict(lr=0.1), dict(lr=0.02, lr_decay=0.5)),
    "Adadelta": (dict(lr=[1, 0.1], rho=[0.9, 0.5], eps=[1e-6, 1e-2], weight_decay=[0, 0.1], maximize=BOTH),
                 dict(lr=0.5), dict(rho=0.7)),
    "RMSprop": (dict(lr=[0.01], alpha=[0.99, 0.5], eps=[1e-8, 1e-3], weight_decay=[0, 0.1], momentum=[0, 0.9],
                     centered=BOTH, maximize=BOTH), dict(momentum=0.5), dict(lr=0.1, alpha=0.9)),
    "Rprop": (dict(lr=[0.01, 0.3], etas=[[0.5, 1.2], [0.25, 2.0]], step_sizes=[[1e-6, 50], [0.02, 0.2]],
                   maximize=BOTH), dict(lr=0.1), dict(etas=[0.1, 3.0])),
    "ASGD": (dict(lr=[0.1], lambd=[1e-4, 0.1], alpha=[0.75, 0.5], t0=[1e6, 3], weight_decay=[0, 0.1],
                  maximize=BOTH), dict(lr=0.1, t0=2), dict(lr=0.2, lambd=0.3)),
    "Adamax": (dict(lr=[0.01], betas=[[0.9, 0.999], [0.5, 0.875], [0.0, 0.99]], eps=[1e-8, 1e-3],
                    weight_decay=[0, 0.1], maximize=BOTH), dict(lr=0.1), dict(betas=[0.5, 0.9])),
    "NAdam": (dict(lr=[0.01], betas=[[0.9, 0.999], [0.5, 0.875]], eps=[1e-8, 1e-3], weight_decay=[0, 0.1],
                   momentum_decay=[4e-3, 0.5], maximize=BOTH), dict(lr=0.1), dict(betas=[0.5, 0.9])),
    "RAdam": (dict(lr=[0.01], betas=[[0.9, 0.999], [0.5, 0.875]], eps=[1e-8, 1e-3], weight_decay=[0, 0.1],
                   maximize=BOTH), dict(lr=0.1), dict(betas=[0.5, 0.9])),
    "SparseAdam": (dict(lr=[0.01, 0.1], betas=[[0.9, 0.999], [0.5, 0.875]], eps=[1e-8, 1e-3], maximize=BOTH),
                   dict(lr=0.1), dict(betas=[0.5, 0.9])),
    "Lion": (dict(lr=[0.01], betas=[[0.9, 0.99], [0.5, 0.875]], weight_decay=[0, 0.1], maximize=BOTH),
             dict(lr=0.1), dict(betas=[0.5, 0.9])),
    "LAMB": (dict(lr=[0.01], betas=[[0.9, 0.999], [0.5, 0.875]], eps=[1e-6, 1e-3], weight_decay=[0, 0.1],
                  maximize=BOTH), dict(lr=0.1), dict(betas=[0.5, 0.9])),
    "Adafactor": (dict(lr=[0.01, 0.5], beta2_decay=[-0.8, -0.25], eps=[[None, 1e-3], [0.5, 1.0]], d=[1.0, 1.5],
                       weight_decay=[0, 0.1], maximize=BOTH), dict(lr=0.1), dict(beta2_decay=0.0, d=2.0)),
}
MORE = [("stack", [2, 3, 2]), ("wide", [3, 70]), ("row", [1, 4]), ("column", [4, 1]), ("vector", [5])]


def shapes():
    """Adafactor on parameters of several numbers of axes, which it treats unlike."""
    rng = torch.Generator().manual_seed(17)
    draw = lambda: [np.round(torch.randn(s, generator=rng, dtype=torch.float64).numpy() * 64) / 64 for _, s in MORE]
    flatten = lambda xs: [np.float64(x).reshape(-1).tolist() for x in xs]
    start, dense, cases = draw(), [draw() for _ in range(STEPS)], []
    sparse = [[g.copy() for g in row] for row in dense]
    for step, row in enumerate(sparse):
        for g in row:
            g[step % len(g)] = 0
    for dtype in (torch.float64, torch.float32):
        d = str(dtype)[6:]
        for scale in (1, 1e-30, 1e20):
            for kind, rows in (("dense", dense), ("sparse", sparse)):
                options = dict(lr=0.1, weight_decay=0.1)
                params, opts = start, [numpy_optimizer("Adafactor", dtype, options) for _ in MORE]
                for row in rows:
                    row = [(g.astype(d) * np.array(scale, d)).astype(np.float64) for g in row]
                    params = [o.step(p, g) for o, p, g in zip(opts, params, row)]
                cases.append(dict(dtype=d, scale=scale, gradients=kind, options=options, end=flatten(params)))
    return dict(names=[n for n, _ in MORE], shapes=[s for _, s in MORE], start=flatten(start),
                gradients=dict(dense=[flatten(r) for r in dense], sparse=[flatten(r) for r in sparse]), cases=cases)


def trajectories(name):
    options, one, two = OPTIONS[name]
    for dtype in (torch.float64, torch.float32):
        for o in product(**options):
            yield run(name, "normal", dtype, o)
        for kind in KINDS:
            if name == "SparseAdam" and (kind == "zero" or kind == "huge" and dtype == torch.float32):
                continue  # PyTorch fails without any row, and makes NaN of Inf − Inf
            if name == "LAMB" and kind == "huge" and dtype == torch.float32:
                continue  # 1e60 is beyond the type, and the reference computes in float64
            yield run(name, kind, dtype, {})
            yield run(name, kind, dtype, one, two)


def write(path, data):
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    with open(path, "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0) as z:
            z.write(text.encode())


def main():
    for name in sys.argv[1:] or OPTIONS:
        rows = list(trajectories(name))
        write(f"optim/testdata/{name}.json.gz", dict(trajectories=rows))
        print(name, len(rows), "trajectories")
        if name == "Adafactor":
            write("optim/testdata/Adafactor_shapes.json.gz", shapes())


if __name__ == "__main__":
    main()
