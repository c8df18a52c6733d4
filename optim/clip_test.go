package optim_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

func TestGradNormOfNothing(t *testing.T) {
	p := leaf("w", 1, 1)
	p.ZeroGrad()
	for _, params := range [][]autograd.Parameter{nil, one(p)} {
		assert.Zero(t, optim.GradNorm(params, 2))
		assert.Zero(t, optim.ClipGradNorm(params, 1, math.Inf(1)))
	}
	optim.ClipGradValue(one(p), 1)
	assert.Nil(t, p.Grad())
}

// TestGradNormDoesNotOverflow has gradients whose squares are beyond their
// type, where PyTorch's norm is Inf or 0 and its clipped gradients with it.
func TestGradNormDoesNotOverflow(t *testing.T) {
	for _, c := range []struct{ a, b, norm float64 }{
		{3e200, 4e200, 5e200}, {3e-200, 4e-200, 5e-200}, {3e-320, 4e-320, 5e-320}, {3, 4, 5},
	} {
		params := []autograd.Parameter{leaf("a", 0, c.a), leaf("b", 0, c.b)}
		assert.InEpsilon(t, c.norm, optim.GradNorm(params, 2), 1e-3)
		optim.ClipGradNorm(params, 1, 2)
		if c.norm >= 5 {
			assert.InEpsilon(t, 0.6, params[0].Grad().Item(), 1e-6)
			assert.InEpsilon(t, 0.8, params[1].Grad().Item(), 1e-6)
		} else {
			assert.Equal(t, c.a, params[0].Grad().Item())
		}
	}
	x := autograd.New(tensor.Zeros(2))
	x.SetGrad(autograd.Untracked(tensor.FromSlice([]float32{3e38, 3e38})))
	assert.InEpsilon(t, 3e38*math.Sqrt2, optim.ClipGradNorm(autograd.Parameters(x), 1, 2), 1e-6) // beyond float32
	assert.InDelta(t, math.Sqrt(0.5), x.Grad().Value().At(0), 1e-6)
}

func TestClippingDoesNotWriteToSharedGradients(t *testing.T) {
	shared := autograd.Untracked(tensor.New([]float64{3}))
	a, b := leaf("a", 0, 0), leaf("b", 0, 0)
	a.SetGrad(shared)
	b.SetGrad(shared)
	optim.ClipGradNorm([]autograd.Parameter{a, b}, 1, 2)
	assert.Equal(t, 3.0, shared.Item())
	assert.InDelta(t, math.Sqrt(0.5), a.Grad().Item(), 1e-6)
	optim.ClipGradValue(one(a), 0.25)
	assert.Equal(t, 0.25, a.Grad().Item())
	assert.InDelta(t, math.Sqrt(0.5), b.Grad().Item(), 1e-6)
}

func TestNonfiniteNorms(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	grads := func(v float64) []autograd.Parameter {
		x := autograd.New(tensor.Zeros(2, 2))
		x.SetGrad(autograd.Untracked(tensor.FromSlice([][]float64{{1, 2}, {3, v}}).To(tensor.Float32)))
		return []autograd.Parameter{leaf("ok", 0, 5), {Name: "fc.weight", Variable: x}}
	}
	for _, p := range []float64{1, 2, 3, inf} {
		// As PyTorch 1.13: an infinite norm gives 0 and Inf·0, a NaN spoils all.
		params := grads(inf)
		assert.Equal(t, inf, optim.ClipGradNorm(params, 1, p))
		assert.Equal(t, 0.0, params[0].Grad().Item())
		assert.True(t, math.IsNaN(params[1].Grad().Value().At(1, 1)))
		params = grads(nan)
		assert.True(t, math.IsNaN(optim.ClipGradNorm(params, 1, p)))
		assert.True(t, math.IsNaN(params[0].Grad().Item()))

		for _, v := range []float64{nan, inf, -inf} {
			params = grads(v)
			norm, err := optim.ClipFiniteGradNorm(params, 1, p)
			assert.NotZero(t, norm-norm)
			require.ErrorContains(t, err, `: the gradient of "fc.weight" [2 2] is `)
			require.ErrorContains(t, err, " at element 3")
			assert.Equal(t, 5.0, params[0].Grad().Item(), "gradients must be left alone")
		}
	}
	params := []autograd.Parameter{leaf("a", 0, 1.5e308), leaf("b", 0, 1.5e308)}
	_, err := optim.ClipFiniteGradNorm(params, 1, 1)
	assert.EqualError(t, err, "optim.ClipFiniteGradNorm: the gradients' norm is +Inf")

	params = grads(4)
	norm, err := optim.ClipFiniteGradNorm(params, 100, 2)
	require.NoError(t, err)
	assert.InDelta(t, math.Sqrt(55), norm, 1e-12)
	assert.Equal(t, 5.0, params[0].Grad().Item())
}

func TestClipGradValueKeepsNaN(t *testing.T) {
	for _, c := range []struct{ grad, limit, want float64 }{
		{3, 1, 1}, {-3, 1, -1}, {0.5, 1, 0.5}, {math.Inf(-1), 2, -2}, {3, 0, 0}, {3, math.Inf(1), 3},
	} {
		p := leaf("w", 0, c.grad)
		optim.ClipGradValue(one(p), c.limit)
		assert.Equal(t, c.want, p.Grad().Item())
	}
	p := leaf("w", 0, math.NaN())
	optim.ClipGradValue(one(p), 1)
	assert.True(t, math.IsNaN(p.Grad().Item()))
}

func TestClippingRejectsLimits(t *testing.T) {
	p := one(leaf("w", 0, 1))
	wantPanic(t, "optim.ClipGradNorm: maxNorm is -1, not a number from 0 on", func() { optim.ClipGradNorm(p, -1, 2) })
	wantPanic(t, "optim.ClipGradNorm: p is 0, not positive", func() { optim.ClipGradNorm(p, 1, 0) })
	wantPanic(t, "optim.GradNorm: p is NaN, not positive", func() { optim.GradNorm(p, math.NaN()) })
	wantPanic(t, "optim.ClipFiniteGradNorm: maxNorm is NaN, not a number from 0 on",
		func() { _, _ = optim.ClipFiniteGradNorm(p, math.NaN(), 2) })
	wantPanic(t, "optim.ClipGradValue: limit is NaN, not a number from 0 on", func() { optim.ClipGradValue(p, math.NaN()) })
}
