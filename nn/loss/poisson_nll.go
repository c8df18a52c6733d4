package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// PoissonNLLLoss is the negative log likelihood of counts that are Poisson
// distributed, but for the term ln y!, which does not depend on the input.
//
//	l = exp(x) − y·x          where x is the logarithm of the rate
//	l = x − y·ln(x + ε)       where x is the rate
//	l + y·ln y − y + ½·ln(2πy)   with Full, where y > 1
//
// Input x and target y have one shape, any, and both are differentiated; the
// target may also be Int64. What Full adds is Stirling's approximation of ln y!,
// and 0, also in the gradient, where y ≤ 1.
//
// Forward panics when they differ in shape or type or the input is not of
// floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.PoissonNLLLoss.html
type PoissonNLLLoss struct {
	// LogInput says that the input is the logarithm of the rate; true by
	// default.
	LogInput bool `json:"log_input"`
	// Full adds the approximation of ln y!; false by default.
	Full bool `json:"full"`
	// Eps ε keeps the logarithm of a rate of 0 finite; 1e−8 by default.
	// LogInput has no use for it.
	Eps float64 `json:"eps"`
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewPoissonNLLLoss) }

// NewPoissonNLLLoss returns the loss with PyTorch's defaults.
func NewPoissonNLLLoss() *PoissonNLLLoss { return &PoissonNLLLoss{LogInput: true, Eps: 1e-8} }

// PoissonNLL returns the mean loss of counts under the logarithms of rates.
func PoissonNLL(input, target *autograd.Variable) *autograd.Variable {
	return NewPoissonNLLLoss().Forward(input, target)
}

func (l *PoissonNLLLoss) check() { l.Reduction.check("loss.PoissonNLLLoss") }

// Forward returns the loss, reduced.
func (l *PoissonNLLLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.PoissonNLLLoss"
	l.check()
	target = numbers(target, input.DType())
	same(op, "input", input, "target", target)
	var terms *autograd.Variable
	if l.LogInput {
		terms = input.Exp().Sub(target.Mul(input))
	} else {
		terms = input.Sub(target.Mul(input.AddScalar(l.Eps).Log()))
	}
	if l.Full {
		terms = terms.Add(stirling(target))
	}
	return l.Reduction.each(terms)
}

// stirling returns an approximation of ln y!, 0 where y ≤ 1.
func stirling(y *autograd.Variable) *autograd.Variable {
	one := autograd.Const(y.DType().Scalar(1))
	low := tensor.LessEqual(y.Value(), one.Value())
	// Ones in place of what is left out have logarithms with derivatives.
	y = autograd.Where(low, one, y)
	term := y.Mul(y.Log()).Sub(y).Add(y.MulScalar(2 * math.Pi).Log().MulScalar(0.5))
	return autograd.Where(low, autograd.Const(y.DType().Scalar(0)), term)
}
