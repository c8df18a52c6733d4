package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Hardtanh is x between MinVal and MaxVal, and the nearer of them outside. The
// gradient is 0 at both, as in PyTorch.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Hardtanh.html
type Hardtanh struct {
	MinVal float64 `json:"min_val"` // −1 by default
	MaxVal float64 `json:"max_val"` // 1 by default
}

// NewHardtanh returns a Hardtanh between −1 and 1.
func NewHardtanh() *Hardtanh { return &Hardtanh{MinVal: -1, MaxVal: 1} }

// Forward returns x clamped. It panics unless MinVal is less than MaxVal.
func (l *Hardtanh) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if !(l.MinVal < l.MaxVal) {
		panic(tensor.Errorf("nn.Hardtanh", "MinVal %v is not less than MaxVal %v", l.MinVal, l.MaxVal))
	}
	return clamped(x, l.MinVal, l.MaxVal)
}

// clamped is Clamp with gradient 0 at the bounds.
func clamped(x *autograd.Variable, lo, hi float64) *autograd.Variable {
	return autograd.Where(between(x, lo, hi), x, autograd.Const(tensor.Clamp(x.Value(), lo, hi)))
}

// between reports, element by element, whether x is neither at most lo nor at
// least hi: NaN is between.
func between(x *autograd.Variable, lo, hi float64) *tensor.Tensor {
	d := x.DType()
	return tensor.Not(tensor.Or(tensor.LessEqual(x.Value(), d.Scalar(lo)), tensor.LessEqual(d.Scalar(hi), x.Value())))
}

// ReLU6 is min(max(x, 0), 6). The gradient is 0 at 0 and 6.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ReLU6.html
type ReLU6 struct{ _ distinct }

// NewReLU6 returns a ReLU6.
func NewReLU6() *ReLU6 { return &ReLU6{} }

// Forward returns min(max(x, 0), 6).
func (l *ReLU6) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return clamped(x, 0, 6)
}

// Hardsigmoid is x/6 + ½ between −3 and 3, 0 below and 1 above, with gradient 0
// at both.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Hardsigmoid.html
type Hardsigmoid struct{ _ distinct }

// NewHardsigmoid returns a Hardsigmoid.
func NewHardsigmoid() *Hardsigmoid { return &Hardsigmoid{} }

// Forward returns the broken line.
func (l *Hardsigmoid) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return clamped(x, -3, 3).MulScalar(1.0 / 6).AddScalar(0.5)
}

// Hardswish is x·(x + 3)/6 between −3 and 3, 0 below and x above. At −3 the
// gradient is that of the parabola, −½, and at 3 that of x, 1.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Hardswish.html
type Hardswish struct{ _ distinct }

// NewHardswish returns a Hardswish.
func NewHardswish() *Hardswish { return &Hardswish{} }

// Forward returns the broken curve.
func (l *Hardswish) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	d := x.DType()
	zero := autograd.Const(d.Scalar(0))
	// At 3 PyTorch's slope is 1 or 1.5, depending on where in the tensor it is; here it is 1.
	above, below := tensor.LessEqual(d.Scalar(3), x.Value()), tensor.Less(x.Value(), d.Scalar(-3))
	bent := autograd.Where(tensor.Or(above, below), zero, x) // what is infinite stays out of the square
	return autograd.Where(above, x, bent.Mul(bent.AddScalar(3)).MulScalar(1.0/6))
}

// Hardshrink is x where |x| > Lambd and 0 elsewhere.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Hardshrink.html
type Hardshrink struct {
	Lambd float64 `json:"lambd"` // ½ by default
}

// NewHardshrink returns a Hardshrink with Lambd ½.
func NewHardshrink() *Hardshrink { return &Hardshrink{Lambd: 0.5} }

// Forward returns x where |x| > Lambd and 0 elsewhere; NaN stays.
func (l *Hardshrink) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	near := tensor.LessEqual(tensor.Abs(x.Value()), x.DType().Scalar(l.Lambd))
	return autograd.Where(near, autograd.Const(x.DType().Scalar(0)), x)
}

// Softshrink is x brought nearer to 0 by Lambd, and 0 where |x| ≤ Lambd.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Softshrink.html
type Softshrink struct {
	Lambd float64 `json:"lambd"` // ½ by default
}

// NewSoftshrink returns a Softshrink with Lambd ½.
func NewSoftshrink() *Softshrink { return &Softshrink{Lambd: 0.5} }

// Forward returns the shrunk x. It panics when Lambd is negative.
func (l *Softshrink) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if !(l.Lambd >= 0) {
		panic(tensor.Errorf("nn.Softshrink", "Lambd %v is not 0 or more", l.Lambd))
	}
	by := tensor.MulScalar(tensor.Sign(x.Value()), -l.Lambd)
	near := tensor.LessEqual(tensor.Abs(x.Value()), x.DType().Scalar(l.Lambd))
	return autograd.Where(near, autograd.Const(x.DType().Scalar(0)), x.Add(autograd.Const(by)))
}

// Threshold is x where x > Threshold and Value elsewhere.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Threshold.html
type Threshold struct {
	Threshold float64 `json:"threshold"`
	Value     float64 `json:"value"`
}

// NewThreshold returns a Threshold.
func NewThreshold(threshold, value float64) *Threshold {
	return &Threshold{Threshold: threshold, Value: value}
}

// Forward returns x where x > Threshold and Value elsewhere; NaN stays.
func (l *Threshold) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	d := x.DType()
	return autograd.Where(tensor.LessEqual(x.Value(), d.Scalar(l.Threshold)), autograd.Const(d.Scalar(l.Value)), x)
}

func init() {
	register(func(o *options) *Hardtanh {
		l := NewHardtanh()
		o.take("min_val", &l.MinVal)
		o.take("max_val", &l.MaxVal)
		o.inplace()
		if !(l.MinVal < l.MaxVal) {
			o.refuse("min_val", "is not less than max_val, %v", l.MaxVal)
		}
		return l
	})
	register(func(o *options) *ReLU6 {
		o.inplace()
		return NewReLU6()
	})
	register(func(o *options) *Hardsigmoid {
		o.inplace()
		return NewHardsigmoid()
	})
	register(func(o *options) *Hardswish {
		o.inplace()
		return NewHardswish()
	})
	register(func(o *options) *Hardshrink {
		l := NewHardshrink()
		o.take("lambd", &l.Lambd)
		return l
	})
	register(func(o *options) *Softshrink {
		l := NewSoftshrink()
		o.take("lambd", &l.Lambd)
		if !(l.Lambd >= 0) {
			o.refuse("lambd", "is not 0 or more")
		}
		return l
	})
	register(func(o *options) *Threshold {
		l := NewThreshold(0, 0)
		o.need("threshold", &l.Threshold)
		o.need("value", &l.Value)
		o.inplace()
		return l
	})
}
