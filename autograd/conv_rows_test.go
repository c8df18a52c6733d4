package autograd_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// convCase is a convolution of images with kernels.
type convCase struct {
	x, w []int
	o    autograd.Convolution
}

func convCases() []convCase {
	return []convCase{
		{[]int{2, 1, 4, 5}, []int{3, 1, 2, 3}, autograd.Convolution{}},
		{[]int{1, 2, 3, 3}, []int{2, 2, 1, 1}, autograd.Convolution{}},
		{[]int{1, 2, 5, 4}, []int{2, 2, 3, 2}, autograd.Convolution{Stride: [2]int{2, 1}, Padding: [2][2]int{{1, 1}, {0, 2}}}},
		{[]int{2, 4, 5, 6}, []int{6, 2, 2, 2}, autograd.Convolution{Groups: 2, Dilation: [2]int{2, 3}, Padding: [2][2]int{{1, 1}, {1, 1}}}},
		{[]int{1, 3, 4, 4}, []int{3, 1, 3, 3}, autograd.Convolution{Groups: 3, Stride: [2]int{2, 2}, Padding: [2][2]int{{1, 1}, {1, 1}}}},
		{[]int{1, 1, 1, 1}, []int{1, 1, 3, 3}, autograd.Convolution{Padding: [2][2]int{{3, 3}, {2, 4}}}}, // kernels wholly beyond the image
		{[]int{1, 2, 1, 7}, []int{2, 2, 1, 3}, autograd.Convolution{Stride: [2]int{1, 3}}},
		{[]int{0, 2, 3, 3}, []int{2, 2, 2, 2}, autograd.Convolution{}},
	}
}

// reference is the definition: y[o,i] += x[c, i·stride + k·dilation − padding]·w[o,c,k].
// visit is called with the flat indices of the three.
func (c convCase) visit(image, result []int, f func(x, w, y int)) {
	stride, dilation, groups := c.o.Stride, c.o.Dilation, max(1, c.o.Groups)
	for i := range 2 {
		stride[i], dilation[i] = max(1, stride[i]), max(1, dilation[i])
	}
	a, w, y := array{shape: image}, array{shape: c.w}, array{shape: result}
	for _, r := range indices(result) {
		group := r[1] / (result[1] / groups)
		for _, k := range indices(c.w[1:]) {
			h, v := r[2]*stride[0]+k[1]*dilation[0]-c.o.Padding[0][0], r[3]*stride[1]+k[2]*dilation[1]-c.o.Padding[1][0]
			if h >= 0 && h < image[2] && v >= 0 && v < image[3] {
				f(a.flat([]int{r[0], group*c.w[1] + k[0], h, v}), w.flat([]int{r[1], k[0], k[1], k[2]}), y.flat(r))
			}
		}
	}
}

// result returns the shape of the convolution.
func (c convCase) result() []int {
	y := []int{c.x[0], c.w[0], 0, 0}
	for i := range 2 {
		p := c.o.Padding[i]
		y[2+i] = (c.x[2+i]+p[0]+p[1]-max(1, c.o.Dilation[i])*(c.w[2+i]-1)-1)/max(1, c.o.Stride[i]) + 1
	}
	return y
}

