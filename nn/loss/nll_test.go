package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var (
	three  = tensor.FromSlice([]int64{2, 1})
	spaced = tensor.FromSlice([]float64{0.5, 2, 1.25})
)

// Both class losses reject the same targets and weights.
var classRejections = []rejection{
	{inputs: []*tensor.Tensor{tensor.Zeros(32, 10), tensor.FromSlice([]int64{0, 1, 2, 3, 4, 12, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1})},
		message: "target[5] = 12 is not a class of input [32 10]"},
	{inputs: []*tensor.Tensor{tensor.Zeros(2, 3, 2), tensor.FromSlice([][]int64{{0, 1}, {-1, 2}})},
		message: "target[1,0] = -1 is not a class of input [2 3 2]"},
	{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.Int64.Scalar(3)}, message: "target = 3 is not a class of input [3]"},
	{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Int64.Zeros(2, 1)}, message: "target [2 1] does not fit input [2 3]: want [2]"},
	{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Bool.Zeros(2)}, message: "target [2] is bool, not int64 classes"},
	{inputs: []*tensor.Tensor{tensor.Int64.Zeros(2, 3), tensor.Int64.Zeros(2)}, message: "input [2 3] is int64, not float32 or float64"},
	{inputs: []*tensor.Tensor{tensor.Scalar(1), tensor.Int64.Scalar(0)}, message: "input [] has no classes"},
	{inputs: []*tensor.Tensor{tensor.Zeros(2, 0), tensor.Int64.Zeros(2)}, message: "input [2 0] has no classes"},
	{options: options{"weight": []float64{1, 2}}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), three},
		message: "weight [2] for the classes of input [2 3]: want [3]"},
	{options: options{"weight": spaced}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), three}, message: "input is float32 and weight is float64"},
	{options: options{"empty_mean": "error"}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Int64.Full(-100, 2)},
		message: "the mean of no terms: all of target [2] is ignored or has weight 0"},
}

// Both class losses can say what the mean of nothing is.
var classBetter = []answer{
	{options: options{"empty_mean": "zero"}, inputs: []*tensor.Tensor{tensor.Ones(2, 3), tensor.Int64.Full(-100, 2)},
		value: tensor.Scalar(0), grad: tensor.Zeros(2, 3)},
}

var _ = add("NLLLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, three}},
		{options: options{"weight": spaced, "ignore_index": 1}, inputs: []*tensor.Tensor{grid, three}},
		{options: options{"weight": spaced}, inputs: []*tensor.Tensor{tensor.Unsqueeze(grid, 2), tensor.Unsqueeze(three, 1)}},
		{inputs: []*tensor.Tensor{tensor.Reshape(grid, 6), tensor.Int64.Scalar(4)}},
	},
	rejects: append([]rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)}, message: "target [2 3] is float32, not int64 classes"},
	}, classRejections...),
	better: classBetter,
})

func ExampleNLLLoss() {
	logits := autograd.Const(tensor.FromSlice([][]float64{{1, 2}, {1, 3}, {1, 3}}))
	classes := autograd.Const(tensor.FromSlice([]int64{0, 1, 1}))
	fmt.Println(loss.NLL(logits.LogSoftmax(1), classes)) // as CrossEntropy(logits, classes)

	l := loss.NewNLLLoss()
	l.Reduction = loss.None
	l.IgnoreIndex = 0
	fmt.Println(l.Forward(logits.LogSoftmax(1), classes))
	// Output:
	// 0.5224
	// [0.0000 0.1269 0.1269]
}
