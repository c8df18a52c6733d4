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

// BenchmarkCTC is the loss of short and long sequences, 32 of them, forward
// and backward.
func BenchmarkCTC(b *testing.B) {
	for _, s := range []struct {
		name                    string
		frames, symbols, length int
	}{{"short", 12, 6, 4}, {"long", 100, 50, 20}} {
		b.Run(s.name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 0))
			x := autograd.New(tensor.LogSoftmax(tensor.Randn(rng, s.frames, 32, s.symbols), 2))
			t := autograd.Const(tensor.Randint(rng, 1, int64(s.symbols), 32, s.length))
			frames, lengths := autograd.Const(tensor.Int64.Full(float64(s.frames), 32)), autograd.Const(tensor.Int64.Full(float64(s.length), 32))
			b.ReportAllocs()
			for b.Loop() {
				loss.CTC(x, t, frames, lengths).Backward()
				x.ZeroGrad()
			}
		})
	}
}
