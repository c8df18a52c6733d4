# Training steps of models of sequences, which lie step after step.


class Reader(nn.Module):
    def __init__(self, body, join, head):
        super().__init__()
        self.body, self.join, self.head = body, join, head

    def forward(self, x):
        return self.head(self.join(self.body(x)))


@case
def lstm():
    body = nn.LSTM(128, 128, num_layers=2)
    for i in range(2):
        for k, (name, shape) in enumerate([("weight_ih", (512, 128)), ("weight_hh", (512, 128)), ("bias_ih", (512,)), ("bias_hh", (512,))]):
            setattr(body, f"{name}_l{i}", parameter(4 * i + k + 1, 128, *shape))
    model = Reader(body, lambda x: x[0][-1], layer(9, 128, 10))
    return train(model, torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss(), normal(11, 50, 32, 128), integers(12, 10, 32))


def encoder_layer(seed):
    m = nn.TransformerEncoderLayer(128, 4, dim_feedforward=512, dropout=0.0)
    m.self_attn.in_proj_weight, m.self_attn.in_proj_bias = parameter(seed, 128, 384, 128), parameter(seed + 1, 128, 384)
    out = layer(seed + 2, 128, 128)
    m.self_attn.out_proj.weight, m.self_attn.out_proj.bias = out.weight, out.bias
    m.linear1, m.linear2 = layer(seed + 4, 128, 512), layer(seed + 6, 512, 128)
    return m


@case
def transformer():
    body = nn.TransformerEncoder(encoder_layer(1), 2)
    body.layers[1] = encoder_layer(11)
    model = Reader(body, lambda x: x.mean(0), layer(21, 128, 10))
    return train(model, torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss(), normal(23, 64, 16, 128), integers(24, 10, 16))
