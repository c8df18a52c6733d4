package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("MarginRankingLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, grid2, signs}},
		{options: options{"margin": 0.75}, inputs: []*tensor.Tensor{grid, grid2, signs}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1), tensor.Ones(4)}, message: "input1 [4] and input2 [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4, 1), tensor.Zeros(4, 1), tensor.Ones(1, 4)}, message: "input1 [4 1] and target [1 4] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(4)}, message: "2 inputs given; it takes input1, input2, target"},
	},
})

func ExampleMarginRankingLoss() {
	a := autograd.New(tensor.FromSlice([]float32{1, 2, 3}))
	b := autograd.New(tensor.FromSlice([]float32{2, 2, 1}))
	first := autograd.Const(tensor.FromSlice([]int64{1, 1, -1})) // which shall be higher
	l := loss.NewMarginRankingLoss()
	l.Margin, l.Reduction = 0.5, loss.None
	fmt.Println(l.Forward(a, b, first))
	loss.MarginRanking(a, b, first).Backward()
	fmt.Println(a.Grad())
	// Output:
	// [1.5000 0.5000 2.5000]
	// [-0.3333 -0.3333  0.3333]
}
