package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
)

// SoftMarginLoss is the logistic loss of scores and labels ±1. With labels 0
// and 1 it is BCEWithLogitsLoss.
//
//	l = ln(1 + exp(−y·x))
//
// Input x and target y have one shape, any; both are differentiated. The target
// may also be Int64. The loss is finite for any finite score; PyTorch's
// overflows below −88 in float32. With labels ±1 float32 terms are right to some
// 3 units in the last place; they are added in float64.
//
// Forward panics when they differ in shape or type or the input is not of
// floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.SoftMarginLoss.html
type SoftMarginLoss struct {
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewSoftMarginLoss) }

// NewSoftMarginLoss returns the loss with PyTorch's defaults.
func NewSoftMarginLoss() *SoftMarginLoss { return &SoftMarginLoss{} }

// SoftMargin returns the mean logistic loss of labels ±1.
func SoftMargin(input, target *autograd.Variable) *autograd.Variable {
	return NewSoftMarginLoss().Forward(input, target)
}

func (l *SoftMarginLoss) check() { l.Reduction.check("loss.SoftMarginLoss") }

// Forward returns the loss, reduced.
func (l *SoftMarginLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.SoftMarginLoss"
	l.check()
	target = numbers(target, input.DType())
	same(op, "input", input, "target", target)
	reduction := l.Reduction
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return reduction.each(x[1].Mul(x[0]).Neg().Softplus())
	}
	return fuse(op, reduction, softMargin[float32]{}, softMargin[float64]{}, definition, input, target)
}

// softMargin is softplus(−x·y), with slopes −y·σ(−x·y) and −x·σ(−x·y).
type softMargin[T kernel.Float] struct{}

func (f softMargin[T]) terms(dst []T, b *block[T]) {
	f.against(dst, b)
	kernel.Softplus(dst, dst)
}

func (f softMargin[T]) slope(i int, dst []T, b *block[T]) {
	f.against(dst, b)
	kernel.Sigmoid(dst, dst)
	kernel.Neg(dst, dst)
	if i == 0 {
		kernel.Mul(dst, dst, b.y)
	} else {
		kernel.Mul(dst, dst, b.x)
	}
}

// against sets dst to −x·y.
func (softMargin[T]) against(dst []T, b *block[T]) {
	kernel.Mul(dst, b.x, b.y)
	kernel.Neg(dst, dst)
}
