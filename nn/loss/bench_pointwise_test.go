package loss_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// BenchmarkPointwise is every loss of one term per element or row, forward and
// backward, on 32 elements and on a million.
func BenchmarkPointwise(b *testing.B) {
	for _, n := range []int{32, 1 << 20} {
		rng := rand.New(rand.NewPCG(1, 0))
		leaf := func() *autograd.Variable { return autograd.New(tensor.Randn(rng, n)) }
		constant := func(t *tensor.Tensor) *autograd.Variable { return autograd.Const(t) }
		normal, share := constant(tensor.Randn(rng, n)), constant(tensor.Rand(rng, n))
		sign := constant(tensor.Sign(normal.Value()))
		p := autograd.New(tensor.Rand(rng, n))
		variance := autograd.New(tensor.AddScalar(tensor.Rand(rng, n), 0.1))
		width := 16
		if n > 32 {
			width = 256
		}
		rows := func() *autograd.Variable { return autograd.New(tensor.Randn(rng, max(32, n/width), width)) }
		pairs := constant(tensor.Ones(max(32, n/width)))
		for _, c := range []struct {
			name   string
			inputs []*autograd.Variable
		}{
			{"MSELoss", []*autograd.Variable{leaf(), normal}},
			{"L1Loss", []*autograd.Variable{leaf(), normal}},
			{"SmoothL1Loss", []*autograd.Variable{leaf(), normal}},
			{"HuberLoss", []*autograd.Variable{leaf(), normal}},
			{"BCELoss", []*autograd.Variable{p, share}},
			{"BCEWithLogitsLoss", []*autograd.Variable{leaf(), share}},
			{"MultiLabelSoftMarginLoss", []*autograd.Variable{leaf(), share}},
			{"KLDivLoss", []*autograd.Variable{leaf(), share}},
			{"PoissonNLLLoss", []*autograd.Variable{leaf(), share}},
			{"GaussianNLLLoss", []*autograd.Variable{leaf(), normal, variance}},
			{"SoftMarginLoss", []*autograd.Variable{leaf(), sign}},
			{"HingeEmbeddingLoss", []*autograd.Variable{leaf(), sign}},
			{"MarginRankingLoss", []*autograd.Variable{leaf(), leaf(), sign}},
			{"CosineEmbeddingLoss", []*autograd.Variable{rows(), rows(), pairs}},
			{"TripletMarginLoss", []*autograd.Variable{rows(), rows(), rows()}},
		} {
			l, err := loss.New(c.name, nil)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					l.Apply(c.inputs...).Backward()
					for _, x := range c.inputs {
						x.ZeroGrad()
					}
				}
			})
		}
	}
}
