package autograd

import "github.com/declive/declive/tensor"

// Reshape returns x with another shape; one length may be −1. Gradient: g in
// x's shape.
func (x *Variable) Reshape(shape ...int) *Variable {
	return x.reshaped("Reshape", tensor.Reshape(x.value, shape...))
}

// Flatten merges the axes start to end, both included.
func (x *Variable) Flatten(start, end int) *Variable {
	return x.reshaped("Flatten", tensor.Flatten(x.value, start, end))
}

// Squeeze drops the given axes, or all axes, of length 1.
func (x *Variable) Squeeze(axes ...int) *Variable {
	return x.reshaped("Squeeze", tensor.Squeeze(x.value, axes...))
}

// Unsqueeze adds an axis of length 1 at position axis of the result.
func (x *Variable) Unsqueeze(axis int) *Variable {
	return x.reshaped("Unsqueeze", tensor.Unsqueeze(x.value, axis))
}

// reshaped records a change of shape; x itself when there is none.
func (x *Variable) reshaped(op string, value *tensor.Tensor) *Variable {
	if value.Shape().Equal(x.Shape()) {
		return x
	}
	return record(op, value, wrt(x, func(y, g *Variable) *Variable { return g.Reshape(y.input(0).Shape()...) }))
}

// Expand repeats x along new leading axes and axes of length 1; −1 keeps a
// length. Gradient: g summed over the repeats.
func (x *Variable) Expand(shape ...int) *Variable {
	value := tensor.Expand(x.value, shape...)
	if value == x.value {
		return x
	}
	return record("Expand", value, wrt(x, pass)) // the walker sums the repeats
}

// Permute returns x with its axes in the given order. Gradient: g in the
// inverse order.
func (x *Variable) Permute(axes ...int) *Variable {
	return record("Permute", tensor.Permute(x.value, axes...),
		wrt(x, func(_, g *Variable) *Variable {
			inverse := make([]int, len(axes))
			for i, a := range axes {
				inverse[(a+len(axes))%len(axes)] = i
			}
			return g.Permute(inverse...)
		}))
}

// Transpose returns x with axes a and b exchanged. MatMul needs none: it takes
// flags. Gradient: g transposed.
func (x *Variable) Transpose(a, b int) *Variable {
	return record("Transpose", tensor.Transpose(x.value, a, b),
		wrt(x, func(_, g *Variable) *Variable { return g.Transpose(a, b) }))
}

// Slice returns the part of x with start ≤ i < stop along an axis; negative
// bounds count from the end. Gradient: g, padded with zeros.
func (x *Variable) Slice(axis, start, stop int) *Variable {
	return x.SliceStep(axis, start, stop, 1)
}

// SliceStep is Slice taking every step-th index.
func (x *Variable) SliceStep(axis, start, stop, step int) *Variable {
	return record("Slice", tensor.SliceStep(x.value, axis, start, stop, step),
		wrt(x, func(_, g *Variable) *Variable {
			index := tensor.SliceStep(tensor.Int64.Arange(0, float64(x.value.Len(axis)), 1), 0, start, stop, step)
			if step > 1 || index.Size() == 0 {
				return zeros(x).IndexAdd(axis, index, g)
			}
			first := int(index.At(0))
			widths := make([][2]int, x.Dims()-(axis+x.Dims())%x.Dims())
			widths[0] = [2]int{first, x.value.Len(axis) - first - index.Size()}
			return g.Pad(0, widths...)
		}))
}

// IndexSelect returns the entries of x along an axis that the 1-d Int64 tensor
// index names. Gradient: g added at those places.
func (x *Variable) IndexSelect(axis int, index *tensor.Tensor) *Variable {
	return record("IndexSelect", tensor.IndexSelect(x.value, axis, index),
		wrt(x, func(_, g *Variable) *Variable { return zeros(x).IndexAdd(axis, index, g) }))
}

// IndexAdd returns x with the entries of src added along an axis at the places
// that index names. Gradients: g; g at those places.
func (x *Variable) IndexAdd(axis int, index *tensor.Tensor, src *Variable) *Variable {
	return record("IndexAdd", tensor.IndexAdd(x.value, axis, index, src.value), wrt(x, pass),
		wrt(src, func(_, g *Variable) *Variable { return g.IndexSelect(axis, index) }))
}

// Gather returns out[…,i,…] = x[…,index[…,i,…],…] along an axis, in the shape
// of index. Gradient: g scattered back.
func (x *Variable) Gather(axis int, index *tensor.Tensor) *Variable {
	return record("Gather", tensor.Gather(x.value, axis, index),
		wrt(x, func(_, g *Variable) *Variable { return zeros(x).ScatterAdd(axis, index, g) }))
}

// ScatterAdd returns x with src added at the places Gather would read.
// Gradients: g; g gathered.
func (x *Variable) ScatterAdd(axis int, index *tensor.Tensor, src *Variable) *Variable {
	return record("ScatterAdd", tensor.ScatterAdd(x.value, axis, index, src.value), wrt(x, pass),
		wrt(src, func(_, g *Variable) *Variable { return g.Gather(axis, index) }))
}

// Concat joins Variables along an existing axis. Gradients: the parts of g.
func Concat(axis int, xs ...*Variable) *Variable {
	values, edges := make([]*tensor.Tensor, len(xs)), make([]edge, len(xs))
	for i, x := range xs {
		values[i] = x.value
	}
	y := tensor.Concat(axis, values...)
	at := 0
	for i, x := range xs {
		start, stop := at, at+x.value.Len(axis)
		edges[i] = wrt(x, func(_, g *Variable) *Variable { return g.Slice(axis, start, stop) })
		at = stop
	}
	return record("Concat", y, edges...)
}

// Stack joins Variables of one shape along a new axis at position axis of the
// result.
func Stack(axis int, xs ...*Variable) *Variable {
	up := make([]*Variable, len(xs))
	for i, x := range xs {
		if !x.Shape().Equal(xs[0].Shape()) {
			panic(tensor.Errorf("autograd.Stack", "shapes %v and %v differ", xs[0].Shape(), x.Shape()))
		}
		up[i] = x.Unsqueeze(axis)
	}
	if axis < 0 && len(xs) > 0 {
		axis += xs[0].Dims() + 1
	}
	return Concat(axis, up...)
}

// Split cuts x along an axis into pieces of the given lengths; one length
// alone is repeated. Gradient: the pieces' gradients, joined.
func (x *Variable) Split(axis int, lengths ...int) []*Variable {
	var out []*Variable
	at := 0
	for _, n := range tensor.SplitLengths("autograd.Split", x.value.Len(axis), lengths) {
		out = append(out, x.Slice(axis, at, at+n))
		at += n
	}
	return out
}

// Pad adds value around x: widths[i] entries before and after, for the last
// len(widths) axes in order. Gradient: g without the border.
func (x *Variable) Pad(value float64, widths ...[2]int) *Variable {
	return record("Pad", tensor.Pad(x.value, value, widths...),
		wrt(x, func(_, g *Variable) *Variable {
			first := x.Dims() - len(widths)
			for k, w := range widths {
				g = g.Slice(first+k, w[0], w[0]+x.Shape()[first+k])
			}
			return g
		}))
}

// zeros returns a constant like x with every element 0.
func zeros(x *Variable) *Variable { return Const(x.DType().Zeros(x.Shape()...)) }
