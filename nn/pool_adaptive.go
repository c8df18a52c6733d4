package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// AdaptiveAvgPool2d is the average of each of OutputSize windows that cover
// images, [N C H W] or [C H W] for one alone, evenly: along an axis window i of n
// goes from ⌊i·length/n⌋ to ⌈(i + 1)·length/n⌉.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveAvgPool2d.html
type AdaptiveAvgPool2d struct {
	OutputSize Pair `json:"output_size"` // 0 keeps the length of an axis
}

// NewAdaptiveAvgPool2d returns an AdaptiveAvgPool2d to the given height and width.
func NewAdaptiveAvgPool2d(output Pair) *AdaptiveAvgPool2d { return &AdaptiveAvgPool2d{output} }

// Forward returns the averages. It panics when a length is negative or x is not
// images.
func (l *AdaptiveAvgPool2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x.AdaptiveAvgPool2d(outputSize("nn.AdaptiveAvgPool2d", x, l.OutputSize[:]))
}

// AdaptiveAvgPool1d is AdaptiveAvgPool2d for sequences, [N C L] or [C L] for one
// alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveAvgPool1d.html
type AdaptiveAvgPool1d struct {
	OutputSize Single `json:"output_size"` // 0 keeps the length
}

// NewAdaptiveAvgPool1d returns an AdaptiveAvgPool1d to the given length.
func NewAdaptiveAvgPool1d(output int) *AdaptiveAvgPool1d { return &AdaptiveAvgPool1d{Single(output)} }

// Forward returns the averages. It panics like AdaptiveAvgPool2d's.
func (l *AdaptiveAvgPool1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	h, w := outputSize("nn.AdaptiveAvgPool1d", x, []int{int(l.OutputSize)})
	return x.Unsqueeze(-2).AdaptiveAvgPool2d(h, w).Squeeze(-2)
}

// AdaptiveMaxPool2d is the greatest element of each of the windows that
// AdaptiveAvgPool2d describes. Its gradient is MaxPool2d's.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveMaxPool2d.html
type AdaptiveMaxPool2d struct {
	OutputSize Pair `json:"output_size"` // 0 keeps the length of an axis
}

// NewAdaptiveMaxPool2d returns an AdaptiveMaxPool2d to the given height and width.
func NewAdaptiveMaxPool2d(output Pair) *AdaptiveMaxPool2d { return &AdaptiveMaxPool2d{output} }

// Forward returns the maxima. It panics when a length is negative or x is not
// images.
func (l *AdaptiveMaxPool2d) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	y, _ := x.AdaptiveMaxPool2d(outputSize("nn.AdaptiveMaxPool2d", x, l.OutputSize[:]))
	return y
}

// ForwardIndices returns also where in its channel each maximum was, counted row
// by row: an Int64 tensor. It panics like Forward.
func (l *AdaptiveMaxPool2d) ForwardIndices(x *autograd.Variable) (out *autograd.Variable, indices *tensor.Tensor) {
	defer enter(l, x).leave(&out)
	y, at := x.AdaptiveMaxPool2d(outputSize("nn.AdaptiveMaxPool2d", x, l.OutputSize[:]))
	return y, at.Tensor()
}

// AdaptiveMaxPool1d is AdaptiveMaxPool2d for sequences, [N C L] or [C L] for one
// alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveMaxPool1d.html
type AdaptiveMaxPool1d struct {
	OutputSize Single `json:"output_size"` // 0 keeps the length
}

// NewAdaptiveMaxPool1d returns an AdaptiveMaxPool1d to the given length.
func NewAdaptiveMaxPool1d(output int) *AdaptiveMaxPool1d { return &AdaptiveMaxPool1d{Single(output)} }

// Forward returns the maxima. It panics like AdaptiveMaxPool2d's.
func (l *AdaptiveMaxPool1d) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	h, w := outputSize("nn.AdaptiveMaxPool1d", x, []int{int(l.OutputSize)})
	y, _ := x.Unsqueeze(-2).AdaptiveMaxPool2d(h, w)
	return y.Squeeze(-2)
}

// ForwardIndices returns also where in its channel each maximum was: an Int64
// tensor. It panics like Forward.
func (l *AdaptiveMaxPool1d) ForwardIndices(x *autograd.Variable) (out *autograd.Variable, indices *tensor.Tensor) {
	defer enter(l, x).leave(&out)
	h, w := outputSize("nn.AdaptiveMaxPool1d", x, []int{int(l.OutputSize)})
	y, at := x.Unsqueeze(-2).AdaptiveMaxPool2d(h, w)
	return y.Squeeze(-2), tensor.Squeeze(at.Tensor(), -2)
}

// outputSize checks the input and returns the height and width of the result.
func outputSize(op string, x *autograd.Variable, output []int) (height, width int) {
	axes := len(output)
	checkImages(op, x, axes)
	size := Pair{1, 1}
	for i, n := range output {
		switch {
		case n < 0:
			panic(tensor.Errorf(op, "OutputSize %v is negative", output))
		case n == 0:
			n = x.Shape()[x.Dims()-axes+i]
		}
		size[2-axes+i] = n
	}
	return size[0], size[1]
}

func init() {
	register(func(o *options) *AdaptiveAvgPool1d {
		l := NewAdaptiveAvgPool1d(0)
		o.outputSize(&l.OutputSize)
		return l
	})
	register(func(o *options) *AdaptiveAvgPool2d {
		l := NewAdaptiveAvgPool2d(Pair{})
		o.outputSize(&l.OutputSize)
		return l
	})
	register(func(o *options) *AdaptiveMaxPool1d {
		l := NewAdaptiveMaxPool1d(0)
		o.outputSize(&l.OutputSize)
		o.only("return_indices", "false")
		return l
	})
	register(func(o *options) *AdaptiveMaxPool2d {
		l := NewAdaptiveMaxPool2d(Pair{})
		o.outputSize(&l.OutputSize)
		o.only("return_indices", "false")
		return l
	})
}

// outputSize reads lengths, of which null keeps that of the input.
func (o *options) outputSize(to any) {
	if _, ok := o.given["output_size"]; !ok {
		o.missing("output_size")
	}
	o.takeOrNull("output_size", to)
	o.least("output_size", 0, to)
}
