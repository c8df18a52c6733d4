package optim_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// Four batches of 2 make the step of one batch of 8.
func Example_gradientAccumulation() {
	x := tensor.FromSlice([]float64{0, 1, 2, 3, 4, 5, 6, 7})
	y := tensor.AddScalar(tensor.MulScalar(x, 2), 1)
	w, b := autograd.New(tensor.Float64.Scalar(0)), autograd.New(tensor.Float64.Scalar(0))
	opt := optim.NewSGD(autograd.Parameters(w, b), 0.01)
	loss := func(from, to int) *autograd.Variable {
		x, y := autograd.Const(tensor.Slice(x, 0, from, to)), autograd.Const(tensor.Slice(y, 0, from, to))
		return x.Mul(w).Add(b).Sub(y).Square().Mean()
	}
	const batches, size = 4, 2

	opt.ZeroGrad()
	for k := range batches {
		loss(k*size, (k+1)*size).MulScalar(1.0 / batches).Backward() // adds to what is there
	}
	opt.Step()
	fmt.Printf("%.2f %.2f\n", w.Item(), b.Item())
	// Output: 0.77 0.16
}

// TestAccumulatedGradientsAreThoseOfOneBatch takes every optimizer 5 steps
// along a network's loss, in one batch and in several.
func TestAccumulatedGradientsAreThoseOfOneBatch(t *testing.T) {
	const rows = 24
	for _, name := range optim.Names() {
		var ends [][]float64
		for _, batches := range []int{1, 2, 8} {
			rng := rand.New(rand.NewPCG(3, 4))
			x, y := tensor.Float64.Randn(rng, rows, 3), tensor.Float64.Randn(rng, rows, 1)
			w1, w2 := autograd.New(tensor.Float64.Randn(rng, 3, 5)), autograd.New(tensor.Float64.Randn(rng, 5, 1))
			params := autograd.Parameters(w1, w2)
			opt, err := optim.New(name, params, []byte(`{"lr":0.01}`))
			require.NoError(t, err)
			for range 5 {
				opt.ZeroGrad()
				for k := range batches {
					size := rows / batches
					part := func(x *tensor.Tensor) *autograd.Variable {
						return autograd.Const(tensor.Slice(x, 0, k*size, (k+1)*size))
					}
					part(x).MatMul(w1).Tanh().MatMul(w2).Sub(part(y)).Square().Mean().MulScalar(1 / float64(batches)).Backward()
				}
				opt.Step()
			}
			ends = append(ends, append(w1.Value().Float64s(), w2.Value().Float64s()...))
		}
		for _, end := range ends[1:] {
			assert.InDeltaSlice(t, ends[0], end, 1e-9, name)
		}
	}
}
