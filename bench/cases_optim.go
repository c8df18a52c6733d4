package main

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// optimizerCases are steps over a million parameters whose gradient is given.
func optimizerCases() []benchCase {
	return []benchCase{
		optimizer("SGD", "SGD", `{"lr":0.01}`, denseGradient),
		optimizer("SGD:0.9", "SGD, momentum 0.9", `{"lr":0.01,"momentum":0.9}`, denseGradient),
		optimizer("Adam", "Adam", "", denseGradient),
		optimizer("AdamW", "AdamW", "", denseGradient),
		optimizer("NAdam", "NAdam", "", denseGradient),
		optimizer("RAdam", "RAdam", "", denseGradient),
		optimizer("Adamax", "Adamax", "", denseGradient),
		optimizer("Adagrad", "Adagrad", "", denseGradient),
		optimizer("Adadelta", "Adadelta", "", denseGradient),
		optimizer("RMSprop", "RMSprop", "", denseGradient),
		optimizer("RMSprop:0.9", "RMSprop, centered, momentum 0.9", `{"centered":true,"momentum":0.9}`, denseGradient),
		optimizer("ASGD", "ASGD", "", denseGradient),
		optimizer("Rprop", "Rprop", "", denseGradient),
		optimizer("SparseAdam", "SparseAdam, every tenth row has a gradient", "", sparseGradient),
		optimizer("Lion", "Lion, which PyTorch lacks: its operations on tensors, in place", "", denseGradient),
		optimizer("LAMB", "LAMB, which PyTorch lacks: its operations on tensors, in place", "", denseGradient),
		optimizer("Adafactor", "Adafactor, which PyTorch lacks: its operations on tensors, in place", "", denseGradient),
		lbfgs(),
	}
}

func optimizer(name, what, options string, gradient func() *tensor.Tensor) benchCase {
	c := benchCase{name: name, what: what, target: 1}
	c.setup = func() step {
		p := parameter(1, 1000, 1000, 1000)
		p.SetGrad(autograd.Const(gradient()))
		opt, err := optim.New(c.function(), autograd.Parameters(p), []byte(options))
		if err != nil {
			panic(err) // name and options are constants
		}
		return step{
			run:     opt.Step,
			outputs: func() []*tensor.Tensor { return []*tensor.Tensor{p.Value()} },
		}
	}
	return c
}

func denseGradient() *tensor.Tensor { return normal(2, 1000, 1000) }

// sparseGradient is zeros but for every tenth row.
func sparseGradient() *tensor.Tensor {
	g := denseGradient()
	for i, rows := 0, tensor.Data[float32](g); i < 1000; i++ {
		if i%10 != 0 {
			clear(rows[1000*i:][:1000])
		}
	}
	return g
}

// lbfgs starts anew in every step, for it ends when it is at the bottom.
func lbfgs() benchCase {
	return benchCase{name: "LBFGS", what: "LBFGS, ten iterations down ½·Σ c·p² from its first", target: 1, setup: func() step {
		start := parameter(1, 1000, 1000, 1000).Value()
		curvature := probabilities(2, 1000, 1000)
		var p *autograd.Variable
		return step{
			run: func() {
				p = autograd.New(start.Clone())
				opt := optim.NewLBFGS(autograd.Parameters(p))
				opt.MaxIter = 10
				opt.Minimize(func() float64 {
					g := tensor.Mul(curvature, p.Value())
					p.SetGrad(autograd.Const(g))
					return tensor.Sum(tensor.Mul(g, p.Value())).Item() / 2
				})
			},
			outputs: func() []*tensor.Tensor { return []*tensor.Tensor{p.Value()} },
		}
	}}
}
