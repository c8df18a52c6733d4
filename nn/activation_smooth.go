package nn

import (
	"math/rand/v2"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// split returns max(x, 0) and min(x, 0), of which the second has the gradient
// at 0. Where one of them is not x its gradient is 0, however great x is.
func split(x *autograd.Variable) (positive, negative *autograd.Variable) {
	zero := autograd.Const(x.DType().Scalar(0))
	above := tensor.Greater(x.Value(), zero.Value())
	return autograd.Where(above, x, zero), autograd.Where(above, zero, x)
}

// exponential returns max(x, 0)·scale + a·(exp(min(x, 0)·b) − 1).
func exponential(x *autograd.Variable, scale, a, b float64) *autograd.Variable {
	positive, negative := split(x)
	return positive.MulScalar(scale).Add(negative.MulScalar(b).Expm1().MulScalar(a))
}

// ELU is x where x > 0 and Alpha·(exp(x) − 1) elsewhere.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ELU.html
type ELU struct {
	Alpha float64 `json:"alpha"` // 1 by default
}

// NewELU returns an ELU with Alpha 1.
func NewELU() *ELU { return &ELU{Alpha: 1} }

// Forward returns x or Alpha·(exp(x) − 1).
func (l *ELU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return exponential(x, 1, l.Alpha, 1)
}

// SELU is s·x where x > 0 and s·α·(exp(x) − 1) elsewhere, with the s and α that
// keep mean and variance through deep networks.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.SELU.html,
// https://arxiv.org/abs/1706.02515
type SELU struct{ _ distinct }

// NewSELU returns a SELU.
func NewSELU() *SELU { return &SELU{} }

const (
	seluAlpha = 1.6732632423543772848170429916717
	seluScale = 1.0507009873554804934193349852946
)

// Forward returns s·x or s·α·(exp(x) − 1).
func (l *SELU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return exponential(x, seluScale, seluScale*seluAlpha, 1)
}

// CELU is x where x > 0 and Alpha·(exp(x/Alpha) − 1) elsewhere.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.CELU.html
type CELU struct {
	Alpha float64 `json:"alpha"` // 1 by default
}

// NewCELU returns a CELU with Alpha 1.
func NewCELU() *CELU { return &CELU{Alpha: 1} }

// Forward returns x or Alpha·(exp(x/Alpha) − 1). It panics when Alpha is 0.
func (l *CELU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if l.Alpha == 0 {
		panic(tensor.Errorf("nn.CELU", "Alpha is 0"))
	}
	return exponential(x, 1, l.Alpha, 1/l.Alpha)
}

// SiLU is x·σ(x), also called swish.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.SiLU.html
type SiLU struct{ _ distinct }

// NewSiLU returns a SiLU.
func NewSiLU() *SiLU { return &SiLU{} }

// Forward returns x·σ(x).
func (l *SiLU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Mul(x.Sigmoid())
}

// Mish is x·tanh(softplus(x)).
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Mish.html
type Mish struct{ _ distinct }

// NewMish returns a Mish.
func NewMish() *Mish { return &Mish{} }

// Forward returns x·tanh(softplus(x)).
func (l *Mish) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Mul(x.Softplus().Tanh())
}

// Softplus is ln(1 + exp(Beta·x))/Beta, a smooth max(x, 0), and x itself where
// Beta·x is greater than Threshold.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Softplus.html
type Softplus struct {
	Beta      float64 `json:"beta"`      // 1 by default
	Threshold float64 `json:"threshold"` // 20 by default
}

// NewSoftplus returns a Softplus with Beta 1 and Threshold 20.
func NewSoftplus() *Softplus { return &Softplus{Beta: 1, Threshold: 20} }

// Forward returns the smooth maximum. It panics when Beta is 0.
func (l *Softplus) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if l.Beta == 0 {
		panic(tensor.Errorf("nn.Softplus", "Beta is 0"))
	}
	scaled := x.MulScalar(l.Beta)
	straight := tensor.Greater(scaled.Value(), x.DType().Scalar(l.Threshold))
	return autograd.Where(straight, x, scaled.Softplus().MulScalar(1/l.Beta))
}

// Softsign is x/(1 + |x|). Gradient: g/(1 + |x|)².
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Softsign.html
type Softsign struct{ _ distinct }

// NewSoftsign returns a Softsign.
func NewSoftsign() *Softsign { return &Softsign{} }

// Forward returns x/(1 + |x|).
func (l *Softsign) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	value := tensor.Div(x.Value(), tensor.AddScalar(tensor.Abs(x.Value()), 1))
	// The quotient's own rule is a difference that cancels where |x| is large.
	return autograd.Custom("Softsign", value, []*autograd.Variable{x}, func(_, g *autograd.Variable) *autograd.Variable {
		return g.Div(x.Abs().AddScalar(1).Square())
	})
}

// LogSigmoid is ln σ(x) = −softplus(−x).
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.LogSigmoid.html
type LogSigmoid struct{ _ distinct }

// NewLogSigmoid returns a LogSigmoid.
func NewLogSigmoid() *LogSigmoid { return &LogSigmoid{} }

