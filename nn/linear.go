package nn

import (
	"math"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Linear is an affine map of the last axis, y = x·Wᵀ + b: [… in] becomes
// [… out].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Linear.html
type Linear struct {
	Weight *autograd.Variable // [out in]
	Bias   *autograd.Variable // [out]; nil for none
}

// NewLinear returns a float32 Linear with weights and biases drawn evenly from
// ±1/√in, as PyTorch does. It panics when a length is negative or rng is nil.
func NewLinear(in, out int, rng *rand.Rand) *Linear {
	if in < 0 || out < 0 {
		panic(tensor.Errorf("nn.NewLinear", "a length is negative: in %d, out %d", in, out))
	}
	if rng == nil {
		panic(tensor.Errorf("nn.NewLinear", "rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	weight, bias, bound := tensor.Zeros(out, in), tensor.Zeros(out), 0.0
	if in > 0 {
		bound = 1 / math.Sqrt(float64(in))
	}
	Uniform(weight, -bound, bound, rng)
	Uniform(bias, -bound, bound, rng)
	return &Linear{Weight: autograd.New(weight), Bias: autograd.New(bias)}
}

// Forward returns x·Wᵀ + b. It panics when the last axis of x is not as long
// as that of Weight, or the types differ.
func (l *Linear) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	l.check(x)
	return autograd.Linear(x, l.Weight, l.Bias)
}

func (l *Linear) check(x *autograd.Variable) {
	const op = "nn.Linear"
	if l.Weight == nil {
		panic(tensor.Errorf(op, "there is no Weight; make the layer with NewLinear"))
	}
	w := l.Weight
	switch {
	case w.Dims() != 2:
		panic(tensor.Errorf(op, "weight %v is not [out in]", w.Shape()))
	case l.Bias != nil && !l.Bias.Shape().Equal(w.Shape()[:1]):
		panic(tensor.Errorf(op, "bias %v does not fit weight %v", l.Bias.Shape(), w.Shape()))
	case x.Dims() == 0 || x.Shape()[x.Dims()-1] != w.Shape()[1]:
		panic(tensor.Errorf(op, "input %v does not end in the %d features that weight %v takes", x.Shape(), w.Shape()[1], w.Shape()))
	case x.DType() != w.DType():
		panic(tensor.Errorf(op, "input %v %v, but weight %v %v; convert one, with To or nn.To",
			x.DType(), x.Shape(), w.DType(), w.Shape()))
	}
}

func init() {
	register(func(o *options) *Linear {
		var in, out int
		o.length("in_features", 0, &in)
		o.length("out_features", 0, &out)
		l := NewLinear(in, out, o.rng)
		o.bias(&l.Bias)
		return l
	})
}
