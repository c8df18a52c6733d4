package nn

import (
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// MaxUnpool2d undoes MaxPool2d as far as that can be: it puts maxima back where
// they were found, among zeros. Each axis becomes (length − 1)·Stride −
// 2·Padding + KernelSize long. Where windows overlap and several maxima come from
// one place, the last is put there, and it alone gets a gradient.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MaxUnpool2d.html
type MaxUnpool2d struct {
	KernelSize Pair `json:"kernel_size"` // these are those of the MaxPool2d
	Stride     Pair `json:"stride"`      // 0 stands for KernelSize, the default
	Padding    Pair `json:"padding"`     // {0, 0} by default
}

// NewMaxUnpool2d returns a MaxUnpool2d for windows that lie side by side.
func NewMaxUnpool2d(kernel Pair) *MaxUnpool2d { return &MaxUnpool2d{KernelSize: kernel} }

// Forward returns maxima x, [N C H W] or [C H W], put where indices, which
// ForwardIndices returns, say. It panics when a setting is out of range, indices
// are not int64 in the shape of x, or one lies outside of the result.
func (l *MaxUnpool2d) Forward(x *autograd.Variable, indices *tensor.Tensor) *autograd.Variable {
	return l.unpool().forward(x, indices, nil)
}

// ForwardTo is Forward for a result of another size: images of several sizes have
// maxima of one. It panics also when size is a Stride or more off.
func (l *MaxUnpool2d) ForwardTo(x *autograd.Variable, indices *tensor.Tensor, size Pair) *autograd.Variable {
	return l.unpool().forward(x, indices, size[:])
}

func (l *MaxUnpool2d) unpool() *unpool {
	return &unpool{"nn.MaxUnpool2d", slices.Clone(l.KernelSize[:]), slices.Clone(l.Stride[:]), slices.Clone(l.Padding[:])}
}

// MaxUnpool1d is MaxUnpool2d for sequences, [N C L] or [C L] for one alone.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MaxUnpool1d.html
type MaxUnpool1d struct {
	KernelSize Single `json:"kernel_size"` // these are those of the MaxPool1d
	Stride     Single `json:"stride"`      // 0 stands for KernelSize, the default
	Padding    Single `json:"padding"`     // 0 by default
}

// NewMaxUnpool1d returns a MaxUnpool1d for windows that lie side by side.
func NewMaxUnpool1d(kernel int) *MaxUnpool1d { return &MaxUnpool1d{KernelSize: Single(kernel)} }

// Forward returns maxima x put where indices say. It panics like MaxUnpool2d's.
func (l *MaxUnpool1d) Forward(x *autograd.Variable, indices *tensor.Tensor) *autograd.Variable {
	return l.unpool().forward(x, indices, nil)
}

// ForwardTo is Forward for a result of another size. It panics like MaxUnpool2d's.
func (l *MaxUnpool1d) ForwardTo(x *autograd.Variable, indices *tensor.Tensor, size int) *autograd.Variable {
	return l.unpool().forward(x, indices, []int{size})
}

func (l *MaxUnpool1d) unpool() *unpool {
	return &unpool{"nn.MaxUnpool1d", []int{int(l.KernelSize)}, []int{int(l.Stride)}, []int{int(l.Padding)}}
}

// unpool is the reverse of pooling along one axis or two.
type unpool struct {
	op                      string
	kernel, stride, padding []int
}

func (p *unpool) forward(x *autograd.Variable, indices *tensor.Tensor, size []int) *autograd.Variable {
	checkImages(p.op, x, len(p.kernel))
	if indices.DType() != tensor.Int64 || !indices.Shape().Equal(x.Shape()) {
		panic(tensor.Errorf(p.op, "indices %v %v are not int64 %v", indices.DType(), indices.Shape(), x.Shape()))
	}
	at := x.Dims() - len(p.kernel)
	before, lengths := x.Shape()[:at], x.Shape()[at:]
	size = p.size(lengths, size)
	shape := append(slices.Clone(before), size...)
	zeros := x.DType().Zeros(shape...) // first, for it checks that there is room
	n, room := lengths.Size(), tensor.Shape(size).Size()
	lost := p.overwritten(tensor.Data[int64](indices), n, size)
	rows := x.Reshape(before.Size(), n)
	if lost != nil {
		rows = autograd.Where(tensor.New(lost, before.Size(), n), autograd.Const(x.DType().Scalar(0)), rows)
	}
	y := autograd.Const(tensor.Reshape(zeros, before.Size(), room)).ScatterAdd(1, tensor.Reshape(indices, before.Size(), n), rows)
	return y.Reshape(shape...)
}

// size returns the lengths of the result: those asked for, if they are possible.
func (p *unpool) size(lengths tensor.Shape, asked []int) []int {
	size := make([]int, len(lengths))
	for i, n := range lengths {
		k, s, pad := p.kernel[i], p.stride[i], p.padding[i]
		if k < 1 || s < 0 || pad < 0 || pad > k/2 {
			panic(tensor.Errorf(p.op, "KernelSize %v, Stride %v or Padding %v is out of range; Padding is at most half of KernelSize",
				p.kernel, p.stride, p.padding))
		}
		if s == 0 {
			s = k
		}
		size[i] = (n-1)*s - 2*pad + k
		if asked == nil {
			continue
		}
		if off := asked[i] - size[i]; off >= s || -off >= s {
			panic(tensor.Errorf(p.op, "size %v, but axis %d is between %d and %d long", asked, i, size[i]-s+1, size[i]+s-1))
		}
		size[i] = asked[i]
	}
	return size
}

// overwritten looks at every index, n to a channel, and returns which maxima a
// later one is put in the place of; nil for none.
func (p *unpool) overwritten(indices []int64, n int, size []int) (lost []bool) {
	last := make([]int, tensor.Shape(size).Size()) // who is at a place: 1 + position, of any channel
	for k, at := range indices {
		if at < 0 || at >= int64(len(last)) {
			panic(tensor.Errorf(p.op, "indices[%d] = %d is no place in a channel of size %v", k, at, size))
		}
		if earlier := last[at]; earlier > k-k%n {
			if lost == nil {
				lost = make([]bool, len(indices))
			}
			lost[earlier-1] = true
		}
		last[at] = k + 1
	}
	return lost
}

func init() {
	register(func(o *options) *MaxUnpool1d {
		l := NewMaxUnpool1d(1)
		o.sizes(&l.KernelSize, &l.Stride, &l.Padding)
		return l
	})
	register(func(o *options) *MaxUnpool2d {
		l := NewMaxUnpool2d(Square(1))
		o.sizes(&l.KernelSize, &l.Stride, &l.Padding)
		return l
	})
}
