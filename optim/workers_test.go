package optim_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// TestBitsDoNotDependOnWorkers steps a parameter of several pieces with one
// processor and with four.
func TestBitsDoNotDependOnWorkers(t *testing.T) {
	const rows, width = 1000, 101
	for _, name := range optim.Names() {
		var results [][]float64
		for _, workers := range []int{1, 4} {
			func() {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				rng := rand.New(rand.NewPCG(1, 2))
				x := autograd.New(tensor.Randn(rng, rows, width))
				opt, err := optim.New(name, autograd.Parameters(x), []byte(`{"lr":0.1}`))
				require.NoError(t, err)
				for range 3 {
					x.SetGrad(autograd.Untracked(tensor.Randn(rng, rows, width)))
					opt.Step()
				}
				results = append(results, x.Value().Float64s())
			}()
		}
		assert.Equal(t, results[0], results[1], name)
	}
}

func BenchmarkEveryStep(b *testing.B) {
	for _, name := range optim.Names() {
		b.Run(name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			x := autograd.New(tensor.Randn(rng, 1000, 1000))
			opt, err := optim.New(name, autograd.Parameters(x), []byte(`{"lr":0.001}`))
			require.NoError(b, err)
			x.SetGrad(autograd.Untracked(tensor.Randn(rng, 1000, 1000)))
			for b.Loop() {
				opt.Step()
			}
		})
	}
}
