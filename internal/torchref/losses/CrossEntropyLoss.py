import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(5,), (1,), (4, 5), (1, 1), (3, 4, 2), (2, 3, 2, 2), (0, 5), (2, 3, 0)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for draw in ("normal", "wide"):
                    for weighted in (False, True):
                        for smoothing in (0.0, 0.1, 1.0):
                            for ignore in (-100, 2):
                                indices(c, dtype, reduction, shape, draw, weighted, smoothing, ignore)
                            probabilities(c, dtype, reduction, shape, draw, weighted, smoothing)
        masked(c, dtype)
    large(c)
    rejects(c)


def lanes(shape):
    axis = min(1, len(shape) - 1)
    return axis, shape[axis], shape[:axis] + shape[axis + 1:]


def scores(c, dtype, shape, draw):
    return c.normal(shape, dtype) if draw == "normal" else c.wide(shape, dtype, axis=lanes(shape)[0])


def options(c, dtype, reduction, classes, weighted, smoothing):
    args = {"reduction": reduction, "label_smoothing": smoothing}
    if weighted:
        args["weight"] = c.uniform((classes,), dtype, 0.1, 2)
    return args


def indices(c, dtype, reduction, shape, draw, weighted, smoothing, ignore):
    _, classes, rest = lanes(shape)
    t = c.integers(rest, classes)
    if ignore >= classes and t.numel() > 1:  # where ignore is a class, chance ignores some
        t[torch.tensor(c.rng.random(rest) < 0.3)] = ignore
    args = options(c, dtype, reduction, classes, weighted, smoothing)
    args["ignore_index"] = ignore
    c.add(args, [X("input", scores(c, dtype, shape, draw), True), X("target", t)],
          hvp=dtype == torch.float64 and draw == "normal")


def probabilities(c, dtype, reduction, shape, draw, weighted, smoothing):
    axis, classes, _ = lanes(shape)
    q = c.uniform(shape, dtype, 0.1, 1)
    q = torch.round(q / q.sum(axis, keepdim=True) * 64) / 64
    args = options(c, dtype, reduction, classes, weighted, smoothing)
    c.add(args, [X("input", scores(c, dtype, shape, draw), True), X("target", q, True)],
          hvp=dtype == torch.float64 and draw == "normal")


def masked(c, dtype):
    """A logit of -Inf masks a class."""
    x = torch.tensor([[0.5, float("-inf"), 1.25], [float("-inf"), float("-inf"), 3.0]], dtype=dtype)
    for reduction in REDUCTIONS:
        c.add({"reduction": reduction}, [X("input", x, True), X("target", torch.tensor([0, 2]))])
        c.add({"reduction": reduction}, [X("input", x, True), X("target", torch.tensor([1, 2]))])
        c.add({"reduction": reduction, "weight": torch.tensor([1.0, 0.5, 2.0], dtype=dtype)},
              [X("input", x, True), X("target", torch.tensor([2, 2]))])
    c.add({}, [X("input", x, True), X("target", torch.tensor([-100, -100]))])  # NaN, gradient 0
    c.add({"reduction": "sum"}, [X("input", x, True), X("target", torch.tensor([-100, -100]))])


def large(c):
    x, t = c.normal((2000, 3), torch.float32), c.integers((2000,), 3)
    for reduction in ("mean", "sum"):
        c.add({"reduction": reduction}, [X("input", x), X("target", t)])
    x, t = c.normal((2, 1500), torch.float32), c.integers((2,), 1500)
    c.add({"label_smoothing": 0.1}, [X("input", x), X("target", t)])


def rejects(c):
    x = c.normal((3, 4), torch.float32)
    t = torch.tensor([0, 1, 2])
    q = torch.full((3, 4), 0.25)
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1, 4]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1, -1]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([0, 1]))])
    c.reject({}, [X("input", x), X("target", torch.tensor([[0, 1, 2]]))])
    c.reject({}, [X("input", x), X("target", t > 0)])
    c.reject({}, [X("input", x), X("target", torch.zeros(3, 4, dtype=torch.int64))])
    c.reject({}, [X("input", x), X("target", torch.zeros(3))])
    c.reject({}, [X("input", x[0, 0]), X("target", torch.tensor(0))])
    c.reject({}, [X("input", x.reshape(3, 2, 2)), X("target", torch.tensor([[0, 1, 1]] * 3))])
    c.reject({"weight": torch.ones(3)}, [X("input", x), X("target", t)])
    c.reject({"weight": torch.ones(4, dtype=torch.float64)}, [X("input", x), X("target", t)])
    c.reject({"weight": torch.ones(3)}, [X("input", x), X("target", q)])
    c.reject({"label_smoothing": 1.5}, [X("input", x), X("target", t)])
    c.reject({"ignore_index": 1}, [X("input", x), X("target", q)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", t)])
    c.reject({}, [X("input", torch.tensor([[1, 2], [3, 4]])), X("target", torch.tensor([0, 1]))])
