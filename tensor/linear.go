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
	var room [4]int // for the result's shape
	shape := append(append(room[:0], x.shape[:last]...), weight.shape[0])
	if x.dtype == Float32 {
		return affine[float32](shape, x, weight, bias)
	}
	return affine[float64](shape, x, weight, bias)
}

func affine[T kernel.Float](shape Shape, x, weight, bias *Tensor) *Tensor {
	y, c := unset[T](shape)
	n, k := weight.shape[0], weight.shape[1]
	if n == 0 {
		return y
	}
	var b []T
	if bias != nil {
		b = Data[T](bias)
	}
	kernel.Affine(c, len(c)/n, n, k, Data[T](x), Data[T](weight), b)
	return y
}
