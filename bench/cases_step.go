package main

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// stepCases are whole training steps.
func stepCases() []benchCase {
	return []benchCase{
		{name: "xor", what: "XOR 2-8-1, batch 4, tanh, MSE, SGD", setup: xorStep},
		{name: "mlp", what: "MLP 784-256-128-10, batch 128, ReLU, cross entropy, Adam", target: 0.8, setup: mlpStep},
		{name: "cnn", what: "CNN on 1×28×28, batch 64: conv 8 3×3, ReLU, max-pool 2, conv 16 3×3, ReLU, max-pool 2, linear 10, cross entropy, SGD", target: 1, setup: cnnStep},
	}
}

func xorStep() step {
	x := autograd.Const(tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	y := autograd.Const(tensor.FromSlice([][]float32{{0}, {1}, {1}, {0}}))
	model := nn.Sequential{linear(1, 2, 8), nn.NewTanh(), linear(3, 8, 1)}
	return train(model, optim.NewSGD(nn.Parameters(model), 0.1), loss.NewMSELoss(), x, y)
}

func mlpStep() step {
	model := nn.Sequential{linear(1, 784, 256), nn.NewReLU(), linear(3, 256, 128), nn.NewReLU(), linear(5, 128, 10)}
	return train(model, optim.NewAdam(nn.Parameters(model)), loss.NewCrossEntropyLoss(),
		autograd.Const(normal(7, 128, 784)), autograd.Const(integers(8, 10, 128)))
}

func cnnStep() step {
	model := nn.Sequential{conv(1, 1, 8, 3), nn.NewReLU(), nn.NewMaxPool2d(nn.Square(2)),
		conv(3, 8, 16, 3), nn.NewReLU(), nn.NewMaxPool2d(nn.Square(2)), nn.NewFlatten(), linear(5, 400, 10)}
	return train(model, optim.NewSGD(nn.Parameters(model), 0.01), loss.NewCrossEntropyLoss(),
		autograd.Const(normal(7, 64, 1, 28, 28)), autograd.Const(integers(8, 10, 64)))
}

// conv is a convolution with parameters of two seeds.
func conv(seed uint64, in, out, kernel int) *nn.Conv2d {
	fan := in * kernel * kernel
	return &nn.Conv2d{Weight: parameter(seed, fan, out, in, kernel, kernel), Bias: parameter(seed+1, fan, out),
		Stride: nn.Square(1), Dilation: nn.Square(1), Groups: 1}
}

// linear is a layer with parameters of two seeds.
func linear(seed uint64, in, out int) *nn.Linear {
	return &nn.Linear{Weight: parameter(seed, in, out, in), Bias: parameter(seed+1, in, out)}
}

// train is a step: zero the gradients, forward, loss, backward, step.
func train(model nn.Module, opt optim.Optimizer, criterion loss.Criterion, x, y *autograd.Variable) step {
	var l *autograd.Variable
	return step{
		run: func() {
			opt.ZeroGrad()
			l = criterion.Forward(model.Forward(x), y)
			l.Backward()
			opt.Step()
		},
		outputs: func() []*tensor.Tensor { return []*tensor.Tensor{l.Value()} },
	}
}
