#!/usr/bin/env python3
"""Writes what PyTorch 1.13.1's LBFGS does to optim/testdata/LBFGS.json.gz.

Run from the root of the repository: /usr/bin/python3 internal/torchref/lbfgs.py
The output is the same bytes on every run.

Minimisation can be chaotic: a last bit decides whether a trial suits, and the
paths part. So every case runs again from starts that are a few roundings away. Each
outer step says how far the farthest of those has gone ("apart"), and the steps
from where they are PART away, or their counts differ, are left out. So are
those of float32 from where the loss falls by a few roundings only and comparing
it is blind. The number of steps left out is printed.
"""
import math
from itertools import chain

import torch

from optim import SHAPES, START as START_OF_ALL, flat, gradients
from optimizers import KINDS, write

PART = {torch.float64: 1e-7, torch.float32: 1e-3}
NUDGES = [(n * a, n * b) for n in (1, 5) for a, b in ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (0, 1))]

A = [[5, 1, 0, 2, 0, 1], [1, 4, 1, 0, 0, 0], [0, 1, 3, 0, 1, 0],
     [2, 0, 0, 6, 1, 1], [0, 0, 1, 1, 2, 0], [1, 0, 0, 1, 0, 30]]
B = [1, -2, 3, 0.5, -1.5, 2]


def quadratic(x):  # ½xᵀAx − bᵀx
    a, b = torch.tensor(A, dtype=x.dtype), torch.tensor(B, dtype=x.dtype)
    return 0.5 * (x @ a @ x) - (b * x).sum()


def rosenbrock(x):  # Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def quartic(x):  # Σ (xᵢ − ½)⁴ + ¼(Σ xᵢ)²
    return ((x - 0.5) ** 4).sum() + 0.25 * x.sum() ** 2


def barrier(x):  # Σ x − log x, which is NaN below 0 though its gradient is not
    return (x - x.log()).sum()


def edge(x):  # Σ x − 2√x, which is NaN below 0 with its gradient
    return (x - 2 * x.sqrt()).sum()


def waves(x):  # Σ sin 3x + x²/10
    return ((3 * x).sin() + 0.1 * x * x).sum()


def wild(x):  # Σ sin 5x + ½ sin 17x + x²/4
    return ((5 * x).sin() + 0.5 * (17 * x).sin() + 0.25 * x * x).sum()


def cliff(x):  # Σ x²/100 − x + 2 tanh 30(x − 1): a cliff in a gentle slope
    return (0.01 * x * x - x + 2 * (30 * (x - 1)).tanh()).sum()


START = {  # with the sizes of the parameters
    "quadratic": ([1.0, -1.0, 2.0, 0.5, 3.0, -0.25], [4, 2]),
    "rosenbrock": ([-1.2, 1.0], [1, 1]),
    "rosenbrock10": ([-1.2, 1.0] * 5, [3, 7]),
    "quartic": ([3.0, -2.0, 1.0, 0.25], [4]),
    "barrier": ([5.0, 0.25], [2]),
    "edge": ([5.0, 0.25], [2]),
    "wild": ([0.0], [1]),
    "cliff": ([0.0], [1]),
    "waves": ([2.0, -1.0, 0.3, 5.0], [1, 3]),
}
FUNCTIONS = dict(quadratic=quadratic, rosenbrock=rosenbrock, rosenbrock10=rosenbrock,
                 quartic=quartic, barrier=barrier, edge=edge, waves=waves, wild=wild, cliff=cliff)


def plain(x):
    """JSON has no NaN or Inf."""
    return x if math.isfinite(x) else str(x)


def minimise(name, dtype, options, steps, missing=False, rates=None, start=None, nudge=(0, 0)):
    first, sizes = START[name]
    start = start or first
    start = torch.tensor(start, dtype=dtype)
    for i in range(len(start)):
        start[i] *= 1 + nudge[i % 2] * torch.finfo(dtype).eps
    params = [p.clone().requires_grad_() for p in start.split(sizes)]
    opt = torch.optim.LBFGS(params, **options)

    def closure():
        opt.zero_grad()
        x = params[:1] if missing else params  # the loss of the first parameter only
        loss = FUNCTIONS[name](torch.cat(x))
        loss.backward()
        return loss

    out = []
    for i in range(steps):
        if rates:
            opt.param_groups[0]["lr"] = rates[i]
        loss = float(opt.step(closure))
        state = opt.state[params[0]]
        left = float(FUNCTIONS[name](torch.cat(params[:1] if missing else params)))
        out.append(dict(blind=dtype == torch.float32 and abs(loss - left) < 64 * torch.finfo(dtype).eps * abs(loss),
                        loss=plain(loss), params=[plain(v) for p in params for v in p.tolist()],
                        n_iter=state["n_iter"], func_evals=state["func_evals"],
                        pairs=len(state.get("old_dirs") or []), t=plain(float(state.get("t", 0)))))
    return out


