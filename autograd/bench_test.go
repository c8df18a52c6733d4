package autograd_test

import (
	"math/rand/v2"
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

func BenchmarkXORStep(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	x := autograd.Const(tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	y := autograd.Const(tensor.FromSlice([][]float32{{0}, {1}, {1}, {0}}))
	params := []*autograd.Variable{autograd.New(tensor.Randn(rng, 8, 2)), autograd.New(tensor.Zeros(8)),
		autograd.New(tensor.Randn(rng, 1, 8)), autograd.New(tensor.Zeros(1))}
	b.ReportAllocs()
	for b.Loop() {
		h := x.MatMul(params[0], tensor.TransB).Add(params[1]).Tanh()
		h.MatMul(params[2], tensor.TransB).Add(params[3]).Sub(y).Square().Mean().Backward()
		for _, p := range params {
			p.ZeroGrad()
		}
	}
}

// A 784-256-128-10 network with ReLU and cross entropy composed of LogSoftmax
// and Gather, batch 128, forward and backward without an optimizer.
func BenchmarkMLPStep(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	sizes := []int{784, 256, 128, 10}
	x := autograd.Const(tensor.Randn(rng, 128, sizes[0]))
	classes := tensor.Randint(rng, 0, 10, 128, 1)
	var weights, biases []*variable
	for i := range len(sizes) - 1 {
		weights = append(weights, autograd.New(tensor.MulScalar(tensor.Randn(rng, sizes[i+1], sizes[i]), 0.05)))
		biases = append(biases, autograd.New(tensor.Zeros(sizes[i+1])))
	}
	b.ReportAllocs()
	for b.Loop() {
		h := x
		for i, w := range weights {
			if h = h.MatMul(w, tensor.TransB).Add(biases[i]); i < len(weights)-1 {
				h = h.ReLU()
			}
		}
		h.LogSoftmax(1).Gather(1, classes).Mean().Neg().Backward()
		for i := range weights {
			weights[i].ZeroGrad()
			biases[i].ZeroGrad()
		}
	}
}

func BenchmarkTanh(b *testing.B) {
	for name, kind := range map[string]func(*tensor.Tensor) *variable{"tracked": autograd.New, "untracked": autograd.Untracked} {
		b.Run(name, func(b *testing.B) {
			x := kind(tensor.Zeros(4, 8))
			b.ReportAllocs()
			for b.Loop() {
				x.Tanh()
			}
		})
	}
}

// What one fused operation costs, forward and backward, besides its kernels.
func BenchmarkFused(b *testing.B) {
	x := autograd.New(tensor.Scalar(0))
	definition := func(x []*variable) *variable { return x[0] }
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor { return []*tensor.Tensor{g} }
	value := tensor.Scalar(1)
	b.ReportAllocs()
	for b.Loop() {
		autograd.Fused("f", value, definition, backward, x).Backward()
		x.ZeroGrad()
	}
}
