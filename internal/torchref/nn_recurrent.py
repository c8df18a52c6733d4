#!/usr/bin/env python3
"""Writes the values and derivatives of PyTorch's recurrent layers and cells that the tests of nn compare with.

The first states, where they are given, are parameters here, and the value is everything that comes out, joined: the
outputs (of packed sequences the padded ones) and the last states.

Run from the root of the repository: python3 internal/torchref/nn_recurrent.py
"""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nncase import case, write


def given(base, names, shape, lengths=None):
    """base, from first states that are parameters if there are names."""

    class Given(base):
        def forward(self, x):
            states = tuple(getattr(self, n) for n in names)
            states = (states if len(states) == 2 else states[0],) if states else ()
            if lengths:
                x = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
            out = super().forward(x, *states)
            if isinstance(out, torch.Tensor):
                return out.reshape(-1)
            y, last = out
            if lengths:
                y = pad_packed_sequence(y)[0]
            last = last if isinstance(last, tuple) else (last,)
            return torch.cat([t.reshape(-1) for t in (y, *last)])

    def make(*arguments, **options):
        module = Given(*arguments, **options)
        for n in names:
            setattr(module, n, nn.Parameter(torch.zeros(shape)))
        return module

    return make


def layers(dtype, rng):
    grid = [(1, False, True), (2, True, True), (2, False, False), (3, True, False)]
    for name in ("RNN", "LSTM", "GRU"):
        for nonlinearity in ("tanh", "relu") if name == "RNN" else (None,):
            extra = dict(nonlinearity=nonlinearity) if nonlinearity else {}
            for n, both, bias in grid:
                for form in ("time", "batch", "single", "packed"):
                    for states in (False, True):
                        for dropout in (0.0, 1.0) if n == 2 and form == "time" else (0.0,):
                            count = n * (2 if both else 1)
                            shape = dict(time=[4, 2, 3], batch=[2, 4, 3], single=[4, 3], packed=[5, 4, 3])[form]
                            lengths = [2, 5, 1, 5] if form == "packed" else None
                            first = [count, 3] if form == "single" else [count, 4 if lengths else 2, 3]
                            names = (["h0", "c0"] if name == "LSTM" else ["h0"]) if states else []
                            options = dict(num_layers=n, bidirectional=both, batch_first=form == "batch", dropout=dropout)
                            module = given(getattr(nn, name), names, first, lengths)(3, 3, bias=bias, **options, **extra)
                            yield case(name, module, dict(options, bias=bias, lengths=lengths, **extra), dtype, shape, rng)


def cells(dtype, rng):
    for name in ("RNNCell", "LSTMCell", "GRUCell"):
        for nonlinearity in ("tanh", "relu") if name == "RNNCell" else (None,):
            extra = dict(nonlinearity=nonlinearity) if nonlinearity else {}
            for bias in (True, False):
                for shape in ([2, 3], [3]):
                    for states in (False, True):
                        names = (["h0", "c0"] if name == "LSTMCell" else ["h0"]) if states else []
                        module = given(getattr(nn, name), names, shape[:-1] + [4])(3, 4, bias=bias, **extra)
                        yield case(name, module, dict(bias=bias, **extra), dtype, shape, rng)


def cases(dtype):
    rng = torch.Generator().manual_seed(41)
    yield from layers(dtype, rng)
    yield from cells(dtype, rng)


write("recurrent", cases)
