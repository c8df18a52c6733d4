package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// grid is a handful of numbers of both signs, none near another or 0.
var (
	grid  = tensor.FromSlice([][]float64{{0.3, -1.2, 2.1}, {-0.7, 0.9, 1.6}})
	grid2 = tensor.FromSlice([][]float64{{-0.4, 0.8, 1.3}, {0.2, 2.5, -1.1}})
)

var _ = add("MSELoss", suite{
	points: []point{{inputs: []*tensor.Tensor{grid, grid2}}},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(4, 1)}, message: "input [4] and target [4 1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.Float64.Zeros(3)}, message: "input is float32 and target is float64"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.Int64.Zeros(3)}, message: "target [3] is int64, not float32 or float64"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3)}, message: "1 inputs given; it takes input, target"},
	},
})

func ExampleMSELoss() {
	prediction := autograd.New(tensor.FromSlice([]float32{2.5, 0, 2}))
	truth := autograd.Const(tensor.FromSlice([]float32{3, -0.5, 2}))
	l := loss.MSE(prediction, truth)
	l.Backward()
	fmt.Println(l, prediction.Grad())

	sum := loss.NewMSELoss()
	sum.Reduction = loss.Sum
	fmt.Println(sum.Forward(prediction, truth))
	// Output:
	// 0.1667 [-0.3333  0.3333  0.0000]
	// 0.5000
}
