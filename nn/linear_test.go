package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func TestLinearShapes(t *testing.T) {
	l := nn.NewLinear(3, 2, source())
	copy(tensor.Data[float32](l.Weight.Value()), []float32{1, 2, 3, 4, 5, 6})
	copy(tensor.Data[float32](l.Bias.Value()), []float32{10, 20})
	x := autograd.Const(tensor.FromSlice([]float32{1, 0, -1}))
	want := []float32{8, 18} // 1−3+10, 4−6+20
	for _, shape := range [][]int{{3}, {1, 3}, {1, 1, 3}, {1, 1, 1, 3}} {
		y := l.Forward(x.Reshape(shape...))
		assert.Equal(t, append(tensor.Shape(shape[:len(shape)-1]), 2), y.Shape())
		assert.Equal(t, want, tensor.Data[float32](y.Value()))
	}
	for _, shape := range [][]int{{0, 3}, {2, 0, 3}, {4, 5, 3}} {
		y := l.Forward(autograd.Const(tensor.Zeros(shape...)))
		assert.Equal(t, append(tensor.Shape(shape[:len(shape)-1]), 2), y.Shape())
	}
	l.Bias = nil
	assert.Equal(t, []float32{-2, -2}, tensor.Data[float32](l.Forward(x).Value()))
	assert.Equal(t, []string{"weight"}, parameterNames(l))
}

func TestLinearStartsAsPyTorchDoes(t *testing.T) {
	const in, out = 300, 200
	l := nn.NewLinear(in, out, source())
	bound := 1 / math.Sqrt(in)
	assertUniform(t, l.Weight.Value(), -bound, bound)
	assertUniform(t, l.Bias.Value(), -bound, bound)
	again := nn.NewLinear(in, out, source())
	assert.True(t, tensor.Equal(l.Weight.Value(), again.Weight.Value()), "the same seed, the same weights")
	empty := nn.NewLinear(0, 2, source())
	assert.Equal(t, []float32{0, 0}, tensor.Data[float32](empty.Forward(autograd.Const(tensor.Zeros(1, 0))).Value()))
}

func TestLinearErrors(t *testing.T) {
	l := nn.NewLinear(3, 2, source())
	for want, f := range map[string]func(){
		"nn.Linear: input [4 5] does not end in the 3 features that weight [2 3] takes":           func() { l.Forward(autograd.Const(tensor.Zeros(4, 5))) },
		"nn.Linear: input [] does not end in the 3 features that weight [2 3] takes":              func() { l.Forward(autograd.Const(tensor.Scalar(1))) },
		"nn.Linear: input float64 [4 3], but weight float32 [2 3]; convert one, with To or nn.To": func() { l.Forward(autograd.Const(tensor.Float64.Zeros(4, 3))) },
		"nn.Linear: there is no Weight; make the layer with NewLinear":                            func() { (&nn.Linear{}).Forward(param()) },
		"nn.Linear: bias [3] does not fit weight [2 3]":                                           func() { (&nn.Linear{Weight: l.Weight, Bias: autograd.New(tensor.Zeros(3))}).Forward(param()) },
		"nn.Linear: weight [1] is not [out in]":                                                   func() { (&nn.Linear{Weight: param()}).Forward(param()) },
		"nn.NewLinear: a length is negative: in -1, out 2":                                        func() { nn.NewLinear(-1, 2, source()) },
		"nn.NewLinear: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":             func() { nn.NewLinear(1, 2, nil) },
		"nn.Sequential: module 1 of 2 is nil":                                                     func() { nn.Sequential{l, nil}.Forward(autograd.Const(tensor.Zeros(4, 3))) },
		"nn.GELU: Approximate is \"Tanh\", neither \"none\" nor \"tanh\"":                         func() { (&nn.GELU{Approximate: "Tanh"}).Forward(param()) },
		"nn.Dropout: P is 1.5, not a probability":                                                 func() { nn.NewDropout(1.5, source()).Forward(param()) },
		"nn.Dropout: P is -0.1, not a probability":                                                func() { d := nn.NewDropout(-0.1, source()); nn.Eval(d); d.Forward(param()) },
		"nn.Dropout: P is NaN, not a probability":                                                 func() { nn.NewDropout(math.NaN(), source()).Forward(param()) },
		"nn.Dropout: Rand is nil; give a source such as rand.New(rand.NewPCG(1, 2))":              func() { (&nn.Dropout{P: 0.5}).Forward(param()) },
		"nn.Dropout: input int64 [2] is not of floats":                                            func() { nn.NewDropout(0.5, source()).Forward(autograd.Const(tensor.Int64.Zeros(2))) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}
