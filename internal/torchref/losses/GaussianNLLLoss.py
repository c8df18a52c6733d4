import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [  # input, targets, variances
    ((), [()], [()]),
    ((5,), [(5,), (1,)], [(5,), (1,), ()]),
    ((4, 3), [(4, 3), (4, 1), (1, 3)], [(4, 3), (4, 1), (4,)]),
    ((2, 3, 2), [(2, 3, 2), (2, 1, 2)], [(2, 3, 2), (2, 3, 1), (2, 3)]),
    ((0, 3), [(0, 3)], [(0, 3), (0, 1), (0,)]),
]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape, targets, variances in SHAPES:
                for target in targets:
                    for variance in variances:
                        for full in (True, False):
                            add(c, dtype, {"reduction": reduction, "full": full}, shape, target, variance)
        # variances of 0 and below eps, and large errors
        x = torch.tensor([0.0, 1.0, 2.0, 1e4, -100.0], dtype=dtype)
        y = torch.tensor([0.0, 0.5, -1.0, 3.0, 50.0], dtype=dtype)
        v = torch.tensor([0.0, 1e-7, 2.0, 1e-3, 1e10], dtype=dtype)
        for eps in (1e-6, 0.5):
            c.add({"reduction": "none", "eps": eps}, [X("input", x, True), X("target", y, True), X("var", v, True)],
                  hvp=dtype == torch.float64)
    x = c.normal((3, 2), torch.float64)
    c.reject({}, [X("input", x), X("target", x), X("var", torch.tensor([[1.0, 1], [1, 1], [-1e-9, 1]], dtype=torch.float64))])
    for shape in ((1, 2), (1, 1), (2,), (), (3, 2, 1)):
        c.reject({}, [X("input", x), X("target", x), X("var", torch.ones(shape, dtype=torch.float64))])
    c.reject({}, [X("input", x), X("target", x[:, 0]), X("var", x * x)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", x), X("var", x * x)])


def add(c, dtype, args, shape, target, variance):
    c.add(args, [X("input", c.normal(shape, dtype), True), X("target", c.normal(target, dtype), True),
                 X("var", c.uniform(variance, dtype, 0.1, 3), True)], hvp=dtype == torch.float64)
