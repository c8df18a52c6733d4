package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("SmoothL1Loss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, grid2}},
		{options: options{"beta": 0.25}, inputs: []*tensor.Tensor{grid, grid2}},
		{options: options{"beta": 0}, inputs: []*tensor.Tensor{grid, grid2}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Float64.Zeros(4)}, message: "input is float32 and target is float64"},
	},
	better: []answer{
		// PyTorch: slope −1 for both input and target where they are equal.
		{options: options{"beta": 0, "reduction": "sum"}, inputs: []*tensor.Tensor{tensor.FromSlice([]float32{1, 2}), tensor.FromSlice([]float32{1, 5})},
			value: tensor.Scalar(3), grad: tensor.FromSlice([]float32{0, -1})},
	},
})

func ExampleSmoothL1Loss() {
	offset := autograd.New(tensor.FromSlice([]float32{0.5, -2, 10}))
	truth := autograd.Const(tensor.Zeros(3))
	l := loss.NewSmoothL1Loss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(offset, truth))

	loss.SmoothL1(offset, truth).Backward()
	fmt.Println(offset.Grad())
	// Output:
	// [0.1250 1.5000 9.5000]
	// [ 0.1667 -0.3333  0.3333]
}
