#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's pooling that the tests of nn compare with.

Run from the root of the repository: python3 internal/torchref/pool.py
"""
import torch
from torch import nn

from nncase import case, write


def both(axes):
    """yields arguments that MaxPool and AvgPool take, and the lengths of the input's axes."""
    yield dict(kernel_size=2), 6
    yield dict(kernel_size=2), 5
    yield dict(kernel_size=2, ceil_mode=True), 5
    yield dict(kernel_size=3, stride=1), 5
    yield dict(kernel_size=3, stride=2, padding=1), 6
    yield dict(kernel_size=3, stride=2, padding=1, ceil_mode=True), 6
    yield dict(kernel_size=2, stride=3, padding=1, ceil_mode=True), 6
    yield dict(kernel_size=4, stride=3, padding=2, ceil_mode=True), 7
    yield dict(kernel_size=3, stride=4, ceil_mode=True), 2
    yield dict(kernel_size=1, stride=2), 5
    if axes == 2:
        yield dict(kernel_size=(2, 3), stride=(3, 1), padding=(1, 0)), (4, 5)
        yield dict(kernel_size=(3, 2), stride=(1, 2), padding=(1, 1), ceil_mode=True), (4, 6)


def options(axes):
    """yields the layer's name without d, arguments and lengths."""
    for arguments, lengths in both(axes):
        yield "MaxPool", arguments, lengths
        yield "AvgPool", arguments, lengths
        yield "AvgPool", dict(count_include_pad=False, **arguments), lengths
        if axes == 2:
            yield "AvgPool", dict(divisor_override=5, **arguments), lengths
    yield "MaxPool", dict(kernel_size=2, dilation=2), 6
    yield "MaxPool", dict(kernel_size=3, dilation=3, padding=1, stride=2), 9
    yield "MaxPool", dict(kernel_size=2, dilation=2, padding=1, ceil_mode=True), 6
    for lengths, output in ((6, 3), (7, 3), (5, 5), (4, 6), (8, 1)) + (((5, 7), (2, 4)), ((5, 4), (None, 3))) * (axes == 2):
        yield "AdaptiveAvgPool", dict(output_size=output), lengths
        yield "AdaptiveMaxPool", dict(output_size=output), lengths


def cases(dtype):
    rng = torch.Generator().manual_seed(31)
    for axes in (1, 2):
        for name, arguments, lengths in options(axes):
            module = getattr(nn, f"{name}{axes}d")(**arguments)
            lengths = [lengths] * axes if isinstance(lengths, int) else list(lengths)
            for shape in ([1, 2] + lengths, [1] + lengths):
                yield case(f"{name}{axes}d", module, arguments, dtype, shape, rng)
            if "Max" in name:  # few values, so many equals
                yield case(f"{name}{axes}d", module, arguments, dtype, None, rng,
                           torch.randint(0, 3, [1, 2] + lengths, generator=rng).double())


write("pool", cases)
