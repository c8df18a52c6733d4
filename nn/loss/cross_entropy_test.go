package loss_test

import (
	"fmt"
	"math"

	"github.com/chewxy/math32"
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var (
	minusInf = math32.Inf(-1)
	masked   = tensor.FromSlice([][]float32{{0, minusInf, 0}})
	shares   = tensor.FromSlice([][]float64{{0.2, 0.5, 0.3}, {0.1, 0.1, 0.8}})
)

var _ = add("CrossEntropyLoss", suite{
	ulp: 2,
	points: []point{
		{inputs: []*tensor.Tensor{grid, three}},
		{options: options{"weight": spaced, "ignore_index": 1}, inputs: []*tensor.Tensor{grid, three}},
		{options: options{"weight": spaced, "label_smoothing": 0.2}, inputs: []*tensor.Tensor{grid, three}},
		{options: options{"label_smoothing": 1, "ignore_index": 2}, inputs: []*tensor.Tensor{grid, three}},
		{options: options{"weight": spaced, "label_smoothing": 0.2},
			inputs: []*tensor.Tensor{tensor.Reshape(tensor.Concat(0, grid, grid2), 2, 3, 2), tensor.FromSlice([][]int64{{0, 2}, {1, 1}})}},
		{inputs: []*tensor.Tensor{tensor.Reshape(grid, 6), tensor.Int64.Scalar(4)}},
		{inputs: []*tensor.Tensor{grid, shares}},
		{options: options{"weight": spaced, "label_smoothing": 0.2}, inputs: []*tensor.Tensor{grid, shares}},
	},
	rejects: append([]rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2)}, message: "input [2 3] and target [2] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Float64.Zeros(2, 3)}, message: "input is float32 and target is float64"},
		{options: options{"ignore_index": 1}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "ignore index 1 with probabilities as target [2 3]"},
	}, classRejections...),
	better: append([]answer{
		// PyTorch: NaN for both, from 0·(−Inf).
		{inputs: []*tensor.Tensor{masked, tensor.FromSlice([][]float32{{0.5, 0, 0.5}})},
			value: tensor.Scalar(math.Ln2), grad: tensor.Zeros(1, 3)},
		// Value 0·(−Inf) again, from the weight.
		{options: options{"weight": []float32{1, 0, 1}}, inputs: []*tensor.Tensor{masked, tensor.FromSlice([]int64{1})},
			value: tensor.Scalar(math.NaN()), grad: tensor.Zeros(1, 3)},
		{options: options{"weight": []float32{1, 0, 1}, "reduction": "sum"}, inputs: []*tensor.Tensor{masked, tensor.FromSlice([]int64{1})},
			value: tensor.Scalar(0), grad: tensor.Zeros(1, 3)},
		// exp(−30) to the last digit, where PyTorch's float32 gives 0.
		{inputs: []*tensor.Tensor{tensor.FromSlice([][]float32{{30, 0}}), tensor.FromSlice([]int64{0})},
			value: tensor.Scalar(9.3576230e-14), grad: tensor.FromSlice([][]float32{{-9.3576230e-14, 9.3576230e-14}})},
		// An ignored sample's NaN does not reach its neighbours' gradients.
		{inputs: []*tensor.Tensor{tensor.FromSlice([][]float32{{math32.NaN(), 1}, {0, 0}}), tensor.FromSlice([]int64{-100, 0})},
			value: tensor.Scalar(math.Ln2), grad: tensor.FromSlice([][]float32{{0, 0}, {-0.5, 0.5}})},
	}, classBetter...),
})

func ExampleCrossEntropyLoss() {
	logits := autograd.New(tensor.FromSlice([][]float64{{1, 2}, {1, 3}, {1, 3}}))
	classes := autograd.Const(tensor.FromSlice([]int64{0, 1, 1}))

	l := loss.NewCrossEntropyLoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(logits, classes))

	y := loss.CrossEntropy(logits, classes) // the mean
	y.Backward()
	fmt.Println(y)
	fmt.Println(logits.Grad()) // (softmax − one-hot)/3
	// Output:
	// [1.3133 0.1269 0.1269]
	// 0.5224
	// [[-0.2437  0.2437]
	//  [ 0.0397 -0.0397]
	//  [ 0.0397 -0.0397]]
}

// Rare classes weigh more, 10 % of the target is spread over all classes, and
// −1 marks samples without a label.
func ExampleCrossEntropyLoss_options() {
	l := loss.NewCrossEntropyLoss()
	l.Weight = tensor.FromSlice([]float64{1, 5})
	l.LabelSmoothing = 0.1
	l.IgnoreIndex = -1
	l.EmptyMean = loss.EmptyZero // for batches without any label

	logits := autograd.Const(tensor.FromSlice([][]float64{{1, 2}, {1, 3}, {1, 3}}))
	fmt.Println(l.Forward(logits, autograd.Const(tensor.FromSlice([]int64{0, 1, -1}))))
	fmt.Println(l.Forward(logits, autograd.Const(tensor.FromSlice([]int64{-1, -1, -1}))))
	// Output:
	// 0.3392
	// 0.
}

func ExampleCrossEntropyLoss_probabilities() {
	logits := autograd.Const(tensor.FromSlice([]float64{1, 2, 0}))
	beliefs := autograd.New(tensor.FromSlice([]float64{0.2, 0.7, 0.1}))
	l := loss.CrossEntropy(logits, beliefs)
	l.Backward()
	fmt.Println(l, beliefs.Grad())
	// Output:
	// 0.8076 [1.4076 0.4076 2.4076]
}
