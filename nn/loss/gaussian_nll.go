package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// GaussianNLLLoss is the negative log likelihood of values that are normally
// distributed, where the model predicts expectation and variance.
//
//	l = ½·(ln v + (x − y)²/v), v = max(variance, ε)
//	l + ½·ln 2π   with Full
//
// Input x, the expectations, has any shape. Target y has x's shape, or 1 along
// axes over which it is repeated. The variance has x's shape, or 1 along the
// last axis, or lacks that axis: one variance for the whole lane. All three are
// differentiated. The clamp is outside of differentiation: a variance below ε
// gets the gradient of one that is ε.
//
// Forward panics when the shapes do not fit, types differ or are not floats, or
// a variance is negative.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GaussianNLLLoss.html
type GaussianNLLLoss struct {
	// Full adds the constant ½·ln 2π; false by default.
	Full bool `json:"full"`
	// Eps ε is the least variance; 1e−6 by default.
	Eps float64 `json:"eps"`
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register3(NewGaussianNLLLoss, "input", "target", "var") }

// NewGaussianNLLLoss returns the loss with PyTorch's defaults.
func NewGaussianNLLLoss() *GaussianNLLLoss { return &GaussianNLLLoss{Eps: 1e-6} }

// GaussianNLL returns the mean loss of values under expectations and variances.
func GaussianNLL(input, target, variance *autograd.Variable) *autograd.Variable {
	return NewGaussianNLLLoss().Forward(input, target, variance)
}

func (l *GaussianNLLLoss) check() { l.Reduction.check("loss.GaussianNLLLoss") }

// Forward returns the loss, reduced.
func (l *GaussianNLLLoss) Forward(input, target, variance *autograd.Variable) *autograd.Variable {
	const op = "loss.GaussianNLLLoss"
	l.check()
	checkRepeats(op, input, target)
	variance = fitVariance(op, input, variance)
	shape := input.Shape()
	c := *l // as it is now
	definition := func(x []*autograd.Variable) *autograd.Variable { return c.Reduction.each(c.terms(x[0], x[1], x[2])) }
	return fuse(op, l.Reduction, gaussian[float32]{float32(l.Eps), float32(l.constant())}, gaussian[float64]{l.Eps, l.constant()},
		definition, input, target.Expand(shape...), variance.Expand(shape...))
}

func (l *GaussianNLLLoss) terms(x, y, variance *autograd.Variable) *autograd.Variable {
	v := raised(variance, l.Eps)
	return v.Log().Add(x.Sub(y).Square().Div(v)).MulScalar(0.5).AddScalar(l.constant())
}

// constant is what Full adds.
func (l *GaussianNLLLoss) constant() float64 {
	if l.Full {
		return 0.5 * math.Log(2*math.Pi)
	}
	return 0
}

// gaussian is ½·(ln v + (x − y)²/v) + c with v = max(z, ε). The slopes are
// ±(x − y)/v and, with respect to the variance, ½·(1 − (x − y)²/v)/v.
type gaussian[T kernel.Float] struct{ eps, constant T }

func (f gaussian[T]) terms(dst []T, b *block[T]) {
	kernel.Clamp(b.s, b.z, f.eps, inf[T]())
	f.distance(dst, b)
	kernel.Log(b.s, b.s)
	kernel.Add(dst, dst, b.s)
	kernel.Scale(dst, dst, 0.5)
	if f.constant != 0 {
		kernel.Offset(dst, dst, f.constant)
	}
}

func (f gaussian[T]) slope(i int, dst []T, b *block[T]) {
	kernel.Clamp(b.s, b.z, f.eps, inf[T]())
	if i == 2 {
		f.distance(dst, b)
		kernel.Neg(dst, dst)
		kernel.Offset(dst, dst, 1)
		kernel.Scale(dst, dst, 0.5)
	} else {
		plus, minus := b.pair(i)
		kernel.Sub(dst, plus, minus)
	}
	kernel.Div(dst, dst, b.s)
}

// distance sets dst to (x − y)²/v, v being in b.s.
func (gaussian[T]) distance(dst []T, b *block[T]) {
	kernel.Sub(dst, b.x, b.y)
	kernel.Square(dst, dst)
	kernel.Div(dst, dst, b.s)
}

// raised returns max(v, least), with the gradient of v.
func raised(v *autograd.Variable, least float64) *autograd.Variable {
	value := tensor.Clamp(v.Value(), least, math.Inf(1))
	return autograd.Custom("Raised", value, []*autograd.Variable{v},
		func(_, g *autograd.Variable) *autograd.Variable { return g })
}

// checkRepeats panics unless target has input's type and, but for axes of
// length 1, shape.
func checkRepeats(op string, input, target *autograd.Variable) {
	floats(op, "input", input)
	floats(op, "target", target)
	sameType(op, "input", input, "target", target.DType())
	out, ok := tensor.Broadcast(target.Shape(), input.Shape())
	if !ok || !out.Equal(input.Shape()) || target.Dims() != input.Dims() {
		panic(tensor.Errorf(op, "target %v does not fit input %v: want its shape, or 1 along an axis", target.Shape(), input.Shape()))
	}
}

// fitVariance returns the variance with input's number of axes.
func fitVariance(op string, input, variance *autograd.Variable) *autograd.Variable {
	floats(op, "var", variance)
	sameType(op, "input", input, "var", variance.DType())
	x, v := input.Shape(), variance.Shape()
	lanes := x[:max(0, len(x)-1)]
	switch last := len(v) - 1; {
	case v.Equal(x):
	case len(x) > 0 && v.Equal(lanes):
		variance = variance.Unsqueeze(-1)
	case len(x) > 0 && len(v) == len(x) && v[last] == 1 && v[:last].Equal(lanes):
	default:
		panic(tensor.Errorf(op, "var %v does not fit input %v: want its shape, or 1 along the last axis, or without it", v, x))
	}
	if !within(variance, 0, math.Inf(1)) {
		blame(op, "var", variance, func(s float64) bool { return s < 0 }, "is negative")
	}
	return variance
}
