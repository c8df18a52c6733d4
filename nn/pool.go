package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// MaxPool2d is the greatest element of each window of images, [N C H W] or
// [C H W] for one alone. The gradient goes to the first of equals, row by row;
// NaN is greater than anything. Each axis becomes ⌊(length + 2·Padding −
// Dilation·(KernelSize − 1) − 1)/Stride⌋ + 1 long.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MaxPool2d.html
type MaxPool2d struct {
	KernelSize Pair `json:"kernel_size"` // elements of a window
	Stride     Pair `json:"stride"`      // how far windows lie apart; 0 stands for KernelSize, the default
	Padding    Pair `json:"padding"`     // entries of −∞ on each side, at most half of KernelSize; {0, 0} by default
	Dilation   Pair `json:"dilation"`    // how far a window's elements lie apart; {1, 1} by default
	CeilMode   bool `json:"ceil_mode"`   // also windows that reach beyond the end, if they begin before it
}

// NewMaxPool2d returns a MaxPool2d of windows that lie side by side.
func NewMaxPool2d(kernel Pair) *MaxPool2d {
	return &MaxPool2d{KernelSize: kernel, Dilation: Pair{1, 1}}
}

// Forward returns the maxima. It panics when a setting is out of range or x has
// no room for a window.
func (l *MaxPool2d) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	y, _ := l.maxima(x)
	return y
}

// ForwardIndices returns also where in its channel each maximum was, counted row
// by row: an Int64 tensor. It panics like Forward.
func (l *MaxPool2d) ForwardIndices(x *autograd.Variable) (out *autograd.Variable, indices *tensor.Tensor) {
	defer enter(l, x).leave(&out)
	y, at := l.maxima(x)
	return y, at.Tensor()
}

func (l *MaxPool2d) maxima(x *autograd.Variable) (*autograd.Variable, autograd.PoolIndices) {
	p := pool{op: "nn.MaxPool2d", axes: 2, kernel: l.KernelSize, stride: l.Stride, padding: l.Padding, dilation: l.Dilation, ceil: l.CeilMode}
	return x.MaxPool2d(p.windows(x))
}

// MaxPool1d is MaxPool2d for sequences, [N C L] or [C L] for one alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MaxPool1d.html
type MaxPool1d struct {
	KernelSize Single `json:"kernel_size"` // elements of a window
	Stride     Single `json:"stride"`      // how far windows lie apart; 0 stands for KernelSize, the default
	Padding    Single `json:"padding"`     // entries of −∞ on each side, at most half of KernelSize; 0 by default
	Dilation   Single `json:"dilation"`    // how far a window's elements lie apart; 1 by default
	CeilMode   bool   `json:"ceil_mode"`   // also windows that reach beyond the end, if they begin before it
}

// NewMaxPool1d returns a MaxPool1d of windows that lie side by side.
func NewMaxPool1d(kernel int) *MaxPool1d { return &MaxPool1d{KernelSize: Single(kernel), Dilation: 1} }

// Forward returns the maxima. It panics like MaxPool2d's.
func (l *MaxPool1d) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	y, _ := l.maxima(x)
	return y.Squeeze(-2)
}

// ForwardIndices returns also where in its channel each maximum was: an Int64
// tensor. It panics like Forward.
func (l *MaxPool1d) ForwardIndices(x *autograd.Variable) (out *autograd.Variable, indices *tensor.Tensor) {
	defer enter(l, x).leave(&out)
	y, at := l.maxima(x)
	return y.Squeeze(-2), tensor.Squeeze(at.Tensor(), -2)
}

func (l *MaxPool1d) maxima(x *autograd.Variable) (*autograd.Variable, autograd.PoolIndices) {
	p := pool{op: "nn.MaxPool1d", axes: 1, kernel: l.KernelSize.wide(1), stride: l.Stride.wide(1), padding: l.Padding.wide(0),
		dilation: l.Dilation.wide(1), ceil: l.CeilMode}
	o := p.windows(x)
	return x.Unsqueeze(-2).MaxPool2d(o)
}

