import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (0,), (0, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for target in ("signs", "any", "signs"):
                    x = c.normal(shape, dtype, 5.0)
                    y = c.integers(shape, 2).to(dtype) * 2 - 1 if target == "signs" else c.normal(shape, dtype)
                    c.add({"reduction": reduction}, [X("input", x, True), X("target", y)], hvp=dtype == torch.float64)
        # right by far; wrong by less than PyTorch's limit
        x = torch.tensor([1e30, 1e4, 100.0, 50.0, 0.0, -0.0, -30.0, -80.0], dtype=dtype)
        c.add({"reduction": "none"}, [X("input", x, True), X("target", torch.ones_like(x))])
        c.add({"reduction": "none"}, [X("input", -x, True), X("target", -torch.ones_like(x))])
    for shape in ((7,), (3, 5), (2, 2, 2)) * 12:
        for dtype in DTYPES:
            c.add({}, [X("input", c.normal(shape, dtype, 10.0), True), X("target", c.integers(shape, 2).to(dtype) * 2 - 1)])
    x, y = c.normal((3, 2), torch.float64), c.integers((3, 2), 2).double() * 2 - 1
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", x), X("target", y[:2])])
    c.reject({}, [X("input", c.integers((3, 2), 2)), X("target", y)])
