#!/usr/bin/env python3
"""Writes whole models of PyTorch, what they make of an input, and a small trained one, as safetensors files that Go loads;
and checks that PyTorch loads what Go wrote.

Written with PyTorch 1.13.1. Run from the root of the repository:

    python3 internal/torchref/models.py                 # writes nn/testdata/models and examples/pretrained/digits.safetensors
    go test ./nn -run TestModelsGoToPyTorchAndBack -args -save /tmp/ours   # writes models of Go in the same form
    python3 internal/torchref/models.py --check /tmp/ours/*.safetensors

MODEL_DTYPE.safetensors is the state dict, nothing else; inputs and outputs are in MODEL_DTYPE_run.safetensors.
"""
import gzip
import json
import math
import os
import struct
import sys

import torch
from torch import nn

torch.set_num_threads(1)
TYPES = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64", torch.bool: "BOOL"}


def save(path, tensors):
    """writes tensors by name as a safetensors file: the length of a header, the header in JSON, the elements."""
    header, elements, at = {}, [], 0
    for name in sorted(tensors, key=lambda n: -tensors[n].element_size()):  # so that each is aligned
        raw = tensors[name].detach().contiguous().numpy().tobytes()
        header[name] = dict(dtype=TYPES[tensors[name].dtype], shape=list(tensors[name].shape), data_offsets=[at, at + len(raw)])
        elements.append(raw)
        at += len(raw)
    text = json.dumps({name: header[name] for name in tensors}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(elements))


def load(path):
    """reads a safetensors file."""
    with open(path, "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = bytearray(f.read())
    header.pop("__metadata__", None)
    dtypes, out = {text: dtype for dtype, text in TYPES.items()}, {}
    for name, h in header.items():
        begin, end = h["data_offsets"]
        out[name] = torch.frombuffer(data[begin:end], dtype=dtypes[h["dtype"]]).reshape(h["shape"])
    return out


def mlp():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 3))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
        self.conv2, self.bn2 = nn.Conv2d(4, 6, 3, stride=2), nn.BatchNorm2d(6)
        self.fc = nn.Linear(24, 5)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.bn1(self.conv1(x)).relu(), 2)
        x = self.bn2(self.conv2(x)).relu()
        return self.fc(x.flatten(1))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6, padding_idx=0)
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.linear = nn.Linear(10, 3)

    def forward(self, x):
        y, _ = self.lstm(self.embedding(x))
        return self.linear(y[:, -1])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        angle = torch.arange(7, dtype=torch.float64)[:, None] * torch.exp(torch.arange(0, 8, 2, dtype=torch.float64) * (-math.log(10000) / 8))
        self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], -1).flatten(1))
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), 2)
        self.linear = nn.Linear(8, 3)

    def forward(self, x):
        return self.linear(self.encoder(self.embedding(x) + self.positions).mean(1))


MODELS = {"mlp": mlp, "cnn": CNN, "lstm": Classifier, "encoder": Encoder}


def run(model, x):
    """the outputs in evaluation, by the plain layers rather than PyTorch's fused encoder: gradients are on."""
    return model.eval()(x)


def write_models(directory):
    inputs = {"mlp": lambda: torch.randn(5, 6), "cnn": lambda: torch.randn(4, 1, 10, 10),
              "lstm": lambda: torch.randint(0, 20, (4, 7)), "encoder": lambda: torch.randint(0, 20, (4, 7))}
    for name, make in MODELS.items():
        for dtype in (torch.float64, torch.float32):
            torch.manual_seed(29)
            model, x = make().to(dtype), inputs[name]()
            if x.is_floating_point():
                x = x.to(dtype)
            for p in model.parameters():  # a little away from PyTorch's zeros and ones
                p.data += 0.1 * torch.randn(p.shape)
            for _ in range(3):  # moves running statistics
                model.train()(x)
            stem = os.path.join(directory, name + "_" + str(dtype)[6:])
            save(stem + ".safetensors", model.state_dict())
            save(stem + "_run.safetensors", {"input": x, "output": run(model, x)})


def check(path):
    """loads a state dict that Go wrote, strictly, and compares the outputs; returns how far they are apart."""
    stem = path[:-len(".safetensors")]
    name, dtype = os.path.basename(stem).split("_")
    model, told = MODELS[name](), load(stem + "_run.safetensors")
    model.to(getattr(torch, dtype)).load_state_dict(load(path), strict=True)
    y = run(model, told["input"])
    assert y.dtype == told["output"].dtype and y.shape == told["output"].shape, path
    off = ((y - told["output"]).abs() / y.abs().clamp(min=1)).max().item()
    limit = 1e-5 if dtype == "float32" else 1e-9
    print("%-36s %2d tensors, outputs %-8s differ by %.1e" % (os.path.basename(path), len(model.state_dict()), list(y.shape), off))
    return off <= limit


def write_digits(path):
    """trains the model of examples/pretrained on four fifths of the digits in data; every fifth, from the first, is held out."""
    torch.manual_seed(5)
    with gzip.open("data/embedded/digits.csv.gz", "rt") as f:
        rows = torch.tensor([[float(v) for v in line.split(",")] for line in f if line[0].isdigit()])
    x, y, held = rows[:, :64] / 8 - 1, rows[:, 64].long(), torch.arange(len(rows)) % 5 == 0
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-4)
    for _ in range(200):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[~held]), y[~held]).backward()
        optimizer.step()
    save(path, model.state_dict())
    print("digits: %d of %d held out read right" % ((model(x[held]).argmax(1) == y[held]).sum(), held.sum()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        paths = [p for p in sys.argv[2:] if not p.endswith("_run.safetensors")]
        assert paths, "no files"
        sys.exit(0 if all([check(p) for p in paths]) else "not PyTorch's outputs")
    write_models("nn/testdata/models")
    write_digits("examples/pretrained/digits.safetensors")
