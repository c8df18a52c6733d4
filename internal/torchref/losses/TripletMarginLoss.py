import torch
from losses import DTYPES, REDUCTIONS, X

INF = float("inf")
SHAPES = [(3,), (1,), (4, 3), (2, 2, 3), (0, 3)]
NAMES = ("anchor", "positive", "negative")


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for p in (2.0, 1.0, 3.0, 1.5, 0.5, 0.0, INF, -INF, -1.0):
                for swap in (False, True):
                    for shape in SHAPES:
                        margin, eps = c.rng.choice([1.0, 0.0, 4.0]), c.rng.choice([1e-6, 0.0, 0.1])
                        args = {"margin": float(margin), "p": p, "eps": float(eps), "swap": swap, "reduction": reduction}
                        x = [c.normal(shape, dtype) for _ in NAMES]
                        # one component has no curvature, only rounding
                        smooth = dtype == torch.float64 and p in (2.0, 3.0, 1.5) and shape[-1] > 1
                        c.add(args, [X(n, v, True) for n, v in zip(NAMES, x)], hvp=smooth)
    for dtype in DTYPES:
        for p in (2.0, 1.0, 3.0, 1.5, 0.5, INF):
            for eps in (0.0, 1e-6):
                for swap in (False, True):
                    special(c, dtype, {"p": p, "eps": eps, "swap": swap, "reduction": "none"})
    rejects(c)


def special(c, dtype, args):
    """Coincident points, ties of the two far distances, terms exactly at the
    hinge, and sizes that a square would overflow."""
    one = torch.tensor([[1.0, 0.0], [0.5, 0.5], [2.0, -1.0]], dtype=dtype)
    for margin in (1.0, 0.0):
        a = {**args, "margin": margin}
        c.add(a, [X(n, v, True) for n, v in zip(NAMES, (one, one, one))])
        c.add(a, [X(n, v, True) for n, v in zip(NAMES, (one, one, one + 1))])
        c.add(a, [X(n, v, True) for n, v in zip(NAMES, (one, -one, one * 0))])  # a and p mirror each other about n
    big = 1e30 if dtype == torch.float32 and args["p"] in (1.0, INF) else 1e10
    c.add({**args, "margin": 1.0}, [X(n, v, True) for n, v in zip(NAMES, (one * big, one * 0, one * big * 0.5))])


def rejects(c):
    x = c.normal((3, 4), torch.float32)
    for inputs in ((x, x[:2], x), (x, x, x[:, :3]), (x, x[0], x)):
        c.reject({}, [X(n, v) for n, v in zip(NAMES, inputs)])
    c.reject({"reduction": "batchmean"}, [X(n, x) for n in NAMES])
