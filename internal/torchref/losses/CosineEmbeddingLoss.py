import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(3,), (1,), (4, 3), (1, 5), (6, 1), (0, 3), (2, 0)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for margin in (0.0, 0.3, -0.5, 1.0):
                for shape in SHAPES:
                    if shape[-1] == 1:
                        continue  # the gradient cancels: PyTorch's is rounding
                    for draw in ("normal", "wide"):
                        x1, x2 = pair(c, shape, dtype, draw)
                        y = signs(c, shape[:-1], c.rng.choice(["int64", "float"]), dtype)
                        c.add({"margin": margin, "reduction": reduction},
                              [X("input1", x1, True), X("input2", x2, True), X("target", y)],
                              hvp=dtype == torch.float64 and draw == "normal")
    for dtype in DTYPES:  # a target that is neither 1 nor -1 counts for nothing
        x1, x2 = pair(c, (4, 3), dtype, "normal")
        c.add({"reduction": "none"}, [X("input1", x1, True), X("input2", x2, True), X("target", torch.tensor([0, 1, 5, -1]))])
    rejects(c)


def pair(c, shape, dtype, draw):
    """Vectors; wide ones have one size each, up to 1e4, beyond which PyTorch's
    squares overflow in float32, and are sometimes 0."""
    if draw == "normal":
        return c.normal(shape, dtype), c.normal(shape, dtype)
    size = torch.tensor(c.rng.choice([0.0, 1e-3, 1.0, 100.0, 1e4], size=(2,) + shape[:-1] + (1,)), dtype=dtype)
    return c.normal(shape, dtype) * size[0], c.normal(shape, dtype) * size[1]


def signs(c, shape, kind, dtype):
    y = c.integers(shape, 2) * 2 - 1
    return y if kind == "int64" else y.to(dtype)


def rejects(c):
    x = c.normal((3, 4), torch.float32)
    y = torch.tensor([1, -1, 1])
    for inputs in ((x, x, torch.tensor([[1, 2]])), (x, x, torch.tensor(1)), (x, x, y[:2]), (x[0], x[0], y[:1]),
                   (x, c.normal((2, 4), torch.float32), y), (x[0, 0], x[0, 0], torch.tensor(1)), (x.reshape(3, 2, 2), x.reshape(3, 2, 2), y)):
        c.reject({}, [X(n, v) for n, v in zip(("input1", "input2", "target"), inputs)])
    c.reject({"reduction": "batchmean"}, [X("input1", x), X("input2", x), X("target", y)])
