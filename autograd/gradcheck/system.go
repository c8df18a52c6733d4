package gradcheck

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// system is a function of several inputs with several outputs, and the point
// at which its first derivatives are compared.
type system struct {
	order  int // of the derivatives, counted from the function that is checked
	inputs []input
	// eval computes the outputs; where it differentiates, it records that only
	// if asked to.
	eval func(x []*autograd.Variable, record bool) []*autograd.Variable
}

type input struct {
	name string
	at   *tensor.Tensor
}

// gradient returns the system one order up: the gradients of s's inputs as a
// function of these inputs and of the cotangents of s's outputs.
func (s *system) gradient(cotangents []*tensor.Tensor) *system {
	n := len(s.inputs)
	up := &system{order: s.order + 1, inputs: s.inputs[:n:n]}
	for k, c := range cotangents {
		name := fmt.Sprintf("incoming gradient %d of order %d", k, s.order)
		up.inputs = append(up.inputs, input{name, c})
	}
	up.eval = func(x []*autograd.Variable, record bool) []*autograd.Variable {
		w := autograd.Walk{Seeds: x[n:], CreateGraph: record, AllowUnused: true}
		outputs := s.eval(x[:n], true)
		var wanted []*autograd.Variable
		for _, v := range x[:n] {
			if v.WantsGrad() {
				wanted = append(wanted, v)
			}
		}
		grads := w.Grad(outputs, wanted)
		for i, g := range grads {
			if g == nil {
				grads[i] = autograd.Const(wanted[i].DType().Zeros(wanted[i].Shape()...))
			}
		}
		return grads
	}
	return up
}

// leaves returns the inputs as Variables that want gradients, or constants
// where they have no derivatives.
func (s *system) leaves() []*autograd.Variable {
	x := make([]*autograd.Variable, len(s.inputs))
	for i, in := range s.inputs {
		if in.at.DType().IsFloat() {
			x[i] = autograd.New(in.at)
		} else {
			x[i] = autograd.Const(in.at)
		}
	}
	return x
}

// values evaluates the system with some inputs replaced.
func (s *system) values(replaced map[int]*tensor.Tensor) []*tensor.Tensor {
	x := s.leaves() // tracked, since the function may take gradients itself
	for i, t := range replaced {
		x[i] = autograd.New(t)
	}
	outputs := s.eval(x, false)
	out := make([]*tensor.Tensor, len(outputs))
	for k, y := range outputs {
		out[k] = y.Value()
	}
	return out
}

// coarse reports whether anything in the system is float32.
func (s *system) coarse(outputs []*tensor.Tensor) bool {
	for _, in := range s.inputs {
		if in.at.DType() == tensor.Float32 {
			return true
		}
	}
	for _, y := range outputs {
		if y.DType() == tensor.Float32 {
			return true
		}
	}
	return false
}

// gradients returns the gradients of the inputs as tensors, 0 where the
// outputs do not depend on one and nil where it has none.
func gradients(w autograd.Walk, outputs, x []*autograd.Variable) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(x))
	for i, g := range w.Grad(outputs, x) {
		switch {
		case g != nil:
			out[i] = g.Value()
		case x[i].DType().IsFloat():
			out[i] = x[i].DType().Zeros(x[i].Shape()...)
		}
	}
	return out
}
