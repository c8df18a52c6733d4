import itertools

import numpy as np
import torch
from losses import DTYPES, REDUCTIONS, X

SIZES = [  # frames, classes, input lengths, targets
    (6, 4, [6, 5, 3], [[1, 2, 3], [2, 2], [1]]),
    (5, 3, [5], [[1, 1, 1]]),
    (1, 2, [1, 1], [[1], [1]]),
]
MORE = (7, 6, [7, 4, 6, 7], [[5, 1, 1, 2], [3, 4], [4, 4, 4], [2]])
LONG = (40, 8, [40, 33], [[1, 2, 2, 3, 7, 7, 7, 1, 4, 5, 6], [3, 3, 1]])


def cases(c):
    for dtype, reduction, blank, zero, joined in itertools.product(DTYPES, REDUCTIONS, ("first", "last"), (False, True), (False, True)):
        for size in SIZES:
            add(c, dtype, size, reduction, blank, zero, joined)
    for reduction, blank, joined in itertools.product(REDUCTIONS, ("first", "last"), (False, True)):
        for size in (MORE, LONG):
            add(c, torch.float64, size, reduction, blank, False, joined)
        add(c, torch.float64, SIZES[0], reduction, blank, False, joined, scale=8)
    for dtype, reduction, blank, zero in itertools.product(DTYPES, REDUCTIONS, ("first", "last"), (False, True)):
        for lengths in ("number", "vector"):
            alone(c, dtype, reduction, blank, zero, lengths)
        impossible(c, dtype, reduction, blank, zero)
    rejects(c)


def log_probs(c, shape, dtype, scale=None):
    """The larger the losses, the more digits PyTorch's recursion loses in float32."""
    scale = scale or (2.0 if dtype == torch.float64 else 0.7)
    x = c.normal(shape, torch.float64, scale).log_softmax(-1)
    return torch.tensor(np.float32(np.round(x.numpy(), 3)), dtype=dtype)


def labels(targets, blank, classes):
    """Targets that are written for blank 0 and the index of the blank."""
    if blank == "first":
        return targets, 0
    return [[k - 1 for k in t] for t in targets], classes - 1


def packed(c, targets, joined, blank, classes):
    """Labels one after another, or in rows with padding that does not count."""
    if joined:
        return torch.tensor([k for t in targets for k in t])
    rows = c.integers((len(targets), max(len(t) for t in targets) + 1), classes - 1)
    rows += blank == 0
    for row, t in zip(rows, targets):
        row[:len(t)] = torch.tensor(t)
    return rows


def add(c, dtype, size, reduction, blank, zero, joined, scale=None, grad=True):
    frames, classes, used, targets = size
    targets, at = labels(targets, blank, classes)
    c.add({"blank": at, "reduction": reduction, "zero_infinity": zero},
          [X("log_probs", log_probs(c, (frames, len(used), classes), dtype, scale), grad),
           X("targets", packed(c, targets, joined, at, classes)),
           X("input_lengths", torch.tensor(used)), X("target_lengths", torch.tensor([len(t) for t in targets]))])


def alone(c, dtype, reduction, blank, zero, lengths):
    """One sample without a batch."""
    (target,), at = labels([[2, 1, 1]], blank, 4)
    used, count = torch.tensor(4), torch.tensor(3)
    if lengths == "vector":
        used, count = used[None], count[None]
    c.add({"blank": at, "reduction": reduction, "zero_infinity": zero},
          [X("log_probs", log_probs(c, (5, 4), dtype), True), X("targets", torch.tensor(target)),
           X("input_lengths", used), X("target_lengths", count)])


def impossible(c, dtype, reduction, blank, zero):
    """The second target does not fit. PyTorch's gradient is NaN without zero_infinity."""
    for targets in ([[1, 2], [3, 3, 3], [2]], [[1], [1, 2, 3, 1, 2], [1, 1]]):
        add(c, dtype, (4, 4, [4, 4, 3], targets), reduction, blank, zero, False, grad=zero)


def rejects(c):
    x = log_probs(c, (5, 2, 4), torch.float32)
    t = torch.tensor([[1, 2], [3, 1]])
    used, counts = torch.tensor([5, 4]), torch.tensor([2, 2])

    def no(args={}, x=x, t=t, used=used, counts=counts):
        c.reject(args, [X("log_probs", x), X("targets", t), X("input_lengths", used), X("target_lengths", counts)])

    no({"blank": 4})
    no({"blank": -1})
    no({"reduction": "batchmean"})
    no(used=torch.tensor([6, 4]))
    no(counts=torch.tensor([3, 2]))
    no(used=torch.tensor([5]))
    no(counts=torch.tensor([2, 2, 2]))
    no(t=t.flatten()[:3])
    no(t=t.reshape(2, 2, 1))
    no(t=t[:1])
    no(t=torch.tensor([1, 2, 3, 1, 2]))
    no(used=used.float())
    no(x=x[None])
    no(x=x.long())
