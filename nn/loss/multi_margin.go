package loss

import (
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// MultiMarginLoss is the hinge loss of classification: the score of the right
// class should exceed every other one by a margin.
//
//	l = w[t]/C · Σ_{c≠t} max(0, m − x[t] + x[c])^p
//
// Input x has shape [N C] or [C] and holds the scores of C classes; target t is
// Int64 of shape [N] or [] (or [1] for one sample without a batch). The weight
// is not raised to the power p, whatever PyTorch's page says. Exactly at the
// hinge the gradient is 0.
//
// Unlike PyTorch's it can be differentiated twice and more.
//
// Forward panics when the shapes do not fit, P is neither 1 nor 2, Weight has
// not C elements of the input's type, or a target is not a class.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MultiMarginLoss.html
type MultiMarginLoss struct {
	// P is the power of the hinge, 1 or 2; 1 by default.
	P int `json:"p"`
	// Margin m by which the right class should lead; 1 by default.
	Margin float64 `json:"margin"`
	// Weight w of each class, [C]; nil for ones.
	Weight *tensor.Tensor `json:"weight"`
	// Reduction of the terms, one per sample; Mean by default, which divides
	// by their number whatever the weights.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewMultiMarginLoss) }

// NewMultiMarginLoss returns the loss with PyTorch's defaults.
func NewMultiMarginLoss() *MultiMarginLoss { return &MultiMarginLoss{P: 1, Margin: 1} }

// MultiMargin returns the mean multi-class hinge loss with margin 1.
func MultiMargin(input, target *autograd.Variable) *autograd.Variable {
	return NewMultiMarginLoss().Forward(input, target)
}

func (l *MultiMarginLoss) check() {
	const op = "loss.MultiMarginLoss"
	l.Reduction.check(op)
	if l.P != 1 && l.P != 2 {
		panic(tensor.Errorf(op, "p = %d is neither 1 nor 2", l.P))
	}
}

// Forward returns the loss, reduced.
func (l *MultiMarginLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.MultiMarginLoss"
	l.check()
	classes := scores(op, input)
	checkClassWeight(op, input, l.Weight, classes)
	t := newMarginTargets(op, input, target, classes)
	if input.DType() == tensor.Float32 {
		return fuseMargins[float32](op, *l, t, input)
	}
	return fuseMargins[float64](op, *l, t, input)
}

// newMarginTargets returns the checked classes. One sample without a batch may
// have its class in an axis of its own.
func newMarginTargets(op string, input, target *autograd.Variable, classes int) *classTargets {
	t := &classTargets{axis: input.Dims() - 1, classes: classes, inner: 1}
	t.shape = append(tensor.Shape(t.dims[:0]), input.Shape()[:t.axis]...)
	if single := (tensor.Shape{1}); t.axis == 0 && target.Shape().Equal(single) {
		t.shape = single
	}
	t.read(op, input, target, func(int64) bool { return false })
	return t
}

// fuseMargins returns the loss by way of the kernel.
func fuseMargins[T kernel.Float](op string, l MultiMarginLoss, t *classTargets, input *autograd.Variable) *autograd.Variable {
	k := &kernel.MultiMargin[T]{N: t.classes, Class: t.class, Weight: classWeights[T](l.Weight), P: l.P, Margin: T(l.Margin)}
	return fuseClasses(l.Reduction.average(op, len(t.class)), k, t.shape, input, func(x []*autograd.Variable) *autograd.Variable {
		right := tensor.New(t.class, append(slices.Clone(x[0].Shape()[:t.axis]), 1)...) // with an axis for the classes
		return l.Reduction.each(l.terms(x[0], right, t.classes).Reshape(t.shape...))
	})
}

func (l *MultiMarginLoss) terms(input *autograd.Variable, right *tensor.Tensor, classes int) *autograd.Variable {
	axis := input.Dims() - 1
	lead := input.Gather(axis, right).Neg().AddScalar(l.Margin)
	hinge := autograd.Where(others(right, input.Shape()), lead.Add(input), autograd.Const(input.DType().Scalar(0))).ReLU()
	if l.P == 2 {
		hinge = hinge.Square()
	}
	if l.Weight != nil {
		hinge = hinge.Mul(autograd.Const(tensor.Gather(tensor.Expand(l.Weight, input.Shape()...), axis, right)))
	}
	return hinge.Sum(axis).MulScalar(1 / float64(classes))
}

// scores returns the number of classes of an input [N C] or [C].
func scores(op string, input *autograd.Variable) int {
	floats(op, "input", input)
	n := input.Dims()
	if n < 1 || n > 2 || input.Shape()[n-1] == 0 {
		panic(tensor.Errorf(op, "input %v is not [N C] or [C] with at least one class", input.Shape()))
	}
	return input.Shape()[n-1]
}

// others returns a Bool tensor that holds for all classes but those that index
// names along the last axis.
func others(index *tensor.Tensor, shape tensor.Shape) *tensor.Tensor {
	axis := len(shape) - 1
	named := tensor.Float32.Zeros(shape...)
	named = tensor.ScatterAdd(named, axis, index, tensor.Ones(index.Shape()...))
	return tensor.Equals(named, tensor.Scalar(0))
}
