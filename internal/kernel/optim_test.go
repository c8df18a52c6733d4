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

// Kernels against the portable loops, at every length and with canaries.
func TestStepsEqualPortableLoops(t *testing.T) {
	needAssembly(t)
	t.Run("float32", func(t *testing.T) { stepsEqual[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { stepsEqual[float64](t, 1e-13) })
}

func stepsEqual[T Float](t *testing.T, tolerance float64) {
	k32, k64 := steps32, steps64
	defer func() { steps32, steps64 = k32, k64 }()
	sgd := SGD{LR: 0.1, Momentum: 0.9, Dampening: 0.1}
	adam := Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Bias1: 0.271, Bias2: 0.0297}
	for n := range 68 {
		for _, decay := range []float64{0, 0.1} {
			for _, yes := range []bool{false, true} {
				sgd.WeightDecay, sgd.Nesterov, adam.WeightDecay, adam.Decoupled = decay, yes, decay, yes
				for name, step := range map[string]func(p, g, a, b []T){
					"SGD":  func(p, g, a, _ []T) { SGDStep(sgd, p, g, a) },
					"Adam": func(p, g, a, b []T) { AdamStep(adam, p, g, a, b, nil) },
				} {
					fresh := func() (out [4]guards[T]) {
						rng := rand.New(rand.NewPCG(uint64(n), 1))
						for i := range out {
							out[i] = guarded[T](rng, n)
							for k := range out[i].in {
								out[i].in[k] = T(rng.Float64())
							}
						}
						return out
					}
					got, want := fresh(), fresh()
					steps32, steps64 = k32, k64
					step(got[0].in, got[1].in, got[2].in, got[3].in)
					steps32, steps64 = nil, nil
					step(want[0].in, want[1].in, want[2].in, want[3].in)
					for i := range got {
						got[i].check(t)
						for k, w := range want[i].in {
							require.InDelta(t, w, got[i].in[k], tolerance, "%s, buffer %d", name, i)
						}
					}
				}
			}
		}
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
