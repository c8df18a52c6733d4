package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// GLU is a·σ(b), a and b being the halves of x along axis Dim.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GLU.html
type GLU struct {
	Dim int `json:"dim"` // −1, the last, by default
}

// NewGLU returns a GLU along the last axis.
func NewGLU() *GLU { return &GLU{Dim: -1} }

// Forward returns a·σ(b), half as long as x along Dim. It panics when x has no
// such axis or its length is odd.
func (l *GLU) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	axis := l.Dim
	if axis < 0 {
		axis += x.Dims()
	}
	if axis < 0 || axis >= x.Dims() {
		panic(tensor.Errorf("nn.GLU", "input %v has no axis %d", x.Shape(), l.Dim))
	}
	n := x.Shape()[axis]
	if n%2 != 0 {
		panic(tensor.Errorf("nn.GLU", "axis %d of input %v has no halves", l.Dim, x.Shape()))
	}
	return x.Slice(axis, 0, n/2).Mul(x.Slice(axis, n/2, n).Sigmoid())
}

// Softmin is exp(−x)/Σ exp(−x) along axis Dim.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Softmin.html
type Softmin struct {
	Dim int `json:"dim"` // negative axes count from the last
}

// NewSoftmin returns a Softmin along axis dim.
func NewSoftmin(dim int) *Softmin { return &Softmin{Dim: dim} }

// Forward returns exp(−x)/Σ exp(−x). It panics when x has no axis Dim.
func (l *Softmin) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.Neg().Softmax(l.Dim)
}

// Softmax2d is Softmax over the channels of images [N C H W] or [C H W].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Softmax2d.html
type Softmax2d struct{ _ distinct }

// NewSoftmax2d returns a Softmax2d.
func NewSoftmax2d() *Softmax2d { return &Softmax2d{} }

// Forward returns the softmax. It panics when x has neither three nor four axes.
func (l *Softmax2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if n := x.Dims(); n != 3 && n != 4 {
		panic(tensor.Errorf("nn.Softmax2d", "input %v is neither [N C H W] nor [C H W]", x.Shape()))
	}
	return x.Softmax(-3)
}

func init() {
	register(func(o *options) *GLU {
		l := NewGLU()
		o.take("dim", &l.Dim)
		return l
	})
	register(func(o *options) *Softmin { return NewSoftmin(o.axis()) })
	registerPlain(NewSoftmax2d)
}

var _ = []Module{&Hardtanh{}, &ReLU6{}, &Hardsigmoid{}, &Hardswish{}, &Hardshrink{}, &Softshrink{}, &Threshold{},
	&ELU{}, &SELU{}, &CELU{}, &SiLU{}, &Mish{}, &Softplus{}, &Softsign{}, &LogSigmoid{}, &Tanhshrink{}, &PReLU{}, &RReLU{},
	&GLU{}, &Softmin{}, &Softmax2d{}}
