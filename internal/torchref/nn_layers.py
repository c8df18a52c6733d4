#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's embeddings, layers of two inputs and layers that rearrange, which the
tests of nn compare with.

A case has one input of floats. Layers of two inputs take its halves along axis 0; embeddings take its numbers rounded,
and add 0 times its sum, so that it has a gradient.

Run from the root of the repository: python3 internal/torchref/nn_layers.py
"""
import torch
from torch import nn

from nncase import case, write


class Embedding(nn.Embedding):
    def forward(self, x):
        return super().forward(x.long()) + 0 * x.sum()


class EmbeddingBag(nn.EmbeddingBag):
    """takes [N length], or the numbers in order with offsets and, of a sum, weights that are those of the input."""

    offsets = None

    def forward(self, x):
        if self.offsets is None:
            return super().forward(x.long()) + 0 * x.sum()
        weights = x / 4 if self.mode == "sum" else None
        return super().forward(x.detach().long(), torch.tensor(self.offsets), weights) + 0 * x.sum()


def paired(base):
    class Paired(base):
        def forward(self, x):
            return super().forward(x[0], x[1])
    return Paired


class CosineSimilarity(nn.CosineSimilarity):
    """PyTorch's own clamps norms without telling autograd, so that its gradient is not that of its value."""

    def forward(self, a, b):
        unit = [x / torch.linalg.vector_norm(x, dim=self.dim, keepdim=True).clamp(min=self.eps) for x in (a, b)]
        return (unit[0] * unit[1]).sum(self.dim)


def embeddings(dtype, rng):
    for shape in ([4], [2, 3], []):
        for padding in (None, 2, -1):
            for limit, p in ((None, 2.0), (1.0, 2.0), (0.5, 1.0)):
                x = torch.randint(0, 5, shape, generator=rng)
                module = Embedding(5, 3, padding, limit, p)
                yield case("Embedding", module, dict(padding_idx=padding, max_norm=limit, norm_type=p), dtype, None, rng, x)
    for mode in ("sum", "mean", "max"):
        for padding in (None, 1):
            for limit in (None, 1.0):
                for offsets, last in ((None, False), ([0, 3, 3, 5], False), ([0, 2, 5, 7], True)):
                    x = torch.randint(0, 5, [2, 3] if offsets is None else [7], generator=rng)
                    module = EmbeddingBag(5, 3, mode=mode, padding_idx=padding, max_norm=limit, include_last_offset=last)
                    module.offsets = offsets
                    settings = dict(mode=mode, padding_idx=padding, max_norm=limit, include_last_offset=last, Offsets=offsets)
                    yield case("EmbeddingBag", module, settings, dtype, None, rng, x)


def pairs(dtype, rng):
    for shape in ([2, 5, 3], [2, 2, 4, 3], [2, 3]):
        for bias in (True, False):
            yield case("Bilinear", paired(nn.Bilinear)(3, 3, 4, bias), {}, dtype, shape, rng)
    for dim, eps in ((1, 1e-8), (0, 1e-8), (-1, 3.0)):
        for shape in ([2, 4, 3], [2, 2, 3, 4]):
            base = CosineSimilarity if eps > 1 else nn.CosineSimilarity
            yield case("CosineSimilarity", paired(base)(dim, eps), dict(dim=dim, eps=eps), dtype, shape, rng)
    for p, eps in ((2.0, 1e-6), (1.0, 1e-6), (3.0, 0.1)):
        for keep in (True, False):
            for shape in ([2, 4, 3], [2, 3]):
                module = paired(nn.PairwiseDistance)(p, eps, keep)
                yield case("PairwiseDistance", module, dict(p=p, eps=eps, keepdim=keep), dtype, shape, rng)


def rearranged(dtype, rng):
    yield case("Identity", nn.Identity(), {}, dtype, [2, 3], rng)
    for dim, size, shape in ((1, [2, 3], [4, 6]), (-1, [2, -1], [4, 6]), (0, [3, 1, 2], [6]), (-2, [-1, 3], [2, 6, 2])):
        yield case("Unflatten", nn.Unflatten(dim, tuple(size)), dict(dim=dim, unflattened_size=size), dtype, shape, rng)
    for r in (1, 2, 3):
        for before in ([], [2], [2, 1]):
            yield case("PixelShuffle", nn.PixelShuffle(r), dict(upscale_factor=r), dtype, before + [2 * r * r, 2, 3], rng)
            yield case("PixelUnshuffle", nn.PixelUnshuffle(r), dict(downscale_factor=r), dtype, before + [2, 2 * r, 3 * r], rng)
    sequence, image = [2, 3, 5], [2, 3, 4, 5]
    for mode, align, shape in (("nearest", None, sequence), ("nearest", None, image), ("linear", False, sequence),
                               ("linear", True, sequence), ("bilinear", False, image), ("bilinear", True, image)):
        sizes = (7, 3, 1, [11]) if len(shape) == 3 else (7, [3, 1], [11, 5])
        factors = (2.0, 0.5, 1.7) if len(shape) == 3 else (2.0, 0.6, [1.7, 3.0])
        for name, values in (("size", sizes), ("scale_factor", factors)):
            for v in values:
                arguments = {name: tuple(v) if isinstance(v, list) else v}
                settings = {"size": None, "scale_factor": None, name: v, "mode": mode, "align_corners": bool(align)}
                yield case("Upsample", nn.Upsample(mode=mode, align_corners=align, **arguments), settings, dtype, shape, rng)


def cases(dtype):
    rng = torch.Generator().manual_seed(31)
    yield from embeddings(dtype, rng)
    yield from pairs(dtype, rng)
    yield from rearranged(dtype, rng)


write("layers", cases)
