import torch
import torch.nn.functional as F
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(4, 3), (3,), (2, 2, 3), (5, 1), (0, 3)]
NAMES = ("anchor", "positive", "negative")
DISTANCES = [None, {"name": "PairwiseDistance"}, {"name": "PairwiseDistance", "p": 1, "eps": 0.01},
             {"name": "CosineDistance"}, {"name": "CosineDistance", "eps": 1e-3},
             {"name": "LInf"}, {"name": "SquaredEuclidean"}]


def distance(spec):
    """The function that JSON names."""
    if spec is None:
        return None
    given = dict(spec)
    name = given.pop("name")
    if name == "PairwiseDistance":
        return torch.nn.PairwiseDistance(**given)
    return {"CosineDistance": lambda a, b: 1 - F.cosine_similarity(a, b, dim=-1, **given),
            "LInf": lambda a, b: (a - b).abs().max(-1).values,
            "SquaredEuclidean": lambda a, b: ((a - b) ** 2).sum(-1)}[name]


def smooth(spec):
    return spec is None or spec["name"] != "LInf" and spec.get("p") != 1


def make(distance_function=None, **args):
    return torch.nn.TripletMarginWithDistanceLoss(distance_function=distance(distance_function), **args)


def cases(c):
    c.make = make
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for spec in DISTANCES:
                for swap in (False, True):
                    for shape in SHAPES:
                        for margin in (1.0, 0.0):
                            args = {"distance_function": spec, "margin": margin, "swap": swap, "reduction": reduction}
                            x = [c.normal(shape, dtype) for _ in NAMES]
                            if shape[-1] == 1 and spec and "Cosine" in spec["name"]:
                                continue  # the gradient cancels: PyTorch's is rounding
                            c.add(args, [X(n, v, True) for n, v in zip(NAMES, x)], hvp=dtype == torch.float64 and shape[-1] > 1 and smooth(spec))
    for dtype in DTYPES:  # vectors of 0
        one = torch.tensor([[1.0, 0.0], [0.0, 0.0], [1.0, 2.0]], dtype=dtype)
        for spec in ({"name": "CosineDistance"}, {"name": "CosineDistance", "eps": 1e-3}):
            c.add({"distance_function": spec, "reduction": "none"}, [X(n, v, True) for n, v in zip(NAMES, (one, one + 1, one * 3))])
    x = c.normal((3, 4), torch.float32)
    for inputs in ((x, x[:2], x), (x, x, x[:, :3]), (x, x[:, :3], x)):
        c.reject({}, [X(n, v) for n, v in zip(NAMES, inputs)])
    c.reject({"reduction": "batchmean"}, [X(n, x) for n in NAMES])
