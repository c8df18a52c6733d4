package autograd

import "github.com/declive/declive/tensor"

// SetValue replaces the tensor of a leaf, by one of another shape or type if
// need be, and forgets its gradient; hooks stay. To change elements only, write
// to Value, which is cheaper.
//
// No graph through x that is still to be walked may exist, and no other
// goroutine may use x meanwhile. It panics when x is the result of an
// operation, or wants a gradient and value is not of floats.
func (x *Variable) SetValue(value *tensor.Tensor) {
	x.checkLeaf("autograd.SetValue")
	if x.wants && !value.DType().IsFloat() {
		panic(tensor.Errorf("autograd.SetValue", "%v %v has no derivatives, but the variable wants a gradient",
			value.DType(), value.Shape()))
	}
	x.ZeroGrad()
	x.value = value
}

// SetWantsGrad makes a leaf want a gradient, like one from New, or none, like
// one from Const, and then forgets its gradient: it thaws or freezes a
// parameter.
//
// It is subject to the same rules as SetValue. It panics when x is the result
// of an operation or untracked, or to want a gradient and not of floats.
func (x *Variable) SetWantsGrad(wants bool) {
	const op = "autograd.SetWantsGrad"
	x.checkLeaf(op)
	switch {
	case x.wants == wants:
	case !wants:
		x.ZeroGrad()
		x.wants = false
	case x.untracked:
		panic(tensor.Errorf(op, "the variable of shape %v is untracked", x.Shape()))
	case !x.DType().IsFloat():
		panic(tensor.Errorf(op, "%v %v has no derivatives", x.DType(), x.Shape()))
	default:
		x.stateful()
		x.wants = true
		if x.seq == 0 { // the walker tells Variables apart by it
			x.seq = created.Add(1)
		}
	}
}

func (x *Variable) checkLeaf(op string) {
	if !x.IsLeaf() {
		panic(tensor.Errorf(op, "the variable of shape %v is the result of %s", x.Shape(), x.Op()))
	}
}
