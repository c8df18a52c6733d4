#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's modules that the tests of nn compare with.

Run from the root of the repository: python3 internal/torchref/nn.py
Written with PyTorch 1.13.1. The output is the same bytes on every run.

For a module f, input x and random g and v it holds y = f(x), the gradients of
sum(g*y) with respect to x and the parameters, and, as "second", the gradient of
sum(v * the gradient of x) with respect to x.
"""
import gzip
import json
import os
import re

import torch
from torch import nn

WIDE = [0.0, 1.0, -1.0, 1e-30, -1e-30, 8.0, -8.0, 100.0, -100.0, 1e4, -1e4]
torch.set_num_threads(1)


def text(t):
    return " ".join(repr(v) for v in t.detach().reshape(-1).tolist())


def case(layer, module, settings, dtype, shape, rng, x=None):
    module = module.to(dtype)
    if x is None:
        x = 2 * torch.randn(shape, generator=rng, dtype=torch.float64)
    x = x.to(dtype).requires_grad_()
    params = dict(module.named_parameters())
    with torch.no_grad():
        for p in params.values():
            p.copy_(torch.randn(p.shape, generator=rng, dtype=torch.float64))
    y = module(x)
    g, v = (torch.randn(s, generator=rng, dtype=torch.float64).to(dtype) for s in (y.shape, x.shape))
    grads = torch.autograd.grad((g * y).sum(), [x, *params.values()], create_graph=True)
    second = torch.zeros_like(x)
    if grads[0].requires_grad:
        second, = torch.autograd.grad((v * grads[0]).sum(), x, allow_unused=True)
    return dict(layer=layer, settings=settings, dtype=str(dtype)[6:], shape=list(x.shape), x=text(x), g=text(g), v=text(v),
                y=text(y), outshape=list(y.shape), dx=text(grads[0]), second=text(torch.zeros_like(x) if second is None else second),
                state=[dict(name=n, shape=list(p.shape), value=text(p), grad=text(d))
                       for (n, p), d in zip(params.items(), grads[1:])])


def activations():
    """yields the class, its settings under the names of Go's fields, and input shapes."""
    for name in ("ReLU", "Tanh", "Sigmoid"):
        yield name, {}, [[7], [3, 4], []]
    for slope in (0.01, 0.25, 0.0, -0.5):
        yield "LeakyReLU", dict(NegativeSlope=slope), [[3, 4]]
    for approximate in ("none", "tanh"):
        yield "GELU", dict(Approximate=approximate), [[3, 4], []]
    for name in ("Softmax", "LogSoftmax"):
        for dim in (0, 1, -1):
            yield name, dict(Dim=dim), [[4, 5], [2, 3, 4]]
    yield "Flatten", {}, [[2, 3, 2], [4, 3]]
    yield "Flatten", dict(StartDim=0, EndDim=1), [[2, 3, 2]]


def cases(dtype):
    rng = torch.Generator().manual_seed(17)
    for name, settings, shapes in activations():
        arguments = {re.sub(r"(?<!^)([A-Z](?![A-Z]))", r"_\1", k).lower(): v for k, v in settings.items()}
        module = getattr(nn, name)(**arguments)
        for shape in shapes:
            yield case(name, module, settings, dtype, shape, rng)
        if name not in ("Flatten",) and settings.get("Dim", 0) == 0:
            yield case(name, module, settings, dtype, None, rng, torch.tensor(WIDE))
    for shape in ([3], [5, 3], [2, 4, 3]):
        for bias in (True, False):
            yield case("Linear", nn.Linear(3, 2, bias=bias), {}, dtype, shape, rng)
    mlp = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Sequential(nn.Linear(8, 6), nn.GELU()), nn.Linear(6, 4), nn.LogSoftmax(-1))
    yield case("MLP", mlp, {}, dtype, [5, 3], rng)


os.makedirs("nn/testdata", exist_ok=True)
data = [c for d in (torch.float64, torch.float32) for c in cases(d)]
with open("nn/testdata/torch.json.gz", "wb") as f:
    with gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0) as z:
        z.write(json.dumps(data, allow_nan=False, separators=(",", ":")).encode())
print(len(data), "cases")