// AvgPool2d is the average of each window of images, [N C H W] or [C H W] for
// one alone. Each axis becomes ⌊(length + 2·Padding − KernelSize)/Stride⌋ + 1
// long.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AvgPool2d.html
type AvgPool2d struct {
	KernelSize Pair `json:"kernel_size"` // elements of a window
	Stride     Pair `json:"stride"`      // how far windows lie apart; 0 stands for KernelSize, the default
	Padding    Pair `json:"padding"`     // zeros on each side, at most half of KernelSize; {0, 0} by default
	CeilMode   bool `json:"ceil_mode"`   // also windows that reach beyond the end, if they begin before it

	// CountIncludePad, true by default, takes averages over Padding too, though
	// not over what CeilMode adds to it.
	CountIncludePad bool `json:"count_include_pad"`
	DivisorOverride int  `json:"divisor_override"` // what sums are divided by; 0 stands for the number of elements
}

// NewAvgPool2d returns an AvgPool2d of windows that lie side by side.
func NewAvgPool2d(kernel Pair) *AvgPool2d {
	return &AvgPool2d{KernelSize: kernel, CountIncludePad: true}
}

// Forward returns the averages. It panics when a setting is out of range or x
// has no room for a window.
func (l *AvgPool2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	p := pool{op: "nn.AvgPool2d", axes: 2, kernel: l.KernelSize, stride: l.Stride, padding: l.Padding, dilation: Pair{1, 1}, ceil: l.CeilMode}
	if l.DivisorOverride < 0 {
		panic(tensor.Errorf(p.op, "DivisorOverride is %d", l.DivisorOverride))
	}
	o := p.windows(x)
	o.ExcludePadding, o.Divisor = !l.CountIncludePad, l.DivisorOverride
	return x.AvgPool2d(o)
}

// AvgPool1d is AvgPool2d for sequences, [N C L] or [C L] for one alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AvgPool1d.html
type AvgPool1d struct {
	KernelSize Single `json:"kernel_size"` // elements of a window
	Stride     Single `json:"stride"`      // how far windows lie apart; 0 stands for KernelSize, the default
	Padding    Single `json:"padding"`     // zeros on each side, at most half of KernelSize; 0 by default
	CeilMode   bool   `json:"ceil_mode"`   // also windows that reach beyond the end, if they begin before it

	// CountIncludePad, true by default, takes averages over Padding too, though
	// not over what CeilMode adds to it.
	CountIncludePad bool `json:"count_include_pad"`
}

// NewAvgPool1d returns an AvgPool1d of windows that lie side by side.
func NewAvgPool1d(kernel int) *AvgPool1d {
	return &AvgPool1d{KernelSize: Single(kernel), CountIncludePad: true}
}

// Forward returns the averages. It panics like AvgPool2d's.
func (l *AvgPool1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	p := pool{op: "nn.AvgPool1d", axes: 1, kernel: l.KernelSize.wide(1), stride: l.Stride.wide(1), padding: l.Padding.wide(0),
		dilation: Pair{1, 1}, ceil: l.CeilMode}
	o := p.windows(x)
	o.ExcludePadding = !l.CountIncludePad
	return x.Unsqueeze(-2).AvgPool2d(o).Squeeze(-2)
}

// wide returns lengths along two axes, the first of which is not there.
func (s Single) wide(first int) Pair {
	if s == 0 { // stands for a default
		first = 0
	}
	return Pair{first, int(s)}
}

// pool is a pooling layer of one or two axes.
type pool struct {
	op                                string
	axes                              int
	kernel, stride, padding, dilation Pair
	ceil                              bool
}

