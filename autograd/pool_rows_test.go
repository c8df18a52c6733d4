package autograd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// poolRows compare with windows written down by hand: where each begins along
// the height and the width, how many elements it has, and how far apart.
func poolRows() (out []row) {
	type o = autograd.Pooling
	for _, c := range []struct {
		in, kernel, step []int
		rows, columns    []int
		o                o
	}{
		{[]int{2, 3, 4, 6}, []int{2, 2}, []int{1, 1}, []int{0, 2}, []int{0, 2, 4}, o{Kernel: [2]int{2, 2}}},
		{[]int{1, 4, 5}, []int{2, 2}, []int{1, 1}, []int{0, 2}, []int{0, 2}, o{Kernel: [2]int{2, 2}}},
		{[]int{5, 4}, []int{3, 2}, []int{1, 1}, []int{0, 1, 2}, []int{0, 2}, o{Kernel: [2]int{3, 2}, Stride: [2]int{1, 2}}},
		{[]int{2, 5, 5}, []int{3, 2}, []int{1, 1}, []int{-1, 1, 3}, []int{-1, 1, 3}, o{Kernel: [2]int{3, 2}, Stride: [2]int{2, 2}, Padding: [2]int{1, 1}}},
		{[]int{2, 5, 4}, []int{2, 3}, []int{1, 1}, []int{0, 2, 4}, []int{0, 3}, o{Kernel: [2]int{2, 3}, Ceil: true}},
		{[]int{1, 2, 2}, []int{3, 3}, []int{1, 1}, []int{0}, []int{0}, o{Kernel: [2]int{3, 3}, Ceil: true}},
		{[]int{2, 6, 5}, []int{2, 2}, []int{2, 3}, []int{0, 1, 2, 3}, []int{0, 1}, o{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}, Dilation: [2]int{2, 3}}},
		{[]int{0, 2, 2}, []int{2, 2}, []int{1, 1}, []int{0}, []int{0}, o{Kernel: [2]int{2, 2}}},
	} {
		pooled := func(x array, reduce func(window []float64) float64) array {
			n := len(c.in)
			shape := append(append([]int{}, c.in[:n-2]...), len(c.rows), len(c.columns))
			return build(shape, func(i []int) float64 {
				var window []float64
				for h := range c.kernel[0] {
					for w := range c.kernel[1] {
						at := append([]int{}, i...)
						at[n-2], at[n-1] = c.rows[i[n-2]]+h*c.step[0], c.columns[i[n-1]]+w*c.step[1]
						if at[n-2] >= 0 && at[n-2] < c.in[n-2] && at[n-1] >= 0 && at[n-1] < c.in[n-1] {
							window = append(window, x.at(at...))
						}
					}
				}
				return reduce(window)
			})
		}
		in := []*tensor.Tensor{normal(7, c.in...)}
		name := fmt.Sprint(c.in, c.kernel)
		out = append(out, row{op: "MaxPool2d", name: name, in: in,
			f: func(x []*variable) *variable { y, _ := x[0].MaxPool2d(c.o); return y.Square() },
			want: func(x []array) array {
				return pooled(x[0], func(w []float64) float64 {
					m := math.Inf(-1)
					for _, v := range w {
						m = max(m, v)
					}
					return m * m
				})
			}})
		if c.step[0] > 1 {
			continue
		}
		for _, divisor := range []int{0, 3} {
			o := c.o
			o.ExcludePadding, o.Divisor = true, divisor
			out = append(out, row{op: "AvgPool2d", name: fmt.Sprint(name, divisor), in: in,
				f: func(x []*variable) *variable { return x[0].AvgPool2d(o).Square() },
				want: func(x []array) array {
					return pooled(x[0], func(w []float64) float64 {
						total := sum(w) / float64(len(w))
						if divisor > 0 {
							total = sum(w) / float64(divisor)
						}
						return total * total
					})
				}})
		}
	}
	halves := func(x array, reduce func([]float64) float64) array { // [5 4] to [2 3]
		return build([]int{2, 3}, func(i []int) float64 {
			var window []float64
			for h := [2]int{0, 2}[i[0]]; h < [2]int{3, 5}[i[0]]; h++ {
				for w := [3]int{0, 1, 2}[i[1]]; w < [3]int{2, 3, 4}[i[1]]; w++ {
					window = append(window, x.at(h, w))
				}
			}
			return reduce(window)
		})
	}
	in := []*tensor.Tensor{normal(8, 5, 4)}
	out = append(out, row{op: "AdaptiveAvgPool2d", name: "[5 4] to [2 3]", in: in,
		f: func(x []*variable) *variable { return x[0].AdaptiveAvgPool2d(2, 3).Square() },
		want: func(x []array) array {
			return halves(x[0], func(w []float64) float64 { return mean(w) * mean(w) })
		}}, row{op: "AdaptiveMaxPool2d", name: "[5 4] to [2 3]", in: in,
		f: func(x []*variable) *variable { y, _ := x[0].AdaptiveMaxPool2d(2, 3); return y.Square() },
		want: func(x []array) array {
			return halves(x[0], func(w []float64) float64 {
				m := w[0]
				for _, v := range w {
					m = max(m, v)
				}
				return m * m
			})
		}})
	return out
}

