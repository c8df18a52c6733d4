package autograd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/tensor"
)

// cube returns scale·x³ and withholds the gradient of scale.
func cube(x, scale *variable) *variable {
	value := tensor.Mul(scale.Value(), tensor.PowScalar(x.Value(), 3))
	return autograd.Custom("Cube", value, []*variable{x, scale},
		func(_, g *variable) *variable { return g.Mul(x.Square()).Mul(scale).MulScalar(3) }, nil)
}

func TestCustom(t *testing.T) {
	scale := autograd.Const(tensor.Float64.Scalar(2))
	f := func(x []*variable) *variable { return cube(x[0], scale) }
	require.NoError(t, gradcheck.Options{Order: 3}.Check(f, apart(1, 2, 3)))

	x, s := autograd.New(tensor.Float64.Scalar(3)), autograd.New(tensor.Float64.Ones(4))
	y := cube(x, s) // the gradient of x is summed over what x was repeated to
	require.Equal(t, "Cube", y.Op())
	g := autograd.Walk{AllowUnused: true}.Grad([]*variable{y.Sum()}, []*variable{x, s})
	require.Equal(t, 108.0, g[0].Item())
	require.True(t, g[1] == nil || tensor.Equal(g[1].Value(), tensor.Float64.Zeros(4)))

	err := autograd.Try(func() { autograd.Custom("Cube", y.Value(), []*variable{x, s}, nil) })
	require.EqualError(t, err, "autograd.Custom: 1 rules for the 2 inputs of Cube")
}

// An impossible outcome adds nothing, nor does its derivative.
func TestXLogYOfNothing(t *testing.T) {
	inf := math.Inf(1)
	x := autograd.New(tensor.FromSlice([]float64{0, 0, 0, 0, 1}))
	b := autograd.New(tensor.FromSlice([]float64{0, -1, inf, 0.5, 0}))
	y := x.XLogY(b)
	require.Equal(t, []float64{0, 0, 0, 0, -inf}, tensor.Data[float64](tensor.AddScalar(y.Value(), 0)))
	g := autograd.Grad(y.Sum(), x, b)
	require.Equal(t, []float64{0, 0, 0, math.Log(0.5), -inf}, tensor.Data[float64](g[0].Value()))
	require.Equal(t, []float64{0, 0, 0, 0, inf}, tensor.Data[float64](g[1].Value()))
}

// A square root whose gradient at 0 is 0, where the formula's is infinite.
func ExampleCustom() {
	root := func(x *autograd.Variable) *autograd.Variable {
		return autograd.Custom("SafeSqrt", tensor.Sqrt(x.Value()), []*autograd.Variable{x},
			func(y, g *autograd.Variable) *autograd.Variable {
				zero := autograd.Const(x.DType().Scalar(0))
				return autograd.Where(tensor.Equals(y.Value(), zero.Value()), zero, g.Div(y.MulScalar(2)))
			})
	}
	x := autograd.New(tensor.FromSlice([]float64{0, 4}))
	root(x).Sum().Backward()
	fmt.Println(x.Grad())
	// Output:
	// [0.0000 0.2500]
}
