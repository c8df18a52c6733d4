import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(), (1,), (5,), (4, 3), (2, 3, 2), (0, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for log_input in (True, False):
                    for full in (True, False):
                        for eps in (1e-8, 0.1):
                            args = {"reduction": reduction, "log_input": log_input, "full": full, "eps": eps}
                            add(c, dtype, args, shape)
        # exp overflows and underflows, rates of 0, counts at and beside 1
        x = torch.tensor([100.0, -100.0, 88.0, -1e4, 1e30, 0.0, 0.0, 0.5], dtype=dtype)
        y = torch.tensor([3.0, 2.0, 1e4, 1.0, 0.0, 1.0, 1.0001, 1e30], dtype=dtype)
        c.add({"reduction": "none"}, [X("input", x, True), X("target", y, True)])
        x, y = torch.tensor([0.0, 1e-10, 1.0, 1e4], dtype=dtype), torch.tensor([0.0, 2.0, 1.0, 1e4], dtype=dtype)
        c.add({"reduction": "none", "log_input": False}, [X("input", x, True), X("target", y, True)])
        c.add({"reduction": "none", "log_input": False, "full": True}, [X("input", x, True), X("target", y)])
    x, y = c.normal((3, 2), torch.float64), c.integers((3, 2), 9).double()
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y, True)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])
    c.reject({"reduction": "Sum"}, [X("input", x), X("target", y)])
    c.reject({}, [X("input", x), X("target", y[:2])])


def add(c, dtype, args, shape):
    x = c.normal(shape, dtype) if args["log_input"] else c.uniform(shape, dtype, 0.1, 9)
    y = c.uniform(shape, dtype, 0.1, 6)  # some at most 1; a count of 0 has no derivative in PyTorch
    c.add(args, [X("input", x, True), X("target", y, True)], hvp=dtype == torch.float64)
    c.add(args, [X("input", x, True), X("target", c.integers(shape, 5).to(dtype))])
