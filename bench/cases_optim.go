package main

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// optimizerCases are steps over a million parameters whose gradient is given.
func optimizerCases() []benchCase {
	return []benchCase{
		optimizer("SGD", func(p []autograd.Parameter) optim.Optimizer { return optim.NewSGD(p, 0.01) }),
		optimizer("Adam", func(p []autograd.Parameter) optim.Optimizer { return optim.NewAdam(p) }),
		optimizer("AdamW", func(p []autograd.Parameter) optim.Optimizer { return optim.NewAdamW(p) }),
	}
}

func optimizer(name string, create func(p []autograd.Parameter) optim.Optimizer) benchCase {
	return benchCase{name: name, what: name, target: 1, setup: func() step {
		p := parameter(1, 1000, 1000, 1000)
		p.SetGrad(autograd.Const(normal(2, 1000, 1000)))
		opt := create(autograd.Parameters(p))
		return step{
			run:     opt.Step,
			outputs: func() []*tensor.Tensor { return []*tensor.Tensor{p.Value()} },
		}
	}}
}
