import torch
from torch.nn.utils.stateless import functional_call
from losses import DTYPES, X

# in_features, n_classes, cutoffs, div_value
LAYERS = [(4, 6, [2], 4.0), (5, 9, [2, 5], 2.0), (3, 8, [1, 2, 5], 1.0), (8, 12, [4, 7], 4.0),
          (1, 2, [1], 0.5), (6, 30, [10, 20, 29], 1.5), (2, 7, [3, 6], 4.0)]  # the last has tails of width 0


def make(**args):
    """The loss as a function of input, target and parameters."""
    m = torch.nn.AdaptiveLogSoftmaxWithLoss(**args)
    names = [name for name, _ in m.named_parameters()]
    return lambda x, t, *p: functional_call(m, dict(zip(names, p)), (x, t)).loss


def cases(c):
    c.make = make
    for dtype in DTYPES:
        for layer in LAYERS:
            for bias in (False, True):
                for targets in ("all", "head", "last", "edges", "one", "scalar", "none"):
                    add(c, dtype, layer, bias, targets)
                add(c, dtype, layer, bias, "all", scale=20.0)  # certain to the last digit
    rejects(c)


def add(c, dtype, layer, bias, targets, scale=1.0):
    features, classes, cutoffs, div = layer
    args = {"in_features": features, "n_classes": classes, "cutoffs": cutoffs, "head_bias": bias}
    if div != 4.0:
        args["div_value"] = div
    t = {"all": torch.arange(classes), "head": c.integers((4,), cutoffs[0]), "last": c.integers((3,), classes - cutoffs[-1]) + cutoffs[-1],
         "edges": torch.tensor([0, cutoffs[0] - 1] + cutoffs + [x - 1 for x in cutoffs] + [classes - 1]),
         "one": c.integers((1,), classes), "scalar": c.integers((), classes), "none": torch.zeros(0, dtype=torch.int64)}[targets]
    x = c.normal(tuple(t.shape) + (features,), dtype, scale)
    fair = scale == 1 or dtype == torch.float64  # in float32 large logits cost both as many digits of the second derivative
    c.add(args, [X("input", x, True), X("target", t)] + parameters(c, args, dtype), hvp=fair and twice(args, targets))


def twice(args, targets):
    """Whether every parameter has a first derivative: PyTorch's None has no second."""
    return targets in ("all", "edges") and args["in_features"] != 2


def parameters(c, args, dtype):
    m = torch.nn.AdaptiveLogSoftmaxWithLoss(**args)
    return [X(name, c.normal(tuple(p.shape), dtype, 0.7), True) for name, p in m.named_parameters()]


def rejects(c):
    args = {"in_features": 3, "n_classes": 6, "cutoffs": [2, 4], "div_value": 2.0}
    x, t = c.normal((2, 3), torch.float32), torch.tensor([0, 5])
    p = parameters(c, args, torch.float32)
    for inputs in ((x, torch.tensor([0, 6])), (x, torch.tensor([-1, 5])), (x, torch.tensor([0])), (x, torch.tensor(0)),
                   (x[0], t), (x[0], torch.tensor([0])), (x, t.reshape(1, 2)), (x[:, :2], t), (x.double(), t), (x.reshape(1, 2, 3), t)):
        c.reject(args, [X("input", inputs[0]), X("target", inputs[1])] + p)
    c.reject(args, [X("input", x), X("target", t)] + [X(w.name, w.value.double()) for w in p])
    for cutoffs in ([], [0, 2], [2, 2], [4, 2], [6], [2, 6], [-1]):
        c.reject({**args, "cutoffs": cutoffs}, [X("input", x), X("target", t)] + p)
    c.reject({**args, "div_value": 0}, [X("input", x), X("target", t)] + p)
