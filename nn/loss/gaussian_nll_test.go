package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("GaussianNLLLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, grid2, counts}},
		{options: options{"full": true}, inputs: []*tensor.Tensor{grid, grid2, tensor.FromSlice([]float64{0.7, 1.4})}},
		{inputs: []*tensor.Tensor{grid, tensor.FromSlice([][]float64{{0.4, 1, 2}}), tensor.FromSlice([][]float64{{0.7}, {1.4}})}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 2), tensor.Zeros(2, 2), tensor.FromSlice([][]float32{{1, 1}, {-2, 1}})}, message: "var[1,0] = -2 is negative"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3, 2), tensor.Zeros(3, 2), tensor.Ones(2)},
			message: "var [2] does not fit input [3 2]: want its shape, or 1 along the last axis, or without it"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3, 2), tensor.Zeros(2), tensor.Ones(3, 2)}, message: "target [2] does not fit input [3 2]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3, 1), tensor.Zeros(3, 2), tensor.Ones(3, 1)}, message: "target [3 2] does not fit input [3 1]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.Zeros(3), tensor.Float64.Ones(3)}, message: "input is float32 and var is float64"},
	},
})

func ExampleGaussianNLLLoss() {
	mean := autograd.New(tensor.FromSlice([][]float64{{0, 1}, {2, 3}}))
	variance := autograd.New(tensor.FromSlice([]float64{1, 4})) // one for each sample
	truth := autograd.Const(tensor.FromSlice([][]float64{{0.5, 1}, {4, 3}}))
	y := loss.GaussianNLL(mean, truth, variance)
	y.Backward()
	fmt.Println(y)
	fmt.Println(mean.Grad())
	fmt.Println(variance.Grad())

	l := loss.NewGaussianNLLLoss()
	l.Full = true // adds ln(2π)/2
	fmt.Println(l.Forward(mean, truth, variance))
	// Output:
	// 0.5028
	// [[-0.1250  0.0000]
	//  [-0.1250  0.0000]]
	// [0.2188 0.0312]
	// 1.4218
}
