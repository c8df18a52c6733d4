package nn

import (
	"math"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Conv2d is a convolution of images, [N in H W] or [in H W] for one alone, with
// a kernel for each output channel:
//
//	y[o,i] = bias[o] + Σ_{c,k} x[c, i·Stride + k·Dilation − Padding] · weight[o,c,k]
//
// Each axis becomes ⌊(length + 2·Padding − Dilation·(kernel − 1) − 1)/Stride⌋ + 1
// long.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Conv2d.html
type Conv2d struct {
	Weight *autograd.Variable // [out in/Groups h w]
	Bias   *autograd.Variable // [out]; nil for none

	Stride      Pair            `json:"stride"`       // how far the kernel moves; {1, 1} by default
	Padding     Pair            `json:"padding"`      // entries added on each side; {0, 0} by default, or Same
	Dilation    Pair            `json:"dilation"`     // how far the kernel's elements lie apart; {1, 1} by default
	Groups      int             `json:"groups"`       // channels are cut into so many groups that do not mix
	PaddingMode autograd.Border `json:"padding_mode"` // what the added entries are; "zeros" by default
}

// NewConv2d returns a float32 Conv2d with weights and biases drawn evenly from
// ±1/√(in·h·w), as PyTorch does. It panics when a length is negative or rng is
// nil.
func NewConv2d(in, out int, kernel Pair, rng *rand.Rand) *Conv2d {
	return NewGroupedConv2d(in, out, 1, kernel, rng)
}

// NewGroupedConv2d is NewConv2d for channels cut into groups that do not mix:
// in as many groups as there are channels each has kernels of its own. It
// panics also when groups does not divide in and out.
func NewGroupedConv2d(in, out, groups int, kernel Pair, rng *rand.Rand) *Conv2d {
	const op = "nn.NewConv2d"
	checkGroups(op, in, out, groups)
	w, b := newKernels(op, out, in/groups, out, kernel[:], rng)
	return &Conv2d{Weight: w, Bias: b, Stride: Pair{1, 1}, Dilation: Pair{1, 1}, Groups: groups, PaddingMode: autograd.Zeros}
}

// Forward returns the convolution. It panics when shapes or types do not fit,
// a setting is out of range, or the kernel is larger than the padded images.
func (l *Conv2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	m := moved{op: "nn.Conv2d", weight: l.Weight, bias: l.Bias, stride: l.Stride[:], padding: l.Padding[:], dilation: l.Dilation[:],
		groups: l.Groups, mode: l.PaddingMode}
	return m.convolve(x)
}

// Conv1d is Conv2d for sequences, [N in L] or [in L] for one alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Conv1d.html
type Conv1d struct {
	Weight *autograd.Variable // [out in/Groups length]
	Bias   *autograd.Variable // [out]; nil for none

	Stride      Single          `json:"stride"`       // how far the kernel moves; 1 by default
	Padding     Single          `json:"padding"`      // entries added on each side; 0 by default, or Same
	Dilation    Single          `json:"dilation"`     // how far the kernel's elements lie apart; 1 by default
	Groups      int             `json:"groups"`       // channels are cut into so many groups that do not mix
	PaddingMode autograd.Border `json:"padding_mode"` // what the added entries are; "zeros" by default
}

// NewConv1d returns a float32 Conv1d with weights and biases drawn evenly from
// ±1/√(in·kernel), as PyTorch does. It panics when a length is negative or rng
// is nil.
func NewConv1d(in, out, kernel int, rng *rand.Rand) *Conv1d {
	return NewGroupedConv1d(in, out, 1, kernel, rng)
}

// NewGroupedConv1d is NewConv1d for channels cut into groups that do not mix.
// It panics also when groups does not divide in and out.
func NewGroupedConv1d(in, out, groups, kernel int, rng *rand.Rand) *Conv1d {
	const op = "nn.NewConv1d"
	checkGroups(op, in, out, groups)
	w, b := newKernels(op, out, in/groups, out, []int{kernel}, rng)
	return &Conv1d{Weight: w, Bias: b, Stride: 1, Dilation: 1, Groups: groups, PaddingMode: autograd.Zeros}
}

// Forward returns the convolution. It panics like Conv2d's.
func (l *Conv1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	m := moved{op: "nn.Conv1d", weight: l.Weight, bias: l.Bias, stride: []int{int(l.Stride)}, padding: []int{int(l.Padding)},
		dilation: []int{int(l.Dilation)}, groups: l.Groups, mode: l.PaddingMode}
	return m.convolve(x)
}

func checkGroups(op string, in, out, groups int) {
	if groups < 1 || in%groups != 0 || out%groups != 0 {
		panic(tensor.Errorf(op, "%d channels in and %d out are not cut evenly into %d groups", in, out, groups))
	}
}

// newKernels returns weights [first second kernel…] and as many biases as there
// are channels, drawn as PyTorch's layers do.
func newKernels(op string, first, second, channels int, kernel []int, rng *rand.Rand) (weight, bias *autograd.Variable) {
	shape := append(tensor.Shape{first, second}, kernel...)
	for _, n := range shape {
		if n < 0 {
			panic(tensor.Errorf(op, "a length is negative: weight %v", shape))
		}
	}
	if rng == nil {
		panic(tensor.Errorf(op, "rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	w, b, bound := tensor.Zeros(shape...), tensor.Zeros(channels), 0.0
	if in, _ := Fans(shape); in > 0 {
		bound = 1 / math.Sqrt(float64(in)) // Kaiming's for a leaky ReLU of slope √5
	}
	Uniform(w, -bound, bound, rng)
	Uniform(b, -bound, bound, rng)
	return autograd.New(w), autograd.New(b)
}

func init() {
	register(func(o *options) *Conv1d {
		var kernel Single
		in, out, groups := o.channels()
		o.length("kernel_size", 1, &kernel)
		l := NewGroupedConv1d(in, out, groups, int(kernel), o.rng)
		o.moves(&l.Stride, &l.Padding, &l.Dilation)
		o.border(&l.PaddingMode)
		o.bias(&l.Bias)
		return l
	})
	register(func(o *options) *Conv2d {
		var kernel Pair
		in, out, groups := o.channels()
		o.length("kernel_size", 1, &kernel)
		l := NewGroupedConv2d(in, out, groups, kernel, o.rng)
		o.moves(&l.Stride, &l.Padding, &l.Dilation)
		o.border(&l.PaddingMode)
		o.bias(&l.Bias)
		return l
	})
}

// channels reads how many channels a convolution has, and in how many groups.
func (o *options) channels() (in, out, groups int) {
	groups = 1
	o.length("in_channels", 0, &in)
	o.length("out_channels", 0, &out)
	o.take("groups", &groups)
	o.least("groups", 1, &groups)
	if o.err == nil && (in%groups != 0 || out%groups != 0) {
		o.refuse("groups", "does not divide in_channels, %d, and out_channels, %d", in, out)
	}
	return in, out, groups
}

// moves reads how a kernel moves; only Conv1d and Conv2d have the padding Same.
func (o *options) moves(stride, padding, dilation any) {
	o.take("stride", stride)
	o.least("stride", 1, stride)
	o.take("dilation", dilation)
	o.least("dilation", 1, dilation)
	o.take("padding", padding)
	if string(o.given["padding"]) != `"same"` {
		o.least("padding", 0, padding)
		return
	}
	for _, s := range integers(stride) {
		if s != 1 {
			o.refuse("padding", "needs a stride of 1")
		}
	}
}

func (o *options) border(mode *autograd.Border) {
	word(o, "padding_mode", mode, autograd.Zeros, autograd.Reflect, autograd.Replicate, autograd.Circular)
}
