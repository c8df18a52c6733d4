package autograd

import "github.com/declive/declive/tensor"

// Linear returns x·weightᵀ + bias over the last axis, in one pass: [… in] with a
// weight [out in] and a bias [out], or nil, is [… out]. Gradients: g·weight,
// gᵀ·x and g, summed over all axes but the last. It panics when the shapes are
// not these, or the types differ.
func Linear(x, weight, bias *Variable) *Variable {
	var room [3]edge
	edges := append(room[:0], wrt(x, linearInput), wrt(weight, linearWeight))
	var b *tensor.Tensor
	if bias != nil {
		b = bias.value
		edges = append(edges, wrt(bias, func(_, g *Variable) *Variable { return g }))
	}
	return record("Linear", tensor.Linear(x.value, weight.value, b), edges...)
}

func linearInput(y, g *Variable) *Variable { return g.MatMul(y.input(1)) }

func linearWeight(y, g *Variable) *Variable {
	return g.asRows().MatMul(y.input(0).asRows(), tensor.TransA)
}

// asRows returns x as a matrix of its last axis.
func (x *Variable) asRows() *Variable {
	if x.Dims() == 2 {
		return x
	}
	shape := x.Shape()
	last := len(shape) - 1
	return x.Reshape(shape[:last].Size(), shape[last])
}
