package autograd

import (
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Softmax returns exp(x)/Σ exp(x) along an axis. Gradient: y·(g − Σ g·y).
func (x *Variable) Softmax(axis int) *Variable {
	definition := func(x *Variable, y *tensor.Tensor) *Variable {
		return record("Softmax", y, wrt(x, func(y, g *Variable) *Variable {
			gy := g.Mul(y)
			return gy.Sub(y.Mul(gy.Sum(axis, tensor.KeepDims)))
		}))
	}
	return x.laneGradient("Softmax", tensor.Softmax(x.value, axis), axis, definition,
		kernel.SoftmaxBackwardAxis[float32], kernel.SoftmaxBackwardAxis[float64])
}

// LogSoftmax returns x − ln Σ exp(x) along an axis. Gradient: g − exp(y)·Σ g.
func (x *Variable) LogSoftmax(axis int) *Variable {
	definition := func(x *Variable, y *tensor.Tensor) *Variable {
		return record("LogSoftmax", y, wrt(x, func(y, g *Variable) *Variable {
			return g.Sub(y.Exp().Mul(g.Sum(axis, tensor.KeepDims)))
		}))
	}
	return x.laneGradient("LogSoftmax", tensor.LogSoftmax(x.value, axis), axis, definition,
		kernel.LogSoftmaxBackwardAxis[float32], kernel.LogSoftmaxBackwardAxis[float64])
}

// laneGradient records an operation along one axis whose gradient is made of
// its result y and the result's gradient by a kernel.
func (x *Variable) laneGradient(op string, y *tensor.Tensor, axis int, definition func(x *Variable, y *tensor.Tensor) *Variable,
	single func(dst, y, g []float32, outer, n, inner int), double func(dst, y, g []float64, outer, n, inner int)) *Variable {
	return Fused(op, y,
		func(x []*Variable) *Variable { return definition(x[0], y) },
		func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
			shape := y.Shape()
			if len(shape) == 0 { // which has axis 0 all the same
				shape = tensor.Shape{1}
			}
			if axis < 0 {
				axis += len(shape)
			}
			outer, n, inner := shape[:axis].Size(), shape[axis], shape[axis+1:].Size()
			dx := y.DType().Empty(y.Shape()...)
			if y.DType() == tensor.Float32 {
				single(tensor.Data[float32](dx), tensor.Data[float32](y), tensor.Data[float32](g), outer, n, inner)
			} else {
				double(tensor.Data[float64](dx), tensor.Data[float64](y), tensor.Data[float64](g), outer, n, inner)
			}
			return []*tensor.Tensor{dx}
		}, x)
}
