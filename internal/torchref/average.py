#!/usr/bin/env python3
"""Writes the averages of parameters, and the running averages of batch normalisation, that tests follow.

Run from the root of the repository: /usr/bin/python3 internal/torchref/average.py
Written with torch.optim.swa_utils of PyTorch 1.13.1. The output is the same bytes on every run.
"""
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn

from optimizers import write

UPDATES = 6
DTYPES = [torch.float64, torch.float32]


def tensors(named):
    return [dict(name=n, shape=list(t.shape), values=t.detach().reshape(-1).tolist()) for n, t in named]


def average(dtype, decay, use_buffers):
    """The models are drawn at random: how they were trained does not matter."""
    rng = torch.Generator().manual_seed(19)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).to(dtype)
    ema = None if decay is None else (lambda mean, newest, n: decay * mean + (1 - decay) * newest)
    averaged, steps = None, []
    for step in range(1 + UPDATES):
        with torch.no_grad():
            for t in model.state_dict().values():
                t.copy_(torch.randn(t.shape, generator=rng).to(t.dtype) if t.is_floating_point() else torch.tensor(step))
        if averaged is None:
            averaged = AveragedModel(model, avg_fn=ema, use_buffers=use_buffers)
        else:
            averaged.update_parameters(model)
        steps.append(dict(model=tensors(model.state_dict().items()), averaged=tensors(averaged.module.state_dict().items())))
    return dict(dtype=str(dtype)[6:], decay=decay, use_buffers=use_buffers, steps=steps)


def disturbed(model, dtype, rng):
    for t in model.state_dict().values():
        t.copy_(torch.rand(t.shape, generator=rng) + 0.25 if t.is_floating_point() else torch.tensor(7))
    return model.to(dtype)


@torch.no_grad()
def batch_norm(name, model, inputs, dtype):
    rng = torch.Generator().manual_seed(23)
    model = disturbed(model, dtype, rng).eval()
    before = tensors(model.state_dict().items())
    batches = [torch.randn(s, generator=rng).to(dtype) for s in inputs]
    update_bn(batches, model)
    assert not model.training
    return dict(name=name, dtype=str(dtype)[6:], before=before, after=tensors(model.state_dict().items()),
                inputs=tensors((str(i), b) for i, b in enumerate(batches)), output=tensors([("", model(batches[0]))]))


def batch_norms(dtype):
    dense = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, momentum=0.3), nn.Tanh(), nn.Linear(4, 2), nn.BatchNorm1d(2, momentum=None))
    yield batch_norm("dense", dense, [[5, 3], [3, 3], [7, 3]], dtype)
    image = nn.Sequential(nn.Conv2d(1, 2, 2), nn.BatchNorm2d(2), nn.ReLU())
    yield batch_norm("image", image, [[2, 1, 4, 4], [3, 1, 3, 5]], dtype)


def main():
    cases = [average(d, decay, b) for d in DTYPES for decay in (None, 0.9, 0.0, 1.0) for b in (False, True)]
    write("optim/testdata/average.json.gz", dict(cases=cases))
    write("nn/testdata/averaged/update_batch_norm.json.gz", dict(cases=[c for d in DTYPES for c in batch_norms(d)]))


if __name__ == "__main__":
    main()
