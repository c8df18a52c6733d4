package nn_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	makers["Conv1d"] = func() nn.Module { return nn.NewConv1d(1, 1, 1, source()) }
	makers["Conv2d"] = func() nn.Module { return nn.NewConv2d(1, 1, nn.Square(1), source()) }
	makers["ConvTranspose1d"] = func() nn.Module { return nn.NewConvTranspose1d(1, 1, 1, source()) }
	makers["ConvTranspose2d"] = func() nn.Module { return nn.NewConvTranspose2d(1, 1, nn.Square(1), source()) }
	fits["Conv1d"] = func(m nn.Module, c golden) { l := m.(*nn.Conv1d); l.Weight, l.Bias = kernels(c) }
	fits["Conv2d"] = func(m nn.Module, c golden) { l := m.(*nn.Conv2d); l.Weight, l.Bias = kernels(c) }
	fits["ConvTranspose1d"] = func(m nn.Module, c golden) { l := m.(*nn.ConvTranspose1d); l.Weight, l.Bias = kernels(c) }
	fits["ConvTranspose2d"] = func(m nn.Module, c golden) { l := m.(*nn.ConvTranspose2d); l.Weight, l.Bias = kernels(c) }

	derivatives["Conv1d"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		l := nn.NewConv1d(2, 3, 3, source())
		l.Weight, l.Bias, l.Stride, l.Padding, l.PaddingMode = x[1], x[2], 2, 1, autograd.Reflect
		return l.Forward(x[0])
	}, [][]int{{2, 2, 6}, {3, 2, 3}, {3}}}
	derivatives["Conv2d"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		l := nn.NewGroupedConv2d(2, 2, 2, nn.Square(2), source())
		l.Weight, l.Bias, l.Padding = x[1], x[2], nn.Pair{nn.Same, nn.Same}
		return l.Forward(x[0])
	}, [][]int{{2, 2, 3, 4}, {2, 1, 2, 2}, {2}}}
	derivatives["ConvTranspose1d"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		l := nn.NewConvTranspose1d(2, 3, 2, source())
		l.Weight, l.Bias, l.Stride, l.OutputPadding = x[1], x[2], 2, 1
		return l.Forward(x[0])
	}, [][]int{{2, 2, 4}, {2, 3, 2}, {3}}}
	derivatives["ConvTranspose2d"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		l := nn.NewConvTranspose2d(2, 1, nn.Square(2), source())
		l.Weight, l.Bias, l.Padding = x[1], x[2], nn.Square(1)
		return l.Forward(x[0])
	}, [][]int{{2, 3, 3}, {2, 1, 2, 2}, {1}}}
}

// kernels returns parameters of the shapes of a case.
func kernels(c golden) (weight, bias *autograd.Variable) {
	weight = autograd.New(tensor.Zeros(c.State[0].Shape...))
	if len(c.State) > 1 {
		bias = autograd.New(tensor.Zeros(c.State[1].Shape...))
	}
	return weight, bias
}

func TestConvolutionsStartAsPyTorchs(t *testing.T) {
	l := nn.NewGroupedConv2d(4, 6, 2, nn.Pair{3, 2}, source())
	require.Equal(t, tensor.Shape{6, 2, 3, 2}, l.Weight.Shape())
	require.Equal(t, tensor.Shape{6}, l.Bias.Shape())
	up := nn.NewGroupedConvTranspose2d(4, 6, 2, nn.Pair{3, 2}, source())
	require.Equal(t, tensor.Shape{4, 3, 3, 2}, up.Weight.Shape())
	require.Equal(t, tensor.Shape{6}, up.Bias.Shape())
	require.Equal(t, tensor.Shape{6, 2, 5}, nn.NewGroupedConv1d(4, 6, 2, 5, source()).Weight.Shape())
	require.Equal(t, tensor.Shape{4, 3, 5}, nn.NewGroupedConvTranspose1d(4, 6, 2, 5, source()).Weight.Shape())
	wide := nn.NewConv2d(50, 40, nn.Square(2), source()) // fan 200
	for _, v := range []*autograd.Variable{wide.Weight, nn.NewConvTranspose2d(40, 50, nn.Square(2), source()).Weight} {
		largest := tensor.Max(tensor.Abs(v.Value())).Item()
		assert.LessOrEqual(t, largest, 0.0708) // 1/√200
		assert.Greater(t, largest, 0.0700)
		assert.InDelta(t, 0, tensor.Mean(v.Value()).Item(), 0.002)
	}
}

