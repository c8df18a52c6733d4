#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's attention layers that the tests of nn compare with.

A layer of several inputs is wrapped so that it takes them from one, cut along the last axis but one of
[N, length, E], and returns the output, the weights of each head and their average in a row.
Run from the root of the repository: python3 internal/torchref/nn_attention.py
"""
import math

import numpy as np
import torch
from torch import nn

from nncase import case, text, write

INF = math.inf
CAUSAL = [[j > i for j in range(3)] for i in range(3)]
ADDED = [[0.5, -1.0, -INF], [0.0, 2.0, 0.25], [-INF, 0.0, 1.0]]
PADDING = [[False, False, True], [False, True, False]]


def mask(values, dtype):
    """A mask of truth values or floats, and the same for Go."""
    if values is None:
        return None, None
    t = torch.tensor(values)
    kind = "bool" if t.dtype == torch.bool else "float64"
    return (t if kind == "bool" else t.to(dtype)), dict(type=kind, shape=list(t.shape), values=text(t.double()))


class Wrapped(nn.Module):
    """Its settings say which parts of x [N, L + S, E] are the inputs, and what the masks are."""

    def __init__(self, inner, attn=None, padding=None, memory_attn=None, **settings):
        super().__init__()
        for n, m in inner.named_children():
            self.add_module(n, m)
        for n, p in inner.named_parameters(recurse=False):
            self.register_parameter(n, p)
        self.hidden = [inner]
        self.masks = dict(attn=attn, padding=padding, memory_attn=memory_attn)
        self.settings = settings

    def describe(self, dtype):
        for n, v in self.masks.items():
            t, self.settings[n] = mask(v, dtype)
            setattr(self, n, t)
        return self.settings

    def _apply(self, f):
        self.hidden[0]._apply(f)
        return super()._apply(f)

    def parts(self, x):
        s = self.settings
        if not s["batch_first"] and x.dim() == 3:
            x = x.transpose(0, 1)
        at = x.dim() - 2 if s["batch_first"] or x.dim() == 2 else 0
        return x.narrow(at, 0, s["length"]), x.narrow(at, s["length"], x.shape[at] - s["length"])


class Attention(Wrapped):
    def forward(self, x):
        s, inner = self.settings, self.hidden[0]
        query, memory = self.parts(x)
        if s["cross"]:
            key, value = memory[..., :s["kdim"]], memory[..., :s["vdim"]]
        else:
            key = value = query
        masks = dict(attn_mask=self.attn, key_padding_mask=self.padding)
        y, each = inner(query, key, value, average_attn_weights=False, **masks)
        _, average = inner(query, key, value, **masks)
        return torch.cat([t.reshape(-1) for t in (y, each, average)])


class Encoder(Wrapped):
    def forward(self, x):
        x, _ = self.parts(x)
        name = "src_mask" if self.settings["layers"] == 0 else "mask"
        return self.hidden[0](x, **{name: self.attn}, src_key_padding_mask=self.padding)


class Decoder(Wrapped):
    def forward(self, x):
        x, memory = self.parts(x)
        return self.hidden[0](x, memory, tgt_mask=self.attn, tgt_key_padding_mask=self.padding, memory_mask=self.memory_attn)


class Products(nn.Module):
    def forward(self, x):
        q, k, v = x[:, 0], x[:, 1], x[:, 2]
        w = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]), -1)
        return torch.cat([w @ v, w], -1)


def attentions():
    none = dict(kdim=4, vdim=4, cross=False, bias=True)
    for batch_first in (True, False):
        for masks in ({}, dict(attn=CAUSAL), dict(attn=ADDED), dict(padding=PADDING), dict(attn=ADDED, padding=[[False] * 3, [False, True, False]]),
                      dict(attn=[CAUSAL] * 2 + [[[False, True, False]] * 3] * 2)):
            yield dict(none, batch_first=batch_first, **masks), [2, 3, 4]
        yield dict(none, batch_first=batch_first, bias=False), [2, 3, 4]
        yield dict(none, batch_first=batch_first), [3, 4]
        for kdim, vdim in ((4, 4), (3, 2), (4, 1)):
            for masks in ({}, dict(attn=[[False, True], [False, False], [True, False]]), dict(padding=[[True, False], [False, False]])):
                yield dict(cross=True, kdim=kdim, vdim=vdim, bias=kdim != 3, batch_first=batch_first, **masks), [2, 5, 4]


def stacks():
    """yields settings of encoders and decoders, and masks; 0 layers stand for one that is not in a stack."""
    for layers, norm in ((0, False), (2, True), (1, False)):
        for norm_first in (False, True):
            for activation in ("relu", "gelu"):
                for batch_first in (True, False):
                    if layers and batch_first == norm_first or layers == 1 and activation == "relu":
                        continue
                    s = dict(norm_first=norm_first, activation=activation, batch_first=batch_first, layers=layers, norm=norm, length=3)
                    yield s, {}, {}
                    yield s, dict(attn=CAUSAL, padding=PADDING), dict(memory_attn=[[False, True], [False, False], [True, False]])


def small(shape, rng):
    """Numbers for which no softmax is so sure that its derivatives are what rounding leaves."""
    return 0.5 * torch.randn(shape, generator=rng, dtype=torch.float64)


def cases(dtype):
    rng = torch.Generator().manual_seed(31)
    yield case("ScaledDotProductAttention", Products(), {}, dtype, None, rng, small([2, 3, 4, 3], rng))
    for s, shape in attentions():
        wide = {} if s["kdim"] == s["vdim"] == 4 else dict(kdim=s["kdim"], vdim=s["vdim"])
        inner = nn.MultiheadAttention(4, 2, bias=s["bias"], batch_first=s["batch_first"], **wide)
        m = Attention(inner, length=3, **s)
        yield case("MultiheadAttention", m, m.describe(dtype), dtype, None, rng, small(shape, rng), spread=0.5)
    for s, masks, more in stacks():
        options = dict(d_model=8, nhead=2, dim_feedforward=5, dropout=0.0, **{n: s[n] for n in ("norm_first", "activation", "batch_first")})
        for kind, shape in (("Encoder", [2, 3, 8]), ("Decoder", [2, 5, 8])):
            inner = getattr(nn, "Transformer" + kind + "Layer")(**options)
            if s["layers"]:
                inner = getattr(nn, "Transformer" + kind)(inner, s["layers"], nn.LayerNorm(8) if s["norm"] else None)
            m = Encoder(inner, **s, **masks) if kind == "Encoder" else Decoder(inner, **s, **masks, **more)
            c = case("Transformer" + kind + ("" if s["layers"] else "Layer"), m, m.describe(dtype), dtype, None, rng, small(shape, rng), spread=0.5)
            # A norm of 8 features has second derivatives that float32 rounds by more than a hundred-thousandth.
            yield c if dtype == torch.float64 else dict(c, second=None)


def large(dtype):
    """yields layers whose matrices have more rows and columns than a kernel's tile, of float32: rounding is what they test."""
    if dtype != torch.float32:
        return
    rng = torch.Generator().manual_seed(37)
    causal = [[j > i for j in range(13)] for i in range(13)]
    padding = [[False] * 13, [j > 8 for j in range(13)]]
    for norm_first, activation, batch_first, masks in (
            (False, "relu", False, {}), (True, "gelu", True, dict(attn=causal)), (False, "gelu", False, dict(attn=causal, padding=padding))):
        s = dict(norm_first=norm_first, activation=activation, batch_first=batch_first)
        inner = nn.TransformerEncoderLayer(d_model=24, nhead=3, dim_feedforward=20, dropout=0.0, **s)
        m = Encoder(inner, layers=0, norm=False, length=13, width=24, heads=3, between=20, **s, **masks)
        c = case("TransformerEncoderLayer", m, m.describe(dtype), dtype, None, rng, small([2, 13, 24], rng), spread=0.2)
        yield dict(c, second=None)  # as above


class Positions(nn.Module):
    """Adds the numbers of the paper's section 3.5, computed by NumPy in float64."""

    def forward(self, x):
        length, dim = x.shape
        position, i = np.arange(length)[:, None], np.arange(dim)[None]
        angle = position / 10000 ** (2 * (i // 2) / dim)
        return x + torch.from_numpy(np.where(i % 2 == 0, np.sin(angle), np.cos(angle))).to(x.dtype)


def positions(dtype):
    rng = torch.Generator().manual_seed(41)
    for shape in ([1, 1], [7, 1], [5, 2], [6, 5], [9, 6], [60, 16]):
        yield case("SinusoidalPositions", Positions(), {}, dtype, None, rng, torch.zeros(shape))


write("attention", cases)
write("attention_large", large)
write("positions", positions)
