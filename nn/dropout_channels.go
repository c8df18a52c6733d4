package nn

import (
	"math"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Dropout1d drops whole channels of sequences, [N C L] or [C L] for one alone:
// neighbours within a channel are too alike for Dropout to hide one from the
// other.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Dropout1d.html
type Dropout1d struct{ Dropout }

// NewDropout1d returns a Dropout1d of probability p that draws from rng.
func NewDropout1d(p float64, rng *rand.Rand) *Dropout1d {
	return &Dropout1d{Dropout{P: p, Rand: rng}}
}

// Forward returns x after the drop. It panics like that of Dropout, and when x
// has neither two nor three axes.
func (l *Dropout1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if n := x.Dims(); n != 2 && n != 3 {
		panic(tensor.Errorf("nn.Dropout1d", "input %v is neither [N C L] nor [C L]", x.Shape()))
	}
	return l.channels("nn.Dropout1d", x, x.Dims()-1)
}

// Dropout2d is Dropout1d for images [N C H W].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Dropout2d.html
type Dropout2d struct{ Dropout }

// NewDropout2d returns a Dropout2d of probability p that draws from rng.
func NewDropout2d(p float64, rng *rand.Rand) *Dropout2d {
	return &Dropout2d{Dropout{P: p, Rand: rng}}
}

// Forward returns x after the drop. It panics like that of Dropout, and when x
// has not four axes: what three mean is not clear, in PyTorch they are [N C L].
func (l *Dropout2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if x.Dims() != 4 {
		panic(tensor.Errorf("nn.Dropout2d", "input %v is not [N C H W]", x.Shape()))
	}
	return l.channels("nn.Dropout2d", x, 2)
}

// channels drops what lies behind the first axes as one.
func (l *Dropout) channels(op string, x *autograd.Variable, axes int) *autograd.Variable {
	if !l.drops(op, x) {
		return x
	}
	shape := append([]int{}, x.Shape()[:axes]...)
	mask := l.keep(tensor.Shape(shape).Size())
	for range x.Dims() - axes {
		shape = append(shape, 1)
	}
	zero := autograd.Const(x.DType().Scalar(0))
	return autograd.Where(asBools(mask, shape...), x.MulScalar(l.scale()), zero)
}

// AlphaDropout replaces elements by −s·α, the least value of SELU, and then
// scales and shifts all so that mean 0 and variance 1 stay: for networks of
// SELU.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AlphaDropout.html,
// https://arxiv.org/abs/1706.02515
type AlphaDropout struct{ Dropout }

// NewAlphaDropout returns an AlphaDropout of probability p that draws from rng.
func NewAlphaDropout(p float64, rng *rand.Rand) *AlphaDropout {
	return &AlphaDropout{Dropout{P: p, Rand: rng}}
}

// Forward returns a·x + b where x stays and b − a·s·α elsewhere, with
// a = 1/√((1 − P)·(1 + P·(s·α)²)) and b = a·P·s·α; for P of 1 it is 0. It panics
// like that of Dropout.
func (l *AlphaDropout) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if !l.drops("nn.AlphaDropout", x) {
		return x
	}
	zero := autograd.Const(x.DType().Scalar(0))
	keep := asBools(l.keep(x.Size()), x.Shape()...)
	if l.P == 1 {
		return autograd.Where(keep, x, zero)
	}
	const least = seluScale * seluAlpha
	a := 1 / math.Sqrt((1-l.P)*(1+l.P*least*least))
	b := a * l.P * least
	dropped := autograd.Const(x.DType().Scalar(b - a*least))
	return autograd.Where(keep, x.MulScalar(a).AddScalar(b), dropped)
}

func init() {
	register(func(o *options) *Dropout1d {
		l := NewDropout1d(0.5, ownRand(o.rng))
		l.options(o)
		return l
	})
	register(func(o *options) *Dropout2d {
		l := NewDropout2d(0.5, ownRand(o.rng))
		l.options(o)
		return l
	})
	register(func(o *options) *AlphaDropout {
		l := NewAlphaDropout(0.5, ownRand(o.rng))
		l.options(o)
		return l
	})
}

var _ = []Module{&Identity{}, &Embedding{}, &EmbeddingBag{}, &Unflatten{}, &PixelShuffle{}, &PixelUnshuffle{}, &Upsample{},
	&Dropout1d{}, &Dropout2d{}, &AlphaDropout{}}
