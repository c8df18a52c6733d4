import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (0,), (0, 3), (1, 1)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for draw in (c.normal, c.wide):
                    for grads in ((True, True), (True, False), (False, True)):
                        x, y = draw(shape, dtype), draw(shape, dtype)
                        c.add({"reduction": reduction}, [X("input", x, grads[0]), X("target", y, grads[1])])
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": True, "reduction": "sum"},
                   {"size_average": False, "reduce": False}, {"reduce": True, "reduction": "none"}):
        c.add(legacy, [X("input", c.normal((3, 2), torch.float64), True), X("target", c.normal((3, 2), torch.float64))])
    big = c.normal((3000,), torch.float32)  # sums in float32 would drift
    for reduction in ("mean", "sum"):
        c.add({"reduction": reduction}, [X("input", big), X("target", big * 0 + 0.125)])
    c.reject({"reduction": "batchmean"}, [X("input", big), X("target", big)])
    c.reject({"reduction": "Mean"}, [X("input", big), X("target", big)])
    c.reject({}, [X("input", c.normal((4, 3), torch.float32)), X("target", c.normal((4,), torch.float32))])
