package loss_test

import (
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("BCEWithLogitsLoss", suite{
	ulp: 2, // nothing cancels
	points: []point{
		{inputs: []*tensor.Tensor{grid, shares}},
		{options: options{"weight": spaced}, inputs: []*tensor.Tensor{grid, shares}},
		{options: options{"pos_weight": tensor.FromSlice([][]float64{{2}, {0.5}}), "weight": tensor.FromSlice([][]float64{{3}, {1}})},
			inputs: []*tensor.Tensor{grid, shares}},
		{options: options{"pos_weight": spaced}, inputs: []*tensor.Tensor{tensor.FromSlice([]float64{-40, 0, 40}), tensor.FromSlice([]float64{1, 0.5, 0})}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(4, 1)}, message: "input [4] and target [4 1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3), tensor.Int64.Zeros(3)}, message: "target [3] is int64, not float32 or float64"},
		{options: options{"weight": []float32{1, 2}}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "weight [2] does not broadcast to input [2 3]"},
		{options: options{"pos_weight": tensor.Ones(1, 2, 3)}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "pos_weight [1 2 3] does not broadcast to input [2 3]"},
		{options: options{"pos_weight": spaced}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "input is float32 and pos_weight is float64"},
	},
	better: []answer{
		// A right and certain logit costs exp(−|x|); PyTorch: 0 in float32 from 17 on.
		{options: options{"reduction": "none"}, inputs: []*tensor.Tensor{tensor.FromSlice([]float32{-50, 50}), tensor.FromSlice([]float32{0, 1})},
			value: tensor.FromSlice([]float32{1.9287498e-22, 1.9287498e-22}), grad: tensor.FromSlice([]float32{1.9287498e-22, -1.9287498e-22})},
		// PyTorch: NaN.
		{options: options{"reduction": "none"}, inputs: []*tensor.Tensor{
			tensor.FromSlice([]float32{minusInf, -minusInf, minusInf}), tensor.FromSlice([]float32{0, 1, 1})},
			value: tensor.FromSlice([]float32{0, 0, -minusInf}), grad: tensor.FromSlice([]float32{0, 0, -1})},
	},
})

func ExampleBCEWithLogitsLoss() {
	logits := autograd.New(tensor.FromSlice([][]float64{{1, 2}, {2, 2}, {3, 4}, {4, 5}}))
	labels := autograd.Const(tensor.FromSlice([][]float64{{1, 0}, {1, 0}, {0, 1}, {0, 1}}))
	fmt.Println(loss.BCEWithLogits(logits, labels))

	l := loss.NewBCEWithLogitsLoss()
	l.PosWeight = tensor.FromSlice([]float64{3, 3}) // a missed label costs three times as much
	fmt.Println(l.Forward(logits, labels))
	l.Reduction = loss.None
	fmt.Println(l.Forward(logits, labels))
	// Output:
	// 1.4732
	// 1.5895
	// [[0.9398 2.1269]
	//  [0.3808 2.1269]
	//  [3.0486 0.0544]
	//  [4.0181 0.0201]]
}

// Losses on logits give finite numbers for any logit.
func ExampleBCEWithLogits() {
	right := autograd.Const(tensor.Float64.Scalar(-800))
	none := autograd.Const(tensor.Float64.Scalar(0))
	fmt.Println(loss.BCEWithLogits(right, none), loss.BCEWithLogits(right.Neg(), none), math.Log(1/(1+math.Exp(800))))
	// Output:
	// 0. 800. -Inf
}
