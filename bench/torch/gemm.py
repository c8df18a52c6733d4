# Matrix multiply.


def gemm(dtype, shape):
    m, k, n = [int(x) for x in (shape.split("x") if "x" in shape else [shape] * 3)]
    a, b = normal(1, m, k).to(dtype), normal(2, k, n).to(dtype)
    return lambda: (torch.mm(a, b),)


@case
def gemm_float32(shape):
    return gemm(torch.float32, shape)


@case
def gemm_float64(shape):
    return gemm(torch.float64, shape)
