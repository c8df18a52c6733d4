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
	if logProbs.DType() == tensor.Float32 {
		return fusedCTC[float32](l, logProbs, b)
	}
	return fusedCTC[float64](l, logProbs, b)
}

// fusedCTC returns the loss, reduced, by way of the kernel.
func fusedCTC[T kernel.Float](l *CTCLoss, logProbs *autograd.Variable, b *ctcBatch) *autograd.Variable {
	lp, n, batch := tensor.Data[T](logProbs.Value()), len(b.samples), kernel.NewCTCBatch(b.samples)
	losses := kernel.Get[float64](n)
	defer kernel.Put(losses)
	kernel.CTCLosses(batch, lp, losses)
	for i, v := range losses {
		losses[i] = v / l.share(b, i)
		if l.ZeroInfinity && math.IsInf(v, 1) {
			losses[i] = 0
		}
	}
	r := l.Reduction.average("CTCLoss", n)
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
		seeds := kernel.Get[float64](n)
		defer kernel.Put(seeds)
		up := r.factors(g)
		for i := range seeds {
			seeds[i] = up[min(i, len(up)-1)] / l.share(b, i)
		}
		d := g.DType().Empty(logProbs.Shape()...)
		kernel.CTCGradients(batch, lp, tensor.Data[T](d), logProbs.Shape()[0], seeds)
		return []*tensor.Tensor{d}
	}
	definition := func(x []*autograd.Variable) *autograd.Variable { return r.reduce(l.define(b, x[0])) }
	return autograd.Fused("CTCLoss", r.value(losses, b.shape, logProbs.DType()), definition, backward, logProbs)
}

// share returns what Mean divides the loss of sample i by before it averages;
// the other reductions divide by nothing.
func (l *CTCLoss) share(b *ctcBatch, i int) float64 {
	if l.Reduction != Mean {
		return 1
	}
	return float64(max(1, len(b.samples[i].Target)))
}
