package optim

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// gradient calls f with the gradient of x, if there is one. f must not keep
// it: autograd uses its memory again, as it does not when x.Grad is asked.
func gradient(x *autograd.Variable, f func(g *tensor.Tensor)) {
	defer ownership.Return(x)
	if g := ownership.Borrow(x).(*autograd.Variable); g != nil {
		f(g.Value())
	}
}
