# Criteria, forward and backward, on "large" input or a "small" batch of 32.
# cases_loss.go has the same inputs.


class Size:
    def __init__(self, **sizes):
        self.__dict__.update(sizes)


SIZES = {
    "large": Size(elements=(1000, 1000), classes=(4096, 1000), vectors=(4096, 256), labels=5,
                  ctc=(100, 32, 50, 20), adaptive=(512, 256, 10000, [1000, 4000])),
    "small": Size(elements=(32,), classes=(32, 10), vectors=(32, 16), labels=2,
                  ctc=(12, 32, 6, 4), adaptive=(32, 16, 100, [10, 50])),
}


def criterion(f, *inputs, parameters=()):
    leaves = [x for x in inputs if x.requires_grad] + list(parameters)

    def step():
        for x in leaves:
            x.grad = None
        loss = f(*inputs)
        loss.backward()
        return (loss, *[x.grad for x in leaves])
    return step


def regression(f, size):
    shape = SIZES[size].elements
    return criterion(f, wants(normal(1, *shape)), normal(2, *shape))


def two_sides(f, size):
    shape = SIZES[size].elements
    return criterion(f, wants(normal(1, *shape)), signs(2, *shape))


def one_class(f, size, scores=normal):
    n, c = SIZES[size].classes
    return criterion(f, wants(scores(1, n, c)), integers(2, c, n))


def triplets(f, size):
    shape = SIZES[size].vectors
    return criterion(f, *[wants(normal(i, *shape)) for i in (1, 2, 3)])


@case
def MSELoss(size):
    return regression(nn.MSELoss(), size)


@case
def L1Loss(size):
    return regression(nn.L1Loss(), size)


@case
def SmoothL1Loss(size):
    return regression(nn.SmoothL1Loss(), size)


@case
def HuberLoss(size):
    return regression(nn.HuberLoss(), size)


@case
def SoftMarginLoss(size):
    return two_sides(nn.SoftMarginLoss(), size)


@case
def HingeEmbeddingLoss(size):
    return two_sides(nn.HingeEmbeddingLoss(), size)


@case
def BCELoss(size):
    shape = SIZES[size].elements
    return criterion(nn.BCELoss(), wants(probabilities(1, *shape)), yes_or_no(2, *shape))


@case
def BCEWithLogitsLoss(size):
    shape = SIZES[size].elements
    return criterion(nn.BCEWithLogitsLoss(), wants(normal(1, *shape)), yes_or_no(2, *shape))


@case
def PoissonNLLLoss(size):
    shape = SIZES[size].elements
    return criterion(nn.PoissonNLLLoss(), wants(normal(1, *shape)), integers(2, 5, *shape).float())


@case
def KLDivLoss(size):
    shape = SIZES[size].elements
    return criterion(nn.KLDivLoss(reduction="batchmean"), wants(logs(1, *shape)), probabilities(2, *shape))


@case
def GaussianNLLLoss(size):
    shape = SIZES[size].elements
    return criterion(nn.GaussianNLLLoss(), wants(normal(1, *shape)), normal(2, *shape), wants(probabilities(3, *shape)))


@case
def MarginRankingLoss(size):
    shape = SIZES[size].elements
    return criterion(nn.MarginRankingLoss(), wants(normal(1, *shape)), wants(normal(2, *shape)), signs(3, *shape))


@case
def CosineEmbeddingLoss(size):
    shape = SIZES[size].vectors
    return criterion(nn.CosineEmbeddingLoss(), wants(normal(1, *shape)), wants(normal(2, *shape)), signs(3, shape[0]))


@case
def TripletMarginLoss(size):
    return triplets(nn.TripletMarginLoss(), size)


@case
def TripletMarginWithDistanceLoss(size):
    return triplets(nn.TripletMarginWithDistanceLoss(), size)


@case
def CrossEntropyLoss(size, kind="classes"):
    n, c = SIZES[size].classes
    if kind == "probabilities":
        return criterion(nn.CrossEntropyLoss(), wants(normal(1, n, c)), probabilities(2, n, c))
    if kind == "smoothing":
        return one_class(nn.CrossEntropyLoss(weight=probabilities(3, c), label_smoothing=0.1), size)
    return one_class(nn.CrossEntropyLoss(), size)


@case
def NLLLoss(size):
    return one_class(nn.NLLLoss(), size, scores=logs)


@case
def MultiMarginLoss(size):
    return one_class(nn.MultiMarginLoss(), size)


@case
def MultiLabelMarginLoss(size):
    n, c = SIZES[size].classes
    labels, apart = SIZES[size].labels, c // SIZES[size].labels
    target = torch.full((n, c), -1)
    target[:, :labels] = integers(2, apart, n, 1) + apart * torch.arange(labels)
    return criterion(nn.MultiLabelMarginLoss(), wants(normal(1, n, c)), target)


@case
def MultiLabelSoftMarginLoss(size):
    shape = SIZES[size].classes
    return criterion(nn.MultiLabelSoftMarginLoss(), wants(normal(1, *shape)), yes_or_no(2, *shape))


@case
def CTCLoss(size):
    frames, batch, symbols, length = SIZES[size].ctc
    x = wants(torch.log_softmax(normal(1, frames, batch, symbols), 2))
    target = integers(2, symbols - 1, batch, length) + 1
    return criterion(nn.CTCLoss(), x, target, torch.full((batch,), frames), torch.full((batch,), length))


@case
def AdaptiveLogSoftmaxWithLoss(size):
    n, features, classes, cutoffs = SIZES[size].adaptive
    layer = nn.AdaptiveLogSoftmaxWithLoss(features, classes, cutoffs)
    for i, p in enumerate(layer.parameters()):
        p.data = parameter(3 + i, p.shape[1], *p.shape).data
    target = (uniform(2, n) ** 3 * classes).long()  # low classes are the frequent ones
    return criterion(lambda x, t: layer(x, t).loss, wants(normal(1, n, features)), target, parameters=list(layer.parameters()))
