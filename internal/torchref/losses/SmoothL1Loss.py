import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (0, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for beta in (0.5, 1.0, 2.0, 1e4):
                    for draw in (c.normal, c.wide):
                        x, y = draw(shape, dtype), draw(shape, dtype)
                        c.add({"reduction": reduction, "beta": beta}, [X("input", x, True), X("target", y, True)],
                              hvp=dtype == torch.float64 and draw == c.normal)
        # at the knee, on both sides, and a hair from it; infinities and NaN
        x = torch.tensor([0.0, 0.5, -0.5, 0.5001, -0.4999, float("inf"), float("-inf"), float("nan")], dtype=dtype)
        c.add({"reduction": "none", "beta": 0.5}, [X("input", x, True), X("target", torch.zeros_like(x), True)])
    x, y = c.normal((3, 2), torch.float64), c.normal((3, 2), torch.float64)
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False, "beta": 0.3}):
        c.add(legacy, [X("input", x, True), X("target", y, True)])
    for reduction in REDUCTIONS:  # the absolute error; PyTorch has slope -1 for both where they are equal
        c.add({"reduction": reduction, "beta": 0.0}, [X("input", x, True), X("target", y, True)])
    c.reject({"beta": -1.0}, [X("input", x), X("target", y)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", x), X("target", c.normal((4,), torch.float64))])
    c.reject({}, [X("input", c.integers((4,), 3)), X("target", c.integers((4,), 3))])
