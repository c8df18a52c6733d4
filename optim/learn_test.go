package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// optimizers returns one of each kind over params.
func optimizers(lr float64) map[string]func(params []autograd.Parameter) optim.Optimizer {
	return map[string]func(params []autograd.Parameter) optim.Optimizer{
		"SGD": func(params []autograd.Parameter) optim.Optimizer {
			o := optim.NewSGD(params, lr)
			o.Momentum, o.Nesterov = 0.9, true
			return o
		},
		"Adam": func(params []autograd.Parameter) optim.Optimizer {
			o := optim.NewAdam(params)
			o.LR = lr
			return o
		},
		"AdamW": func(params []autograd.Parameter) optim.Optimizer {
			o := optim.NewAdamW(params)
			o.LR, o.AMSGrad = lr, true
			return o
		},
	}
}

// train makes n steps on a loss and returns the last value of it.
func train(opt optim.Optimizer, n int, loss func() *autograd.Variable) float64 {
	var last float64
	for range n {
		opt.ZeroGrad()
		l := loss()
		l.Backward()
		opt.Step()
		last = l.Item()
	}
	return last
}

func TestLinearRegressionRecoversWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := autograd.Const(tensor.Float64.Randn(rng, 64, 3))
	truth := tensor.FromSlice([][]float64{{2}, {-3}, {0.5}})
	y := autograd.Const(tensor.AddScalar(tensor.MatMul(x.Value(), truth), 4))
	for name, make := range optimizers(0.05) {
		if name == "AdamW" {
			continue // its decay pulls away from the truth
		}
		t.Run(name, func(t *testing.T) {
			w, b := autograd.New(tensor.Float64.Zeros(3, 1)), autograd.New(tensor.Float64.Zeros(1))
			loss := train(make(autograd.Parameters(w, b)), 1500, func() *autograd.Variable {
				return x.MatMul(w).Add(b).Sub(y).Square().Mean()
			})
			assert.Less(t, loss, 1e-8)
			assert.InDeltaSlice(t, truth.Float64s(), w.Value().Float64s(), 1e-4)
			assert.InDelta(t, 4, b.Item(), 1e-4)
		})
	}
}

// TestRosenbrock walks down the banana valley f = (1−x)² + 100(y−x²)² from its
// customary start (−1.2, 1), where f is 24.2, towards (1, 1), where it is 0.
func TestRosenbrock(t *testing.T) {
	x, y := autograd.New(tensor.Float64.Scalar(-1.2)), autograd.New(tensor.Float64.Scalar(1))
	opt := optim.NewAdam(autograd.Parameters(x, y))
	opt.LR = 0.01
	f := func() *autograd.Variable {
		return x.Neg().AddScalar(1).Square().Add(y.Sub(x.Square()).Square().MulScalar(100))
	}
	before := math.Inf(1)
	for range 6 {
		now := train(opt, 1000, f)
		assert.Less(t, now, before)
		before = now
	}
	assert.Less(t, before, 1e-6)
	assert.InDelta(t, 1, x.Item(), 1e-2)
	assert.InDelta(t, 1, y.Item(), 1e-2)
}

func TestXOR(t *testing.T) {
	x := autograd.Const(tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	y := autograd.Const(tensor.FromSlice([][]float32{{0}, {1}, {1}, {0}}))
	for name, make := range optimizers(0.05) {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(3, 4))
			w1, b1 := autograd.New(tensor.Randn(rng, 2, 8)), autograd.New(tensor.Zeros(8))
			w2, b2 := autograd.New(tensor.Randn(rng, 8, 1)), autograd.New(tensor.Zeros(1))
			forward := func() *autograd.Variable { return x.MatMul(w1).Add(b1).Tanh().MatMul(w2).Add(b2) }
			train(make(autograd.Parameters(w1, b1, w2, b2)), 500, func() *autograd.Variable {
				return forward().Sub(y).Square().Mean()
			})
			assert.InDeltaSlice(t, y.Value().Float64s(), forward().Value().Float64s(), 0.1)
		})
	}
}
