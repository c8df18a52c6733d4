package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// BCEWithLogitsLoss is the binary cross entropy between logits and
// probabilities: a sigmoid and its loss in one, stable for any logit.
//
//	l = w·(p·y·softplus(−x) + (1−y)·softplus(x))
//
// which is −w·(p·y·ln σ(x) + (1−y)·ln(1−σ(x))). Input x and target y, of one
// shape, are both differentiated; y is usually in [0, 1]. Weight w and positive
// weight p broadcast to x.
//
// For y in [0, 1] both terms are positive, so nothing cancels: the loss of a
// logit of −50 with target 0 is 1.9e-22, where PyTorch has 0. A logit of ±Inf
// costs 0 when it is right.
//
// Forward panics when x and y differ in shape or type or are not floats, or a
// weight does not broadcast to x or has another type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.BCEWithLogitsLoss.html
type BCEWithLogitsLoss struct {
	// Weight w of each element, in any shape that broadcasts to the input's;
	// nil for 1.
	Weight *tensor.Tensor `json:"weight"`
	// Reduction of the terms, one per element; Mean by default, which divides
	// by their number whatever the weights.
	Reduction Reduction `json:"reduction"`
	// PosWeight p weighs the positive part, usually by class in shape [C];
	// nil for 1. Above 1 it favours recall, below precision.
	PosWeight *tensor.Tensor `json:"pos_weight"`
}

func init() { register2(NewBCEWithLogitsLoss) }

// NewBCEWithLogitsLoss returns the loss with PyTorch's defaults.
func NewBCEWithLogitsLoss() *BCEWithLogitsLoss { return &BCEWithLogitsLoss{} }

// BCEWithLogits returns the mean binary cross entropy of logits with
// probabilities.
func BCEWithLogits(input, target *autograd.Variable) *autograd.Variable {
	return NewBCEWithLogitsLoss().Forward(input, target)
}

func (l *BCEWithLogitsLoss) check() { l.Reduction.check("loss.BCEWithLogitsLoss") }

// Forward returns the loss, reduced.
func (l *BCEWithLogitsLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.BCEWithLogitsLoss"
	l.check()
	same(op, "input", input, "target", target)
	weight, posWeight := broadcast(op, "weight", l.Weight, input), broadcast(op, "pos_weight", l.PosWeight, input)
	var terms *autograd.Variable
	if input.DType() == tensor.Float32 {
		terms = fusedBCE[float32](input, target, weight, posWeight)
	} else {
		terms = fusedBCE[float64](input, target, weight, posWeight)
	}
	return l.Reduction.each(terms).To(input.DType())
}

// fusedBCE returns the terms by way of the kernel, as float64.
func fusedBCE[T kernel.Float](input, target *autograd.Variable, weight, posWeight *tensor.Tensor) *autograd.Variable {
	var k kernel.BCE[T]
	if weight != nil {
		k.Weight = tensor.Data[T](weight)
	}
	if posWeight != nil {
		k.PosWeight = tensor.Data[T](posWeight)
	}
	x, y := tensor.Data[T](input.Value()), tensor.Data[T](target.Value())
	terms := tensor.Float64.Zeros(input.Shape()...)
	k.Forward(tensor.Data[float64](terms), x, y)
	backward := func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
		d := make([]*tensor.Tensor, 2)
		for i := range d {
			if needed[i] {
				d[i] = input.DType().Zeros(input.Shape()...)
			}
		}
		if needed[0] {
			k.BackwardInput(tensor.Data[T](d[0]), tensor.Data[float64](g), x, y)
		}
		if needed[1] {
			k.BackwardTarget(tensor.Data[T](d[1]), tensor.Data[float64](g), x)
		}
		return d
	}
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return bce(x[0], x[1], weight, posWeight).To(tensor.Float64)
	}
	return autograd.Fused("BCEWithLogitsLoss", terms, definition, backward, input, target)
}

// bce is what the kernel computes, in recorded operations, for finite logits.
func bce(x, y *autograd.Variable, weight, posWeight *tensor.Tensor) *autograd.Variable {
	positive := y.Mul(x.Neg().Softplus())
	if posWeight != nil {
		positive = positive.Mul(autograd.Const(posWeight))
	}
	terms := positive.Add(y.Neg().AddScalar(1).Mul(x.Softplus()))
	if weight != nil {
		terms = terms.Mul(autograd.Const(weight))
	}
	return terms
}
