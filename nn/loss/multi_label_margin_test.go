package loss_test

import (
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("MultiLabelMarginLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, tensor.FromSlice([][]int64{{2, 0, -1}, {1, -1, 0}})}},
		{inputs: []*tensor.Tensor{grid, tensor.FromSlice([][]int64{{1, 1, -1}, {-1, 2, 0}})}},
		{inputs: []*tensor.Tensor{tensor.Reshape(grid, 6), tensor.FromSlice([]int64{4, 1, -1, 0, 0, 0})}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.FromSlice([][]int64{{0, 1, -1}, {0, 3, -1}})},
			message: "target[1,1] = 3 is neither a class of input [2 3] nor −1"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.FromSlice([]int64{-1, 0, -2})},
			message: "target[2] = -2 is neither a class of input [3] nor −1"},
		{inputs: []*tensor.Tensor{tensor.Zeros(1, 3), tensor.Int64.Zeros(3)}, message: "target [3] and input [1 3] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)}, message: "target [2 3] is float32, not int64 labels"},
		{inputs: []*tensor.Tensor{tensor.Scalar(0), tensor.Int64.Scalar(0)}, message: "input [] is not [N C] or [C] with at least one class"},
	},
	better: []answer{ // PyTorch's is whatever its memory holds
		{options: options{"reduction": "sum"}, inputs: []*tensor.Tensor{tensor.Zeros(0, 3), tensor.Int64.Zeros(0, 3)},
			value: tensor.Scalar(0), grad: tensor.Zeros(0, 3)},
		{inputs: []*tensor.Tensor{tensor.Zeros(0, 3), tensor.Int64.Zeros(0, 3)},
			value: tensor.Scalar(math.NaN()), grad: tensor.Zeros(0, 3)},
	},
})

func ExampleMultiLabelMarginLoss() {
	scores := autograd.New(tensor.FromSlice([]float64{0.1, 0.2, 0.4, 0.8}))
	labels := autograd.Const(tensor.FromSlice([]int64{3, 0, -1, 1})) // 3 and 0; what follows −1 is padding
	l := loss.MultiLabelMargin(scores, labels)
	l.Backward()
	fmt.Println(l)
	fmt.Println(scores.Grad())

	criterion := loss.NewMultiLabelMarginLoss()
	criterion.Reduction = loss.None
	fmt.Println(criterion.Forward(scores, labels))
	// Output:
	// 0.8500
	// [-0.5000  0.5000  0.5000 -0.5000]
	// 0.8500
}