// Forward returns ln σ(x).
func (l *LogSigmoid) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.LogSigmoid()
}

// Tanhshrink is x − tanh x.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Tanhshrink.html
type Tanhshrink struct{ _ distinct }

// NewTanhshrink returns a Tanhshrink.
func NewTanhshrink() *Tanhshrink { return &Tanhshrink{} }

// Forward returns x − tanh x.
func (l *Tanhshrink) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Sub(x.Tanh())
}

// PReLU is x where x > 0 and Weight·x elsewhere, Weight being learned: one
// number, or one for each channel, axis 1 of the input.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.PReLU.html
type PReLU struct {
	Weight *autograd.Variable // [1] or [channels]
}

// NewPReLU returns a float32 PReLU of n weights, each 0.25. It panics when n is
// less than 1.
func NewPReLU(n int) *PReLU {
	if n < 1 {
		panic(tensor.Errorf("nn.NewPReLU", "%d weights", n))
	}
	return &PReLU{Weight: autograd.New(tensor.Full(0.25, n))}
}

// Forward returns x or Weight·x. It panics when there are several weights and
// axis 1 of x is not as long, or types differ.
func (l *PReLU) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	const op = "nn.PReLU"
	if l.Weight == nil {
		panic(tensor.Errorf(op, "there is no Weight; make the layer with NewPReLU"))
	}
	n := l.Weight.Size()
	if x.DType() != l.Weight.DType() {
		panic(tensor.Errorf(op, "input %v %v, but weight %v", x.DType(), x.Shape(), l.Weight.DType()))
	}
	weight := l.Weight
	if n > 1 {
		if x.Dims() < 2 || x.Shape()[1] != n {
			panic(tensor.Errorf(op, "input %v has no axis 1 of %d channels, one for each weight", x.Shape(), n))
		}
		shape := []int{n}
		for range x.Dims() - 2 {
			shape = append(shape, 1)
		}
		weight = l.Weight.Reshape(shape...)
	}
	positive, negative := split(x)
	y := positive.Add(weight.Mul(negative))
	return y.Reshape(x.Shape()...) // [1] for an input without axes
}

// RReLU is x where x > 0 and a·x elsewhere, a being drawn evenly between Lower
// and Upper for each element in training, and midway in evaluation.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.RReLU.html
type RReLU struct {
	Mode
	Lower float64    `json:"lower"` // 1/8 by default
	Upper float64    `json:"upper"` // 1/3 by default
	Rand  *rand.Rand `json:"-"`

	mu sync.Mutex // guards Rand
}

// NewRReLU returns an RReLU between 1/8 and 1/3 that draws from rng.
func NewRReLU(rng *rand.Rand) *RReLU { return &RReLU{Lower: 1.0 / 8, Upper: 1.0 / 3, Rand: rng} }

// Forward returns x or a·x. It panics when Lower is greater than Upper, or in
// training without Rand.
func (l *RReLU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.RReLU"
	if !(l.Lower <= l.Upper) {
		panic(tensor.Errorf(op, "Lower %v is greater than Upper %v", l.Lower, l.Upper))
	}
	positive, negative := split(x)
	if !l.Training() {
		return positive.Add(negative.MulScalar((l.Lower + l.Upper) / 2))
	}
	if l.Rand == nil {
		panic(tensor.Errorf(op, "Rand is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	slopes := x.DType().Zeros(x.Shape()...)
	l.mu.Lock()
	Uniform(slopes, l.Lower, l.Upper, l.Rand)
	l.mu.Unlock()
	return positive.Add(negative.Mul(autograd.Const(slopes)))
}

func init() {
	register(func(o *options) *ELU {
		l := NewELU()
		o.take("alpha", &l.Alpha)
		o.inplace()
		return l
	})
	register(func(o *options) *SELU {
		o.inplace()
		return NewSELU()
	})
	register(func(o *options) *CELU {
		l := NewCELU()
		o.nonzero("alpha", &l.Alpha)
		o.inplace()
		return l
	})
	register(func(o *options) *SiLU {
		o.inplace()
		return NewSiLU()
	})
	register(func(o *options) *Mish {
		o.inplace()
		return NewMish()
	})
	register(func(o *options) *Softplus {
		l := NewSoftplus()
		o.nonzero("beta", &l.Beta)
		o.take("threshold", &l.Threshold)
		return l
	})
	registerPlain(NewSoftsign)
	registerPlain(NewLogSigmoid)
	registerPlain(NewTanhshrink)
	register(func(o *options) *PReLU {
		n, start := 1, 0.25
		o.take("num_parameters", &n)
		o.least("num_parameters", 1, &n)
		o.take("init", &start)
		l := NewPReLU(n)
		Constant(l.Weight.Value(), start)
		return l
	})
	register(func(o *options) *RReLU {
		l := NewRReLU(ownRand(o.rng))
		o.take("lower", &l.Lower)
		o.take("upper", &l.Upper)
		o.inplace()
		if !(l.Lower <= l.Upper) {
			o.refuse("lower", "is greater than upper, %v", l.Upper)
		}
		return l
	})
}
