package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var signs = tensor.FromSlice([][]float64{{1, -1, 1}, {-1, -1, 1}})

var _ = add("SoftMarginLoss", suite{
	ulp:    16, // the rounding of x·y weighs x·y times; 3.5 with labels ±1
	points: []point{{inputs: []*tensor.Tensor{grid, signs}}, {inputs: []*tensor.Tensor{grid, signs.To(tensor.Int64)}}},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Bool.Zeros(4)}, message: "target [4] is bool, not float32 or float64"},
	},
	better: []answer{
		// PyTorch: Inf with gradient NaN.
		{options: options{"reduction": "none"}, inputs: []*tensor.Tensor{tensor.FromSlice([]float32{-100, 1e30, minusInf}), tensor.FromSlice([]float32{1, -1, 1})},
			value: tensor.FromSlice([]float32{100, 1e30, -minusInf}), grad: tensor.FromSlice([]float32{-1, 1, -1})},
		// PyTorch: 0 from 17 on in float32.
		{options: options{"reduction": "none"}, inputs: []*tensor.Tensor{tensor.FromSlice([]float32{50}), tensor.FromSlice([]float32{1})},
			value: tensor.FromSlice([]float32{1.9287498e-22}), grad: tensor.FromSlice([]float32{-1.9287498e-22})},
	},
})

func ExampleSoftMarginLoss() {
	scores := autograd.New(tensor.FromSlice([]float32{0, 3, -1000}))
	labels := autograd.Const(tensor.FromSlice([]int64{1, 1, 1}))
	l := loss.NewSoftMarginLoss()
	l.Reduction = loss.None
	y := l.Forward(scores, labels)
	y.Sum().Backward()
	fmt.Println(y)
	fmt.Println(scores.Grad())
	fmt.Println(loss.SoftMargin(scores, labels))
	// Output:
	// [6.9315e-01 4.8587e-02 1.0000e+03]
	// [-0.5000 -0.0474 -1.0000]
	// 333.5806
}
