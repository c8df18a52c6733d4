# Optimizers: a step over a million parameters whose gradient is given.


def optimizer(make):
    p = parameter(1, 1000, 1000, 1000)
    p.grad = normal(2, 1000, 1000)
    opt = make([p])

    def step():
        opt.step()
        return (p,)
    return step


@case
def SGD():
    return optimizer(lambda p: torch.optim.SGD(p, lr=0.01))


@case
def Adam():
    return optimizer(torch.optim.Adam)


@case
def AdamW():
    return optimizer(torch.optim.AdamW)
