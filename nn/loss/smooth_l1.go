package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// SmoothL1Loss is the square of small errors and the absolute value of large
// ones, which box regression uses. It is HuberLoss(δ = β) divided by β: the
// slope of large errors is always 1.
//
//	l = ½·(x − y)²/β    where |x − y| < β
//	l = |x − y| − β/2   elsewhere
//
// Input x and target y have one shape, any; both are differentiated. With β = 0
// it is L1Loss.
//
// Forward panics when they differ in shape or type or are not floats, or β is
// negative or NaN.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.SmoothL1Loss.html
type SmoothL1Loss struct {
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
	// Beta β is the error at which the square ends; 1 by default.
	Beta float64 `json:"beta"`
}

func init() { register2(NewSmoothL1Loss) }

// NewSmoothL1Loss returns the loss with PyTorch's defaults.
func NewSmoothL1Loss() *SmoothL1Loss { return &SmoothL1Loss{Beta: 1} }

// SmoothL1 returns the mean smooth absolute error.
func SmoothL1(input, target *autograd.Variable) *autograd.Variable {
	return NewSmoothL1Loss().Forward(input, target)
}

func (l *SmoothL1Loss) check() {
	const op = "loss.SmoothL1Loss"
	l.Reduction.check(op)
	if !(l.Beta >= 0) {
		panic(tensor.Errorf(op, "beta %v is not 0 or more", l.Beta))
	}
}

// Forward returns the loss, reduced.
func (l *SmoothL1Loss) Forward(input, target *autograd.Variable) *autograd.Variable {
	l.check()
	same("loss.SmoothL1Loss", "input", input, "target", target)
	d := input.Sub(target)
	if l.Beta == 0 {
		return l.Reduction.each(d.Abs())
	}
	return l.Reduction.each(squareThenAbs(d, l.Beta, 1/l.Beta, 1))
}

// squareThenAbs returns ½·curvature·d² where |d| < knee and
// slope·(|d| − knee/2) elsewhere.
func squareThenAbs(d *autograd.Variable, knee, curvature, slope float64) *autograd.Variable {
	size := d.Abs()
	small := tensor.Less(size.Value(), d.DType().Scalar(knee))
	// Zeros in place of the large ones keep 0·Inf out of the gradient of the
	// square, whose factor there is 0.
	square := autograd.Where(small, d, autograd.Const(d.DType().Scalar(0))).Square().MulScalar(curvature / 2)
	return autograd.Where(small, square, size.AddScalar(-knee/2).MulScalar(slope))
}
