package loss

import (
	"math"

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
		return l.probabilities(op, input, target)
	}
	t := newClassTargets(op, input, target, l.Weight, l.IgnoreIndex)
	var terms *autograd.Variable
	if input.DType() == tensor.Float32 {
		terms = fusedClasses[float32](l, input, t)
	} else {
		terms = fusedClasses[float64](l, input, t)
	}
	return l.Reduction.weighted(op, terms, t.total, l.EmptyMean).To(input.DType())
}

// fusedClasses returns the terms for class targets by way of the kernel, as
// float64.
func fusedClasses[T kernel.Float](l *CrossEntropyLoss, input *autograd.Variable, t *classTargets) *autograd.Variable {
	k := kernel.CrossEntropy[T]{N: t.classes, Inner: t.inner, Class: t.class, Smoothing: l.LabelSmoothing}
	if l.Weight != nil {
		k.Weight = tensor.Data[T](l.Weight)
	}
	x := tensor.Data[T](input.Value())
	terms := make([]float64, len(t.class))
	k.Forward(terms, x)
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
		dx := input.DType().Empty(input.Shape()...)
		k.Backward(tensor.Data[T](dx), tensor.Data[float64](g), x)
		return []*tensor.Tensor{dx}
	}
	weight, smoothing := l.Weight, l.LabelSmoothing // as they are now, whatever l becomes
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return t.crossEntropy(x[0], weight, smoothing).To(tensor.Float64)
	}
	return autograd.Fused("CrossEntropyLoss", shaped(terms, t.shape), definition, backward, input)
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

// probabilities returns the loss for a target of probabilities.
func (l *CrossEntropyLoss) probabilities(op string, input, target *autograd.Variable) *autograd.Variable {
	axis := classAxis(op, input)
	same(op, "input", input, "target", target)
	classes := input.Shape()[axis]
	checkClassWeight(op, input, l.Weight, classes)
	if l.IgnoreIndex >= 0 {
		panic(tensor.Errorf(op, "ignore index %d with probabilities as target %v", l.IgnoreIndex, target.Shape()))
	}
	x, q := input.To(tensor.Float64), target.To(tensor.Float64) // rounded once, at the end
	if l.LabelSmoothing > 0 {
		q = q.MulScalar(1 - l.LabelSmoothing).AddScalar(l.LabelSmoothing / float64(classes))
	}
	if l.Weight != nil {
		q = q.Mul(autograd.Const(alongClasses(l.Weight.To(tensor.Float64), x, axis)))
	}
	terms := expected(q, x.LogSoftmax(axis), axis)
	return l.Reduction.weighted(op, terms, float64(terms.Size()), l.EmptyMean).To(input.DType())
}

// expected returns −Σ q·logp along an axis. Where q is 0 and logp −Inf the
// product is 0, as its limit is.
func expected(q, logp *autograd.Variable, axis int) *autograd.Variable {
	zero := logp.DType().Scalar(0)
	impossible := tensor.Equals(logp.Value(), logp.DType().Scalar(math.Inf(-1)))
	moot := tensor.And(impossible, tensor.Equals(q.Value(), zero))
	return q.Mul(autograd.Where(moot, autograd.Const(zero), logp)).Sum(axis).Neg()
}
