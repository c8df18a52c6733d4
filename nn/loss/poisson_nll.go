package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
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
	c := *l // as it is now
	definition := func(x []*autograd.Variable) *autograd.Variable { return c.Reduction.each(c.terms(x[0], x[1])) }
	return fuse(op, l.Reduction, poisson[float32]{l.LogInput, l.Full, float32(l.Eps)}, poisson[float64]{l.LogInput, l.Full, l.Eps},
		definition, input, target)
}

func (l *PoissonNLLLoss) terms(input, target *autograd.Variable) *autograd.Variable {
	var terms *autograd.Variable
	if l.LogInput {
		terms = input.Exp().Sub(target.Mul(input))
	} else {
		terms = input.Sub(target.Mul(input.AddScalar(l.Eps).Log()))
	}
	if l.Full {
		terms = terms.Add(stirling(target))
	}
	return terms
}

// poisson is the formula of the loss. The slopes are
//
//	exp(x) − y and −x          where x is the logarithm of the rate
//	1 − y/(x+ε) and −ln(x+ε)   where x is the rate
//
// and ln y + ½/y more with respect to y where Full counts.
type poisson[T kernel.Float] struct {
	logInput, full bool
	eps            T
}

func (f poisson[T]) terms(dst []T, b *block[T]) {
	if f.logInput {
		kernel.Exp(b.s, b.x)
		kernel.Mul(dst, b.x, b.y)
		kernel.Sub(dst, b.s, dst)
	} else {
		kernel.Offset(b.s, b.x, f.eps)
		kernel.Log(b.s, b.s)
		kernel.Mul(b.s, b.s, b.y)
		kernel.Sub(dst, b.x, b.s)
	}
	if f.full { // y·ln y − y + ½·ln(2πy)
		kernel.Log(b.s, b.y)
		kernel.Mul(b.t, b.s, b.y)
		kernel.Sub(b.t, b.t, b.y)
		kernel.Axpy(b.t, 0.5, b.s)
		kernel.Offset(b.t, b.t, T(0.5*math.Log(2*math.Pi)))
		f.addAboveOne(dst, b)
	}
}

func (f poisson[T]) slope(i int, dst []T, b *block[T]) {
	switch {
	case i == 0 && f.logInput:
		kernel.Exp(dst, b.x)
		kernel.Sub(dst, dst, b.y)
	case i == 0:
		kernel.Offset(b.s, b.x, f.eps)
		kernel.Div(dst, b.y, b.s)
		kernel.Neg(dst, dst)
		kernel.Offset(dst, dst, 1)
	case f.logInput:
		kernel.Neg(dst, b.x)
	default:
		kernel.Offset(dst, b.x, f.eps)
		kernel.Log(dst, dst)
		kernel.Neg(dst, dst)
	}
	if i == 1 && f.full {
		kernel.Fill(b.t, 0.5)
		kernel.Div(b.t, b.t, b.y)
		kernel.Log(b.s, b.y)
		kernel.Add(b.t, b.t, b.s)
		f.addAboveOne(dst, b)
	}
}

// addAboveOne adds b.t to dst where y is greater than 1.
func (poisson[T]) addAboveOne(dst []T, b *block[T]) {
	kernel.Offset(b.s, b.y, -1)
	kernel.Fill(b.u, 0)
	kernel.SelectPositive(b.t, b.s, b.t, b.u)
	kernel.Add(dst, dst, b.t)
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
