package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Sequential feeds its input through modules, one after the other. Their
// parameters are named by position, as in "0.weight".
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Sequential.html
type Sequential []Module

// Forward returns what the last module makes of it; without modules, x. It
// panics when a module is nil or panics.
func (s Sequential) Forward(x *autograd.Variable) *autograd.Variable {
	var f *frame
	if tracing.Load() != nil { // asked first, for s as any is an allocation
		f = enter(s, x)
		defer f.leave(&x)
	}
	for i, m := range s {
		if m == nil {
			panic(tensor.Errorf("nn.Sequential", "module %d of %d is nil", i, len(s)))
		}
		x = f.element(i, m, x)
	}
	return x
}
