package loss_test

import (
	"math/rand/v2"
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// BenchmarkCrossEntropy is the loss of a batch of 128 over 10 classes, forward
// and backward.
func BenchmarkCrossEntropy(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	x := autograd.New(tensor.Randn(rng, 128, 10))
	t := autograd.Const(tensor.Randint(rng, 0, 10, 128))
	b.ReportAllocs()
	for b.Loop() {
		loss.CrossEntropy(x, t).Backward()
		x.ZeroGrad()
	}
}
