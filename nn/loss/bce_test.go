package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var probable = tensor.FromSlice([][]float64{{0.3, 0.8, 0.1}, {0.5, 0.95, 0.6}})

var _ = add("BCELoss", suite{
	ulp: 2, // nothing cancels
	points: []point{
		{inputs: []*tensor.Tensor{probable, shares}},
		{options: options{"weight": tensor.FromSlice([][]float64{{2}, {0.5}})}, inputs: []*tensor.Tensor{probable, shares}},
	},
	rejects: []rejection{
		{inputs: []*tensor.Tensor{tensor.FromSlice([][]float32{{0, 1}, {0.5, 1.5}}), tensor.Zeros(2, 2)},
			message: "input[1,1] = 1.5 is not in [0, 1]; BCEWithLogitsLoss takes logits"},
		{inputs: []*tensor.Tensor{tensor.FromSlice([]float32{minusInf - minusInf}), tensor.Zeros(1)}, message: "input[0] = NaN is not in [0, 1]"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4), tensor.Zeros(4, 1)}, message: "input [4] and target [4 1] differ"},
		{options: options{"weight": tensor.Ones(2)}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "weight [2] does not broadcast to input [2 3]"},
		{options: options{"weight": tensor.Float64.Ones(3)}, inputs: []*tensor.Tensor{tensor.Zeros(2, 3), tensor.Zeros(2, 3)},
			message: "input is float32 and weight is float64"},
	},
	better: []answer{
		// ln(1 − x) = −x − …; PyTorch: 0 below 3e−8 in float32.
		{inputs: []*tensor.Tensor{tensor.FromSlice([]float32{1e-10}), tensor.Zeros(1)},
			value: tensor.Scalar(1e-10), grad: tensor.Ones(1)},
	},
})

func ExampleBCELoss() {
	p := autograd.New(tensor.FromSlice([]float64{0.9, 0.2, 0}))
	labels := autograd.Const(tensor.FromSlice([]float64{1, 0, 1}))
	l := loss.NewBCELoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(p, labels)) // the logarithm of 0 is taken as −100
	fmt.Println(loss.BCE(p, labels))
	fmt.Println(autograd.Try(func() { loss.BCE(p.AddScalar(1), labels) }))
	// Output:
	// [  0.1054   0.2231 100.0000]
	// 33.4428
	// loss.BCELoss: input[0] = 1.9 is not in [0, 1]; BCEWithLogitsLoss takes logits
}