func convRows() (out []row) {
	for i, c := range convCases() {
		in := []*tensor.Tensor{normal(1, c.x...), normal(2, c.w...), normal(3, c.w[0])}
		out = append(out, row{op: "Conv2d", name: fmt.Sprint(i), in: in,
			f: func(x []*variable) *variable { return x[0].Conv2d(x[1], x[2], c.o) },
			want: func(x []array) array {
				y := build(c.result(), func(i []int) float64 { return x[2].v[i[1]] })
				c.visit(c.x, y.shape, func(i, k, o int) { y.v[o] += x[0].v[i] * x[1].v[k] })
				return y
			}}, row{op: "Conv2d", name: fmt.Sprint(i, " no bias"), in: in[:2],
			f: func(x []*variable) *variable { return x[0].Conv2d(x[1], nil, c.o) },
			want: func(x []array) array {
				y := build(c.result(), func([]int) float64 { return 0 })
				c.visit(c.x, y.shape, func(i, k, o int) { y.v[o] += x[0].v[i] * x[1].v[k] })
				return y
			}})
		groups := max(1, c.o.Groups)
		small := c.result()
		image := []int{c.x[0], c.x[1], 0, 0}
		for a := range 2 { // the shortest image with this result
			image[2+a] = (small[2+a]-1)*max(1, c.o.Stride[a]) - c.o.Padding[a][0] - c.o.Padding[a][1] + max(1, c.o.Dilation[a])*(c.w[2+a]-1) + 1
		}
		o := c.o
		o.Output = [2]int{c.x[2] - image[2], c.x[3] - image[3]}
		out = append(out, row{op: "ConvTranspose2d", name: fmt.Sprint(i),
			in: []*tensor.Tensor{normal(1, small...), normal(2, c.w...), normal(3, c.w[1]*groups)},
			f:  func(x []*variable) *variable { return x[0].ConvTranspose2d(x[1], x[2], o) },
			want: func(x []array) array {
				y := build(c.x, func(i []int) float64 { return x[2].v[i[1]] })
				c.visit(c.x, small, func(i, k, o int) { y.v[i] += x[0].v[o] * x[1].v[k] })
				return y
			}})
	}
	return append(out, borderRows()...)
}

func borderRows() (out []row) {
	where := map[autograd.Border][]int{ // for widths 2 and 1 around 3 entries
		autograd.Zeros:     {-1, -1, 0, 1, 2, -1},
		autograd.Reflect:   {2, 1, 0, 1, 2, 1},
		autograd.Replicate: {0, 0, 0, 1, 2, 2},
		autograd.Circular:  {1, 2, 0, 1, 2, 0},
	}
	for border, at := range where {
		pick := func(x array, i []int, axes int) float64 {
			i = slices.Clone(i)
			for a := range axes {
				if i[len(i)-1-a] = at[i[len(i)-1-a]]; i[len(i)-1-a] < 0 {
					return 0
				}
			}
			return x.at(i...) * x.at(i...)
		}
		widths := [][2]int{{2, 1}, {2, 1}}
		out = append(out, row{op: "PadBorder", name: string(border), in: []*tensor.Tensor{normal(5, 2, 3, 3)},
			f: func(x []*variable) *variable { return x[0].PadBorder(border, widths...).Square() },
			want: func(x []array) array {
				return build([]int{2, 6, 6}, func(i []int) float64 { return pick(x[0], i, 2) })
			}}, row{op: "PadBorder", name: string(border) + " last axis", in: []*tensor.Tensor{normal(5, 2, 3)},
			f:    func(x []*variable) *variable { return x[0].PadBorder(border, [2]int{}, widths[0]).Square() },
			want: func(x []array) array { return build([]int{2, 6}, func(i []int) float64 { return pick(x[0], i, 1) }) }})
	}
	return out
}

