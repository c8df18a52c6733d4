package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStepsDoNotDependOnTheCut steps a parameter of several pieces, with one
// and with several workers, and each element on its own. Values against
// PyTorch are package optim's test.
func TestStepsDoNotDependOnTheCut(t *testing.T) {
	const n = 2*stepGrain + 17
	steps := map[string]func(p, g, a, b, c []float32){
		"SGD": func(p, g, a, _, _ []float32) {
			SGDStep(SGD{LR: 0.1, Momentum: 0.9, Nesterov: true, WeightDecay: 0.01}, p, g, a)
		},
		"SGD without momentum": func(p, g, _, _, _ []float32) { SGDStep(SGD{LR: 0.1}, p, g, nil) },
		"Adam": func(p, g, a, b, _ []float32) {
			AdamStep(Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Bias1: 0.271, Bias2: 0.0297}, p, g, a, b, nil)
		},
		"AMSGrad": func(p, g, a, b, c []float32) {
			AdamStep(Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.99, WeightDecay: 0.1, Bias1: 0.271, Bias2: 0.0297}, p, g, a, b, c)
		},
	}
	// fresh returns the parameter, the gradient and three buffers, not negative.
	fresh := func() (out [5][]float32) {
		rng := rand.New(rand.NewPCG(1, 1))
		for i := range out {
			out[i] = make([]float32, n)
			for k := range n {
				out[i][k] = rng.Float32()
			}
		}
		return out
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			single := fresh()
			for i := range n {
				step(single[0][i:i+1], single[1][i:i+1], single[2][i:i+1], single[3][i:i+1], single[4][i:i+1])
			}
			for _, procs := range []int{1, 4} {
				runtime.GOMAXPROCS(procs)
				whole := fresh()
				step(whole[0], whole[1], whole[2], whole[3], whole[4])
				require.Equal(t, single, whole)
			}
			require.NotEqual(t, fresh()[0], single[0])
		})
	}
}

func TestNormAcrossScales(t *testing.T) {
	x := make([]float64, 1000)
	for _, scale := range []float64{1e-310, 1e-200, 1e-150, 1e-139, 1, 1e149, 1e151, 1e300} {
		for i := range x {
			x[i] = scale * float64(i%3-1)
		}
		for _, p := range []float64{1, 2, 3} { // 667 elements are not 0
			require.InEpsilon(t, math.Pow(667, 1/p)*scale, Norm(x, p), 1e-9, "p %v, scale %v", p, scale)
		}
	}
	require.Zero(t, Norm([]float32{}, 2))
	require.Zero(t, Norm([]float32{0, 0}, 2))
}