// Of equals the first is the maximum, of NaNs the last: found by running
// PyTorch 1.13.1.
func TestMaxPoolOfEquals(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		x    []float64
		want int64
	}{
		{[]float64{1, 1, 1, 1}, 0}, {[]float64{0, 1, 1, 1}, 1}, {[]float64{0, 0, 1, 1}, 2}, {[]float64{0, 1, 2, 3}, 3},
		{[]float64{-inf, -inf, -inf, -inf}, 0}, {[]float64{math.Copysign(0, -1), 0, 0, 0}, 0}, {[]float64{-1, 0, math.Copysign(0, -1), 0}, 1},
		{[]float64{nan, 1, inf, 2}, 0}, {[]float64{nan, 1, nan, 2}, 2}, {[]float64{nan, nan, nan, nan}, 3}, {[]float64{1, nan, 2, 3}, 1},
		{[]float64{1, 2, 3, -nan}, 3}, {[]float64{2, nan, nan, 2}, 2},
	} {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
			x := autograd.New(tensor.New(c.x, 2, 2).To(d))
			for _, window := range []autograd.Pooling{{Kernel: [2]int{2, 2}}, {Kernel: [2]int{3, 3}, Padding: [2]int{1, 1}, Stride: [2]int{3, 3}}} {
				y, at := x.MaxPool2d(window)
				require.Equal(t, float64(c.want), at.Tensor().Item(), "%v", c.x)
				require.Equal(t, fmt.Sprint(c.x[c.want]), fmt.Sprint(y.Item()))
				g := autograd.Grad(y.Sum(), x)[0].Value().Float64s()
				want := make([]float64, 4)
				want[c.want] = 1
				require.Equal(t, want, g)
			}
		}
	}
}

// A window that sees nothing of the image is −∞, found nowhere.
func TestMaxPoolOfNothing(t *testing.T) {
	x := autograd.New(tensor.Ones(1, 1))
	y, at := x.MaxPool2d(autograd.Pooling{Kernel: [2]int{2, 2}, Padding: [2]int{1, 1}, Dilation: [2]int{2, 2}})
	assert.Equal(t, math.Inf(-1), y.Item())
	assert.Equal(t, -1.0, at.Tensor().Item())
	assert.Equal(t, 0.0, autograd.Grad(y.Sum(), x)[0].Item())
}

