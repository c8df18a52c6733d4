import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (0, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for margin in (0.0, 1.0, -0.5):
                    for draw in (c.normal, c.wide):  # the wide ones meet the hinge
                        y = c.integers(shape, 2).to(dtype) * 2 - 1
                        c.add({"reduction": reduction, "margin": margin},
                              [X("input1", draw(shape, dtype), True), X("input2", draw(shape, dtype), True), X("target", y, draw == c.normal)],
                              hvp=dtype == torch.float64 and draw == c.normal)
    a, b, y = c.normal((3, 2), torch.float64), c.normal((3, 2), torch.float64), c.integers((3, 2), 2).double() * 2 - 1
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input1", a, True), X("input2", b, True), X("target", y, True)])
        c.add(legacy, [X("input1", a, True), X("input2", b, True), X("target", y.long())])
    c.reject({"reduction": "batchmean"}, [X("input1", a), X("input2", b), X("target", y)])
    c.reject({}, [X("input1", a), X("input2", b), X("target", y[0])])
    c.reject({}, [X("input1", a), X("input2", b[0]), X("target", y)])
    c.reject({}, [X("input1", a), X("input2", b[:2]), X("target", y)])
