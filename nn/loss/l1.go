package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
)

// L1Loss is the absolute error, which outliers pull less than the square.
//
//	l = |x − y|
//
// Input x and target y have one shape, any; both are differentiated. The
// gradient is 0 where x = y.
//
// Forward panics when they differ in shape or type or are not floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.L1Loss.html
type L1Loss struct {
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewL1Loss) }

// NewL1Loss returns the loss with PyTorch's defaults.
func NewL1Loss() *L1Loss { return &L1Loss{} }

// L1 returns the mean absolute error.
func L1(input, target *autograd.Variable) *autograd.Variable {
	return NewL1Loss().Forward(input, target)
}

func (l *L1Loss) check() { l.Reduction.check("loss.L1Loss") }

// Forward returns the loss, reduced.
func (l *L1Loss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.L1Loss"
	l.check()
	same(op, "input", input, "target", target)
	reduction := l.Reduction
	definition := func(x []*autograd.Variable) *autograd.Variable { return reduction.each(x[0].Sub(x[1]).Abs()) }
	return fuse(op, reduction, l1[float32]{}, l1[float64]{}, definition, input, target)
}

// l1 is |x − y|, with the slopes ±sign(x − y).
type l1[T kernel.Float] struct{}

func (l1[T]) terms(dst []T, b *block[T]) {
	kernel.Sub(dst, b.x, b.y)
	kernel.Abs(dst, dst)
}

func (l1[T]) sum(b *block[T]) float64 { return kernel.SumAbsDifference(b.x, b.y) }

func (f l1[T]) slope(i int, dst []T, b *block[T]) { f.scaledSlope(i, dst, b, 1) }

func (l1[T]) scaledSlope(i int, dst []T, b *block[T], c T) {
	plus, minus := b.pair(i)
	kernel.SignOfDifference(dst, plus, minus, c)
}
