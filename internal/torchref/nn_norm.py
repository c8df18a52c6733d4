#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's normalisation layers that the tests of nn compare with.

RMSNorm, which PyTorch 1.13 lacks, is composed here by the formula of https://arxiv.org/abs/1910.07467.

Run from the root of the repository: python3 internal/torchref/nn_norm.py
"""
import torch
from torch import nn

from nncase import case, write

CHANNELS = 4


class RMSNorm(nn.Module):
    def __init__(self, shape, eps=1e-5, affine=True):
        super().__init__()
        self.axes, self.eps = tuple(range(-len(shape), 0)), eps
        self.weight = nn.Parameter(torch.ones(shape)) if affine else None

    def forward(self, x):
        y = x / torch.sqrt((x * x).mean(self.axes, keepdim=True) + self.eps)
        return y if self.weight is None else y * self.weight


def disturbed(module, rng):
    """begins running averages elsewhere than at 0 and 1."""
    if module.running_mean is not None:
        module.running_mean.copy_(torch.randn(CHANNELS, generator=rng))
        module.running_var.copy_(torch.rand(CHANNELS, generator=rng) + 0.5)
    return module


def rows(dtype, rng):
    for shape, inputs in (([5], [[5], [3, 5], [2, 3, 5]]), ([3, 4], [[3, 4], [2, 3, 4]]), ([2, 3, 2], [[4, 2, 3, 2]])):
        for affine in (True, False):
            for eps in (1e-5, 0.1):
                for x in inputs:
                    settings = dict(normalized_shape=shape, eps=eps)
                    yield case("LayerNorm", nn.LayerNorm(shape, eps, affine), settings, dtype, x, rng)
                    yield case("RMSNorm", RMSNorm(shape, eps, affine), settings, dtype, x, rng)
    for groups in (1, 2, 3, 6):
        for affine in (True, False):
            for x in ([3, 6, 5], [2, 6, 3, 2], [4, 6]):
                if x != [4, 6] or groups < 3:  # groups of two values are ±1, and float32 loses all else
                    yield case("GroupNorm", nn.GroupNorm(groups, 6, affine=affine), dict(num_groups=groups, num_channels=6), dtype, x, rng)
    yield case("GroupNorm", nn.GroupNorm(2, 6, 0.3), dict(num_groups=2, num_channels=6, eps=0.3), dtype, [2, 6, 3], rng)


def channels(dtype, rng):
    for name, shapes in (("BatchNorm1d", [[6, 4], [3, 4, 5]]), ("BatchNorm2d", [[2, 4, 3, 2]])):
        for shape in shapes:
            for momentum in (0.3, None):
                for affine, track in ((True, True), (False, True), (True, False), (False, False)):
                    for evaluate in (False, True):
                        module = disturbed(getattr(nn, name)(CHANNELS, 1e-3, momentum, affine, track), rng)
                        settings = dict(num_features=CHANNELS, eps=1e-3, momentum=momentum)
                        yield case(name, module, settings, dtype, shape, rng, warm=3 if track else 0, evaluate=evaluate)
    for name, shapes in (("InstanceNorm1d", [[3, 4, 5], [4, 6]]), ("InstanceNorm2d", [[2, 4, 3, 2], [4, 3, 2]])):
        for shape in shapes:
            for affine, track in ((False, False), (True, True), (False, True), (True, False)):
                for evaluate in (False, True):
                    module = disturbed(getattr(nn, name)(CHANNELS, 1e-3, 0.3, affine, track), rng)
                    settings = dict(num_features=CHANNELS, eps=1e-3, momentum=0.3)
                    yield case(name, module, settings, dtype, shape, rng, warm=3 if track else 0, evaluate=evaluate)


def cases(dtype):
    rng = torch.Generator().manual_seed(29)
    yield from rows(dtype, rng)
    yield from channels(dtype, rng)


write("norm", cases)
