package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
)

// MSELoss is the squared error, the usual loss of regression.
//
//	l = (x − y)²
//
// Input x and target y have one shape, any; both are differentiated.
//
// Forward panics when they differ in shape or type or are not floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MSELoss.html
type MSELoss struct {
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewMSELoss) }

// NewMSELoss returns the loss with PyTorch's defaults.
func NewMSELoss() *MSELoss { return &MSELoss{} }

// MSE returns the mean squared error.
func MSE(input, target *autograd.Variable) *autograd.Variable {
	return NewMSELoss().Forward(input, target)
}

func (l *MSELoss) check() { l.Reduction.check("loss.MSELoss") }

// Forward returns the loss, reduced.
func (l *MSELoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.MSELoss"
	l.check()
	same(op, "input", input, "target", target)
	reduction := l.Reduction
	definition := func(x []*autograd.Variable) *autograd.Variable { return reduction.each(x[0].Sub(x[1]).Square()) }
	return fuse(op, reduction, mse[float32]{}, mse[float64]{}, definition, input, target)
}

// mse is (x − y)², with the slopes ±2(x − y).
type mse[T kernel.Float] struct{}

func (mse[T]) terms(dst []T, b *block[T]) {
	kernel.Sub(dst, b.x, b.y)
	kernel.Square(dst, dst)
}

func (mse[T]) sum(b *block[T]) float64 { return kernel.SumSquareDifference(b.x, b.y) }

func (f mse[T]) slope(i int, dst []T, b *block[T]) { f.scaledSlope(i, dst, b, 1) }

func (mse[T]) scaledSlope(i int, dst []T, b *block[T], c T) {
	plus, minus := b.pair(i)
	kernel.ScaledDifference(dst, plus, minus, 2*c)
}
