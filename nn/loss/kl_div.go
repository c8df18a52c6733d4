package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// KLDivLoss is the divergence of a predicted distribution, given by its
// log-probabilities, from a true one: what it costs to believe the prediction.
//
//	l = y·(ln y − x)        where y is a probability, 0 where it is 0
//	l = exp(y)·(y − x)      with LogTarget, where y is its logarithm
//
// Input x, the output of LogSoftmax, and target y have one shape, any; both are
// differentiated. Mean divides by the number of elements; the divergence that
// textbooks mean is BatchMean, the sum over the length of the first axis.
//
// An outcome of probability 0 adds nothing to the loss or to any gradient,
// whatever x is: PyTorch has NaN as the derivative with respect to y. Everything is
// computed in float64 and rounded once, for ln y − x cancels where the
// prediction is good.
//
// Forward panics when they differ in shape or type or are not floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.KLDivLoss.html
type KLDivLoss struct {
	// Reduction of the terms, one per element; Mean by default, BatchMean for
	// the divergence.
	Reduction Reduction `json:"reduction"`
	// LogTarget says that the target holds logarithms too; false by default.
	LogTarget bool `json:"log_target"`
}

func init() { register2(NewKLDivLoss) }

// NewKLDivLoss returns the loss with PyTorch's defaults.
func NewKLDivLoss() *KLDivLoss { return &KLDivLoss{} }

// KLDiv returns the mean over all elements, as PyTorch's default does, of
// log-probabilities and the true probabilities. KLDivergence gives the
// divergence of two distributions.
func KLDiv(input, target *autograd.Variable) *autograd.Variable {
	return NewKLDivLoss().Forward(input, target)
}

func (l *KLDivLoss) check() {
	if l.Reduction != BatchMean {
		l.Reduction.check("loss.KLDivLoss")
	}
}

// Forward returns the loss, reduced.
func (l *KLDivLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	l.check()
	same("loss.KLDivLoss", "input", input, "target", target)
	x, y := input.To(tensor.Float64), target.To(tensor.Float64)
	terms := klTerms(x, y, l.LogTarget)
	switch {
	case l.Reduction != BatchMean:
		terms = l.Reduction.each(terms)
	case terms.Dims() > 0: // a single term has nothing to divide by, as in PyTorch
		terms = terms.Sum().Div(autograd.Const(tensor.Float64.Scalar(float64(input.Shape()[0]))))
	}
	return terms.To(input.DType())
}

// klTerms leaves outcomes of probability 0 out of the formula, not only out of
// its result, so that their infinities reach no derivative. NaN stays.
func klTerms(x, y *autograd.Variable, logTarget bool) *autograd.Variable {
	zero := autograd.Const(x.DType().Scalar(0))
	p, logp := y, y
	if logTarget {
		p = y.Exp()
	}
	impossible := tensor.And(tensor.Equals(p.Value(), zero.Value()), tensor.Not(tensor.IsNaN(x.Value())))
	if logTarget {
		p, logp = autograd.Where(impossible, zero, p), autograd.Where(impossible, zero, y)
	} else {
		logp = autograd.Where(impossible, autograd.Const(x.DType().Scalar(1)), y).Log()
	}
	return p.Mul(logp.Sub(autograd.Where(impossible, zero, x)))
}