// windows checks the settings and the input and returns what autograd takes.
func (p *pool) windows(x *autograd.Variable) autograd.Pooling {
	checkImages(p.op, x, p.axes)
	shape, first := x.Shape(), 2-p.axes
	for i := first; i < 2; i++ {
		k, s, pad, d := p.kernel[i], p.stride[i], p.padding[i], p.dilation[i]
		if k < 1 || s < 0 || d < 1 || pad < 0 || pad > k/2 {
			panic(tensor.Errorf(p.op, "KernelSize %v, Stride %v, Padding %v or Dilation %v is out of range; Padding is at most half of KernelSize",
				p.kernel[first:], p.stride[first:], p.padding[first:], p.dilation[first:]))
		}
		if s == 0 {
			s = k
		}
		missing := d*(k-1) + 1 - shape[len(shape)-2+i] - 2*pad
		if missing > 0 && (!p.ceil || missing >= s) {
			panic(tensor.Errorf(p.op, "input %v with Padding %v has no room for a window of KernelSize %v with Dilation %v",
				shape, p.padding[first:], p.kernel[first:], p.dilation[first:]))
		}
	}
	return autograd.Pooling{Kernel: p.kernel, Stride: p.stride, Padding: p.padding, Dilation: p.dilation, Ceil: p.ceil}
}

// checkImages panics unless x is images, or sequences, of floats that are not empty.
func checkImages(op string, x *autograd.Variable, axes int) {
	shape := x.Shape()
	if len(shape) != axes+1 && len(shape) != axes+2 {
		panic(tensor.Errorf(op, "input %v is neither %s", shape, imageKind(axes)))
	}
	for _, n := range shape[len(shape)-axes:] {
		if n < 1 {
			panic(tensor.Errorf(op, "an axis of input %v is empty", shape))
		}
	}
	if !x.DType().IsFloat() {
		panic(tensor.Errorf(op, "input %v %v is not of floats", x.DType(), shape))
	}
}

func init() {
	register(func(o *options) *MaxPool1d {
		l := NewMaxPool1d(1)
		o.windows(&l.KernelSize, &l.Stride, &l.Padding, &l.CeilMode)
		o.dilation(&l.Dilation)
		return l
	})
	register(func(o *options) *MaxPool2d {
		l := NewMaxPool2d(Square(1))
		o.windows(&l.KernelSize, &l.Stride, &l.Padding, &l.CeilMode)
		o.dilation(&l.Dilation)
		return l
	})
	register(func(o *options) *AvgPool1d {
		l := NewAvgPool1d(1)
		o.windows(&l.KernelSize, &l.Stride, &l.Padding, &l.CeilMode)
		o.take("count_include_pad", &l.CountIncludePad)
		return l
	})
	register(func(o *options) *AvgPool2d {
		l := NewAvgPool2d(Square(1))
		o.windows(&l.KernelSize, &l.Stride, &l.Padding, &l.CeilMode)
		o.take("count_include_pad", &l.CountIncludePad)
		o.takeOrNull("divisor_override", &l.DivisorOverride)
		if text, ok := o.given["divisor_override"]; ok && string(text) != "null" {
			o.least("divisor_override", 1, &l.DivisorOverride)
		}
		return l
	})
}

// windows reads what every pooling has.
func (o *options) windows(kernel, stride, padding any, ceil *bool) {
	o.sizes(kernel, stride, padding)
	o.take("ceil_mode", ceil)
}

// sizes reads what windows are like.
func (o *options) sizes(kernel, stride, padding any) {
	o.length("kernel_size", 1, kernel)
	o.takeOrNull("stride", stride)
	if text, ok := o.given["stride"]; ok && string(text) != "null" {
		o.least("stride", 1, stride)
	}
	o.take("padding", padding)
	if o.isText("padding") {
		o.refuse("padding", "is for convolutions")
	}
	o.least("padding", 0, padding)
	for i, p := range integers(padding) {
		if p > integers(kernel)[i]/2 {
			o.refuse("padding", "is more than half of kernel_size")
		}
	}
}

// dilation reads what maxima have besides.
func (o *options) dilation(dilation any) {
	o.take("dilation", dilation)
	o.least("dilation", 1, dilation)
	o.only("return_indices", "false")
}
