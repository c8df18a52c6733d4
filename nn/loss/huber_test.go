package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("HuberLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, grid2}},
		{options: options{"delta": 0.25}, inputs: []*tensor.Tensor{grid, grid2}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4, 1), tensor.Zeros(4)}, message: "input [4 1] and target [4] differ"},
		{inputs: []*tensor.Tensor{tensor.Int64.Zeros(4), tensor.Zeros(4)}, message: "input [4] is int64, not float32 or float64"},
	},
})

func ExampleHuberLoss() {
	prediction := autograd.New(tensor.FromSlice([]float32{1, 2, 100})) // one outlier
	truth := autograd.Const(tensor.FromSlice([]float32{1, 2.5, 3}))
	l := loss.NewHuberLoss()
	l.Delta, l.Reduction = 2, loss.Sum
	y := l.Forward(prediction, truth)
	y.Backward()
	fmt.Println(y, prediction.Grad())
	fmt.Println(loss.Huber(prediction, truth)) // δ = 1, mean
	// Output:
	// 192.1250 [ 0.0000 -0.5000  2.0000]
	// 32.2083
}
