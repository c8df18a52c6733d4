package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// NLLLoss is the negative log likelihood of classes, given log-probabilities.
// Behind LogSoftmax it is CrossEntropyLoss, which is faster and more accurate.
//
//	l = −w[t]·x[t]
//
// Input x has shape [C], [N C] or [N C d1 …] and holds the log-probabilities of
// C classes; target t is Int64 of the same shape without C. Mean divides by the
// sum of w[t] over the targets that are not ignored.
//
// A target of weight 0 costs 0 even where x is −Inf.
//
// Forward panics when the shapes do not fit, weight has not C elements of the
// input's type, or a target is neither a class nor IgnoreIndex.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.NLLLoss.html
type NLLLoss struct {
	// Weight w of each class, [C]; nil for ones.
	Weight *tensor.Tensor `json:"weight"`
	// IgnoreIndex is a target that counts for nothing; −100 by default. It
	// need not be a class.
	IgnoreIndex int `json:"ignore_index"`
	// Reduction of the terms, one per target; Mean by default.
	Reduction Reduction `json:"reduction"`
	// EmptyMean says what Mean gives when no target counts; NaN by default.
	// PyTorch has no such option.
	EmptyMean EmptyMean `json:"empty_mean"`
}

func init() { register2(NewNLLLoss) }

// NewNLLLoss returns the loss with PyTorch's defaults.
func NewNLLLoss() *NLLLoss { return &NLLLoss{IgnoreIndex: -100} }

// NLL returns the mean negative log likelihood of class indices.
func NLL(input, target *autograd.Variable) *autograd.Variable {
	return NewNLLLoss().Forward(input, target)
}

func (l *NLLLoss) check() {
	l.Reduction.check("loss.NLLLoss")
	l.EmptyMean.check("loss.NLLLoss")
}

// Forward returns the loss, reduced.
func (l *NLLLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.NLLLoss"
	l.check()
	t := newClassTargets(op, input, target, l.Weight, l.IgnoreIndex)
	a := averaging{l.Reduction, op, t.total, l.EmptyMean, t.shape}
	definition := func(x []*autograd.Variable) *autograd.Variable { return a.reduce(t.picked(x[0])) }
	if input.DType() == tensor.Float32 {
		return fuseClasses(a, nll[float32]{t}, t.shape, input, definition)
	}
	return fuseClasses(a, nll[float64]{t}, t.shape, input, definition)
}

// nll is −w[t]·x[t], with −w[t] at t as its gradient; 0 where the target is
// ignored or weighs nothing, even if x is −Inf.
type nll[T kernel.Float] struct{ *classTargets }

func (k nll[T]) Forward(terms []float64, x []T) {
	for i := range terms {
		terms[i] = 0
		if w := k.coefOf(i); w != 0 {
			terms[i] = -w * float64(x[k.at(i)])
		}
	}
}

func (k nll[T]) Backward(dx []T, g []float64, _ []T) {
	clear(dx)
	for i := range k.class {
		if w := k.coefOf(i); w != 0 {
			dx[k.at(i)] = T(-w * g[min(i, len(g)-1)])
		}
	}
}

// at returns where the input has the class of target i.
func (t *classTargets) at(i int) int {
	if t.inner == 1 {
		return i*t.classes + int(t.class[i])
	}
	return (i/t.inner*t.classes+int(t.class[i]))*t.inner + i%t.inner
}
