package loss

import (
	"math"

	"github.com/declive/declive/autograd"
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
	v := raised(variance, l.Eps)
	terms := v.Log().Add(input.Sub(target).Square().Div(v)).MulScalar(0.5)
	if l.Full {
		terms = terms.AddScalar(0.5 * math.Log(2*math.Pi))
	}
	return l.Reduction.each(terms)
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
	for i, s := range variance.Value().Float64s() {
		if s < 0 {
			panic(tensor.Errorf(op, "%s = %v is negative", position("var", i, v), s))
		}
	}
	return variance
}