def apart(a, b):
    """How far two steps are apart, relative to the greatest value."""
    if any(a[k] != b[k] for k in ("n_iter", "func_evals", "pairs")):
        return math.inf
    finite = [abs(v) for v in a["params"] if not isinstance(v, str)]
    scale = max(finite, default=1) or 1
    worst = 0
    for x, y, unit in [*((v, w, scale) for v, w in zip(a["params"], b["params"])),
                       (a["loss"], b["loss"], None), (a["t"], b["t"], None)]:
        if isinstance(x, str) or isinstance(y, str):
            worst = max(worst, 0 if x == y else math.inf)
        elif x != y:
            worst = max(worst, abs(x - y) / (unit or max(1, abs(x))))
    return worst


def case(name, dtype, options, steps=4, **kind):
    want = minimise(name, dtype, options, steps, **kind)
    others = [minimise(name, dtype, options, steps, nudge=n, **kind) for n in NUDGES]
    kept = []
    for i, step in enumerate(want):
        step["apart"] = float(f"{max(apart(step, o[i]) for o in others):.1e}")
        if step.pop("blind") or step["apart"] > PART[dtype]:
            break
        kept.append(step)
    return dict(objective=name, dtype=str(dtype)[6:], options=options, steps=kept,
                **dict(dict(start=START[name][0], sizes=START[name][1]), **kind)), len(want) - len(kept)


SEARCHES = [None, "strong_wolfe"]


def cases():
    for dtype in (torch.float64, torch.float32):
        for name in FUNCTIONS:
            if name in RARE:
                continue
            for search in SEARCHES:
                for options in (dict(), dict(lr=0.1), dict(history_size=3), dict(history_size=1, max_iter=7),
                                dict(max_iter=1), dict(max_iter=4, lr=0.5), dict(max_eval=5), dict(max_eval=1),
                                dict(max_iter=50, max_eval=200), dict(tolerance_grad=0.1),
                                dict(tolerance_change=1e-3), dict(tolerance_grad=0, tolerance_change=0, max_iter=6),
                                dict(lr=3, max_iter=3), dict(lr=1e-9), dict(lr=0)):
                    if search and options.get("lr") == 0:
                        continue  # PyTorch divides by zero
                    yield case(name, dtype, dict(options, line_search_fn=search))
        for search in SEARCHES:
            for name in ("quadratic", "rosenbrock10", "waves"):
                yield case(name, dtype, dict(max_iter=3, line_search_fn=search), steps=6,
                           rates=[1, 0.5, 0.25, 0.8, 0.1, 0.05])
            yield case("rosenbrock10", dtype, dict(max_iter=5, line_search_fn=search), missing=True)
            yield case("quartic", dtype, dict(max_iter=2, history_size=2, line_search_fn=search), steps=12)


RARE = {  # starts and rates, found by chance, whose searches meet the rules that few others do
    "wild": [(5.04, 1.6394), (0.12, 5.2934), (2.25828, 2.0378497), (-2.77658, 95.2675485),
             (-1.66692, 5.713228)],
    "cliff": [(-2.59, 0.4144), (-1.67, 0.4082), (-1.93, 0.0446), (-0.02, 0.0849), (-1.58, 0.0428),
              (-0.12, 0.0451), (1.04, 3.5275)],
}


def searches():
    """One line search each, with first tries from short to far."""
    rates = (0.003, 0.02, 0.1, 0.3, 0.8, 2, 5, 15, 60, 500)
    for name, rare in RARE.items():
        for start, rate in [(-4.1 + 0.93 * i, r) for i in range(10) for r in rates] + rare:
            yield case(name, torch.float64, dict(max_iter=1, lr=rate, line_search_fn="strong_wolfe"),
                       steps=1, start=[start])


def trajectory(kind, dtype, options):
    """One iteration at each of some given gradients."""
    params = [torch.tensor(s, dtype=dtype).reshape(shape).requires_grad_() for s, shape in zip(START_OF_ALL, SHAPES)]
    opt = torch.optim.LBFGS(params, max_iter=1, **options)
    for row in gradients(kind, dtype):
        for p, g in zip(params, row):
            p.grad = None if g is None else torch.tensor(g, dtype=dtype).reshape(p.shape)
        opt.step(lambda: 0)
        yield [flat(p) for p in params]


def trajectories():
    for options in ({}, dict(lr=0.1), dict(history_size=2), dict(history_size=1, lr=0.3), dict(tolerance_grad=0.5),
                    dict(tolerance_change=0.5, lr=0.5)):
        for kind in KINDS:  # in float64 only: a curvature that chance made amplifies roundings too much
            yield dict(optimizer="LBFGS", dtype="float64", gradients=kind, groups=[options],
                       trajectory=list(trajectory(kind, torch.float64, options)))


def main():
    rows, kept, dropped, empty = [], 0, 0, 0
    for row, lost in chain(cases(), searches()):
        kept, dropped = kept + len(row["steps"]), dropped + lost
        if row["steps"]:
            rows.append(row)
        else:
            empty += 1
    paths = list(trajectories())
    write("optim/testdata/LBFGS.json.gz", dict(minimisations=rows, trajectories=paths))
    print("LBFGS", len(paths), "trajectories,", len(rows), "minimisations of", kept, "outer steps;", dropped,
          "chaotic ones left out and with them", empty, "minimisations")


if __name__ == "__main__":
    main()
