import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [((5,), [(5,), (1,), ()]), ((4, 3), [(3,), (4, 1), (4, 3)]), ((2, 3, 2), [(2,), (3, 1)]), ((0, 3), [(3,)]), ((3, 0), [()])]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape, weights in SHAPES:
                for weight in [None] + weights:
                    for draw in (c.normal, c.wide):
                        for target in ("soft", "hard"):
                            add(c, dtype, reduction, shape, draw, target, weight)
    x, y = c.normal((3, 2), torch.float64), c.uniform((3, 2), torch.float64)
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y, True)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", x), X("target", y[:2])])
    c.reject({}, [X("input", x[0, 0]), X("target", y[0, 0])])
    c.reject({"weight": torch.ones(3, dtype=torch.float64)}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", c.integers((3, 2), 2)), X("target", y)])


def add(c, dtype, reduction, shape, draw, target, weight):
    args = {"reduction": reduction}
    if weight is not None:
        args["weight"] = c.uniform(weight, dtype, 0.1, 2)
    y = c.uniform(shape, dtype) if target == "soft" else c.integers(shape, 2).to(dtype)
    c.add(args, [X("input", draw(shape, dtype), True), X("target", y, target == "soft")],
          hvp=dtype == torch.float64 and draw == c.normal and target == "soft")
