package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
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
	const op = "loss.SmoothL1Loss"
	l.check()
	same(op, "input", input, "target", target)
	if l.Beta < leastNormal(input.DType()) {
		return (&L1Loss{l.Reduction}).Forward(input, target)
	}
	reduction, beta := l.Reduction, l.Beta
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return reduction.each(squareThenAbs(x[0].Sub(x[1]), beta, 1/beta, 1))
	}
	return fuse(op, reduction, bend[float32]{float32(beta), float32(1 / beta)}, bend[float64]{beta, 1 / beta}, definition, input, target)
}

// leastNormal returns the least normal number of a type. Below it 1/β may
// overflow, and the square, being over before it shows, is left out.
func leastNormal(d tensor.DType) float64 {
	if d == tensor.Float32 {
		return 0x1p-126
	}
	return 0x1p-1022
}

// bend is a square up to the knee k and straight from there on, with a = |x − y|
// and q = min(a, k):
//
//	q·(a − q/2)·c
//
// The slopes are ±c times x − y, clamped to ±k. A curvature c of 0 stands for 1.
type bend[T kernel.Float] struct{ knee, curvature T }

func (f bend[T]) terms(dst []T, b *block[T]) {
	kernel.Sub(dst, b.x, b.y)
	kernel.Abs(dst, dst)
	kernel.Clamp(b.s, dst, 0, f.knee)
	kernel.Scale(b.t, b.s, -0.5)
	kernel.Add(dst, dst, b.t)
	f.curve(b.s) // first, for q·c is at most k·c
	kernel.Mul(dst, dst, b.s)
}

func (f bend[T]) curve(x []T) {
	if c := f.factor(); c != 1 {
		kernel.Scale(x, x, c)
	}
}

func (f bend[T]) factor() T {
	if f.curvature == 0 {
		return 1
	}
	return f.curvature
}

func (f bend[T]) sum(b *block[T]) float64 {
	return kernel.SumBend(b.x, b.y, float64(f.knee)) * float64(f.factor())
}

func (f bend[T]) slope(i int, dst []T, b *block[T]) { f.scaledSlope(i, dst, b, 1) }

func (f bend[T]) scaledSlope(i int, dst []T, b *block[T], c T) {
	plus, minus := b.pair(i)
	kernel.ClampedDifference(dst, plus, minus, f.knee, f.factor()*c)
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
