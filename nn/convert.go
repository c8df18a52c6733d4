package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// To converts a model in place to another float type: every parameter, which
// loses its gradient, and every buffer of floats. The Variables stay the same,
// so tied weights stay tied and an optimizer keeps its parameters; its own
// state, though, keeps the old type, so convert first.
//
// Call it while nobody else uses the model. It panics when d is no float type,
// when a buffer is held where it cannot be replaced, or like Parameters.
func To(m any, d tensor.DType) {
	const op = "nn.To"
	if !d.IsFloat() {
		panic(tensor.Errorf(op, "parameters cannot be %v", d))
	}
	converted := map[*tensor.Tensor]*tensor.Tensor{}
	walk(op, m, visitor{buffer: func(_ string, t *tensor.Tensor, replace func(*tensor.Tensor)) { // first: it may panic
		if t.DType() == d || !t.DType().IsFloat() {
			return
		}
		if converted[t] == nil {
			converted[t] = t.To(d)
		}
		replace(converted[t])
	}})
	walk(op, m, visitor{variable: func(_ string, x *autograd.Variable) {
		if x.DType() != d && x.DType().IsFloat() {
			x.SetValue(x.Value().To(d))
		}
	}})
}

// Freeze makes the parameters of m want no gradients, so that what is computed
// from them alone is not recorded and optimizers leave them alone; gradients
// still flow through m to its input. Parameters lists them as before, and
// StateDict has them.
//
// Call it while no graph of the model waits for Backward and nobody else uses
// the model. It panics like Parameters.
func Freeze(m any) { setWantsGrad("nn.Freeze", m, false) }

// Unfreeze makes the parameters of m want gradients again, and those that were
// made by autograd.Const, too. It panics like Freeze, and when a parameter is
// not of floats.
func Unfreeze(m any) { setWantsGrad("nn.Unfreeze", m, true) }

func setWantsGrad(op string, m any, wants bool) {
	walk(op, m, visitor{variable: func(_ string, x *autograd.Variable) { x.SetWantsGrad(wants) }})
}
