package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var (
	grid3    = tensor.FromSlice([][]float64{{0.9, -0.3, 1.1}, {-1.5, 1.4, 0.6}})
	triplets = []*tensor.Tensor{grid, grid2, grid3}
)

// Both triplet losses reject the same inputs.
var tripletRejections = []rejection{
	{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(1, 3), tensor.Zeros(2, 3)}, message: "anchor [2 3] and positive [1 3] differ"},
	{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3), tensor.Zeros(3)}, message: "anchor [2 3] and negative [3] differ"},
	{inputs: []*tensor.Tensor{tensor.Zeros(2), tensor.Zeros(2), tensor.Float64.Zeros(2)}, message: "anchor is float32 and negative is float64"},
	{inputs: []*tensor.Tensor{tensor.Scalar(1), tensor.Scalar(1), tensor.Scalar(1)}, message: "anchor is a number, not a vector or a batch of them"},
}

var _ = add("TripletMarginLoss", suite{
	points: []point{
		{options: options{"margin": 3}, inputs: triplets},
		{options: options{"p": 1, "swap": true}, inputs: triplets},
		{options: options{"p": 3, "eps": 0.01, "margin": 0.5}, inputs: triplets},
		{options: options{"p": 1.5, "margin": 2}, inputs: []*tensor.Tensor{tensor.Reshape(grid, 6), tensor.Reshape(grid2, 6), tensor.Reshape(grid3, 6)}},
		{options: options{"p": 0.5, "margin": 9}, inputs: triplets},
	},
	rejects: tripletRejections,
	better: []answer{ // the square of 1e30 is infinite in float32
		{inputs: []*tensor.Tensor{tensor.FromSlice([]float32{3e30, 4e30}), tensor.Zeros(2), tensor.FromSlice([]float32{3e30, 4e30})},
			value: tensor.Scalar(5e30), grad: tensor.FromSlice([]float32{0.6 - math.Sqrt2/2, 0.8 - math.Sqrt2/2})},
	},
})

func TestTripletsOfInfiniteNorm(t *testing.T) {
	for _, p := range []float64{math.Inf(1), math.Inf(-1)} {
		l := loss.NewTripletMarginLoss()
		l.P, l.Margin = p, 5
		f := func(x []*autograd.Variable) *autograd.Variable { return l.Forward(x[0], x[1], x[2]) }
		require.NoError(t, gradcheck.CheckGrad(f, triplets...))
	}
	_, err := loss.New("TripletMarginLoss", []byte(`{"p": "nan"}`))
	require.EqualError(t, err, "loss.TripletMarginLoss: an option is NaN: margin 1, p NaN, eps 1e-06")
}

func ExampleTripletMarginLoss() {
	anchor := autograd.New(tensor.FromSlice([][]float64{{1}}))
	positive := autograd.Const(tensor.FromSlice([][]float64{{2}}))
	negative := autograd.Const(tensor.FromSlice([][]float64{{0.5}}))
	l := loss.NewTripletMarginLoss()
	l.P = 1
	y := l.Forward(anchor, positive, negative)
	y.Backward()
	fmt.Println(y, anchor.Grad())
	fmt.Println(loss.TripletMargin(anchor, positive, positive)) // as near to both: the margin
	// Output:
	// 1.5000 [[-2.]]
	// 1.0000
}
