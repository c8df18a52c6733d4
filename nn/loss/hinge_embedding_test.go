package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("HingeEmbeddingLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, signs.To(tensor.Int64)}},
		{options: options{"margin": 2.5}, inputs: []*tensor.Tensor{grid, signs.To(tensor.Int64)}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Ones(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2, 2), tensor.FromSlice([][]int64{{1, -1}, {0, 1}})}, message: "target[1,0] = 0 is not 1 or -1"},
		{inputs: []*tensor.Tensor{tensor.Zeros(2), tensor.Float64.Ones(2)}, message: "input is float32 and target is float64"},
	},
})

func ExampleHingeEmbeddingLoss() {
	distances := autograd.New(tensor.FromSlice([]float32{0.4, 0.4, 3}))
	alike := autograd.Const(tensor.FromSlice([]int64{1, -1, -1}))
	l := loss.NewHingeEmbeddingLoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(distances, alike)) // the last are far enough apart
	loss.HingeEmbedding(distances, alike).Backward()
	fmt.Println(distances.Grad())
	// Output:
	// [0.4000 0.6000 0.0000]
	// [ 0.3333 -0.3333  0.0000]
}
