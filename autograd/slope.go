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
	reluSlope     = slope{kernel.ReLUSlope[float32], kernel.ReLUSlope[float64]}
	squareSlope   = slope{kernel.SquareSlope[float32], kernel.SquareSlope[float64]}
	tanhSlope     = slope{kernel.TanhSlope[float32], kernel.TanhSlope[float64]}
	sigmoidSlope  = slope{kernel.SigmoidSlope[float32], kernel.SigmoidSlope[float64]}
	softplusSlope = slope{kernel.SoftplusSlope[float32], kernel.SoftplusSlope[float64]}
	geluSlope     = slope{kernel.GELUSlope[float32], kernel.GELUSlope[float64]}
	geluTanhSlope = slope{kernel.GELUTanhSlope[float32], kernel.GELUTanhSlope[float64]}
)

// of returns the gradient that the kernels derive from g and x, the operand or
// the result. ok is false where the rule must be recorded, or be watched at
// each of its operations.
func (s *slope) of(g, x *Variable) (gx *Variable, ok bool) {
	if !g.untracked || g.watched {
		return nil, false
	}
	return &Variable{value: s.times(g.value, x.value), untracked: true}, true
}

// times returns what the kernels derive from g and x.
func (s *slope) times(g, x *tensor.Tensor) *tensor.Tensor {
	t := g.DType().Empty(g.Shape()...)
	if t.DType() == tensor.Float32 {
		s.f32(tensor.Data[float32](t), tensor.Data[float32](g), tensor.Data[float32](x))
	} else {
		s.f64(tensor.Data[float64](t), tensor.Data[float64](g), tensor.Data[float64](x))
	}
	return t
}

// fusedUnary records a function of one operand, given as kernels and as a
// definition, whose slope is another pair of kernels on the operand.
func (x *Variable) fusedUnary(op string, f32 func(dst, x []float32), f64 func(dst, x []float64), s *slope,
	definition func(x *Variable) *Variable) *Variable {
	if !x.DType().IsFloat() {
		panic(tensor.Errorf("autograd."+op, "%v %v is not of floats", x.DType(), x.Shape()))
	}
	y := x.DType().Empty(x.Shape()...)
	if y.DType() == tensor.Float32 {
		f32(tensor.Data[float32](y), tensor.Data[float32](x.value))
	} else {
		f64(tensor.Data[float64](y), tensor.Data[float64](x.value))
	}
	return Fused(op, y, func(x []*Variable) *Variable { return definition(x[0]) },
		func(g *tensor.Tensor, _ []bool) []*tensor.Tensor { return []*tensor.Tensor{s.times(g, x.value)} }, x)
}
