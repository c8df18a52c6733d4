import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(5,), (1,), (4, 5), (1, 1), (3, 4, 2), (2, 3, 2, 2), (0, 5), (2, 3, 0)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for draw in ("normal", "wide"):
                    for weighted in (False, True):
                        for ignore in (-100, 0, 7):
                            add(c, dtype, reduction, shape, draw, weighted, ignore)
    rejects(c)


def add(c, dtype, reduction, shape, draw, weighted, ignore):
    classes, rest = lanes(shape)
    x = -c.uniform(shape, dtype, 0, 9) if draw == "normal" else c.wide(shape, dtype)
    args = {"reduction": reduction, "ignore_index": ignore}
    if weighted:
        args["weight"] = c.uniform((classes,), dtype, 0.1, 2)
    c.add(args, [X("input", x, True), X("target", targets(c, classes, rest, ignore))],
          hvp=False)


def lanes(shape):
    axis = min(1, len(shape) - 1)
    return shape[axis], shape[:axis] + shape[axis + 1:]


def targets(c, classes, shape, ignore):
    """Class indices, a third of them ignored where ignore says so."""
    t = c.integers(shape, classes)
    if ignore > 0 and t.numel() > 1:
        t[torch.tensor(c.rng.random(shape) < 0.3)] = ignore
    return t


def rejects(c):
    x = c.normal((3, 4), torch.float32)
    t = torch.tensor([0, 1, 2])
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1, 4]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1, -1]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([[0, 1, 2]]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1, 2], dtype=torch.int32) > 0)])
    c.reject({}, [X("input", x[0]), X("target", torch.tensor([1]))])
    c.reject({}, [X("input", x[0, 0]), X("target", torch.tensor(0))])
    c.reject({}, [X("input", x.reshape(3, 2, 2)), X("target", torch.tensor([[0, 1, 1]] * 3))])
    c.reject({"weight": torch.ones(3)}, [X("input", x), X("target", t)])
    c.reject({"weight": torch.ones(4, dtype=torch.float64)}, [X("input", x), X("target", t)])
    c.reject({"weight": torch.ones(4, 1)}, [X("input", x), X("target", t)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", t)])
    c.reject({}, [X("input", torch.tensor([[1, 2], [3, 4]])), X("target", torch.tensor([0, 1]))])
