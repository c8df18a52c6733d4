import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(5,), (1,), (4, 5), (1, 3), (6, 1), (40, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for p in (1, 2):
                for margin in (1.0, 0.5, 0.0, -0.25):
                    for weighted in (False, True):
                        for shape in SHAPES:
                            for draw in ("normal", "ties", "wide"):
                                add(c, dtype, {"reduction": reduction, "p": p, "margin": margin}, weighted, shape, draw)
            # PyTorch's mean and sum of no samples are whatever its memory holds
            if reduction == "none":
                c.add({"reduction": reduction}, [X("input", c.normal((0, 3), dtype), True), X("target", c.integers((0,), 3))])
            c.add({"reduction": reduction}, [X("input", c.normal((3,), dtype), True), X("target", torch.tensor([1]))])
    rejects(c)


def add(c, dtype, args, weighted, shape, draw):
    if draw == "normal":
        x = c.normal(shape, dtype)
    elif draw == "ties":  # differences of quarters: many exactly at the hinge
        x = (c.integers(shape, 9) - 4).to(dtype) / 4
    else:
        x = c.wide(shape, dtype, len(shape) - 1)
        if args["p"] == 2:
            x = x.clamp(-1e4, 1e4)  # PyTorch's squares overflow in float32
    if weighted:
        args = {**args, "weight": c.uniform((shape[-1],), dtype, 0, 2)}
    c.add(args, [X("input", x, True), X("target", c.integers(shape[:-1], shape[-1]))])


def rejects(c):
    x = c.normal((3, 4), torch.float32)
    t = torch.tensor([0, 1, 2])
    for target in (torch.tensor([0, 1, 4]), torch.tensor([0, -1, 2]), t[:2], t.reshape(3, 1), t.float(), torch.tensor(1)):
        c.reject({}, [X("input", x), X("target", target)])
    for args in ({"p": 3}, {"p": 0}, {"weight": torch.ones(4, 1)}, {"weight": torch.ones(4, dtype=torch.float64)}, {"reduction": "batchmean"}):
        c.reject(args, [X("input", x), X("target", t)])
    c.reject({}, [X("input", x.reshape(3, 2, 2)), X("target", t)])
    c.reject({}, [X("input", x[:, :0]), X("target", t)])
