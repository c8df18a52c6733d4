package loss_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var pairSigns = tensor.FromSlice([]int64{1, -1})

var _ = add("CosineEmbeddingLoss", suite{
	points: []point{
		{inputs: []*tensor.Tensor{grid, grid2, pairSigns}},
		{options: options{"margin": -0.9}, inputs: []*tensor.Tensor{grid, grid2, tensor.Int64.Full(-1, 2)}},
		{inputs: []*tensor.Tensor{tensor.Reshape(grid, 6), tensor.Reshape(grid2, 6), tensor.Int64.Scalar(1)}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(3, 4), tensor.Zeros(3, 4), tensor.Int64.Ones(1, 2)},
			message: "target [1 2] does not fit inputs [3 4]: want [N] for [N D] or [] for [D]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3, 4), tensor.Zeros(3, 4), tensor.Int64.Ones(1)},
			message: "target [1] does not fit inputs [3 4]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(3, 4), tensor.Zeros(3, 1), tensor.Int64.Ones(3)},
			message: "input1 [3 4] and input2 [3 1] differ"},
		{inputs: []*tensor.Tensor{tensor.Scalar(1), tensor.Scalar(1), tensor.Int64.Scalar(1)},
			message: "input1 is a number, not a vector or a batch of them"},
	},
	better: []answer{ // PyTorch's squares overflow: NaN
		{inputs: []*tensor.Tensor{tensor.FromSlice([][]float32{{3e30, 4e30}}), tensor.FromSlice([][]float32{{3e30, 4e30}}), tensor.Int64.Ones(1)},
			value: tensor.Scalar(0), grad: tensor.Zeros(1, 2)},
		{inputs: []*tensor.Tensor{tensor.FromSlice([][]float64{{3e200, 0}}), tensor.FromSlice([][]float64{{0, 4e300}}), tensor.Int64.Ones(1)},
			value: tensor.Float64.Scalar(1), grad: tensor.FromSlice([][]float64{{0, -1 / 3e200}})},
	},
})

// 1 − cos of two vectors at the small angle δ is δ²/2, of which float32
// arithmetic keeps no digit (PyTorch gives 0).
func TestCosineOfVectorsThatNearlyAgree(t *testing.T) {
	const delta = 1e-4
	a := autograd.Const(tensor.FromSlice([]float32{1, 0}))
	b := autograd.Const(tensor.FromSlice([]float32{1, delta}))
	require.InEpsilon(t, delta*delta/2, loss.CosineEmbedding(a, b, autograd.Const(tensor.Int64.Scalar(1))).Item(), 1e-3)
}

func ExampleCosineEmbeddingLoss() {
	a := autograd.Const(tensor.FromSlice([][]float64{{0.3, 0.5, 0.7}, {0.3, 0.5, 0.7}}))
	b := autograd.Const(tensor.FromSlice([][]float64{{0.1, 0.3, 0.5}, {0.1, 0.3, 0.5}}))
	belong := autograd.Const(tensor.FromSlice([]int64{1, -1}))

	l := loss.NewCosineEmbeddingLoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(a, b, belong))
	l.Margin = 0.5
	fmt.Println(l.Forward(a, b, belong))
	fmt.Println(loss.CosineEmbedding(a, b, belong))
	// Output:
	// [0.0167 0.9833]
	// [0.0167 0.4833]
	// 0.5000
}
