package nn_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	for name, make := range map[string]func() nn.Module{
		"MaxPool1d":         func() nn.Module { return nn.NewMaxPool1d(2) },
		"MaxPool2d":         func() nn.Module { return nn.NewMaxPool2d(nn.Square(2)) },
		"AvgPool1d":         func() nn.Module { return nn.NewAvgPool1d(2) },
		"AvgPool2d":         func() nn.Module { return nn.NewAvgPool2d(nn.Square(2)) },
		"AdaptiveAvgPool1d": func() nn.Module { return nn.NewAdaptiveAvgPool1d(2) },
		"AdaptiveAvgPool2d": func() nn.Module { return nn.NewAdaptiveAvgPool2d(nn.Pair{2, 0}) },
		"AdaptiveMaxPool1d": func() nn.Module { return nn.NewAdaptiveMaxPool1d(2) },
		"AdaptiveMaxPool2d": func() nn.Module { return nn.NewAdaptiveMaxPool2d(nn.Pair{2, 0}) },
	} {
		makers[name] = make
		derivatives[name] = derivative{through(make()), [][]int{{2, 3, 5}}}
	}
	padded := nn.NewAvgPool2d(nn.Pair{3, 2})
	padded.Stride, padded.Padding, padded.CeilMode = nn.Square(2), nn.Square(1), true
	derivatives["AvgPool2d padded"] = derivative{through(padded), [][]int{{2, 4, 5}}}
}

// The indices lead back to the maxima.
func TestPoolsTellWhereMaximaAre(t *testing.T) {
	type indexed interface {
		nn.Module
		ForwardIndices(x *autograd.Variable) (*autograd.Variable, *tensor.Tensor)
	}
	wide, far := nn.NewMaxPool2d(nn.Square(3)), nn.NewMaxPool1d(2)
	wide.Stride, wide.Padding, wide.CeilMode = nn.Square(2), nn.Square(1), true
	far.Dilation = 3
	for _, c := range []struct {
		m     indexed
		shape []int
	}{
		{wide, []int{2, 3, 6, 5}}, {nn.NewMaxPool2d(nn.Square(2)), []int{3, 4, 4}}, {far, []int{2, 3, 8}}, {nn.NewMaxPool1d(3), []int{2, 7}},
		{nn.NewAdaptiveMaxPool2d(nn.Pair{3, 2}), []int{2, 3, 7, 5}}, {nn.NewAdaptiveMaxPool1d(3), []int{2, 8}},
	} {
		x := autograd.Const(tensor.Randn(source(), c.shape...))
		y, at := c.m.ForwardIndices(x)
		require.True(t, tensor.Equal(c.m.Forward(x).Value(), y.Value()))
		require.Equal(t, y.Shape(), at.Shape())
		lead := len(c.shape) - 2
		switch c.m.(type) {
		case *nn.MaxPool1d, *nn.AdaptiveMaxPool1d:
			lead = len(c.shape) - 1
		}
		planes := tensor.Shape(c.shape[:lead]).Size()
		picked := tensor.Gather(tensor.Reshape(x.Value(), planes, -1), 1, tensor.Reshape(at, planes, -1))
		require.Equal(t, y.Value().Float64s(), picked.Float64s())
	}
}

