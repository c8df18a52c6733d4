#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's activations that the tests of nn compare with.

Run from the root of the repository: python3 internal/torchref/nn_activation.py
"""
import torch
from torch import nn

from nncase import WIDE, case, write

KNEES = [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 6.0, 20.0]  # Hardswish's gradient at 3 is 1 or 1.5, by the place in the tensor


class Hardsigmoid(nn.Module):
    """PyTorch's own has the float32 next to 1/6 in its float64 gradient."""

    def forward(self, x):
        return nn.functional.relu6(x + 3) / 6


def activations():
    """yields the module and its settings under the names of Go's fields."""
    for name in ("ReLU6", "Hardswish", "SELU", "SiLU", "Mish", "Softsign", "LogSigmoid", "Tanhshrink"):
        yield name, getattr(nn, name)(), {}
    yield "Hardsigmoid", Hardsigmoid(), {}
    for lo, hi in ((-1.0, 1.0), (-0.5, 2.0)):
        yield "Hardtanh", nn.Hardtanh(lo, hi), dict(min_val=lo, max_val=hi)
    for lambd in (0.5, 0.0, 1.0):
        yield "Hardshrink", nn.Hardshrink(lambd), dict(lambd=lambd)
        yield "Softshrink", nn.Softshrink(lambd), dict(lambd=lambd)
    for threshold, value in ((0.5, 2.0), (-1.0, -3.0)):
        yield "Threshold", nn.Threshold(threshold, value), dict(threshold=threshold, value=value)
    for alpha in (1.0, 0.5, 2.0):
        yield "ELU", nn.ELU(alpha), dict(alpha=alpha)
        yield "CELU", nn.CELU(alpha), dict(alpha=alpha)
    for beta, threshold in ((1.0, 20.0), (0.5, 2.0), (2.0, 20.0)):
        yield "Softplus", nn.Softplus(beta, threshold), dict(beta=beta, threshold=threshold)
    for lower, upper in ((0.125, 0.3333333333333333), (0.1, 0.1)):
        yield "RReLU", nn.RReLU(lower, upper).eval(), dict(lower=lower, upper=upper)


def cases(dtype):
    rng = torch.Generator().manual_seed(23)
    for name, module, settings in activations():
        for shape in ([3, 4], []):
            yield case(name, module, settings, dtype, shape, rng)
        for x in (KNEES, WIDE):  # at a knee there is no second derivative, whatever PyTorch says
            yield dict(case(name, module, settings, dtype, None, rng, torch.tensor(x)), second=None)
    yield case("RReLU", nn.RReLU(0.2, 0.2), dict(lower=0.2, upper=0.2), dtype, [3, 4], rng)
    for dim, shapes in ((-1, [[6], [3, 4]]), (0, [[4, 3]]), (1, [[2, 4, 3]])):
        for shape in shapes:
            yield case("GLU", nn.GLU(dim), dict(dim=dim), dtype, shape, rng)
    for dim in (0, 1, -1):
        yield case("Softmin", nn.Softmin(dim), dict(dim=dim), dtype, [2, 3, 4], rng)
    for shape in ([2, 3, 2, 2], [3, 2, 2]):
        yield case("Softmax2d", nn.Softmax2d(), {}, dtype, shape, rng)
    for n, shapes in ((1, [[7], [2, 3], [2, 3, 2]]), (3, [[2, 3], [2, 3, 2], [2, 3, 2, 2]])):
        for shape in shapes:
            yield case("PReLU", nn.PReLU(n), {}, dtype, shape, rng)


write("activation", cases)
