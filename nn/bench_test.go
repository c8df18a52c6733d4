package nn_test

import (
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// A million elements, forward and backward.
func BenchmarkDropout(b *testing.B) {
	x := autograd.New(tensor.Randn(source(), 1000, 1000))
	seed := autograd.Const(tensor.Ones(1000, 1000))
	d := nn.NewDropout(0.5, source())
	b.ReportAllocs()
	for b.Loop() {
		autograd.Walk{Seeds: []*autograd.Variable{seed}}.Backward(d.Forward(x))
		x.ZeroGrad()
	}
}
