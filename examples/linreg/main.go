// Program linreg makes samples of a known linear function with noise and
// recovers the function from them by gradient descent.
package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

func main() {
	rng := rand.New(rand.NewPCG(1, 0))
	weight := tensor.FromSlice([][]float32{{2, -3.4}})
	x := tensor.Randn(rng, 1000, 2)
	noise := tensor.MulScalar(tensor.Randn(rng, 1000, 1), 0.01)
	y := tensor.Add(tensor.AddScalar(tensor.MatMul(x, weight, tensor.TransB), 4.2), noise)

	model := nn.NewLinear(2, 1, rng)
	criterion := loss.NewMSELoss()
	optimizer := optim.NewSGD(nn.Parameters(model), 0.03)
	batches := data.Loader{Dataset: data.NewTensorDataset(x, y), BatchSize: 10, Shuffle: true, Seed: 1}

	for epoch := range 5 {
		for batch := range batches.Epoch(epoch) {
			optimizer.ZeroGrad()
			criterion.Forward(model.Forward(autograd.Const(batch.X)), autograd.Const(batch.Y)).Backward()
			optimizer.Step()
		}
	}

	w, b := model.Weight.Value(), model.Bias.Value()
	fmt.Printf("y = %.2f·x₁ + %.2f·x₂ + %.2f\n", w.At(0, 0), w.At(0, 1), b.Item())
}
