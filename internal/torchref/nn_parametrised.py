#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's hooks, weight norm and spectral norm that the tests of nn compare with.

A bilinear layer takes the halves of its input along axis 0; an embedding takes its numbers rounded, and adds 0 times
its sum, so that it has a gradient.

Run from the root of the repository: python3 internal/torchref/nn_parametrised.py
"""
import torch
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm

from nncase import case, write


class Embedding(nn.Embedding):
    def forward(self, x):
        return super().forward(x.long()) + 0 * x.sum()


class Bilinear(nn.Bilinear):
    def forward(self, x):
        return super().forward(x[0], x[1])


def hooked(kinds):
    """A module with hooks that do not commute, so that its values tell their order."""
    m = nn.Sequential(nn.Linear(3, 4), nn.Tanh())
    if "pre" in kinds:
        m.register_forward_pre_hook(lambda _, x: (2 * x[0],))
        m.register_forward_pre_hook(lambda _, x: None)
        m.register_forward_pre_hook(lambda _, x: x[0] + 1)
    if "forward" in kinds:
        m.register_forward_hook(lambda _, x, y: y * y)
        m.register_forward_hook(lambda _, x, y: None)
        m.register_forward_hook(lambda _, x, y: y + x[0].sum())
    if "backward" in kinds:
        m.register_full_backward_hook(lambda _, dx, dy: (3 * dx[0] + dy[0].sum(),))
        m.register_full_backward_hook(lambda _, dx, dy: None)
        m.register_full_backward_hook(lambda _, dx, dy: (dx[0] * dx[0],))
    if "alone" in kinds:
        return m
    return nn.Sequential(nn.Linear(3, 3), m, nn.Linear(4, 2), nn.Tanh())


def hooks(dtype, rng):
    for kinds in (["pre"], ["forward"], ["backward"], ["pre", "forward", "backward"]):
        for extra in ([], ["alone"]):
            yield case("Hooked", hooked(kinds + extra), dict(Hooks=kinds + extra), dtype, [2, 3], rng, spread=0.5)


def layers():
    """yields the name and a maker of a layer, its settings under PyTorch's names, and the shape of its input."""
    yield "Linear", lambda: nn.Linear(3, 4), {}, [2, 2, 3]
    yield "Linear", lambda: nn.Linear(3, 4, bias=False), {}, [3]
    for o in ({}, dict(stride=2, padding=1, padding_mode="reflect"), dict(groups=2, dilation=2)):
        yield "Conv1d", lambda: nn.Conv1d(2, 4, 2, **o), o, [2, 2, 5]
    for o in (dict(stride=2, padding=1), dict(groups=2)):
        yield "Conv2d", lambda: nn.Conv2d(2, 2, (3, 2), **o), o, [1, 2, 3, 4]
    for o in (dict(stride=2, padding=1, output_padding=1), dict(groups=2)):
        yield "ConvTranspose1d", lambda: nn.ConvTranspose1d(2, 4, 3, **o), o, [2, 2, 3]
        yield "ConvTranspose2d", lambda: nn.ConvTranspose2d(2, 2, (3, 2), **o), o, [1, 2, 3, 2]
    yield "Embedding", lambda: Embedding(5, 3, 2), dict(padding_idx=2), [2, 3]
    yield "Bilinear", lambda: Bilinear(3, 3, 2), {}, [2, 4, 3]
    yield "Bilinear", lambda: Bilinear(3, 3, 2, bias=False), {}, [2, 3]


def input_of(name, shape, rng):
    return torch.randint(0, 5, shape, generator=rng).double() if name == "Embedding" else None


def weight_norms(dtype, rng):
    for name, make, options, shape in layers():
        for dim in ((0, None) if options else (0, 1, None)) + ((1,) if "Transpose" in name else ()):
            settings = dict(Kind=name, Options=options, Dim=-1 if dim is None else dim)
            yield case("WeightNorm", weight_norm(make(), dim=dim), settings, dtype, shape, rng, input_of(name, shape, rng))


def spectral(inner, dtype, shape, rng, steps, warm, evaluate, name, options, **arguments):
    module = spectral_norm(inner, n_power_iterations=steps, **arguments)
    with torch.no_grad():
        for b in (inner.weight_u, inner.weight_v):  # what it draws itself is not from rng
            b.copy_(nn.functional.normalize(torch.randn(b.shape, generator=rng, dtype=torch.float64), dim=0))
    dim = arguments.get("dim", 1 if "Transpose" in name else 0)
    settings = dict(Kind=name, Options=options, Steps=steps, Dim=dim, Eps=arguments.get("eps"))
    return case("SpectralNorm", module, settings, dtype, shape, rng, input_of(name, shape, rng), warm, evaluate)


def spectral_norms(dtype, rng):
    for name, make, options, shape in layers():
        earlier = 0 if name == "Embedding" else 3  # inputs that name no rows
        yield spectral(make(), dtype, shape, rng, 1, earlier, True, name, options)
        yield spectral(make(), dtype, shape, rng, 2, 0, False, name, options)
    for steps, warm, evaluate in ((1, 0, True), (1, 0, False), (3, 2, False)):
        yield spectral(nn.Linear(3, 4), dtype, [5, 3], rng, steps, warm, evaluate, "Linear", {})
    yield spectral(nn.Linear(3, 4), dtype, [5, 3], rng, 1, 2, False, "Linear", {}, dim=1, eps=2.5)  # longer than norms


def cases(dtype):
    rng = torch.Generator().manual_seed(37)
    yield from hooks(dtype, rng)
    yield from weight_norms(dtype, rng)
    yield from spectral_norms(dtype, rng)


write("parametrised", cases)
