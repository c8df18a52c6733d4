package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// ReLU is max(x, 0), element by element.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ReLU.html
type ReLU struct{ _ distinct }

// NewReLU returns a ReLU.
func NewReLU() *ReLU { return &ReLU{} }

// Forward returns max(x, 0).
func (l *ReLU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.ReLU()
}

// LeakyReLU is x where x > 0 and NegativeSlope·x elsewhere.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.LeakyReLU.html
type LeakyReLU struct {
	NegativeSlope float64 // 0.01 by default
}

// NewLeakyReLU returns a LeakyReLU of slope 0.01.
func NewLeakyReLU() *LeakyReLU { return &LeakyReLU{NegativeSlope: 0.01} }

// Forward returns x where x > 0 and NegativeSlope·x elsewhere.
func (l *LeakyReLU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.LeakyReLU(l.NegativeSlope)
}

// Tanh is the hyperbolic tangent, element by element.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Tanh.html
type Tanh struct{ _ distinct }

// NewTanh returns a Tanh.
func NewTanh() *Tanh { return &Tanh{} }

// Forward returns tanh x.
func (l *Tanh) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Tanh()
}

// Sigmoid is 1/(1 + exp(−x)), element by element. Before a cross entropy leave
// it out and use the loss that takes logits, which is exact where this one
// rounds to 0 or 1.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Sigmoid.html
type Sigmoid struct{ _ distinct }

// NewSigmoid returns a Sigmoid.
func NewSigmoid() *Sigmoid { return &Sigmoid{} }

// Forward returns 1/(1 + exp(−x)).
func (l *Sigmoid) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Sigmoid()
}

// GELU is x·Φ(x), Φ being the normal distribution function.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GELU.html,
// https://arxiv.org/abs/1606.08415
type GELU struct {
	// Approximate is "none", the default, for the formula above, or "tanh" for
	// x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). "" is "none".
	Approximate string
}

// NewGELU returns an exact GELU.
func NewGELU() *GELU { return &GELU{Approximate: "none"} }

// Forward returns x·Φ(x). It panics when Approximate is neither "none" nor
// "tanh".
func (l *GELU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	switch l.Approximate {
	case "none", "":
		return x.GELU()
	case "tanh":
		return x.GELUTanh()
	}
	panic(tensor.Errorf("nn.GELU", "Approximate is %q, neither \"none\" nor \"tanh\"", l.Approximate))
}

// Softmax is exp(x)/Σ exp(x) along axis Dim: positive numbers that add up to 1.
// Before a cross entropy leave it out: the loss takes logits.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Softmax.html
type Softmax struct {
	Dim int // negative axes count from the last
}

// NewSoftmax returns a Softmax along axis dim.
func NewSoftmax(dim int) *Softmax { return &Softmax{Dim: dim} }

// Forward returns exp(x)/Σ exp(x). It panics when x has no axis Dim.
func (l *Softmax) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Softmax(l.Dim)
}

// LogSoftmax is x − ln Σ exp(x) along axis Dim, the logarithm of Softmax
// without its rounding.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.LogSoftmax.html
type LogSoftmax struct {
	Dim int // negative axes count from the last
}

// NewLogSoftmax returns a LogSoftmax along axis dim.
func NewLogSoftmax(dim int) *LogSoftmax { return &LogSoftmax{Dim: dim} }

// Forward returns x − ln Σ exp(x). It panics when x has no axis Dim.
func (l *LogSoftmax) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.LogSoftmax(l.Dim)
}

// Flatten merges the axes StartDim to EndDim, both included: [32 3 8 8]
// becomes [32 192] by default.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Flatten.html
type Flatten struct {
	StartDim int // 1 by default
	EndDim   int // −1, the last, by default
}

// NewFlatten returns a Flatten of all axes but the first.
func NewFlatten() *Flatten { return &Flatten{StartDim: 1, EndDim: -1} }

// Forward returns x with the axes merged. It panics when x lacks one of them
// or StartDim lies after EndDim.
func (l *Flatten) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Flatten(l.StartDim, l.EndDim)
}

func init() {
	register(func(o *options) *ReLU {
		o.inplace()
		return NewReLU()
	})
	register(func(o *options) *LeakyReLU {
		l := NewLeakyReLU()
		o.take("negative_slope", &l.NegativeSlope)
		o.inplace()
		return l
	})
	registerPlain(NewTanh)
	registerPlain(NewSigmoid)
	register(func(o *options) *GELU {
		l := NewGELU()
		word(o, "approximate", &l.Approximate, "none", "tanh")
		return l
	})
	register(func(o *options) *Softmax { return NewSoftmax(o.axis()) })
	register(func(o *options) *LogSoftmax { return NewLogSoftmax(o.axis()) })
	register(func(o *options) *Flatten {
		l := NewFlatten()
		o.take("start_dim", &l.StartDim)
		o.take("end_dim", &l.EndDim)
		return l
	})
}

var _ = []Module{&ReLU{}, &LeakyReLU{}, &Tanh{}, &Sigmoid{}, &GELU{}, &Softmax{}, &LogSoftmax{}, &Flatten{},
	&Linear{}, &Dropout{}, Sequential{}, Func(nil)}