func TestConvolutionsReject(t *testing.T) {
	two := func(f func(l *nn.Conv2d)) *nn.Conv2d {
		l := nn.NewConv2d(4, 2, nn.Square(3), source())
		f(l)
		return l
	}
	up := func(f func(l *nn.ConvTranspose2d)) *nn.ConvTranspose2d {
		l := nn.NewConvTranspose2d(4, 2, nn.Square(3), source())
		f(l)
		return l
	}
	x := autograd.Const(tensor.Zeros(1, 4, 2, 8))
	for message, m := range map[string]nn.Module{
		"nn.Conv2d: there is no Weight; make the layer with NewConv2d":                                              &nn.Conv2d{},
		"nn.Conv2d: weight [2 4 3 3] is not cut evenly into 3 Groups":                                               two(func(l *nn.Conv2d) { l.Groups = 3 }),
		"nn.Conv2d: input [1 4 2 8] has 4 channels, but weight [2 4 3 3] in 2 groups takes 8":                       two(func(l *nn.Conv2d) { l.Groups = 2 }),
		"nn.Conv2d: input [1 4 2 8], padded 2 long, is shorter than the kernel of weight [2 4 3 3], dilated 3 long": two(func(*nn.Conv2d) {}),
		"nn.Conv2d: Stride [0 1], Dilation [1 1] or Padding [0 0] is out of range":                                  two(func(l *nn.Conv2d) { l.Stride[0] = 0 }),
		"nn.Conv2d: Stride [1 1], Dilation [1 1] or Padding [0 -2] is out of range":                                 two(func(l *nn.Conv2d) { l.Padding[1] = -2 }),
		"nn.Conv2d: Padding is Same, but Stride [1 2] is not 1":                                                     two(func(l *nn.Conv2d) { l.Padding, l.Stride[1] = nn.Square(nn.Same), 2 }),
		"nn.Conv2d: bias [3] does not fit the 2 channels that weight [2 4 3 3] makes":                               two(func(l *nn.Conv2d) { l.Bias = autograd.New(tensor.Zeros(3)) }),
		"nn.Conv2d: input float32 [1 4 2 8], but weight float64 [2 4 3 3]; convert one, with To or nn.To":           two(func(l *nn.Conv2d) { nn.To(l, tensor.Float64) }),
		"nn.Conv2d: input [1 4 2 8] is too short for PaddingMode \"reflect\" and Padding [[2 2] [0 0]]":             two(func(l *nn.Conv2d) { l.Padding, l.PaddingMode = nn.Pair{2, 0}, "reflect" }),
		"nn.Conv2d: PaddingMode \"odd\" is none of \"zeros\", \"reflect\", \"replicate\" and \"circular\"":          two(func(l *nn.Conv2d) { l.Padding, l.PaddingMode = nn.Square(1), "odd" }),
		"nn.Conv2d: weight [2 3] has not 4 axes":                                                                    &nn.Conv2d{Weight: autograd.New(tensor.Zeros(2, 3))},
		"nn.Conv1d: input [1 4 2 8] is neither [N C L] nor [C L]":                                                   nn.NewConv1d(4, 2, 3, source()),
		"nn.ConvTranspose2d: input [1 4 2 8] has 4 channels, but weight [3 2 1 1] in 1 groups takes 3":              nn.NewConvTranspose2d(3, 2, nn.Square(1), source()),
		"nn.ConvTranspose2d: OutputPadding [0 1] is neither less than Stride [1 1] nor than Dilation [1 1]":         up(func(l *nn.ConvTranspose2d) { l.OutputPadding[1] = 1 }),
		"nn.ConvTranspose2d: input [1 4 2 8] and weight [4 2 3 3] with Padding [2 0] leave an axis of length 0":     up(func(l *nn.ConvTranspose2d) { l.Padding[0] = 2 }),
		"nn.ConvTranspose2d: Stride [1 1], Dilation [1 1] or Padding [-1 0] is out of range":                        up(func(l *nn.ConvTranspose2d) { l.Padding[0] = nn.Same }),
		"nn.ConvTranspose1d: input [1 4 2 8] is neither [N C L] nor [C L]":                                          nn.NewConvTranspose1d(4, 2, 3, source()),
	} {
		assert.EqualError(t, autograd.Try(func() { m.Forward(x) }), message)
	}
	for message, f := range map[string]func(){
		"nn.NewConv2d: 4 channels in and 6 out are not cut evenly into 4 groups":               func() { nn.NewGroupedConv2d(4, 6, 4, nn.Square(1), source()) },
		"nn.NewConv1d: a length is negative: weight [6 4 -1]":                                  func() { nn.NewConv1d(4, 6, -1, source()) },
		"nn.NewConvTranspose1d: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))": func() { nn.NewConvTranspose1d(4, 6, 1, nil) },
		"nn.NewConvTranspose2d: 4 channels in and 6 out are not cut evenly into 0 groups":      func() { nn.NewGroupedConvTranspose2d(4, 6, 0, nn.Square(1), source()) },
		"nn.Conv2d: an axis of input [1 4 0 3] or of weight [2 4 3 3] is empty":                func() { two(func(*nn.Conv2d) {}).Forward(autograd.Const(tensor.Zeros(1, 4, 0, 3))) },
	} {
		assert.EqualError(t, autograd.Try(f), message)
	}
}

