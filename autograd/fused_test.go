package autograd_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/tensor"
)

// cubed is Σ a³·b as a fused operation that counts what is used.
type cubed struct{ kernels, definitions int }

func (c *cubed) of(x ...*variable) *variable {
	a, b := x[0].Value(), x[1].Value()
	return autograd.Fused("cubed", tensor.Sum(tensor.Mul(tensor.PowScalar(a, 3), b)),
		func(x []*variable) *variable {
			c.definitions++
			return x[0].PowScalar(3).Mul(x[1]).Sum()
		},
		func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
			c.kernels++
			out := make([]*tensor.Tensor, 2)
			if needed[0] {
				out[0] = tensor.MulScalar(tensor.Mul(g, tensor.Mul(tensor.Square(a), b)), 3)
			}
			if needed[1] {
				out[1] = tensor.Mul(g, tensor.PowScalar(a, 3))
			}
			return out
		}, x...)
}

func TestFusedChoosesKernelOrDefinition(t *testing.T) {
	a, b := vector(1, 2), vector(3, 4)
	var c cubed
	c.of(a, b).Backward()
	require.Equal(t, cubed{kernels: 1}, c)
	require.Equal(t, []float64{9, 48}, a.Grad().Value().Float64s())
	autograd.Walk{CreateGraph: true}.Grad([]*variable{c.of(a, b)}, []*variable{a})
	require.Equal(t, cubed{kernels: 1, definitions: 1}, c)

	y, ok := autograd.Defined(c.of(a, b))
	require.True(t, ok)
	require.Equal(t, 3.0+32, y.Item())
	_, ok = autograd.Defined(a)
	require.False(t, ok)
}

func TestFusedDerivatives(t *testing.T) {
	var c cubed
	a, b := tensor.FromSlice([]float64{0.5, -1}), tensor.FromSlice([]float64{2, 0.7})
	require.NoError(t, gradcheck.Options{Order: 4}.Check(func(x []*variable) *variable { return c.of(x...) }, a, b))
	// One input computed from the other, and both the same.
	require.NoError(t, gradcheck.Options{Order: 3}.Check(func(x []*variable) *variable { return c.of(x[0], x[0].Square()) }, a))
	require.NoError(t, gradcheck.Options{Order: 3}.Check(func(x []*variable) *variable { return c.of(x[0], x[0]) }, a))
	require.NoError(t, gradcheck.Options{Order: 3}.Check(func(x []*variable) *variable { return c.of(x[0].Sin(), x[0]) }, a))
}

func TestFusedComputesWhatIsNeeded(t *testing.T) {
	var got []bool
	f := func(x ...*variable) *variable {
		return autograd.Fused("f", tensor.Float64.Scalar(0), nil, func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
			got = append([]bool(nil), needed...)
			return []*tensor.Tensor{g, g, g} // more than needed is ignored, nil would be 0
		}, x...)
	}
	a, b := scalar(1), scalar(2)
	f(a, autograd.Const(b.Value()), b).Backward()
	require.Equal(t, []bool{true, false, true}, got)
	require.Equal(t, 1.0, autograd.Grad(f(a, b, b), a)[0].Item())
	require.Equal(t, []bool{true, false, false}, got)
	require.False(t, f(a, b, autograd.Untracked(b.Value())).WantsGrad())
}

// Each level of a deep chain of fused operations looks at its own definition,
// not at the whole graph beneath it.
func TestDeepFusedChain(t *testing.T) {
	x := scalar(1)
	y := x
	for range 2000 {
		y = autograd.Fused("twice", tensor.MulScalar(y.Value(), 1), func(x []*variable) *variable { return x[0].MulScalar(1) }, nil, y)
	}
	g := autograd.Walk{CreateGraph: true}.Grad([]*variable{y}, []*variable{x})
	require.Equal(t, 1.0, g[0].Item())
}

func TestTry(t *testing.T) {
	require.NoError(t, autograd.Try(func() {}))
	ours := tensor.Errorf("pkg.Op", "bad shape %v", tensor.Shape{2})
	require.Same(t, ours, autograd.Try(func() { panic(ours) }))
	wrapped := fmt.Errorf("layer 3: %w", ours)
	require.Equal(t, wrapped, autograd.Try(func() { panic(wrapped) }))
	foreign := errors.New("not ours")
	require.PanicsWithValue(t, foreign, func() { _ = autograd.Try(func() { panic(foreign) }) })
	require.PanicsWithValue(t, "text", func() { _ = autograd.Try(func() { panic("text") }) })
	require.Panics(t, func() { _ = autograd.Try(func() { var x []int; _ = x[len(x)] }) }, "a runtime error is a bug")
}
