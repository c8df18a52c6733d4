#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's convolutions that the tests of nn compare with.

Run from the root of the repository: python3 internal/torchref/conv.py
"""
import itertools

import torch
from torch import nn

from nncase import case, write


def convolutions(axes):
    """yields channels in and out, kernel, arguments and the lengths of the input's axes."""
    yield 1, 2, 3, {}, 7
    yield 2, 3, 1, {}, 4
    yield 2, 1, 2, dict(bias=False), 5
    yield 2, 3, 3, dict(stride=2), 8
    yield 2, 3, 3, dict(padding=1), 5
    yield 2, 2, 3, dict(padding=2, stride=3, dilation=2), 8
    yield 1, 2, 2, dict(padding="same"), 5
    yield 2, 1, 4, dict(padding="same", dilation=2), 6
    yield 1, 2, 3, dict(padding="valid"), 5
    yield 4, 6, 2, dict(groups=2), 4
    yield 3, 3, 3, dict(groups=3, padding=1, bias=False), 5
    yield 2, 4, 2, dict(groups=2, dilation=2), 5
    for mode in ("reflect", "replicate", "circular"):
        yield 2, 2, 3, dict(padding=2, padding_mode=mode), 4
        yield 1, 2, 2, dict(padding="same", padding_mode=mode), 4
        yield 2, 2, 3, dict(padding=1, stride=2, groups=2, padding_mode=mode), 5
    if axes == 2:
        yield 2, 3, (2, 3), dict(stride=(1, 2), padding=(0, 1), dilation=(2, 1)), (5, 6)
        yield 1, 2, (1, 4), dict(padding="same"), (3, 5)
        yield 2, 2, (3, 1), dict(padding=(2, 0), padding_mode="reflect"), (4, 3)
        yield 2, 2, (3, 2), dict(padding=(1, 3), padding_mode="circular"), (4, 3)


def transposed(axes):
    yield 1, 2, 3, {}, 4
    yield 3, 2, 1, {}, 4
    yield 2, 1, 2, dict(bias=False), 3
    yield 2, 3, 3, dict(stride=2), 3
    yield 2, 3, 3, dict(stride=2, padding=1, output_padding=1), 4
    yield 2, 2, 3, dict(stride=3, padding=2, dilation=2, output_padding=2), 3
    yield 2, 2, 2, dict(dilation=3, output_padding=2), 3
    yield 4, 6, 2, dict(groups=2, stride=2), 3
    yield 3, 3, 3, dict(groups=3, padding=1, bias=False), 4
    if axes == 2:
        yield 2, 3, (2, 3), dict(stride=(1, 2), padding=(0, 1), output_padding=(0, 1)), (4, 3)
        yield 2, 4, (3, 1), dict(stride=(2, 3), groups=2, dilation=(1, 2), output_padding=(1, 2)), (2, 4)


def cases(dtype):
    rng = torch.Generator().manual_seed(29)
    for axes, (name, options) in itertools.product((1, 2), (("Conv", convolutions), ("ConvTranspose", transposed))):
        for k, (channels, out, kernel, arguments, lengths) in enumerate(options(axes)):
            lengths = [lengths] * axes if isinstance(lengths, int) else list(lengths)
            settings = {n: v for n, v in arguments.items() if n != "bias"}
            for batch in [[2], []] if k < 5 else [[2]]:
                module = getattr(nn, f"{name}{axes}d")(channels, out, kernel, **arguments)
                yield case(f"{name}{axes}d", module, settings, dtype, batch + [channels] + lengths, rng)


write("conv", cases)