func TestPoolsReject(t *testing.T) {
	pool := func(f func(l *nn.MaxPool2d)) nn.Module {
		l := nn.NewMaxPool2d(nn.Square(2))
		f(l)
		return l
	}
	x := autograd.Const(tensor.Zeros(1, 4, 2, 8))
	for message, m := range map[string]nn.Module{
		"nn.MaxPool2d: KernelSize [2 2], Stride [0 0], Padding [0 2] or Dilation [1 1] is out of range; Padding is at most half of KernelSize":  pool(func(l *nn.MaxPool2d) { l.Padding[1] = 2 }),
		"nn.MaxPool2d: KernelSize [0 0], Stride [0 0], Padding [0 0] or Dilation [0 0] is out of range; Padding is at most half of KernelSize":  &nn.MaxPool2d{},
		"nn.MaxPool2d: KernelSize [2 2], Stride [0 -1], Padding [0 0] or Dilation [1 1] is out of range; Padding is at most half of KernelSize": pool(func(l *nn.MaxPool2d) { l.Stride[1] = -1 }),
		"nn.MaxPool2d: input [1 4 2 8] with Padding [0 0] has no room for a window of KernelSize [2 2] with Dilation [2 1]":                     pool(func(l *nn.MaxPool2d) { l.Dilation[0] = 2 }),
		"nn.MaxPool2d: input [1 4 2 8] with Padding [0 0] has no room for a window of KernelSize [4 2] with Dilation [1 1]":                     pool(func(l *nn.MaxPool2d) { l.KernelSize[0], l.CeilMode, l.Stride[0] = 4, true, 2 }),
		"nn.MaxPool1d: input [1 4 2 8] is neither [N C L] nor [C L]":                                                                            nn.NewMaxPool1d(2),
		"nn.AvgPool2d: DivisorOverride is -1":                                &nn.AvgPool2d{KernelSize: nn.Square(2), DivisorOverride: -1},
		"nn.AvgPool1d: input [1 4 2 8] is neither [N C L] nor [C L]":         nn.NewAvgPool1d(2),
		"nn.AdaptiveAvgPool2d: OutputSize [-1 1] is negative":                nn.NewAdaptiveAvgPool2d(nn.Pair{-1, 1}),
		"nn.AdaptiveMaxPool1d: input [1 4 2 8] is neither [N C L] nor [C L]": nn.NewAdaptiveMaxPool1d(1),
	} {
		assert.EqualError(t, autograd.Try(func() { m.Forward(x) }), message)
	}
	for message, x := range map[string]*tensor.Tensor{
		"nn.MaxPool2d: an axis of input [1 4 0 8] is empty":          tensor.Zeros(1, 4, 0, 8),
		"nn.MaxPool2d: input int64 [4 2 2] is not of floats":         tensor.Int64.Zeros(4, 2, 2),
		"nn.MaxPool2d: input [2 2] is neither [N C H W] nor [C H W]": tensor.Zeros(2, 2),
	} {
		assert.EqualError(t, autograd.Try(func() { nn.NewMaxPool2d(nn.Square(2)).Forward(autograd.Const(x)) }), message)
	}
}

func TestPoolsFromJSON(t *testing.T) {
	l := nn.NewAvgPool2d(nn.Square(2))
	require.NoError(t, json.Unmarshal([]byte(`{"kernel_size": [3, 1], "stride": null, "padding": 1, "divisor_override": null, "count_include_pad": false}`), l))
	assert.Equal(t, nn.AvgPool2d{KernelSize: nn.Pair{3, 1}, Padding: nn.Square(1)}, *l)
	a := nn.NewAdaptiveAvgPool2d(nn.Square(1))
	require.NoError(t, json.Unmarshal([]byte(`{"output_size": [null, 3]}`), a))
	assert.Equal(t, nn.Pair{0, 3}, a.OutputSize)
}

// shapeOf runs m on zeros.
func shapeOf(m nn.Module, shape ...int) tensor.Shape {
	return m.Forward(autograd.Const(tensor.Zeros(shape...))).Shape()
}

func ExampleMaxPool2d() {
	l := nn.NewMaxPool2d(nn.Square(3))
	l.Stride, l.Padding = nn.Square(2), nn.Square(1)
	fmt.Println(shapeOf(l, 16, 8, 28, 28))
	// Output: [16 8 14 14]
}

func ExampleMaxPool2d_ForwardIndices() {
	x := autograd.Const(tensor.New([]float32{1, 5, 2, 2, 3, 4, 2, 2}, 1, 2, 4))
	y, at := nn.NewMaxPool2d(nn.Square(2)).ForwardIndices(x)
	fmt.Println(y.Value().Float64s(), at.Float64s())
	// Output: [5 2] [1 2]
}

func ExampleNewMaxPool2d() {
	fmt.Println(shapeOf(nn.NewMaxPool2d(nn.Square(2)), 16, 8, 28, 28))
	// Output: [16 8 14 14]
}

func ExampleMaxPool1d() {
	l := nn.NewMaxPool1d(2)
	l.CeilMode = true
	fmt.Println(l.Forward(autograd.Const(tensor.New([]float32{3, 1, 4, 1, 5}, 1, 5))))
	// Output: [[3. 4. 5.]]
}

