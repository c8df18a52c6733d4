#!/usr/bin/env python3
"""Writes what PyTorch says about losses, for the tests of nn/loss.

Run from the root of the repository, for all losses or some:

    python3 internal/torchref/losses.py [MSELoss ...]

Each file internal/torchref/losses/NAME.py has a function cases(c) that calls
c.add(args, inputs) for every case and c.reject(args, inputs) for what PyTorch
must refuse; this program evaluates them with torch.nn.NAME and writes
nn/loss/testdata/NAME.json.gz, one JSON object a line:

    {"id", "loss", "args", "inputs": [{"name","dtype","shape","data","requires_grad"}],
     "grad_output", "v", "output", "grads", "hvp", "error"}

args are PyTorch's keyword arguments; tensors are {"shape","dtype","data"} with
shortest round-trip floats, NaN and infinities as "nan", "inf", "-inf". hvp is
the gradient of sum(<dL/dx, v>). The same input gives the same bytes.
Made with PyTorch 1.13.1 (Debian python3-torch 1.13.1).
"""
import gzip
import importlib.util
import io
import json
import math
import pathlib
import sys
import warnings
import zlib

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / "nn" / "loss" / "testdata"
DTYPES = (torch.float32, torch.float64)
REDUCTIONS = ("mean", "sum", "none")


class X:
    """An input: name, tensor, and whether its gradient is compared."""

    def __init__(self, name, value, grad=False):
        self.name, self.value, self.grad = name, value, grad


class Cases:
    def __init__(self, loss):
        self.loss = loss
        self.lines = []
        self.make = getattr(torch.nn, loss)  # called with args; a file may set another
        self.rng = np.random.default_rng(zlib.crc32(loss.encode()))

    # --- numbers, rounded so that they are the same in float32 and float64

    def normal(self, shape, dtype, scale=2.0):
        x = self.rng.standard_normal(shape) * scale
        return torch.tensor(np.float32(np.round(x, 3)), dtype=dtype).reshape(shape)

    def uniform(self, shape, dtype, lo=0.0, hi=1.0):
        x = self.rng.uniform(lo, hi, shape)
        return torch.tensor(np.float32(np.round(x, 3)), dtype=dtype).reshape(shape)

    def wide(self, shape, dtype, axis=None):
        """Numbers of all sizes: 0, ties, 1e-3, 50, 100, 1e4 and 1e30, one size
        for each lane along axis, or for each element."""
        x = self.rng.choice([-1.0, -0.5, 0.0, 0.25, 1.0, 1.0], size=shape)
        if axis is None:
            x = x * self.rng.choice([1e-3, 1.0, 50.0, 100.0, 1e4, 1e30], size=shape)
        else:
            lanes = list(shape)
            lanes[axis] = 1
            x = x * self.rng.choice([0.0, 1e-3, 1.0, 50.0, 100.0, 1e4, 1e30], size=lanes)
        return torch.tensor(np.float32(x), dtype=dtype).reshape(shape)

    def integers(self, shape, high):
        return torch.tensor(self.rng.integers(0, max(high, 1), shape), dtype=torch.int64).reshape(shape)

    # --- cases

    def add(self, args, inputs, hvp=False):
        inputs = [X(x.name, x.value.clone().requires_grad_(x.grad), x.grad) for x in inputs]
        y = self.make(**args)(*[x.value for x in inputs])
        line = self.request(args, inputs)
        g = None
        if y.dim() > 0:
            g = self.normal(tuple(y.shape), y.dtype, 1.0)
        leaves = [x for x in inputs if x.grad]
        values = [x.value for x in leaves]
        line["grad_output"] = tensor(g)
        line["output"] = tensor(y)
        if leaves:
            grads = torch.autograd.grad(y, values, g, create_graph=hvp, allow_unused=True)
            line["grads"] = {x.name: tensor(d) for x, d in zip(leaves, grads)}
            if hvp:
                v = [self.normal(tuple(x.shape), x.dtype, 1.0) for x in values]
                second = torch.autograd.grad(sum((d * w).sum() for d, w in zip(grads, v)), values, allow_unused=True)
                line["v"] = [tensor(w) for w in v]
                line["hvp"] = {x.name: tensor(d) for x, d in zip(leaves, second)}
        self.lines.append(line)

    def reject(self, args, inputs):
        try:
            self.make(**args)(*[x.value for x in inputs])
        except Exception as e:
            line = self.request(args, inputs)
            line["error"] = (str(e) or type(e).__name__).splitlines()[0]
            self.lines.append(line)
            return
        raise SystemExit(f"PyTorch accepts {self.loss} {args} {inputs}")

    def request(self, args, inputs):
        return {
            "id": f"{self.loss}-{len(self.lines)}",
            "loss": self.loss,
            "args": {k: argument(v) for k, v in args.items()},
            "inputs": [{"name": x.name, **tensor(x.value), "requires_grad": x.grad} for x in inputs],
        }


def argument(v):
    if isinstance(v, torch.Tensor):
        return tensor(v)
    if isinstance(v, float) and math.isinf(v):
        return "inf" if v > 0 else "-inf"
    return v


def tensor(t):
    if t is None:
        return None
    flat = t.detach().reshape(-1).numpy()
    return {"shape": list(t.shape), "dtype": str(t.dtype).split(".")[1], "data": [number(v) for v in flat]}


def number(v):
    if isinstance(v, (np.integer, np.bool_)):
        return v.item()
    if not np.isfinite(v):
        return "nan" if np.isnan(v) else "inf" if v > 0 else "-inf"
    short = float(repr(v)) if isinstance(v, np.float32) else float(v)
    return int(short) if short == int(short) and abs(short) < 1e6 and not (short == 0 and math.copysign(1, short) < 0) else short


def write(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    c = Cases(name)
    module.cases(c)
    raw = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as f:
        for line in c.lines:
            f.write((json.dumps(line, separators=(",", ":")) + "\n").encode())
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json.gz").write_bytes(raw.getvalue())
    print(f"{name}: {len(c.lines)} cases, {len(raw.getvalue())} bytes")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    sys.modules["losses"] = sys.modules["__main__"]  # for the files in losses/
    wanted = sys.argv[1:]
    for file in sorted((HERE / "losses").glob("*.py")):
        if not wanted or file.stem in wanted:
            write(file.stem, file)
