import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [((), [()]), ((5,), [(5,), (1,)]), ((4, 3), [(3,), (4, 1), (4, 3)]), ((2, 3, 2), [(3, 1)]), ((0,), [(1,)]), ((0, 3), [(3,)])]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape, weights in SHAPES:
                for draw in (c.normal, c.wide):
                    for target in ("soft", "hard"):
                        options = [(None, None)]
                        for w in weights:
                            options += [(w, None), (None, w), (w, weights[0])]
                        for weight, pos in options:
                            add(c, dtype, reduction, shape, draw, target, weight, pos)
    x, y = c.normal((3, 2), torch.float64), c.uniform((3, 2), torch.float64, -2, 3)
    for legacy in ({}, {"size_average": False}, {"reduce": False}, {"size_average": False, "reduce": False}):
        c.add(legacy, [X("input", x, True), X("target", y, True)])  # targets outside [0, 1] too
    c.reject({}, [X("input", x), X("target", c.uniform((3, 1), torch.float64))])
    c.reject({}, [X("input", x), X("target", c.uniform((3,), torch.float64))])
    c.reject({"weight": c.uniform((3,), torch.float64)}, [X("input", x), X("target", y)])
    c.reject({"weight": c.uniform((4, 3, 2), torch.float64)}, [X("input", x), X("target", y)])
    c.reject({"pos_weight": c.uniform((3,), torch.float64)}, [X("input", x), X("target", y)])
    c.reject({"pos_weight": c.uniform((4, 3, 2), torch.float64)}, [X("input", x), X("target", y)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", y)])


def add(c, dtype, reduction, shape, draw, target, weight, pos):
    args = {"reduction": reduction}
    if weight is not None:
        args["weight"] = c.uniform(weight, dtype, 0, 2)
    if pos is not None:
        args["pos_weight"] = c.uniform(pos, dtype, 0.5, 3)
    x = draw(shape, dtype)
    y = c.uniform(shape, dtype) if target == "soft" else c.integers(shape, 2).to(dtype)
    c.add(args, [X("input", x, True), X("target", y, target == "soft")],
          hvp=dtype == torch.float64 and draw == c.normal and target == "soft")
