package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
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
	const op = "loss.KLDivLoss"
	l.check()
	same(op, "input", input, "target", target)
	c := *l // as it is now
	definition := func(x []*autograd.Variable) *autograd.Variable {
		terms := klTerms(x[0].To(tensor.Float64), x[1].To(tensor.Float64), c.LogTarget)
		return c.reduce(terms).To(x[0].DType())
	}
	return fuseWide(op, l.Reduction, divergence{l.LogTarget}, definition, input, target)
}

func (l *KLDivLoss) reduce(terms *autograd.Variable) *autograd.Variable {
	switch {
	case l.Reduction != BatchMean:
		return l.Reduction.each(terms)
	case terms.Dims() > 0: // a single term has nothing to divide by, as in PyTorch
		return terms.Sum().Div(autograd.Const(terms.DType().Scalar(float64(terms.Shape()[0]))))
	}
	return terms
}

// divergence is p·(ln p − x), p being y, or exp(y) where that is the logarithm.
// The slopes are −p and ln p − x + 1, times p in the latter case; all are 0
// where p is.
type divergence struct{ logTarget bool }

func (f divergence) terms(dst []float64, b *block[float64]) {
	p := f.logRatio(dst, b)
	kernel.Mul(dst, dst, p)
	f.mend(dst, b, p, b.x)
}

func (f divergence) slope(i int, dst []float64, b *block[float64]) {
	switch {
	case i == 0 && f.logTarget:
		kernel.Exp(dst, b.y)
		kernel.Neg(dst, dst)
		return
	case i == 0:
		kernel.Neg(dst, b.y)
		return
	}
	p := f.logRatio(dst, b)
	kernel.Offset(dst, dst, 1)
	if f.logTarget {
		kernel.Mul(dst, dst, p)
	} else {
		kernel.Abs(b.u, p)
		kernel.Mul(b.t, p, b.x) // 0, or NaN where x is
		kernel.SelectPositive(dst, b.u, dst, b.t)
	}
	f.mend(dst, b, p, b.x)
}

// logRatio sets dst to ln p − x, with ln 0 taken as 0, and returns p.
func (f divergence) logRatio(dst []float64, b *block[float64]) (p []float64) {
	if f.logTarget {
		kernel.Exp(b.s, b.y)
		kernel.Sub(dst, b.y, b.x)
		return b.s
	}
	kernel.Abs(b.s, b.y)
	kernel.SelectPositive(b.t, b.s, b.y, []float64{1})
	kernel.Log(b.t, b.t)
	kernel.Sub(dst, b.t, b.x)
	return b.y
}

// mend sets dst to 0 where it is NaN for 0·Inf: where p is 0 and x is not NaN.
func (divergence) mend(dst []float64, b *block[float64], p, x []float64) {
	if s := kernel.Sum64(dst); s == s {
		return
	}
	for i, v := range p {
		if v == 0 && x[i] == x[i] {
			dst[i] = 0
		}
	}
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