func TestConvolutionsReject(t *testing.T) {
	x := autograd.Const(tensor.Zeros(2, 4, 5, 5))
	w := func(shape ...int) *variable { return autograd.Const(tensor.Zeros(shape...)) }
	type o = autograd.Convolution
	for message, f := range map[string]func(){
		"autograd.Conv2d: input [2 4 5 5] does not have the 3 channels that weight [2 3 3 3] takes in 1 groups": func() { x.Conv2d(w(2, 3, 3, 3), nil, o{}) },
		"autograd.Conv2d: input [4 5] is not [images channels height width]":                                    func() { w(4, 5).Conv2d(w(2, 3, 3, 3), nil, o{}) },
		"autograd.Conv2d: weight [2 4 3 0] is not four axes, the last two those of the kernel":                  func() { x.Conv2d(w(2, 4, 3, 0), nil, o{}) },
		"autograd.Conv2d: input float32 [2 4 5 5] and weight float64 [1 4 1 1]":                                 func() { x.Conv2d(autograd.Const(tensor.Float64.Zeros(1, 4, 1, 1)), nil, o{}) },
		"autograd.Conv2d: input [2 4 0 5] has no places":                                                        func() { w(2, 4, 0, 5).Conv2d(w(2, 4, 1, 1), nil, o{}) },
		"autograd.Conv2d: the first axis of weight [3 2 1 1] is not cut evenly into 2 groups":                   func() { x.Conv2d(w(3, 2, 1, 1), nil, o{Groups: 2}) },
		"autograd.Conv2d: bias float32 [2] does not fit the 3 channels of weight float32 [3 4 1 1]":             func() { x.Conv2d(w(3, 4, 1, 1), w(2), o{}) },
		"autograd.Conv2d: the kernel of weight [3 4 6 6] is larger than input [2 4 5 5] with padding [[0 0] [0 0]] and dilation [1 1]": func() {
			x.Conv2d(w(3, 4, 6, 6), nil, o{})
		},
		"autograd.Conv2d: stride [-1 1], dilation [0 0], padding [[0 0] [0 0]], output padding [0 0]: one is negative": func() {
			x.Conv2d(w(3, 4, 2, 2), nil, o{Stride: [2]int{-1, 1}})
		},
		"autograd.ConvTranspose2d: input [2 4 5 5] does not have the 3 channels that weight [3 2 1 1] takes": func() { x.ConvTranspose2d(w(3, 2, 1, 1), nil, o{}) },
		"autograd.ConvTranspose2d: bias float32 [4] does not fit the 2 channels of weight float32 [4 2 1 1]": func() { x.ConvTranspose2d(w(4, 2, 1, 1), w(4), o{}) },
		"autograd.ConvTranspose2d: input [2 4 5 5] and weight [4 2 1 1] with stride [1 1], padding [[3 2] [0 0]] and dilation [1 1] give an axis of length 0": func() {
			x.ConvTranspose2d(w(4, 2, 1, 1), nil, o{Padding: [2][2]int{{3, 2}}})
		},
		"autograd.PadBorder: border \"odd\" is none of \"zeros\", \"reflect\", \"replicate\" and \"circular\"": func() { x.PadBorder("odd", [2]int{1, 1}) },
		"autograd.PadBorder: border \"reflect\" of widths [5 0] does not fit axis 3 of [2 4 5 5]":              func() { x.PadBorder(autograd.Reflect, [2]int{5, 0}) },
		"autograd.PadBorder: border \"circular\" of widths [0 6] does not fit axis 3 of [2 4 5 5]":             func() { x.PadBorder(autograd.Circular, [2]int{0, 6}) },
		"autograd.PadBorder: widths for 1 axes, but x is []":                                                   func() { w().PadBorder(autograd.Circular, [2]int{0, 6}) },
	} {
		assert.EqualError(t, autograd.Try(f), message)
	}
}

func ExampleVariable_Conv2d() {
	x := autograd.New(tensor.Reshape(tensor.Arange(0, 16, 1), 1, 1, 4, 4))
	edge := autograd.New(tensor.Reshape(tensor.New([]float32{-1, 1}), 1, 1, 1, 2)) // differences of neighbours
	y := x.Conv2d(edge, nil, autograd.Convolution{Stride: [2]int{1, 2}})
	fmt.Println(y.Shape(), y.Value().Float64s())
	y.Sum().Backward()
	fmt.Println(edge.Grad().Value().Float64s())
	// Output:
	// [1 1 4 2] [1 1 1 1 1 1 1 1]
	// [56 64]
}

func ExampleVariable_ConvTranspose2d() {
	x := autograd.Const(tensor.Reshape(tensor.New([]float32{1, 2, 3, 4}), 1, 1, 2, 2))
	w := autograd.Const(tensor.Ones(1, 1, 2, 2))
	fmt.Println(x.ConvTranspose2d(w, nil, autograd.Convolution{Stride: [2]int{2, 2}}).Value().Float64s())
	// Output:
	// [1 1 2 2 1 1 2 2 3 3 4 4 3 3 4 4]
}

func ExampleVariable_PadBorder() {
	x := autograd.Const(tensor.Arange(0, 4, 1))
	for _, b := range []autograd.Border{autograd.Zeros, autograd.Reflect, autograd.Replicate, autograd.Circular} {
		fmt.Println(x.PadBorder(b, [2]int{2, 1}).Value().Float64s())
	}
	// Output:
	// [0 0 0 1 2 3 0]
	// [2 1 0 1 2 3 2]
	// [0 0 0 1 2 3 3]
	// [2 3 0 1 2 3 0]
}