func TestPoolsReject(t *testing.T) {
	x := autograd.Const(tensor.Zeros(2, 3, 5, 5))
	type o = autograd.Pooling
	for message, f := range map[string]func(){
		"autograd.MaxPool2d: a setting of {Kernel:[2 0] Stride:[0 0] Padding:[0 0] Dilation:[0 0] Ceil:false ExcludePadding:false Divisor:0} is out of range: Padding is at most half of Kernel": func() { x.MaxPool2d(o{Kernel: [2]int{2, 0}}) },
		"autograd.AvgPool2d: a setting of {Kernel:[2 2] Stride:[0 0] Padding:[2 0] Dilation:[0 0] Ceil:false ExcludePadding:false Divisor:0} is out of range: Padding is at most half of Kernel": func() { x.AvgPool2d(o{Kernel: [2]int{2, 2}, Padding: [2]int{2, 0}}) },
		"autograd.MaxPool2d: input [2 3 5 5] with padding [0 0] has no room for a window of [6 2] with dilation [1 1]":                                                                           func() { x.MaxPool2d(o{Kernel: [2]int{6, 2}}) },
		"autograd.AvgPool2d: Dilation [2 0]: averages have none":                                        func() { x.AvgPool2d(o{Kernel: [2]int{2, 2}, Dilation: [2]int{2, 0}}) },
		"autograd.AdaptiveAvgPool2d: input float32 [3] has no images of floats, of one element or more": func() { autograd.Const(tensor.Zeros(3)).AdaptiveAvgPool2d(1, 1) },
		"autograd.AdaptiveMaxPool2d: a result of [-1 1]":                                                func() { x.AdaptiveMaxPool2d(-1, 1) },
		"autograd.MaxPool2d: input int64 [2 2] has no images of floats, of one element or more":         func() { autograd.Const(tensor.Int64.Zeros(2, 2)).MaxPool2d(o{Kernel: [2]int{1, 1}}) },
	} {
		assert.EqualError(t, autograd.Try(f), message)
	}
}

func ExampleVariable_MaxPool2d() {
	x := autograd.New(tensor.New([]float32{1, 5, 2, 2, 3, 4, 2, 2}, 1, 1, 2, 4))
	y, at := x.MaxPool2d(autograd.Pooling{Kernel: [2]int{2, 2}})
	fmt.Println(y.Value().Float64s(), at.Tensor().Float64s())
	y.Sum().Backward()
	fmt.Println(x.Grad().Value().Float64s())
	// Output:
	// [5 2] [1 2]
	// [0 1 1 0 0 0 0 0]
}

func ExamplePoolIndices_Tensor() {
	_, at := autograd.Const(tensor.New([]float32{1, 3, 2, 7}, 1, 4)).MaxPool2d(autograd.Pooling{Kernel: [2]int{1, 2}})
	fmt.Println(at.Tensor())
	// Output: [[1 3]]
}

func ExampleVariable_AvgPool2d() {
	x := autograd.Const(tensor.New([]float32{1, 2, 3, 4, 5}, 1, 5))
	fmt.Println(x.AvgPool2d(autograd.Pooling{Kernel: [2]int{1, 2}}).Value().Float64s())
	fmt.Println(x.AvgPool2d(autograd.Pooling{Kernel: [2]int{1, 2}, Ceil: true}).Value().Float64s())
	// Output:
	// [1.5 3.5]
	// [1.5 3.5 5]
}

func ExampleVariable_AdaptiveAvgPool2d() {
	x := autograd.Const(tensor.Reshape(tensor.Arange(0, 16, 1), 4, 4))
	fmt.Println(x.AdaptiveAvgPool2d(1, 2).Value().Float64s())
	// Output: [6.5 8.5]
}

func ExampleVariable_AdaptiveMaxPool2d() {
	x := autograd.Const(tensor.Reshape(tensor.Arange(0, 16, 1), 4, 4))
	y, at := x.AdaptiveMaxPool2d(2, 2)
	fmt.Println(y.Value().Float64s(), at.Tensor().Float64s())
	// Output: [5 7 13 15] [5 7 13 15]
}
