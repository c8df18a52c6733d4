package main

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// benchCase is one training step: zero the gradients, forward, loss, backward,
// step. torch_steps.py has PyTorch's by the same name.
type benchCase struct {
	name, what string
	setup      func() (step func())
}

var cases = []benchCase{
	{"xor", "XOR 2-8-1, batch 4, tanh, MSE, SGD", xorStep},
	{"mlp", "MLP 784-256-128-10, batch 128, ReLU, cross entropy, Adam", mlpStep},
}

func xorStep() func() {
	rng := rand.New(rand.NewPCG(1, 0))
	x := autograd.Const(tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	y := autograd.Const(tensor.FromSlice([][]float32{{0}, {1}, {1}, {0}}))
	model := nn.Sequential{nn.NewLinear(2, 8, rng), nn.NewTanh(), nn.NewLinear(8, 1, rng)}
	opt := optim.NewSGD(nn.Parameters(model), 0.1)
	criterion := loss.NewMSELoss()
	return func() {
		opt.ZeroGrad()
		criterion.Forward(model.Forward(x), y).Backward()
		opt.Step()
	}
}

func mlpStep() func() {
	rng := rand.New(rand.NewPCG(1, 0))
	x := autograd.Const(tensor.Rand(rng, 128, 784))
	y := autograd.Const(tensor.Randint(rng, 0, 10, 128))
	model := nn.Sequential{nn.NewLinear(784, 256, rng), nn.NewReLU(), nn.NewLinear(256, 128, rng), nn.NewReLU(), nn.NewLinear(128, 10, rng)}
	opt := optim.NewAdam(nn.Parameters(model))
	criterion := loss.NewCrossEntropyLoss()
	return func() {
		opt.ZeroGrad()
		criterion.Forward(model.Forward(x), y).Backward()
		opt.Step()
	}
}
