package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("KLDivLoss", suite{
	ulp: 0.51, // rounded once
	points: []point{
		{inputs: []*tensor.Tensor{grid, probable}},
		{options: options{"log_target": true}, inputs: []*tensor.Tensor{grid, grid2}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(1)}, message: "input [4] and target [1] differ"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Int64.Zeros(4)}, message: "target [4] is int64, not float32 or float64"},
	},
	better: []answer{
		// An outcome that is neither expected nor seen; PyTorch: NaN.
		{options: options{"reduction": "none"}, inputs: []*tensor.Tensor{tensor.FromSlice([]float32{minusInf, -1}), tensor.FromSlice([]float32{0, 0})},
			value: tensor.FromSlice([]float32{0, 0}), grad: tensor.FromSlice([]float32{0, 0})},
		// The same as logarithm; PyTorch: NaN.
		{options: options{"reduction": "none", "log_target": true}, inputs: []*tensor.Tensor{tensor.FromSlice([]float32{-1, minusInf}),
			tensor.FromSlice([]float32{minusInf, minusInf})}, value: tensor.FromSlice([]float32{0, 0}), grad: tensor.FromSlice([]float32{0, 0})},
	},
})

// The derivative with respect to a target of 0 is finite, so that targets may
// come from a softmax that underflows. PyTorch: NaN.
func TestKLDivTargetOfZero(t *testing.T) {
	for _, impossible := range []float64{0, math.Inf(-1)} {
		l := loss.NewKLDivLoss()
		l.LogTarget = impossible != 0
		x := autograd.Const(tensor.FromSlice([]float64{-1, -2}))
		y := autograd.New(tensor.FromSlice([]float64{impossible, 0.5}))
		g := autograd.Grad(l.Forward(x, y).Sum(), y)
		require.Zero(t, g[0].Value().At(0))
	}
}

func ExampleKLDivLoss() {
	scores := autograd.New(tensor.FromSlice([][]float64{{1, 2, 3}, {3, 2, 1}}))
	truth := autograd.Const(tensor.FromSlice([][]float64{{0, 0.5, 0.5}, {0.1, 0.1, 0.8}}))
	l := loss.NewKLDivLoss()
	l.Reduction = loss.BatchMean // the divergence of textbooks; Mean divides by all 6
	y := l.Forward(scores.LogSoftmax(1), truth)
	y.Backward()
	fmt.Println(y)
	fmt.Println(scores.Grad())
	fmt.Println(loss.KLDiv(scores.LogSoftmax(1), truth))
	// Output:
	// 0.8415
	// [[ 0.0450 -0.1276  0.0826]
	//  [ 0.2826  0.0724 -0.3550]]
	// 0.2805
}
