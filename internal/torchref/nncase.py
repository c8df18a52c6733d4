"""One golden case of a module, for the programs nn*.py beside it.

Written with PyTorch 1.13.1.

For a module f, input x and random g and v it holds y = f(x), the gradients of
sum(g*y) with respect to x and the parameters, and, as "second", the gradient of
sum(v * the gradient of x) with respect to x (null where PyTorch has none).
"""
import gzip
import json
import os

import torch

WIDE = [0.0, 1.0, -1.0, 1e-30, -1e-30, 8.0, -8.0, 100.0, -100.0, 1e4, -1e4]
torch.set_num_threads(1)


def text(t):
    return " ".join(repr(v) for v in t.detach().reshape(-1).tolist())


def case(layer, module, settings, dtype, shape, rng, x=None, warm=0, evaluate=False, spread=1):
    """One case. The module may see warm other inputs first, in training, and be switched to evaluation afterwards;
    then it holds the buffers, too, from before the first input and after the last. Parameters are normal, of deviation spread."""
    module = module.to(dtype)
    if x is None:
        x = 2 * torch.randn(shape, generator=rng, dtype=torch.float64)
    x = x.to(dtype).requires_grad_()
    params = dict(module.named_parameters())
    with torch.no_grad():
        for p in params.values():
            p.copy_(spread * torch.randn(p.shape, generator=rng, dtype=torch.float64))
    values = {n: text(p) for n, p in params.items()}  # an embedding changes them
    before = {n: b.clone() for n, b in module.named_buffers()}
    earlier = [torch.randn(x.shape, generator=rng, dtype=torch.float64).to(dtype) for _ in range(warm)]
    for w in earlier:
        module(w)
    module.train(not evaluate and module.training)
    y = module(x)
    g, v = (torch.randn(s, generator=rng, dtype=torch.float64).to(dtype) for s in (y.shape, x.shape))
    grads = torch.autograd.grad((g * y).sum(), [x, *params.values()], create_graph=True)
    second = torch.zeros_like(x)
    if grads[0].requires_grad:
        try:
            second, = torch.autograd.grad((v * grads[0]).sum(), x, allow_unused=True)
            second = torch.zeros_like(x) if second is None else second
        except RuntimeError:  # PyTorch has not implemented it
            second = None
    c = dict(layer=layer, settings=settings, dtype=str(dtype)[6:], shape=list(x.shape), x=text(x), g=text(g), v=text(v),
             y=text(y), outshape=list(y.shape), dx=text(grads[0]), second=second if second is None else text(second),
             state=[dict(name=n, shape=list(p.shape), value=values[n], grad=text(d))
                    for (n, p), d in zip(params.items(), grads[1:])])
    if before:
        after = dict(module.named_buffers())
        c.update(warm=[text(w) for w in earlier], evaluate=evaluate, buffers=[
            dict(name=n, shape=list(b.shape), dtype=str(b.dtype)[6:], before=text(b), after=text(after[n])) for n, b in before.items()])
    return c


def write(name, cases):
    """writes the cases that cases(dtype) yields for both types to nn/testdata, the same bytes on every run."""
    os.makedirs("nn/testdata", exist_ok=True)
    data = [c for d in (torch.float64, torch.float32) for c in cases(d)]
    with open("nn/testdata/" + name + ".json.gz", "wb") as f:
        with gzip.GzipFile(filename="", fileobj=f, mode="wb", mtime=0) as z:
            for c in data:
                z.write(json.dumps(c, allow_nan=False, separators=(",", ":")).encode() + b"\n")
    print(len(data), "cases of", name)
