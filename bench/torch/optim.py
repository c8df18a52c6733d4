# Optimizers: a step over a million parameters whose gradient is given.


def optimizer(make, sparse=False):
    p = parameter(1, 1000, 1000, 1000)
    p.grad = normal(2, 1000, 1000)
    if sparse:
        rows = torch.arange(0, 1000, 10)
        p.grad = torch.sparse_coo_tensor(rows[None], p.grad[rows], p.shape).coalesce()
    opt = make([p])

    def step():
        opt.step()
        return (p,)
    return step


@case
def SGD(momentum="0"):
    return optimizer(lambda p: torch.optim.SGD(p, lr=0.01, momentum=float(momentum)))


@case
def Adam():
    return optimizer(torch.optim.Adam)


@case
def AdamW():
    return optimizer(torch.optim.AdamW)


@case
def NAdam():
    return optimizer(torch.optim.NAdam)


@case
def RAdam():
    return optimizer(torch.optim.RAdam)


@case
def Adamax():
    return optimizer(torch.optim.Adamax)


@case
def Adagrad():
    return optimizer(torch.optim.Adagrad)


@case
def Adadelta():
    return optimizer(torch.optim.Adadelta)


@case
def RMSprop(momentum="0"):
    return optimizer(lambda p: torch.optim.RMSprop(p, momentum=float(momentum), centered=momentum != "0"))


@case
def ASGD():
    return optimizer(torch.optim.ASGD)


@case
def Rprop():
    return optimizer(torch.optim.Rprop)


@case
def SparseAdam():
    return optimizer(torch.optim.SparseAdam, sparse=True)


@case
def LBFGS():
    start = parameter(1, 1000, 1000, 1000).detach()
    curvature = probabilities(2, 1000, 1000)

    def step():
        p = nn.Parameter(start.clone())

        def closure():
            p.grad = curvature * p.detach()
            return (p.grad * p.detach()).sum() / 2
        torch.optim.LBFGS([p], max_iter=10).step(closure)
        return (p,)
    return step


# PyTorch 1.13 has neither Lion nor LAMB nor Adafactor. These do what its own optimizers do:
# operations on whole tensors, in place where that is possible.


class LionSteps:
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99)):
        (self.p,), self.lr, (self.b1, self.b2) = params, lr, betas
        self.m = torch.zeros_like(self.p)

    @torch.no_grad()
    def step(self):
        p, g, m = self.p, self.p.grad, self.m
        p.add_(m.mul(self.b1).add_(g, alpha=1 - self.b1).sign_(), alpha=-self.lr)
        m.mul_(self.b2).add_(g, alpha=1 - self.b2)


class LAMBSteps:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6):
        (self.p,), self.lr, (self.b1, self.b2), self.eps, self.t = params, lr, betas, eps, 0
        self.m, self.v = torch.zeros_like(self.p), torch.zeros_like(self.p)

    @torch.no_grad()
    def step(self):
        p, g, m, v = self.p, self.p.grad, self.m, self.v
        self.t += 1
        m.mul_(self.b1).add_(g, alpha=1 - self.b1)
        v.mul_(self.b2).addcmul_(g, g, value=1 - self.b2)
        root = v.sqrt().div_((1 - self.b2**self.t) ** 0.5).add_(self.eps)
        by = torch.div(m, root, out=root).div_(1 - self.b1**self.t)
        size, length = p.norm().item(), by.norm().item()
        p.add_(by, alpha=-self.lr * (size / length if size > 0 and length > 0 else 1))


@case
def Lion():
    return optimizer(LionSteps)


@case
def LAMB():
    return optimizer(LAMBSteps)


class AdafactorSteps:
    """Of a matrix, as PyTorch 2.5 has it."""

    def __init__(self, params, lr=1e-2, power=-0.8, least=1e-3):
        (self.p,), self.lr, self.power, self.least, self.t = params, lr, power, least, 0
        self.eps = torch.finfo(self.p.dtype).eps
        self.row, self.col = self.p.new_zeros(len(self.p), 1), self.p.new_zeros(1, self.p.shape[1])

    @torch.no_grad()
    def step(self):
        p, g, row, col = self.p, self.p.grad, self.row, self.col
        self.t += 1
        fresh, root = self.t**self.power, p.numel() ** 0.5
        alpha = min(self.lr, self.t**-0.5) * max(self.least, p.norm().item() / root)
        row.lerp_(g.norm(dim=-1, keepdim=True).square_().div_(g.shape[-1]), fresh)
        col.lerp_(g.norm(dim=-2, keepdim=True).square_().div_(g.shape[-2]), fresh)
        u = (row @ col).div_(row.mean(dim=-2, keepdim=True).clamp_(min=self.eps))
        u.clamp_(min=self.eps**2).rsqrt_().mul_(g)
        p.add_(u, alpha=-alpha / max(1, u.norm().item() / root))


@case
def Adafactor():
    return optimizer(AdafactorSteps)
