import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (3, 5), (2, 1, 4), (0, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS + ("batchmean",):
            for shape in SHAPES:
                if reduction == "batchmean" and shape == (0, 3):
                    continue  # below
                for log_target in (True, False):
                    args = {"reduction": reduction, "log_target": log_target}
                    for wide in (True, False):
                        add(c, dtype, args, shape, wide)
        empty = torch.zeros((0, 3), dtype=dtype)
        c.add({"reduction": "batchmean"}, [X("input", empty, True), X("target", empty, True)])
        x, y = c.normal((4, 3), dtype), c.uniform((4, 3), dtype, 0.1, 1)
        y[0, 1], y[2, 2] = 0, 0  # has no derivative in PyTorch
        for reduction in REDUCTIONS + ("batchmean",):
            c.add({"reduction": reduction}, [X("input", x, True), X("target", y)])
        c.add({"reduction": "none"}, [X("input", torch.tensor([float("-inf"), -1.0, 1e4], dtype=dtype), True),
                                      X("target", torch.tensor([0.5, float("nan"), 1.0], dtype=dtype))])
    x, y = c.normal((3, 2), torch.float64), c.uniform((3, 2), torch.float64, 0.1, 1)
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y, True)])
    c.reject({"reduction": "Mean"}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", x), X("target", y[:2])])
    c.reject({}, [X("input", x), X("target", c.integers((3, 2), 2))])


def add(c, dtype, args, shape, wide):
    x = c.wide(shape, dtype) if wide else -c.uniform(shape, dtype, 0, 5)
    y = -c.uniform(shape, dtype, 0, 5) if args["log_target"] else c.uniform(shape, dtype, 0.01, 1)
    c.add(args, [X("input", x, True), X("target", y, True)], hvp=dtype == torch.float64 and not wide)
