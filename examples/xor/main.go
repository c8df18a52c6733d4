// Program xor trains a network of 2 inputs, 8 hidden units and 1 output to tell
// whether exactly one of its inputs is 1, which no linear model can.
package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

func main() {
	x := tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}})
	y := tensor.FromSlice([][]float32{{0}, {1}, {1}, {0}})

	rng := rand.New(rand.NewPCG(1, 0))
	model := nn.Sequential{nn.NewLinear(2, 8, rng), nn.NewTanh(), nn.NewLinear(8, 1, rng)}
	criterion := loss.NewBCEWithLogitsLoss()
	optimizer := optim.NewAdam(nn.Parameters(model))
	optimizer.LR = 0.05

	for range 500 {
		optimizer.ZeroGrad()
		criterion.Forward(model.Forward(autograd.Const(x)), autograd.Const(y)).Backward()
		optimizer.Step()
	}

	p := model.Forward(autograd.Untracked(x)).Sigmoid().Value()
	for i := range 4 {
		fmt.Printf("%.0f xor %.0f = %.0f\n", x.At(i, 0), x.At(i, 1), p.At(i, 0))
	}
}
