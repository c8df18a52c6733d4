package nn_test

import (
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// A million elements, forward and backward.
func BenchmarkNorms(b *testing.B) {
	for _, c := range []struct {
		name  string
		m     nn.Module
		shape []int
	}{
		{"LayerNorm", nn.NewLayerNorm(256), []int{4096, 256}},
		{"BatchNorm1d", nn.NewBatchNorm1d(256), []int{4096, 256}},
		{"BatchNorm2d", nn.NewBatchNorm2d(64), []int{16, 64, 32, 32}},
		{"GroupNorm", nn.NewGroupNorm(8, 64), []int{16, 64, 32, 32}},
	} {
		x := autograd.New(tensor.Randn(source(), c.shape...))
		seed := autograd.Const(tensor.Randn(source(), c.shape...))
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				autograd.Walk{Seeds: []*autograd.Variable{seed}}.Backward(c.m.Forward(x))
				x.ZeroGrad()
				for _, p := range nn.Parameters(c.m) {
					p.ZeroGrad()
				}
			}
		})
	}
}