func TestLengthsFromJSON(t *testing.T) {
	l := nn.NewConv2d(1, 1, nn.Square(3), source())
	require.NoError(t, json.Unmarshal([]byte(`{"stride": 2, "padding": "same", "dilation": [1, 3]}`), l))
	assert.Equal(t, []nn.Pair{{2, 2}, {nn.Same, nn.Same}, {1, 3}}, []nn.Pair{l.Stride, l.Padding, l.Dilation})
	require.NoError(t, json.Unmarshal([]byte(`{"stride": null, "padding": "valid"}`), l))
	assert.Equal(t, []nn.Pair{{2, 2}, {0, 0}}, []nn.Pair{l.Stride, l.Padding})
	s := nn.NewConv1d(1, 1, 3, source())
	require.NoError(t, json.Unmarshal([]byte(`{"stride": [4], "padding": "same"}`), s))
	assert.Equal(t, []nn.Single{4, nn.Same}, []nn.Single{s.Stride, s.Padding})
	for _, bad := range []string{`{"stride": [1, 2, 3]}`, `{"stride": "wide"}`, `{"stride": 1.5}`, `{"stride": ["a", "b"]}`} {
		assert.Error(t, json.Unmarshal([]byte(bad), l), bad)
		assert.Error(t, json.Unmarshal([]byte(bad), s), bad)
	}
}

func ExampleConv2d() {
	l := nn.NewConv2d(3, 8, nn.Square(5), rand.New(rand.NewPCG(1, 2)))
	l.Stride, l.Padding = nn.Square(2), nn.Square(2)
	fmt.Println(l.Forward(autograd.Const(tensor.Zeros(16, 3, 32, 32))).Shape())
	// Output: [16 8 16 16]
}

func ExampleNewConv2d() {
	l := nn.NewConv2d(1, 4, nn.Pair{3, 5}, rand.New(rand.NewPCG(1, 2)))
	l.Padding = nn.Square(nn.Same)
	fmt.Println(l.Weight.Shape(), l.Forward(autograd.Const(tensor.Zeros(1, 9, 9))).Shape())
	// Output: [4 1 3 5] [4 9 9]
}

