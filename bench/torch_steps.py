"""PyTorch's side of the benchmark: runs the steps that bench/cases.go names.

Reads lines "CASE THREADS SECONDS" from standard input and answers each with
"NANOSECONDS_PER_STEP"; the first line written is PyTorch's version. CASE
"quit" ends it.
"""
import sys
import time

import torch
from torch import nn


def xor_step():
    torch.manual_seed(1)
    x = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    y = torch.tensor([[0.], [1.], [1.], [0.]])
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    criterion = nn.MSELoss()

    def step():
        opt.zero_grad(set_to_none=True)
        criterion(model(x), y).backward()
        opt.step()
    return step


def mlp_step():
    torch.manual_seed(1)
    x = torch.rand(128, 784)
    y = torch.randint(0, 10, (128,))
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    opt = torch.optim.Adam(model.parameters())
    criterion = nn.CrossEntropyLoss()

    def step():
        opt.zero_grad(set_to_none=True)
        criterion(model(x), y).backward()
        opt.step()
    return step


CASES = {"xor": xor_step, "mlp": mlp_step}


def measure(step, seconds):
    for _ in range(3):
        step()
    n, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(4):
            step()
        n += 4
    return (time.perf_counter() - start) / n * 1e9


def main():
    print(torch.__version__, flush=True)
    steps = {}
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            return
        case, threads, seconds = words[0], int(words[1]), float(words[2])
        torch.set_num_threads(threads)
        if case not in steps:
            steps[case] = CASES[case]()
        print(int(measure(steps[case], seconds)), flush=True)


main()
