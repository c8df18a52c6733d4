package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Gradients at places where finite differences cannot go, from their
// definitions in the doc comments.
func TestGradientsAtKinks(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		f    func(x *variable) *variable
		at   []float64
		want []float64
	}{
		{"Max shares ties", func(x *variable) *variable { return x.Max() }, []float64{2, 1, 2, 2}, []float64{1. / 3, 0, 1. / 3, 1. / 3}},
		{"Min shares ties", func(x *variable) *variable { return x.Min() }, []float64{1, 1, 2}, []float64{0.5, 0.5, 0}},
		{"Maximum halves ties", func(x *variable) *variable { return x.Maximum(autograd.Const(tensor.Float64.Ones(3))).Sum() }, []float64{0, 1, 2}, []float64{0, 0.5, 1}},
		{"Clamp passes its bounds", func(x *variable) *variable { return x.Clamp(-1, 1).Sum() }, []float64{-2, -1, 1, 2}, []float64{0, 1, 1, 0}},
		{"ReLU", func(x *variable) *variable { return x.ReLU().Sum() }, []float64{-1, 0, 1}, []float64{0, 0, 1}},
		{"Abs", func(x *variable) *variable { return x.Abs().Sum() }, []float64{-1, 0, 1}, []float64{-1, 0, 1}},
		{"Pow at 0", func(x *variable) *variable { return x.Pow(autograd.Const(tensor.FromSlice([]float64{0, 1, 2}))).Sum() }, []float64{0, 0, 0}, []float64{0, 1, 0}},
		{"exponent of 0", func(x *variable) *variable { return autograd.Const(tensor.Float64.Zeros(2)).Pow(x).Sum() }, []float64{0, 2}, []float64{0, 0}},
		{"Std of equals", func(x *variable) *variable { return x.Std(1) }, []float64{2, 2, 2}, []float64{0, 0, 0}},
		{"LogSumExp of -Inf", func(x *variable) *variable { return x.LogSumExp() }, []float64{-inf, -inf}, []float64{0, 0}},
		{"LogSumExp masked", func(x *variable) *variable { return x.LogSumExp() }, []float64{-inf, 0, 0}, []float64{0, 0.5, 0.5}},
		{"Prod, one 0", func(x *variable) *variable { return x.Prod() }, []float64{0, 2, 3}, []float64{6, 0, 0}},
		{"Prod, two 0", func(x *variable) *variable { return x.Prod() }, []float64{0, 0, 3}, []float64{0, 0, 0}},
		{"Norm ∞ shares ties", func(x *variable) *variable { return x.Norm(inf) }, []float64{-3, 1, 3}, []float64{-0.5, 0, 0.5}},
		{"Where hides NaN", func(x *variable) *variable {
			return autograd.Where(tensor.Greater(x.Value(), tensor.Float64.Scalar(0)), x, x.Detach().Log()).Sum()
		}, []float64{-1, 1}, []float64{0, 1}},
	} {
		x := vector(c.at...)
		require.InDeltaSlice(t, c.want, autograd.Grad(c.f(x), x)[0].Value().Float64s(), 1e-15, c.name)
	}
	for _, p := range []float64{0, 0.5, 1, 1.5, 2, 3, inf} {
		x := vector(0, 0)
		create := autograd.Walk{CreateGraph: true}
		g := create.Grad([]*variable{x.Norm(p)}, []*variable{x})[0]
		require.Equal(t, []float64{0, 0}, g.Value().Float64s(), "Norm %v at 0", p)
		second := autograd.Walk{AllowUnused: true, Seeds: []*variable{g.Detach().AddScalar(1)}}.Grad([]*variable{g}, []*variable{x})[0]
		if second != nil {
			require.Equal(t, []float64{0, 0}, second.Value().Float64s(), "Norm %v at 0, second order", p)
		}
	}
}

func TestVarOfOne(t *testing.T) {
	require.True(t, math.IsNaN(vector(3).Var(1).Item()), "no degrees of freedom, as in PyTorch")
	require.True(t, math.IsNaN(vector(3).Std(1).Item()))
	require.Equal(t, 0.0, vector(3).Var(0).Item())
}

func TestReductionsOfNothing(t *testing.T) {
	x := autograd.New(tensor.Float64.Zeros(0, 2))
	require.True(t, math.IsNaN(x.Mean().Item()))
	require.Equal(t, math.Inf(-1), x.LogSumExp().Item())
	require.ErrorContains(t, autograd.Try(func() { x.Max(0) }), "tensor.Max: shape [0 2] has no elements along axes [0]")
	require.ErrorContains(t, autograd.Try(func() { autograd.Concat(0) }), "no tensors to join")
}
