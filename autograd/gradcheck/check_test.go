package gradcheck_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/tensor"
)

type (
	variable  = autograd.Variable
	variables = []*autograd.Variable
)

func random(shape ...int) *tensor.Tensor {
	return tensor.Float64.Randn(rand.New(rand.NewPCG(7, 0)), shape...)
}

// product is x[0]·x[1] as a fused operation with parts that a test may break.
func product(x variables, definition func(variables) *variable, backward func(g *tensor.Tensor) []*tensor.Tensor) *variable {
	return autograd.Fused("product", tensor.Mul(x[0].Value(), x[1].Value()), definition,
		func(g *tensor.Tensor, _ []bool) []*tensor.Tensor { return backward(g) }, x...)
}

func multiplied(x variables) *variable { return x[0].Mul(x[1]) }

func TestRightRulesPass(t *testing.T) {
	composed := func(x variables) *variable { return x[0].MatMul(x[1]).Tanh().Mul(x[2]).Exp() }
	for _, d := range []tensor.DType{tensor.Float64, tensor.Float32} {
		in := []*tensor.Tensor{random(2, 3).To(d), random(3, 4).To(d), random(4).To(d)}
		require.NoError(t, gradcheck.Check(composed, in...), d)
		require.NoError(t, gradcheck.CheckGrad(composed, in...), d)
		require.NoError(t, gradcheck.Options{Order: 2, Directions: 3}.Check(composed, in...), d)
	}
	require.NoError(t, gradcheck.Options{Order: 4}.Check(func(x variables) *variable {
		return x[0].Sin().Mul(x[0].Exp())
	}, random(3)))
}

func TestRightFusedPasses(t *testing.T) {
	a, b := random(3), random(3)
	f := func(x variables) *variable {
		return product(x, multiplied, func(g *tensor.Tensor) []*tensor.Tensor {
			return []*tensor.Tensor{tensor.Mul(g, x[1].Value()), tensor.Mul(g, x[0].Value())}
		})
	}
	require.NoError(t, gradcheck.Options{Order: 3}.Check(f, a, b))
}

func TestWrongFirstDerivative(t *testing.T) {
	a, b := random(2, 3), random(2, 3)
	wrong := func(x variables) *variable {
		return product(x, multiplied, func(g *tensor.Tensor) []*tensor.Tensor {
			gb := tensor.Mul(g, x[0].Value())
			gb.Set(gb.At(1, 2)+0.5, 1, 2)
			return []*tensor.Tensor{tensor.Mul(g, x[1].Value()), gb}
		})
	}
	err := gradcheck.Check(wrong, a, b)
	var m *gradcheck.Mismatch
	require.ErrorAs(t, err, &m)
	assert.Equal(t, 1, m.Order)
	assert.Equal(t, 1, m.Input)
	assert.Equal(t, 5, m.Index)
	assert.Equal(t, []int{1, 2}, m.Position)
	assert.InDelta(t, 0.5, m.Analytic-m.Numeric, 1e-6)
	assert.Equal(t, 1, m.Wrong)
	assert.Equal(t, 6, m.Compared)
	assert.ErrorContains(t, err, "input 1 of shape [2 3], element 5 at [1 2]: analytic ")

	err = gradcheck.Options{Directions: 2}.Check(wrong, a, b)
	require.ErrorAs(t, err, &m)
	assert.Equal(t, 1, m.Input)
	assert.ErrorContains(t, err, "random direction 0")
}

// A definition that is wrong shows only when the gradient is differentiated.
func TestWrongSecondDerivative(t *testing.T) {
	f := func(x variables) *variable {
		return product(x, func(x variables) *variable { return x[0].Mul(x[1].Square()) },
			func(g *tensor.Tensor) []*tensor.Tensor {
				return []*tensor.Tensor{tensor.Mul(g, x[1].Value()), tensor.Mul(g, x[0].Value())}
			})
	}
	require.NoError(t, gradcheck.Check(f, random(3), random(3)))
	err := gradcheck.CheckGrad(f, random(3), random(3))
	require.Error(t, err)
	assert.ErrorContains(t, err, "order 2")
}

