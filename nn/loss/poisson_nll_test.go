package loss_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var counts = tensor.FromSlice([][]float64{{0.5, 2, 3}, {1.5, 4, 0.2}})

var _ = add("PoissonNLLLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, counts}},
		{options: options{"full": true}, inputs: []*tensor.Tensor{grid, counts}},
		{options: options{"log_input": false, "eps": 0.01}, inputs: []*tensor.Tensor{counts, counts}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Int64.Zeros(4), tensor.Int64.Zeros(4)}, message: "input [4] is int64, not float32 or float64"},
	},
})

// The approximation of ln y! that Full adds is 0 up to 1, and so is its
// derivative; PyTorch's is NaN at 0 and below.
func TestPoissonNLLTargetOfZero(t *testing.T) {
	l := loss.NewPoissonNLLLoss()
	l.Full = true
	x := autograd.Const(tensor.FromSlice([]float64{3, 3, 3}))
	y := autograd.New(tensor.FromSlice([]float64{0, 1, -1}))
	g := autograd.Grad(l.Forward(x, y).MulScalar(3), y)
	require.Equal(t, []float64{-3, -3, -3}, tensor.Data[float64](g[0].Value()))
}

func ExamplePoissonNLLLoss() {
	logRates := autograd.New(tensor.FromSlice([]float64{0, 1, 2}))
	seen := autograd.Const(tensor.FromSlice([]int64{1, 2, 9}))
	y := loss.PoissonNLL(logRates, seen)
	y.Backward()
	fmt.Println(y, logRates.Grad()) // rate − count, over 3

	l := loss.NewPoissonNLLLoss()
	l.Full = true
	fmt.Println(l.Forward(logRates, seen))
	// Output:
	// -2.9642 [ 0.0000  0.2394 -0.5370]
	// 1.5172
}
