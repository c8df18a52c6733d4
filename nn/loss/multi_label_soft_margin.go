package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// MultiLabelSoftMarginLoss is the binary cross entropy of logits, averaged over
// the classes of a sample, any number of which it may belong to.
//
//	l = −1/C·Σ_c w[c]·(y[c]·ln σ(x[c]) + (1−y[c])·ln(1 − σ(x[c])))
//
// Input x has shape [C], [N C] or longer, C being the number of classes, the
// last axis. Target y, of x's shape, is 1 for classes that the sample belongs
// to and 0 for others; both are differentiated. The target may also be Int64.
//
// It is computed like BCEWithLogitsLoss, stable for any logit.
//
// Forward panics when x and y differ in shape or type or have no axis, the
// input is not of floats, or the weight does not broadcast to x or has another
// type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MultiLabelSoftMarginLoss.html
type MultiLabelSoftMarginLoss struct {
	// Weight w of each class, [C], or any shape that broadcasts to the
	// input's; nil for ones.
	Weight *tensor.Tensor `json:"weight"`
	// Reduction of the terms, one per sample; Mean by default, which divides
	// by their number whatever the weights.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewMultiLabelSoftMarginLoss) }

// NewMultiLabelSoftMarginLoss returns the loss with PyTorch's defaults.
func NewMultiLabelSoftMarginLoss() *MultiLabelSoftMarginLoss { return &MultiLabelSoftMarginLoss{} }

// MultiLabelSoftMargin returns the mean over samples and classes.
func MultiLabelSoftMargin(input, target *autograd.Variable) *autograd.Variable {
	return NewMultiLabelSoftMarginLoss().Forward(input, target)
}

func (l *MultiLabelSoftMarginLoss) check() { l.Reduction.check("loss.MultiLabelSoftMarginLoss") }

// Forward returns the loss, reduced.
func (l *MultiLabelSoftMarginLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.MultiLabelSoftMarginLoss"
	l.check()
	target = numbers(target, input.DType())
	same(op, "input", input, "target", target)
	if input.Dims() == 0 {
		panic(tensor.Errorf(op, "input %v has no classes: want [C] or [N C]", input.Shape()))
	}
	weight := broadcast(op, "weight", l.Weight, input)
	if l.Reduction == None {
		return logitEntropy(op, None, None.each, input, target, weight, nil).Mean(-1)
	}
	// The mean of means is the mean of all; a sum of means has the classes to
	// divide by.
	y := logitEntropy(op, l.Reduction, l.Reduction.each, input, target, weight, nil)
	if l.Reduction == Sum {
		y = y.MulScalar(1 / float64(input.Shape()[input.Dims()-1]))
	}
	return y
}
