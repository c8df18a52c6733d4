package tensor

import "github.com/declive/declive/internal/kernel"

// Linear returns x·weightᵀ + bias over the last axis: [… in] with a weight
// [out in] and a bias [out] is [… out]. A nil bias is none. It panics when the
// shapes are not these, or the types are not the same float type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.linear.html
func Linear(x, weight, bias *Tensor) *Tensor {
	const op = "tensor.Linear"
	needFloat(op, x)
	sameType(op, x, weight)
	last := x.Dims() - 1
	if last < 0 || weight.Dims() != 2 || x.shape[last] != weight.shape[1] {
		panic(Errorf(op, "input %v does not end in the features of weight %v, which is to be [out in]", x.shape, weight.shape))
	}
	if bias != nil {
		sameType(op, x, bias)
		if !bias.shape.Equal(weight.shape[:1]) {
			panic(Errorf(op, "bias %v does not fit weight %v", bias.shape, weight.shape))
		}
	}
	y := &Tensor{}
	y.shape = append(append(y.dims[:0], x.shape[:last]...), weight.shape[0])
	if x.dtype == Float32 {
		affine[float32](y, x, weight, bias)
	} else {
		affine[float64](y, x, weight, bias)
	}
	return y
}

func affine[T kernel.Float](y, x, weight, bias *Tensor) {
	n, k := weight.shape[0], weight.shape[1]
	c := fill[T](y, false)
	if n == 0 {
		return
	}
	var b []T
	if bias != nil {
		b = Data[T](bias)
	}
	kernel.Affine(c, len(c)/n, n, k, Data[T](x), Data[T](weight), b)
}