// The gradient of an input that was broadcast must be summed; one that is only
// cut to shape is wrong.
func TestWrongUnbroadcast(t *testing.T) {
	f := func(x variables) *variable {
		return product(x, multiplied, func(g *tensor.Tensor) []*tensor.Tensor {
			gb := tensor.Mul(g, x[0].Value())
			return []*tensor.Tensor{tensor.Mul(g, x[1].Value()), tensor.Slice(gb, 0, 0, 1)}
		})
	}
	var m *gradcheck.Mismatch
	require.ErrorAs(t, gradcheck.Check(f, random(4, 3), random(3)), &m)
	assert.Equal(t, 1, m.Input)
}

func TestMissingDependency(t *testing.T) {
	var m *gradcheck.Mismatch
	err := gradcheck.Check(func(x variables) *variable { return x[0].Mul(x[0].Detach()) }, random(3))
	require.ErrorAs(t, err, &m)
	assert.InDelta(t, 2*m.Analytic, m.Numeric, 1e-6)

	err = gradcheck.Check(func(x variables) *variable { return x[0].Detach().Sum() }, random(3))
	require.ErrorAs(t, err, &m)
	assert.Zero(t, m.Analytic)
	assert.InDelta(t, 1, m.Numeric, 1e-6)
}

// A gradient that is right but detached from the incoming one is only found by
// varying that, too.
func TestForgottenIncomingGradient(t *testing.T) {
	f := func(x variables) *variable {
		y := x[0].MulScalar(1)
		if y.WantsGrad() {
			y.Hook(func(g *variable) *variable { return g.Detach() })
		}
		return y
	}
	require.NoError(t, gradcheck.Check(f, random(2)))
	err := gradcheck.CheckGrad(f, random(2))
	assert.ErrorContains(t, err, "incoming gradient 0 of order 1")
}

func TestErrorsOfTheFunction(t *testing.T) {
	err := gradcheck.Check(multiplied, random(2), random(3))
	var ours *tensor.Error
	require.True(t, errors.As(err, &ours))
	assert.Equal(t, "tensor.Mul", ours.Op)

	calls := 0.0
	err = gradcheck.Check(func(x variables) *variable { calls++; return x[0].AddScalar(calls) }, random(2))
	assert.ErrorContains(t, err, "not deterministic")

	err = gradcheck.Check(func(x variables) *variable { return x[0].Sqrt() }, tensor.Float64.Zeros(2))
	var m *gradcheck.Mismatch
	require.ErrorAs(t, err, &m, "an infinite derivative cannot be compared")
}

func TestConstantInputsAndEmptyOnes(t *testing.T) {
	index := tensor.FromSlice([]int64{1, 0, 1})
	require.NoError(t, gradcheck.CheckGrad(func(x variables) *variable {
		return x[0].IndexSelect(0, x[1].Value()).Square()
	}, random(2, 2), index))
	require.NoError(t, gradcheck.CheckGrad(func(x variables) *variable { return x[0].Exp() }, random(0, 3)))
	require.NoError(t, gradcheck.Options{Directions: 2}.Check(func(x variables) *variable { return x[0].Exp() }, random(0, 3)))
}

func TestOptions(t *testing.T) {
	slightly := func(x variables) *variable { // off by one part in a thousand
		return autograd.Fused("square", tensor.Square(x[0].Value()), func(x variables) *variable { return x[0].Square() },
			func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
				return []*tensor.Tensor{tensor.MulScalar(tensor.Mul(g, x[0].Value()), 2.002)}
			}, x...)
	}
	require.Error(t, gradcheck.Check(slightly, random(3)))
	require.NoError(t, gradcheck.Options{RTol: 1e-2}.Check(slightly, random(3)))
	// A step across the kink of |x| gives a slope between −1 and 1.
	near := tensor.FromSlice([]float64{0.01})
	abs := func(x variables) *variable { return x[0].Abs() }
	require.NoError(t, gradcheck.Check(abs, near))
	require.Error(t, gradcheck.Options{Step: 0.1}.Check(abs, near))
}
