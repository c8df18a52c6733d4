package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// ConvTranspose2d is the transpose of Conv2d as a map of images; where that
// shrinks them, it enlarges them. [N in H W], or [in H W] for one alone, has each
// axis become (length − 1)·Stride − 2·Padding + Dilation·(kernel − 1) +
// OutputPadding + 1 long.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose2d.html
type ConvTranspose2d struct {
	Weight *autograd.Variable // [in out/Groups h w]
	Bias   *autograd.Variable // [out]; nil for none

	Stride        Pair `json:"stride"`         // {1, 1} by default
	Padding       Pair `json:"padding"`        // entries that are cut off on each side; {0, 0} by default
	OutputPadding Pair `json:"output_padding"` // added at the end of the result; less than Stride or Dilation
	Dilation      Pair `json:"dilation"`       // {1, 1} by default
	Groups        int  `json:"groups"`         // channels are cut into so many groups that do not mix
}

// NewConvTranspose2d returns a float32 ConvTranspose2d with weights and biases
// drawn evenly from ±1/√(out·h·w), as PyTorch does. It panics when a length is
// negative or rng is nil.
func NewConvTranspose2d(in, out int, kernel Pair, rng *rand.Rand) *ConvTranspose2d {
	return NewGroupedConvTranspose2d(in, out, 1, kernel, rng)
}

// NewGroupedConvTranspose2d is NewConvTranspose2d for channels cut into groups
// that do not mix. It panics also when groups does not divide in and out.
func NewGroupedConvTranspose2d(in, out, groups int, kernel Pair, rng *rand.Rand) *ConvTranspose2d {
	const op = "nn.NewConvTranspose2d"
	checkGroups(op, in, out, groups)
	w, b := newKernels(op, in, out/groups, out, kernel[:], rng)
	return &ConvTranspose2d{Weight: w, Bias: b, Stride: Pair{1, 1}, Dilation: Pair{1, 1}, Groups: groups}
}

// Forward returns the transposed convolution. It panics when shapes or types do
// not fit or a setting is out of range.
func (l *ConvTranspose2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	m := moved{op: "nn.ConvTranspose2d", weight: l.Weight, bias: l.Bias, stride: l.Stride[:], padding: l.Padding[:], dilation: l.Dilation[:],
		output: l.OutputPadding[:], groups: l.Groups}
	return m.transpose(x)
}

// ConvTranspose1d is ConvTranspose2d for sequences, [N in L] or [in L] for one
// alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ConvTranspose1d.html
type ConvTranspose1d struct {
	Weight *autograd.Variable // [in out/Groups length]
	Bias   *autograd.Variable // [out]; nil for none

	Stride        Single `json:"stride"`         // 1 by default
	Padding       Single `json:"padding"`        // entries that are cut off on each side; 0 by default
	OutputPadding Single `json:"output_padding"` // added at the end of the result; less than Stride or Dilation
	Dilation      Single `json:"dilation"`       // 1 by default
	Groups        int    `json:"groups"`         // channels are cut into so many groups that do not mix
}

// NewConvTranspose1d returns a float32 ConvTranspose1d with weights and biases
// drawn evenly from ±1/√(out·kernel), as PyTorch does. It panics when a length
// is negative or rng is nil.
func NewConvTranspose1d(in, out, kernel int, rng *rand.Rand) *ConvTranspose1d {
	return NewGroupedConvTranspose1d(in, out, 1, kernel, rng)
}

// NewGroupedConvTranspose1d is NewConvTranspose1d for channels cut into groups
// that do not mix. It panics also when groups does not divide in and out.
func NewGroupedConvTranspose1d(in, out, groups, kernel int, rng *rand.Rand) *ConvTranspose1d {
	const op = "nn.NewConvTranspose1d"
	checkGroups(op, in, out, groups)
	w, b := newKernels(op, in, out/groups, out, []int{kernel}, rng)
	return &ConvTranspose1d{Weight: w, Bias: b, Stride: 1, Dilation: 1, Groups: groups}
}

// Forward returns the transposed convolution. It panics like ConvTranspose2d's.
func (l *ConvTranspose1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	m := moved{op: "nn.ConvTranspose1d", weight: l.Weight, bias: l.Bias, stride: []int{int(l.Stride)}, padding: []int{int(l.Padding)},
		dilation: []int{int(l.Dilation)}, output: []int{int(l.OutputPadding)}, groups: l.Groups}
	return m.transpose(x)
}

// transpose runs ConvTranspose1d and ConvTranspose2d.
func (m *moved) transpose(x *autograd.Variable) *autograd.Variable {
	m.check(x, true)
	shape, axes := x.Shape(), len(m.stride)
	width := make([][2]int, axes)
	for i, p := range m.padding {
		width[i] = [2]int{p, p}
		if o := m.output[i]; o < 0 || o >= max(m.stride[i], m.dilation[i]) {
			panic(tensor.Errorf(m.op, "OutputPadding %v is neither less than Stride %v nor than Dilation %v", m.output, m.stride, m.dilation))
		}
		n := (shape[len(shape)-axes+i]-1)*m.stride[i] - 2*p + m.dilation[i]*(m.weight.Shape()[2+i]-1) + 1 + m.output[i]
		if n < 1 {
			panic(tensor.Errorf(m.op, "input %v and weight %v with Padding %v leave an axis of length %d", shape, m.weight.Shape(), m.padding, n))
		}
	}
	return m.run(oneMore(x, axes+2), shape, width, (*autograd.Variable).ConvTranspose2d)
}

func init() {
	register(func(o *options) *ConvTranspose1d {
		var kernel Single
		in, out, groups := o.channels()
		o.length("kernel_size", 1, &kernel)
		l := NewGroupedConvTranspose1d(in, out, groups, int(kernel), o.rng)
		o.moves(&l.Stride, &l.Padding, &l.Dilation)
		o.enlarges(&l.OutputPadding, &l.Stride, &l.Dilation)
		o.bias(&l.Bias)
		return l
	})
	register(func(o *options) *ConvTranspose2d {
		var kernel Pair
		in, out, groups := o.channels()
		o.length("kernel_size", 1, &kernel)
		l := NewGroupedConvTranspose2d(in, out, groups, kernel, o.rng)
		o.moves(&l.Stride, &l.Padding, &l.Dilation)
		o.enlarges(&l.OutputPadding, &l.Stride, &l.Dilation)
		o.bias(&l.Bias)
		return l
	})
}

// enlarges reads what a transposed convolution has and another has not.
func (o *options) enlarges(output, stride, dilation any) {
	if o.isText("padding") {
		o.refuse("padding", "is for convolutions that are not transposed")
	}
	o.only("padding_mode", `"zeros"`)
	o.take("output_padding", output)
	o.least("output_padding", 0, output)
	for i, n := range integers(output) {
		if s, d := integers(stride)[i], integers(dilation)[i]; n >= max(s, d) {
			o.refuse("output_padding", "is neither less than stride nor than dilation")
		}
	}
}
