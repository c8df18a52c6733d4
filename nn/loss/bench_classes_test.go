package loss_test

import (
	"math/rand/v2"
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// BenchmarkClasses is every loss over classes, forward and backward, on 32
// samples of 10 classes.
func BenchmarkClasses(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 0))
	x := autograd.New(tensor.Randn(rng, 32, 10))
	class := autograd.Const(tensor.Randint(rng, 0, 10, 32))
	labels := tensor.Int64.Full(-1, 32, 10)
	for i := range 32 {
		tensor.Data[int64](labels)[10*i] = rng.Int64N(10)
	}
	for name, target := range map[string]*autograd.Variable{
		"CrossEntropyLoss": class, "NLLLoss": class, "MultiMarginLoss": class, "MultiLabelMarginLoss": autograd.Const(labels),
	} {
		l, err := loss.New(name, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Apply(x, target).Backward()
				x.ZeroGrad()
			}
		})
	}
}
