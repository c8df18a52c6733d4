// Program digits learns to read handwritten digits: the whole of training,
// written by hand.
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
	digits := data.Digits() // 1797 images of 8×8 pixels, ink from 0 to 16
	digits.X = tensor.AddScalar(tensor.MulScalar(digits.X, 1.0/8), -1)
	training, test := data.StratifiedSplit(digits, 0.2, 1) // a fifth is held out
	batches := data.Loader{Dataset: training, BatchSize: 32, Shuffle: true, Seed: 1}

	rng := rand.New(rand.NewPCG(1, 0))
	model := nn.Sequential{nn.NewLinear(64, 128, rng), nn.NewReLU(), nn.NewLinear(128, 10, rng)}
	criterion := loss.NewCrossEntropyLoss()
	criterion.LabelSmoothing = 0.1
	optimizer := optim.NewAdam(nn.Parameters(model))

	for epoch := range 30 {
		for batch := range batches.Epoch(epoch) {
			optimizer.ZeroGrad()
			scores := model.Forward(autograd.Const(batch.X))
			criterion.Forward(scores, autograd.Const(batch.Y)).Backward()
			optimizer.Step()
		}
	}

	nn.Eval(model)
	held := data.All(test)
	guess := tensor.ArgMax(model.Forward(autograd.Untracked(held.X)).Value(), 1)
	right := tensor.Equals(guess, held.Y).To(tensor.Float32)
	fmt.Printf("held-out accuracy: %.0f %%\n", 100*tensor.Mean(right).Item())
}
