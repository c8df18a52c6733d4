package autograd

import (
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// slope is a pair of kernels that compute, in one pass, what a rule composed of
// recorded operations means.
type slope struct {
	f32 func(dst, g, x []float32)
	f64 func(dst, g, x []float64)
}

var (
	reluSlope    = slope{kernel.ReLUSlope[float32], kernel.ReLUSlope[float64]}
	squareSlope  = slope{kernel.SquareSlope[float32], kernel.SquareSlope[float64]}
	tanhSlope    = slope{kernel.TanhSlope[float32], kernel.TanhSlope[float64]}
	sigmoidSlope = slope{kernel.SigmoidSlope[float32], kernel.SigmoidSlope[float64]}
)

// of returns the gradient that the kernels derive from g and x, the operand or
// the result. ok is false where the rule must be recorded, or be watched at
// each of its operations.
func (s *slope) of(g, x *Variable) (gx *Variable, ok bool) {
	if !g.untracked || g.watched {
		return nil, false
	}
	t := g.DType().Empty(g.Shape()...)
	if t.DType() == tensor.Float32 {
		s.f32(tensor.Data[float32](t), tensor.Data[float32](g.value), tensor.Data[float32](x.value))
	} else {
		s.f64(tensor.Data[float64](t), tensor.Data[float64](g.value), tensor.Data[float64](x.value))
	}
	return &Variable{value: t, untracked: true}, true
}
