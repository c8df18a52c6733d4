package loss_test

import (
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("MultiMarginLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, three}},
		{options: options{"p": 2, "margin": 2.5}, inputs: []*tensor.Tensor{grid, three}},
		{options: options{"p": 2, "weight": spaced, "margin": -0.2}, inputs: []*tensor.Tensor{grid, three}},
		{options: options{"p": 2}, inputs: []*tensor.Tensor{tensor.Reshape(grid, 6), tensor.Int64.Scalar(4)}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.FromSlice([]int64{0, 3})}, message: "target[1] = 3 is not a class of input [2 3]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.Int64.Scalar(-1)}, message: "target = -1 is not a class of input [3]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Int64.Zeros(1)}, message: "target [1] does not fit input [2 3]: want [2]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2)}, message: "target [2] is float32, not int64 classes"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3, 1), tensor.Int64.Zeros(2)}, message: "input [2 3 1] is not [N C] or [C] with at least one class"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 0), tensor.Int64.Zeros(2)}, message: "input [2 0] is not [N C] or [C] with at least one class"},
		// PyTorch reads past the end of this weight
		{options: options{"weight": []float64{1, 2}}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), three},
			message: "weight [2] for the classes of input [2 3]: want [3]"},
	},
	better: []answer{ // PyTorch's is whatever its memory holds
		{options: options{"reduction": "sum"}, inputs: []*tensor.Tensor{tensor.Zeros(0, 3), tensor.Int64.Zeros(0)},
			value: tensor.Scalar(0), grad: tensor.Zeros(0, 3)},
		{inputs: []*tensor.Tensor{tensor.Zeros(0, 3), tensor.Int64.Zeros(0)},
			value: tensor.Scalar(math.NaN()), grad: tensor.Zeros(0, 3)},
	},
})

func ExampleMultiMarginLoss() {
	scores := autograd.New(tensor.FromSlice([][]float64{{0.1, 0.2, 0.7}, {0.2, 0.5, 0.3}}))
	classes := autograd.Const(tensor.FromSlice([]int64{1, 2}))

	l := loss.NewMultiMarginLoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(scores, classes))

	mean := loss.MultiMargin(scores, classes)
	mean.Backward()
	fmt.Println(mean)
	fmt.Println(scores.Grad())
	// Output:
	// [0.8000 0.7000]
	// 0.7500
	// [[ 0.1667 -0.3333  0.1667]
	//  [ 0.1667  0.1667 -0.3333]]
}
