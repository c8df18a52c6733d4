#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's modules that the tests of nn compare with.

Run from the root of the repository: python3 internal/torchref/nn.py
"""
import re

import torch
from torch import nn

from nncase import WIDE, case, write


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


write("torch", cases)