func ExampleMaxPool1d_ForwardIndices() {
	_, at := nn.NewMaxPool1d(2).ForwardIndices(autograd.Const(tensor.New([]float32{3, 1, 1, 4}, 1, 4)))
	fmt.Println(at)
	// Output: [[0 3]]
}

func ExampleNewMaxPool1d() {
	fmt.Println(shapeOf(nn.NewMaxPool1d(2), 16, 8, 30))
	// Output: [16 8 15]
}

func ExampleAvgPool2d() {
	l := nn.NewAvgPool2d(nn.Square(2))
	l.Padding, l.CountIncludePad = nn.Square(1), false
	fmt.Println(l.Forward(autograd.Const(tensor.New([]float32{1, 2, 3, 4}, 1, 2, 2))).Value().Float64s())
	// Output: [1 2 3 4]
}

func ExampleNewAvgPool2d() {
	fmt.Println(nn.NewAvgPool2d(nn.Square(2)).Forward(autograd.Const(tensor.New([]float32{1, 2, 3, 4}, 1, 2, 2))).Value().Float64s())
	// Output: [2.5]
}

func ExampleAvgPool1d() {
	l := nn.NewAvgPool1d(3)
	l.Stride, l.Padding = 1, 1
	fmt.Println(l.Forward(autograd.Const(tensor.New([]float32{3, 3, 6}, 1, 3))))
	// Output: [[2. 4. 3.]]
}

func ExampleNewAvgPool1d() {
	fmt.Println(shapeOf(nn.NewAvgPool1d(2), 16, 8, 30))
	// Output: [16 8 15]
}

func ExampleAdaptiveAvgPool2d() {
	fmt.Println(shapeOf(&nn.AdaptiveAvgPool2d{OutputSize: nn.Pair{1, 0}}, 16, 8, 7, 5))
	// Output: [16 8 1 5]
}

func ExampleNewAdaptiveAvgPool2d() {
	for _, n := range []int{7, 12, 30} { // images of any size
		fmt.Println(shapeOf(nn.NewAdaptiveAvgPool2d(nn.Square(4)), 8, n, n))
	}
	// Output:
	// [8 4 4]
	// [8 4 4]
	// [8 4 4]
}

func ExampleAdaptiveAvgPool1d() {
	l := nn.AdaptiveAvgPool1d{OutputSize: 2}
	fmt.Println(l.Forward(autograd.Const(tensor.New([]float32{1, 2, 3}, 1, 3))))
	// Output: [[1.5000 2.5000]]
}

func ExampleNewAdaptiveAvgPool1d() {
	fmt.Println(shapeOf(nn.NewAdaptiveAvgPool1d(4), 16, 8, 30))
	// Output: [16 8 4]
}

func ExampleAdaptiveMaxPool2d() {
	fmt.Println(shapeOf(&nn.AdaptiveMaxPool2d{OutputSize: nn.Square(3)}, 16, 8, 7, 5))
	// Output: [16 8 3 3]
}

func ExampleAdaptiveMaxPool2d_ForwardIndices() {
	_, at := nn.NewAdaptiveMaxPool2d(nn.Square(1)).ForwardIndices(autograd.Const(tensor.New([]float32{1, 2, 4, 3}, 1, 2, 2)))
	fmt.Println(at.Item())
	// Output: 2
}

func ExampleNewAdaptiveMaxPool2d() {
	fmt.Println(shapeOf(nn.NewAdaptiveMaxPool2d(nn.Square(1)), 16, 8, 7, 5))
	// Output: [16 8 1 1]
}

func ExampleAdaptiveMaxPool1d() {
	l := nn.AdaptiveMaxPool1d{OutputSize: 2}
	fmt.Println(l.Forward(autograd.Const(tensor.New([]float32{1, 2, 3}, 1, 3))))
	// Output: [[2. 3.]]
}

func ExampleAdaptiveMaxPool1d_ForwardIndices() {
	_, at := nn.NewAdaptiveMaxPool1d(1).ForwardIndices(autograd.Const(tensor.New([]float32{1, 2, 4, 3}, 1, 4)))
	fmt.Println(at.Item())
	// Output: 2
}

func ExampleNewAdaptiveMaxPool1d() {
	fmt.Println(shapeOf(nn.NewAdaptiveMaxPool1d(4), 16, 8, 30))
	// Output: [16 8 4]
}
