package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// CTCLoss is connectionist temporal classification: the improbability of a
// sequence of labels, given probabilities of symbols in each of many frames and
// nothing about which frame belongs to which label.
//
//	l = −ln Σ_{paths that read as the target} Π_t exp(x[t, path[t]])
//
// A path names a symbol for every frame; it reads as the target when repeats
// are merged and blanks dropped. Input x has shape [T N C] or, without a batch,
// [T C] and holds log-probabilities, from LogSoftmax. Targets are Int64 labels
// other than the blank: [N S], of which each row's first target_lengths[n]
// count, or all of them one after another in one axis. Lengths are Int64 of
// shape [N], [] or [1] without a batch.
//
// As in PyTorch the gradient is exp(x) − posterior, which is the true one only
// behind LogSoftmax: exp(x) stands for what the normalisation would take away.
// Mean divides each loss by its target's length (or 1), then averages.
//
// A target that no path reads as, being too long, costs +Inf and has gradient
// 0; its neighbours are not touched. Unlike PyTorch's the loss can be
// differentiated twice and more.
//
// Forward panics when the shapes do not fit, a length is negative or too long,
// a label is the blank or no symbol, or Blank is no symbol.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.CTCLoss.html
type CTCLoss struct {
	// Blank is the symbol that stands for none; 0 by default.
	Blank int `json:"blank"`
	// Reduction of the terms, one per sample; Mean by default.
	Reduction Reduction `json:"reduction"`
	// ZeroInfinity makes infinite losses 0.
	ZeroInfinity bool `json:"zero_infinity"`
}

func init() {
	register4(NewCTCLoss, "log_probs", "targets", "input_lengths", "target_lengths")
}

// NewCTCLoss returns the loss with PyTorch's defaults.
func NewCTCLoss() *CTCLoss { return &CTCLoss{} }

// CTC returns the mean loss with blank 0.
func CTC(logProbs, targets, inputLengths, targetLengths *autograd.Variable) *autograd.Variable {
	return NewCTCLoss().Forward(logProbs, targets, inputLengths, targetLengths)
}

func (l *CTCLoss) check() { l.Reduction.check("loss.CTCLoss") }

// Forward returns the loss, reduced.
func (l *CTCLoss) Forward(logProbs, targets, inputLengths, targetLengths *autograd.Variable) *autograd.Variable {
	const op = "loss.CTCLoss"
	l.check()
	b := newCTCBatch(op, l.Blank, logProbs, targets, inputLengths, targetLengths)
	var terms *autograd.Variable
	if logProbs.DType() == tensor.Float32 {
		terms = fusedCTC[float32](logProbs, b)
	} else {
		terms = fusedCTC[float64](logProbs, b)
	}
	if l.ZeroInfinity {
		zero := terms.DType().Scalar(0)
		infinite := tensor.Equals(terms.Value(), terms.DType().Scalar(math.Inf(1)))
		terms = autograd.Where(infinite, autograd.Const(zero), terms)
	}
	if l.Reduction == Mean {
		terms = terms.Div(autograd.Const(b.shares().To(terms.DType())))
	}
	return l.Reduction.each(terms)
}

// fusedCTC returns the terms by way of the kernel, one sample a piece.
func fusedCTC[T kernel.Float](logProbs *autograd.Variable, b *ctcBatch) *autograd.Variable {
	lp, n := tensor.Data[T](logProbs.Value()), len(b.samples)
	losses, alphas, terms := make([]float64, n), make([][]float64, n), make([]T, n)
	b.each(func(i int, c kernel.CTC) {
		alphas[i] = make([]float64, c.Frames*(2*len(c.Target)+1))
		losses[i] = kernel.CTCForward(c, sampleOf(lp, i, c), alphas[i])
		terms[i] = T(losses[i])
	})
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
		d := g.DType().Zeros(logProbs.Shape()...)
		grad, seed := tensor.Data[T](d), tensor.Data[T](g)
		b.each(func(i int, c kernel.CTC) {
			kernel.CTCBackward(c, sampleOf(lp, i, c), sampleOf(grad, i, c), alphas[i], losses[i], float64(seed[i]))
		})
		return []*tensor.Tensor{d}
	}
	definition := func(x []*autograd.Variable) *autograd.Variable { return b.define(x[0]) }
	return autograd.Fused("CTCLoss", shaped(terms, b.shape), definition, backward, logProbs)
}

// sampleOf returns the part of x, laid out as [T N C], that begins with the
// first frame of sample i.
func sampleOf[T kernel.Float](x []T, i int, c kernel.CTC) []T {
	if c.Frames == 0 {
		return nil
	}
	return x[i*c.Classes:]
}
