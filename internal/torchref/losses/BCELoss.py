import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [((), [()]), ((5,), [(5,), (1,)]), ((4, 3), [(3,), (4, 1), (4, 3), ()]), ((2, 3, 2), [(3, 1)]), ((0, 3), [(3,)])]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape, weights in SHAPES:
                for weight in [None] + weights:
                    for target in ("soft", "hard"):
                        for draw in (inner, ends):
                            add(c, dtype, reduction, shape, draw, target, weight)
        x = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1e-13, 1e-30, 1e-6, 0.3], dtype=dtype)
        y = torch.tensor([0.0, 0.5, 1.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.25, 2.0], dtype=dtype)
        c.add({"reduction": "none"}, [X("input", x, True), X("target", y, True)])
    x, y = inner(c, (3, 2), torch.float64), c.uniform((3, 2), torch.float64)
    for legacy in ({"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y, True)])
    for bad in (1.1, -0.001, float("nan"), float("inf")):
        c.reject({}, [X("input", torch.tensor([0.5, bad])), X("target", torch.tensor([0.5, 0.5]))])
    c.reject({}, [X("input", x), X("target", y[:, :1])])
    c.reject({}, [X("input", x), X("target", y[0])])
    c.reject({}, [X("input", x), X("target", y.float())])
    c.reject({}, [X("input", x), X("target", c.integers((3, 2), 2))])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])
    for weight in ((3,), (4, 3, 2), (1, 3, 2), (3, 2, 1)):
        c.reject({"weight": c.uniform(weight, torch.float64), "reduction": "none"}, [X("input", x), X("target", y)])


def inner(c, shape, dtype):
    return c.uniform(shape, dtype, 0.05, 0.95)


def ends(c, shape, dtype):
    """Probabilities of all sizes, 0 and 1 among them."""
    x = c.rng.choice([0.0, 1e-30, 1e-10, 1e-3, 0.25, 0.75, 0.999, 1.0], size=shape)
    return torch.tensor(x, dtype=torch.float32).to(dtype).reshape(shape)


def add(c, dtype, reduction, shape, draw, target, weight):
    args = {"reduction": reduction}
    if weight is not None:
        args["weight"] = c.uniform(weight, dtype, 0.1, 2)
    y = c.uniform(shape, dtype) if target == "soft" else c.integers(shape, 2).to(dtype)
    c.add(args, [X("input", draw(c, shape, dtype), True), X("target", y, target == "soft")],
          hvp=dtype == torch.float64 and draw == inner and target == "hard")  # PyTorch adds 1e-12 to x in second derivatives