// A kernel for each channel, and then a mixture of channels at each place.
func ExampleNewGroupedConv2d() {
	rng := rand.New(rand.NewPCG(1, 2))
	net := nn.Sequential{nn.NewGroupedConv2d(8, 8, 8, nn.Square(3), rng), nn.NewConv2d(8, 16, nn.Square(1), rng)}
	fmt.Println(net.Forward(autograd.Const(tensor.Zeros(2, 8, 6, 6))).Shape())
	// Output: [2 16 4 4]
}

func ExampleConv1d() {
	l := nn.NewConv1d(2, 4, 3, rand.New(rand.NewPCG(1, 2)))
	l.Padding, l.PaddingMode = 1, autograd.Circular
	fmt.Println(l.Forward(autograd.Const(tensor.Zeros(16, 2, 50))).Shape())
	// Output: [16 4 50]
}

func ExampleNewConv1d() {
	fmt.Println(nn.NewConv1d(2, 4, 3, rand.New(rand.NewPCG(1, 2))).Weight.Shape())
	// Output: [4 2 3]
}

func ExampleNewGroupedConv1d() {
	fmt.Println(nn.NewGroupedConv1d(4, 8, 2, 3, rand.New(rand.NewPCG(1, 2))).Weight.Shape())
	// Output: [8 2 3]
}

func ExampleConvTranspose2d() {
	l := nn.NewConvTranspose2d(8, 3, nn.Square(4), rand.New(rand.NewPCG(1, 2)))
	l.Stride, l.Padding = nn.Square(2), nn.Square(1) // doubles each axis
	fmt.Println(l.Forward(autograd.Const(tensor.Zeros(16, 8, 7, 7))).Shape())
	// Output: [16 3 14 14]
}

func ExampleNewConvTranspose2d() {
	fmt.Println(nn.NewConvTranspose2d(8, 3, nn.Square(4), rand.New(rand.NewPCG(1, 2))).Weight.Shape())
	// Output: [8 3 4 4]
}

func ExampleNewGroupedConvTranspose2d() {
	fmt.Println(nn.NewGroupedConvTranspose2d(8, 4, 2, nn.Square(4), rand.New(rand.NewPCG(1, 2))).Weight.Shape())
	// Output: [8 2 4 4]
}

func ExampleConvTranspose1d() {
	l := nn.NewConvTranspose1d(8, 3, 4, rand.New(rand.NewPCG(1, 2)))
	l.Stride, l.Padding = 2, 1
	fmt.Println(l.Forward(autograd.Const(tensor.Zeros(16, 8, 7))).Shape())
	// Output: [16 3 14]
}

func ExampleNewConvTranspose1d() {
	fmt.Println(nn.NewConvTranspose1d(8, 3, 4, rand.New(rand.NewPCG(1, 2))).Weight.Shape())
	// Output: [8 3 4]
}

func ExampleNewGroupedConvTranspose1d() {
	fmt.Println(nn.NewGroupedConvTranspose1d(8, 4, 2, 3, rand.New(rand.NewPCG(1, 2))).Weight.Shape())
	// Output: [8 2 3]
}

func ExampleSquare() {
	fmt.Println(nn.Square(3))
	// Output: [3 3]
}

func ExamplePair_UnmarshalJSON() {
	l := nn.NewConv2d(1, 1, nn.Square(3), rand.New(rand.NewPCG(1, 2)))
	err := json.Unmarshal([]byte(`{"stride": 2, "padding": [1, 0], "padding_mode": "reflect"}`), l)
	fmt.Println(l.Stride, l.Padding, l.PaddingMode, err)
	// Output: [2 2] [1 0] reflect <nil>
}

func ExampleSingle_UnmarshalJSON() {
	l := nn.NewConv1d(1, 1, 3, rand.New(rand.NewPCG(1, 2)))
	err := json.Unmarshal([]byte(`{"stride": 2, "padding": [1]}`), l)
	fmt.Println(l.Stride, l.Padding, err)
	// Output: 2 1 <nil>
}
