package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// CrossEntropyLoss is the cross entropy between scores and classes, the usual
// loss of classification. The scores are logits: no softmax before it.
//
//	l = −Σ_c w[c]·q[c]·ln softmax(x)[c]
//
// Input x has shape [C], [N C] or [N C d1 …], C being the number of classes.
// The target is one of two kinds:
//
//   - class indices t: Int64, of x's shape without C. q is 1−ε at t plus ε/C
//     everywhere, but the ε/C part is weighed by w[c] and the other by w[t].
//     Mean divides by the sum of w[t] over the targets that are not ignored.
//   - probabilities q: floats of x's shape, differentiated too, smoothed to
//     (1−ε)·q + ε/C. Mean divides by the number of positions, N·d1·….
//
// Value and first derivative take one pass over x each and are right for the
// most certain and the most unlikely class: exponentials are those of x's type,
// sums and logarithms float64, so float32 terms are right to some 2 units in the
// last place. A score of −Inf masks a class; masked classes of probability or weight
// 0 cost 0, others +Inf.
//
// Forward panics when the shapes do not fit, Weight has not C elements of the
// input's type, LabelSmoothing is outside [0, 1], a target is neither a class
// nor IgnoreIndex, or IgnoreIndex is not negative with probabilities.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.CrossEntropyLoss.html
type CrossEntropyLoss struct {
	// Weight w of each class, [C]; nil for ones.
	Weight *tensor.Tensor `json:"weight"`
	// IgnoreIndex is a target that counts for nothing; −100 by default. It
	// need not be a class.
	IgnoreIndex int `json:"ignore_index"`
	// Reduction of the terms, one per position; Mean by default.
	Reduction Reduction `json:"reduction"`
	// LabelSmoothing ε is the share of the target that is spread evenly over
	// all classes; 0 by default.
	// Source: https://arxiv.org/abs/1512.00567
	LabelSmoothing float64 `json:"label_smoothing"`
	// EmptyMean says what Mean gives when no target counts; NaN by default.
	// PyTorch has no such option.
	EmptyMean EmptyMean `json:"empty_mean"`
}

func init() { register2(NewCrossEntropyLoss) }

// NewCrossEntropyLoss returns the loss with PyTorch's defaults.
func NewCrossEntropyLoss() *CrossEntropyLoss { return &CrossEntropyLoss{IgnoreIndex: -100} }

// CrossEntropy returns the mean cross entropy of logits with class indices or
// probabilities.
func CrossEntropy(input, target *autograd.Variable) *autograd.Variable {
	return NewCrossEntropyLoss().Forward(input, target)
}

func (l *CrossEntropyLoss) check() {
	const op = "loss.CrossEntropyLoss"
	l.Reduction.check(op)
	l.EmptyMean.check(op)
	if !(l.LabelSmoothing >= 0 && l.LabelSmoothing <= 1) {
		panic(tensor.Errorf(op, "label smoothing %v is outside [0, 1]", l.LabelSmoothing))
	}
}

// Forward returns the loss, reduced.
func (l *CrossEntropyLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.CrossEntropyLoss"
	l.check()
	if target.DType().IsFloat() {
		return l.withProbabilities(op, input, target)
	}
	t := newClassTargets(op, input, target, l.Weight, l.IgnoreIndex)
	a := averaging{l.Reduction, op, t.total, l.EmptyMean, t.shape}
	if input.DType() == tensor.Float32 {
		return entropyOfClasses[float32](a, input, t, l.Weight, l.LabelSmoothing)
	}
	return entropyOfClasses[float64](a, input, t, l.Weight, l.LabelSmoothing)
}

// entropyOfClasses returns the loss for class targets by way of the kernel.
func entropyOfClasses[T kernel.Float](a averaging, input *autograd.Variable, t *classTargets, weight *tensor.Tensor, smoothing float64) *autograd.Variable {
	k := &kernel.CrossEntropy[T]{N: t.classes, Inner: t.inner, Class: t.class, Weight: classWeights[T](weight), Smoothing: smoothing}
	return fuseClasses(a, k, t.shape, input, func(x []*autograd.Variable) *autograd.Variable {
		return a.reduce(t.crossEntropy(x[0], weight, smoothing))
	})
}

// crossEntropy is what the kernel computes, in recorded operations.
func (t *classTargets) crossEntropy(x *autograd.Variable, weight *tensor.Tensor, smoothing float64) *autograd.Variable {
	logp := x.LogSoftmax(t.axis)
	terms := t.picked(logp)
	if smoothing == 0 {
		return terms
	}
	w := x.DType().Ones(t.classes)
	if weight != nil {
		w = weight
	}
	even := expected(autograd.Const(alongClasses(w, x, t.axis)), logp, t.axis)
	even = autograd.Where(t.heeded(), even, autograd.Const(tensor.MulScalar(even.Value(), 0)))
	return terms.MulScalar(1 - smoothing).Add(even.MulScalar(smoothing / float64(t.classes)))
}
