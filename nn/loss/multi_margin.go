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
	right := l.right(op, input, target)
	c := *l // as it is now
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return c.Reduction.each(c.terms(x[0], right, classes).Reshape(target.Shape()...))
	}
	if l.Reduction == None && !target.Shape().Equal(input.Shape()[:input.Dims()-1]) {
		return definition([]*autograd.Variable{input}) // [1] for a sample without a batch
	}
	class := slices.Clone(tensor.Data[int64](right))
	if input.DType() == tensor.Float32 {
		return fuseRows(op, l.Reduction, margins[float32]{class, classWeights[float32](l.Weight), l.P, float32(l.Margin)}, definition, input)
	}
	return fuseRows(op, l.Reduction, margins[float64]{class, classWeights[float64](l.Weight), l.P, l.Margin}, definition, input)
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

// margins is w[t]/C·Σ_{c≠t} h^p with h = max(0, m − x[t] + x[c]). The slopes are
// w[t]/C·p·h^(p−1), where h is positive, and for x[t] their sum, negative.
type margins[T kernel.Float] struct {
	class  []int64
	weight []T
	p      int
	margin T
}

func (f margins[T]) term(i int, r *row[T], saved []float64) float64 {
	x, t := r.x[0], f.class[i]
	saved[0], saved[1] = float64(t), 1/float64(len(x))
	if f.weight != nil {
		saved[1] *= float64(f.weight[t])
	}
	f.hinge(r.s, x, t)
	if f.p == 2 {
		return saved[1] * kernel.Dot(r.s, r.s)
	}
	return saved[1] * kernel.Sum64(r.s)
}

// hinge sets dst to h, and to 0 for the class t itself.
func (f margins[T]) hinge(dst, x []T, t int64) {
	kernel.Offset(dst, x, f.margin-x[t])
	kernel.ReLU(dst, dst)
	dst[t] = 0
}

func (f margins[T]) slopes(g float64, dst [3][]T, r *row[T], saved []float64) {
	d, t := dst[0], int64(saved[0])
	f.hinge(d, r.x[0], t)
	g *= saved[1]
	if f.p == 2 {
		kernel.Scale(d, d, T(2*g))
	} else {
		kernel.SelectPositive(d, d, []T{T(g)}, []T{0})
	}
	d[t] = T(-kernel.Sum64(d))
}

// right returns the checked classes with an axis of length 1 for the classes.
func (l *MultiMarginLoss) right(op string, input, target *autograd.Variable) *tensor.Tensor {
	in := input.Shape()
	lead := in[:len(in)-1]
	if target.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "target %v is %v, not int64 classes", target.Shape(), target.DType()))
	}
	if single := len(lead) == 0 && target.Shape().Equal(tensor.Shape{1}); !single && !target.Shape().Equal(lead) {
		panic(tensor.Errorf(op, "target %v does not fit input %v: want %v", target.Shape(), in, lead))
	}
	for i, c := range tensor.Data[int64](target.Value()) {
		if c < 0 || c >= int64(in[len(lead)]) {
			panic(tensor.Errorf(op, "%s = %d is not a class of input %v", position("target", i, target.Shape()), c, in))
		}
	}
	return tensor.Reshape(target.Value(), append(lead[:len(lead):len(lead)], 1)...)
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
