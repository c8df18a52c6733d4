package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("MultiLabelSoftMarginLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, shares}},
		{options: options{"weight": tensor.FromSlice([]float64{0.5, 2, 1})}, inputs: []*tensor.Tensor{grid, shares}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Scalar(1), tensor.Scalar(1)}, message: "input [] has no classes: want [C] or [N C]"},
		{options: options{"weight": tensor.Ones(2)}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "weight [2] does not broadcast to input [2 3]"},
	},
})

func ExampleMultiLabelSoftMarginLoss() {
	scores := autograd.New(tensor.FromSlice([][]float64{{2, -1, 0}, {-3, 1, 1}}))
	labels := autograd.Const(tensor.FromSlice([][]int64{{1, 0, 0}, {0, 1, 1}}))
	l := loss.NewMultiLabelSoftMarginLoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(scores, labels)) // one for each sample
	l.Weight = tensor.FromSlice([]float64{1, 1, 0})
	fmt.Println(l.Forward(scores, labels))
	fmt.Println(loss.MultiLabelSoftMargin(scores, labels))
	// Output:
	// [0.3778 0.2250]
	// [0.1467 0.1206]
	// 0.3014
}
