#!/usr/bin/env python3
"""Values and gradients of PyTorch's operations at special values.

Run from the root of the repository with PyTorch 1.13:

    python3 internal/torchref/ops.py

writes autograd/testdata/ops.json.gz, which autograd's golden test reads. The
incoming gradient of element i is 1 + (i mod 5)/4.
"""
import gzip
import json
import math

import torch
import torch.nn.functional as F

inf, nan = math.inf, math.nan
GRID = [-inf, -1e4, -100, -20, -1.5, -1, -0.5, -1e-8, -0.0, 0, 1e-8, 0.5, 1, 1.5, 20, 100, 1e4, inf, nan]
SMALL = [-inf, -2, -1, -0.5, -0.0, 0, 0.5, 1, 2, 3, inf, nan]
ROWS = [
    [1, 2, 3, 4], [1, 1, 0.5, 1], [0, 0, 0, 0], [2, 2, 2, 2], [-3, -3, -3, 1], [0, 2, 3, 4], [0, 0, 3, 4], [0, -4, 0, 0],
    [-100, 100, 0, 5], [1e4, -1e4, 0, 1e4], [1e-8, 0, 1, -1e-8], [-inf, -inf, -inf, -inf], [-inf, 0, 1, -inf],
    [inf, 0, 1, 2], [inf, -inf, 0, 1], [nan, 1, 2, 3],
]
UNARY = {
    "Neg": torch.neg, "Abs": torch.abs, "Square": torch.square, "Sqrt": torch.sqrt, "Rsqrt": torch.rsqrt,
    "Exp": torch.exp, "Expm1": torch.expm1, "Log": torch.log, "Log1p": torch.log1p, "Sin": torch.sin, "Cos": torch.cos,
    "Tan": torch.tan, "Atan": torch.atan, "Sinh": torch.sinh, "Cosh": torch.cosh, "Tanh": torch.tanh,
    "Sigmoid": torch.sigmoid, "Softplus": F.softplus, "LogSigmoid": F.logsigmoid, "Erf": torch.erf, "Erfc": torch.erfc,
    "ReLU": F.relu, "LeakyReLU(0.1)": lambda x: F.leaky_relu(x, 0.1), "GELU": F.gelu,
    "GELUTanh": lambda x: F.gelu(x, approximate="tanh"), "Clamp(-1,1)": lambda x: torch.clamp(x, -1, 1),
}
for p in (-1, 0, 0.5, 1, 2, 2.5, 3):
    UNARY[f"PowScalar({p})"] = lambda x, p=p: torch.pow(x, p)
BINARY = {
    "Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div, "Pow": torch.pow,
    "Maximum": torch.maximum, "Minimum": torch.minimum,
}
REDUCE = {
    "Sum": lambda x: x.sum(1), "Mean": lambda x: x.mean(1), "Prod": lambda x: x.prod(1), "Max": lambda x: x.amax(1),
    "Min": lambda x: x.amin(1), "LogSumExp": lambda x: x.logsumexp(1), "Softmax": lambda x: x.softmax(1),
    "LogSoftmax": lambda x: x.log_softmax(1),
}
for c in (0, 1):
    REDUCE[f"Var({c})"] = lambda x, c=c: torch.var(x, 1, correction=c)
    REDUCE[f"Std({c})"] = lambda x, c=c: torch.std(x, 1, correction=c)
for p in (0, 0.5, 1, 1.5, 2, 3, inf, -inf):
    REDUCE[f"Norm({p})"] = lambda x, p=p: torch.linalg.vector_norm(x, p, 1)


def numbers(t):
    """JSON has no NaN or infinity, so those are strings."""
    return [v if math.isfinite(v) else str(v) for v in t.detach().reshape(-1).tolist()]


def case(op, f, *inputs):
    x = [torch.tensor(i, dtype=torch.float64, requires_grad=True) for i in inputs]
    y = f(*x)
    seed = (1 + (torch.arange(y.numel(), dtype=torch.float64) % 5) / 4).reshape(y.shape)
    grads = torch.autograd.grad(y, x, seed, allow_unused=True)  # PyTorch finds Norm(0) unconnected
    grads = [torch.zeros_like(i) if g is None else g for i, g in zip(x, grads)]
    return {"op": op, "shape": list(x[0].shape), "inputs": [numbers(i) for i in x], "value": numbers(y),
            "grads": [numbers(g) for g in grads]}


def main():
    cases = [case(op, f, GRID) for op, f in UNARY.items()]
    a, b = [u for u in SMALL for _ in SMALL], SMALL * len(SMALL)
    cases += [case(op, f, a, b) for op, f in BINARY.items()]
    cases += [case(op, f, ROWS) for op, f in REDUCE.items()]
    text = json.dumps({"made_by": f"internal/torchref/ops.py with PyTorch {torch.__version__}", "cases": cases})
    with open("autograd/testdata/ops.json.gz", "wb") as out:
        out.write(gzip.compress(text.encode(), mtime=0))


main()
