"""PyTorch's side of the benchmark: what every case builds on.

The files of this directory are joined to one program, this one first and
serve.py last. A case is a function under @case that returns a step; the name
bench gives is the function's, then its arguments: "gemm_float32:512". A step
returns the tensors that Declive's step must come to as well.
"""
import ctypes
import gc
import platform
import sys
import time

import numpy as np
import torch
from torch import nn

CASES = {}


def case(f):
    CASES[f.__name__] = f
    return f


def uniform(seed, *shape):
    """Even numbers between 0 and 1, float64: data.go has the same."""
    n = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = (np.uint64(seed << 32) + np.arange(1, n + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return torch.from_numpy(((z >> np.uint64(40)).astype(np.float64) + 0.5) / 2**24).reshape(shape)


def normal(seed, *shape):
    """Numbers of mean 0 and variance 1 that are almost normally distributed."""
    return ((uniform(seed, *shape, 4).sum(-1) - 2) * 3**0.5).float()


def probabilities(seed, *shape):
    return (0.001 + 0.998 * uniform(seed, *shape)).float()


def logs(seed, *shape):
    """Negative numbers, as logarithms of probabilities are."""
    return (-0.001 - 8 * uniform(seed, *shape)).float()


def integers(seed, below, *shape):
    return (uniform(seed, *shape) * below).long()


def yes_or_no(seed, *shape):
    return integers(seed, 2, *shape).float()


def signs(seed, *shape):
    return 2 * yes_or_no(seed, *shape) - 1


def parameter(seed, inputs, *shape):
    """A layer's weights or biases: even numbers between ±1/√inputs."""
    return nn.Parameter(((2 * uniform(seed, *shape) - 1) / inputs**0.5).float())


def wants(x):
    return x.requires_grad_()
