# Functions of a million elements: "forward" alone, or "both" ways.


def elementwise(f, passes, inputs=1):
    xs = [normal(i + 1, 1000, 1000) for i in range(inputs)]
    if passes == "forward":
        return lambda: (f(*xs),)
    for x in xs:
        wants(x)
    g = normal(9, *f(*xs).shape)

    def step():
        for x in xs:
            x.grad = None
        y = f(*xs)
        y.backward(g)
        return (y, *[x.grad for x in xs])
    return step


@case
def softmax(passes):
    return elementwise(lambda x: torch.softmax(x, 1), passes)


@case
def log_softmax(passes):
    return elementwise(lambda x: torch.log_softmax(x, 1), passes)


@case
def exp(passes):
    return elementwise(torch.exp, passes)


@case
def tanh(passes):
    return elementwise(torch.tanh, passes)


@case
def sigmoid(passes):
    return elementwise(torch.sigmoid, passes)


@case
def gelu(passes):
    return elementwise(nn.functional.gelu, passes)


@case
def sum_all(passes):
    return elementwise(torch.sum, passes)


@case
def add(passes):
    return elementwise(torch.add, passes, inputs=2)
