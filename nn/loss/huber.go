package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// HuberLoss is the squared error of small errors and in proportion to the
// large ones, so that an outlier pulls no harder than δ.
//
//	l = ½·(x − y)²            where |x − y| < δ
//	l = δ·(|x − y| − δ/2)     elsewhere
//
// Input x and target y have one shape, any; both are differentiated.
//
// Forward panics when they differ in shape or type or are not floats, or δ is
// not positive.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.HuberLoss.html
type HuberLoss struct {
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
	// Delta δ is the error at which the square ends, and the slope from
	// there on; 1 by default.
	Delta float64 `json:"delta"`
}

func init() { register2(NewHuberLoss) }

// NewHuberLoss returns the loss with PyTorch's defaults.
func NewHuberLoss() *HuberLoss { return &HuberLoss{Delta: 1} }

// Huber returns the mean Huber loss.
// Source: https://projecteuclid.org/euclid.aoms/1177703732
func Huber(input, target *autograd.Variable) *autograd.Variable {
	return NewHuberLoss().Forward(input, target)
}

func (l *HuberLoss) check() {
	const op = "loss.HuberLoss"
	l.Reduction.check(op)
	if !(l.Delta > 0) {
		panic(tensor.Errorf(op, "delta %v is not positive", l.Delta))
	}
}

// Forward returns the loss, reduced.
func (l *HuberLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.HuberLoss"
	l.check()
	same(op, "input", input, "target", target)
	reduction, delta := l.Reduction, l.Delta
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return reduction.each(squareThenAbs(x[0].Sub(x[1]), delta, 1, delta))
	}
	return fuse(op, reduction, bend[float32]{knee: float32(delta)}, bend[float64]{knee: delta}, definition, input, target)
}
