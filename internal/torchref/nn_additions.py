#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's MaxUnpool, of attention with keys of its own and of embeddings with
scaled gradients that the tests of nn compare with.

Run from the root of the repository: python3 internal/torchref/nn_additions.py
"""
import torch
from torch import nn

from nncase import case, write

CAUSAL = [[False, True], [False, False], [True, False]]
PADDING = [[True, False], [False, True]]


class Embedding(nn.Embedding):
    def forward(self, x):
        return super().forward(x.long()) + 0 * x.sum()


class Attention(nn.MultiheadAttention):
    """takes queries and keys from x [N, 5, 4], and returns the output and the weights of each head in a row."""

    attn = padding = None

    def forward(self, x):
        x = x if self.batch_first else x.transpose(0, 1)
        query, memory = x.split((3, 2), 1 if self.batch_first else 0)
        masks = [m if m is None else torch.tensor(m) for m in (self.attn, self.padding)]
        y, w = super().forward(query, memory, memory, masks[1], attn_mask=masks[0], average_attn_weights=False)
        own, _ = super().forward(query, query, query)
        return torch.cat([t.reshape(-1) for t in (y, w, own)])


class Unpool(nn.Module):
    """puts its input at random places of each channel."""

    def __init__(self, axes, shape, arguments, size, rng):
        super().__init__()
        self.layer = getattr(nn, f"MaxUnpool{axes}d")(**arguments)
        self.size = size
        zeros = torch.zeros(shape)
        room = self.layer(zeros, zeros.long(), size)[(0,) * (len(shape) - axes)].numel()
        n = zeros[(0,) * (len(shape) - axes)].numel()
        places = [torch.randperm(room, generator=rng)[:n] for _ in range(zeros.numel() // n)]
        self.at = torch.stack(places).reshape(shape)

    def forward(self, x):
        return self.layer(x, self.at, self.size)


def unpools(dtype, rng):
    for axes, lengths, arguments, size in (
            (1, [3], dict(kernel_size=2), None), (1, [3], dict(kernel_size=2), [7]),
            (1, [4], dict(kernel_size=3, stride=2, padding=1), [8]), (2, [2, 3], dict(kernel_size=2), None),
            (2, [2, 3], dict(kernel_size=(2, 3), stride=(3, 1), padding=(1, 0)), None),
            (2, [2, 2], dict(kernel_size=3, stride=2), [4, 6])):
        for before in ([2, 2], [2]):
            m = Unpool(axes, before + lengths, arguments, size, rng)
            settings = dict(arguments, Indices=m.at.reshape(-1).tolist(), To=size)
            yield case(f"MaxUnpool{axes}d", m, settings, dtype, before + lengths, rng)


def attentions(dtype, rng):
    for bias_kv, zero in ((True, False), (False, True), (True, True)):
        for batch_first in (True, False):
            for masks in ({}, dict(attn=CAUSAL), dict(padding=PADDING), dict(attn=[CAUSAL] * 4, padding=PADDING)):
                m = Attention(4, 2, add_bias_kv=bias_kv, add_zero_attn=zero, batch_first=batch_first)
                for n, v in masks.items():
                    setattr(m, n, v)
                settings = dict(BiasKV=bias_kv, Zero=zero, BatchFirst=batch_first, **masks)
                x = 0.5 * torch.randn([2, 5, 4], generator=rng, dtype=torch.float64)
                yield case("MultiheadAttention with keys of its own", m, settings, dtype, None, rng, x, spread=0.5)


def embeddings(dtype, rng):
    for padding in (None, 2):
        for shape in ([8], [3, 4]):
            x = torch.randint(0, 5, shape, generator=rng)
            module = Embedding(5, 3, padding, scale_grad_by_freq=True)
            yield case("Embedding", module, dict(padding_idx=padding, scale_grad_by_freq=True), dtype, None, rng, x)


def cases(dtype):
    rng = torch.Generator().manual_seed(41)
    yield from unpools(dtype, rng)
    yield from attentions(dtype, rng)
    yield from embeddings(dtype, rng)


write("additions", cases)
