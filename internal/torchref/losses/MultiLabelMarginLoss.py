import torch
from losses import DTYPES, REDUCTIONS, X

SHAPES = [(5,), (1,), (4, 5), (1, 3), (6, 1), (40, 3)]


def cases(c):
    for dtype in DTYPES:
        for reduction in REDUCTIONS:
            for shape in SHAPES:
                for draw in ("normal", "ties", "wide"):
                    for labels in ("some", "all", "none", "any"):
                        if draw == "normal":
                            x = c.normal(shape, dtype)
                        elif draw == "ties":
                            x = (c.integers(shape, 9) - 4).to(dtype) / 4
                        else:
                            x = c.wide(shape, dtype, len(shape) - 1)
                        c.add({"reduction": reduction}, [X("input", x, True), X("target", targets(c, shape, labels))])
    rejects(c)


def targets(c, shape, labels):
    """Labels, some of them twice, and more behind the first -1."""
    t = c.integers(shape, shape[-1])
    if labels == "some":
        t[torch.tensor(c.rng.random(shape) < 0.4)] = -1
    elif labels == "none":
        t[..., 0] = -1
    elif labels == "all":
        t = torch.arange(shape[-1]).expand(shape).contiguous()
    return t


def rejects(c):
    x = c.normal((3, 4), torch.float32)
    t = c.integers((3, 4), 4)
    for target in (t + 4, t - 5, t[:2], t[:, :3], t[0], t.float()):
        c.reject({}, [X("input", x), X("target", target)])
    late = t.clone()
    late[1] = torch.tensor([0, -1, 4, -1])
    c.reject({}, [X("input", x), X("target", late)])
    late[1] = torch.tensor([0, -1, -2, -1])
    c.reject({}, [X("input", x), X("target", late)])
    c.reject({"reduction": "batchmean"}, [X("input", x), X("target", t)])
    c.reject({}, [X("input", x.reshape(3, 2, 2)), X("target", t.reshape(3, 2, 2))])
    c.reject({}, [X("input", x[:, :0]), X("target", t[:, :0])])
