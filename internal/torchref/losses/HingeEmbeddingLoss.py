import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (0, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for margin in (1.0, 0.0, 2.5, -1.0):
                    for draw in (c.normal, c.wide):  # the wide ones meet the hinge, but the sum of 1e30 and 1 depends on the order
                        if draw == c.wide and reduction != "none":
                            draw = c.uniform
                        c.add({"reduction": reduction, "margin": margin},
                              [X("input", draw(shape, dtype), True), X("target", signs(c, shape, dtype))])
        x = torch.tensor([1.0, 1.0, 2.0, 0.5, float("nan"), float("inf")], dtype=dtype)
        c.add({"reduction": "none"}, [X("input", x, True), X("target", torch.tensor([-1, 1, -1, -1, -1, -1], dtype=dtype))])
    x, y = c.normal((3, 2), torch.float64), signs(c, (3, 2), torch.float64)
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y)])
        c.add(legacy, [X("input", x, True), X("target", y.long())])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", x), X("target", y[:2])])


def signs(c, shape, dtype):
    return c.integers(shape, 2).to(dtype) * 2 - 1
