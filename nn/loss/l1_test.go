package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("L1Loss", suite{
	points: []point{{inputs: []*tensor.Tensor{grid, grid2}}},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Bool.Zeros(3), tensor.Zeros(3)}, message: "input [3] is bool, not float32 or float64"},
	},
})

func ExampleL1Loss() {
	prediction := autograd.New(tensor.FromSlice([]float32{2.5, 0, 2}))
	truth := autograd.Const(tensor.FromSlice([]float32{3, -0.5, 2}))
	l := loss.L1(prediction, truth)
	l.Backward()
	fmt.Println(l, prediction.Grad()) // no pull where they are equal

	terms := loss.NewL1Loss()
	terms.Reduction = loss.None
	fmt.Println(terms.Forward(prediction, truth))
	// Output:
	// 0.3333 [-0.3333  0.3333  0.0000]
	// [0.5000 0.5000 0.0000]
}
