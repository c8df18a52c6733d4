# Training steps: zero the gradients, forward, loss, backward, step.


def layer(seed, inputs, outputs):
    m = nn.Linear(inputs, outputs)
    m.weight, m.bias = parameter(seed, inputs, outputs, inputs), parameter(seed + 1, inputs, outputs)
    return m


def train(model, opt, criterion, x, y):
    def step():
        opt.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        opt.step()
        return (loss,)
    return step


@case
def xor():
    x = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    y = torch.tensor([[0.], [1.], [1.], [0.]])
    model = nn.Sequential(layer(1, 2, 8), nn.Tanh(), layer(3, 8, 1))
    return train(model, torch.optim.SGD(model.parameters(), lr=0.1), nn.MSELoss(), x, y)


@case
def mlp():
    model = nn.Sequential(layer(1, 784, 256), nn.ReLU(), layer(3, 256, 128), nn.ReLU(), layer(5, 128, 10))
    return train(model, torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss(), normal(7, 128, 784), integers(8, 10, 128))


def conv(seed, inputs, outputs, kernel):
    m = nn.Conv2d(inputs, outputs, kernel)
    fan = inputs * kernel * kernel
    m.weight, m.bias = parameter(seed, fan, outputs, inputs, kernel, kernel), parameter(seed + 1, fan, outputs)
    return m


@case
def cnn():
    model = nn.Sequential(conv(1, 1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), conv(3, 8, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
                          nn.Flatten(), layer(5, 400, 10))
    return train(model, torch.optim.SGD(model.parameters(), lr=0.01), nn.CrossEntropyLoss(), normal(7, 64, 1, 28, 28), integers(8, 10, 64))
