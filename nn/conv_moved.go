package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// moved is a convolution layer of one or two axes, checked and run as one of two.
type moved struct {
	op                                string
	weight, bias                      *autograd.Variable
	stride, padding, dilation, output []int
	groups                            int
	mode                              autograd.Border
}

// convolve runs Conv1d and Conv2d.
func (m *moved) convolve(x *autograd.Variable) *autograd.Variable {
	m.check(x, false)
	width := make([][2]int, len(m.stride))
	for i, p := range m.padding {
		width[i] = [2]int{p, p}
		if p == Same {
			total := m.dilation[i] * (m.weight.Shape()[2+i] - 1)
			width[i] = [2]int{total / 2, total - total/2}
			if m.stride[i] != 1 {
				panic(tensor.Errorf(m.op, "Padding is Same, but Stride %v is not 1", m.stride))
			}
		}
	}
	shape := x.Shape()
	x = oneMore(x, len(m.stride)+2)
	m.checkRoom(shape, width)
	if m.mode != autograd.Zeros && m.mode != "" {
		m.checkBorder(shape, width)
		x = x.PadBorder(m.mode, width...)
		clear(width)
	}
	return m.run(x, shape, width, (*autograd.Variable).Conv2d)
}

// run gives x two axes, calls f, and takes away what was added.
func (m *moved) run(x *autograd.Variable, shape tensor.Shape, width [][2]int,
	f func(x, w, bias *autograd.Variable, o autograd.Convolution) *autograd.Variable) *autograd.Variable {
	o, w := autograd.Convolution{Groups: m.groups}, m.weight
	first := 2 - len(m.stride)
	for i := range m.stride {
		o.Stride[first+i], o.Dilation[first+i], o.Padding[first+i] = m.stride[i], m.dilation[i], width[i]
		if m.output != nil {
			o.Output[first+i] = m.output[i]
		}
	}
	if first > 0 {
		x, w = x.Unsqueeze(2), w.Unsqueeze(2)
	}
	y := f(x, w, m.bias, o)
	if first > 0 {
		y = y.Squeeze(2)
	}
	if len(shape) == len(m.stride)+1 {
		y = y.Squeeze(0)
	}
	return y
}

// oneMore gives x the axis of the batch if it lacks that.
func oneMore(x *autograd.Variable, dims int) *autograd.Variable {
	if x.Dims() < dims {
		return x.Unsqueeze(0)
	}
	return x
}

// imageKind says what a layer of so many axes takes.
func imageKind(axes int) string {
	if axes == 1 {
		return "[N C L] nor [C L]"
	}
	return "[N C H W] nor [C H W]"
}

// check panics unless input, weights and settings fit one another.
func (m *moved) check(x *autograd.Variable, transposed bool) {
	if m.weight == nil {
		panic(tensor.Errorf(m.op, "there is no Weight; make the layer with %s", "New"+m.op[len("nn."):]))
	}
	w, axes := m.weight.Shape(), len(m.stride)
	if len(w) != axes+2 {
		panic(tensor.Errorf(m.op, "weight %v has not %d axes", w, axes+2))
	}
	if m.groups < 1 || w[0]%m.groups != 0 {
		panic(tensor.Errorf(m.op, "weight %v is not cut evenly into %d Groups", w, m.groups))
	}
	in, out := w[1]*m.groups, w[0]
	if transposed {
		in, out = out, in
	}
	shape := x.Shape()
	switch {
	case len(shape) != axes+1 && len(shape) != axes+2:
		panic(tensor.Errorf(m.op, "input %v is neither %s", shape, imageKind(axes)))
	case shape[len(shape)-1-axes] != in:
		panic(tensor.Errorf(m.op, "input %v has %d channels, but weight %v in %d groups takes %d", shape, shape[len(shape)-1-axes], w, m.groups, in))
	case m.bias != nil && !m.bias.Shape().Equal(tensor.Shape{out}):
		panic(tensor.Errorf(m.op, "bias %v does not fit the %d channels that weight %v makes", m.bias.Shape(), out, w))
	case x.DType() != m.weight.DType():
		panic(tensor.Errorf(m.op, "input %v %v, but weight %v %v; convert one, with To or nn.To", x.DType(), shape, m.weight.DType(), w))
	}
	for i := range axes {
		lowest := 0
		if !transposed {
			lowest = Same
		}
		if m.stride[i] < 1 || m.dilation[i] < 1 || m.padding[i] < lowest {
			panic(tensor.Errorf(m.op, "Stride %v, Dilation %v or Padding %v is out of range", m.stride, m.dilation, m.padding))
		}
		if shape[len(shape)-axes+i] < 1 || w[2+i] < 1 {
			panic(tensor.Errorf(m.op, "an axis of input %v or of weight %v is empty", shape, w))
		}
	}
}

// checkRoom panics when the kernel is larger than the padded input.
func (m *moved) checkRoom(shape tensor.Shape, width [][2]int) {
	axes := len(m.stride)
	for i := range axes {
		have := shape[len(shape)-axes+i] + width[i][0] + width[i][1]
		if need := m.dilation[i]*(m.weight.Shape()[2+i]-1) + 1; need > have {
			panic(tensor.Errorf(m.op, "input %v, padded %d long, is shorter than the kernel of weight %v, dilated %d long",
				shape, have, m.weight.Shape(), need))
		}
	}
}

// checkBorder panics when a border is unknown or the axes too short for it.
func (m *moved) checkBorder(shape tensor.Shape, width [][2]int) {
	axes := len(m.stride)
	for i := range axes {
		n := shape[len(shape)-axes+i]
		longest := n
		switch m.mode {
		case autograd.Reflect:
			longest = n - 1
		case autograd.Replicate:
			longest = max(width[i][0], width[i][1])
		case autograd.Circular:
		default:
			panic(tensor.Errorf(m.op, "PaddingMode %q is none of %q, %q, %q and %q", m.mode,
				autograd.Zeros, autograd.Reflect, autograd.Replicate, autograd.Circular))
		}
		if max(width[i][0], width[i][1]) > longest {
			panic(tensor.Errorf(m.op, "input %v is too short for PaddingMode %q and Padding %v", shape, m.mode, width))
		}
	}
}
