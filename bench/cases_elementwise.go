package main

import (
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// elementwiseCases are functions of a million elements, forward alone and both
// ways.
func elementwiseCases() []benchCase {
	var cases []benchCase
	for _, f := range []struct {
		name    string
		forward func(x *tensor.Tensor) *tensor.Tensor
		both    func(x *autograd.Variable) *autograd.Variable
	}{
		{"softmax", func(x *tensor.Tensor) *tensor.Tensor { return tensor.Softmax(x, 1) },
			func(x *autograd.Variable) *autograd.Variable { return x.Softmax(1) }},
		{"log_softmax", func(x *tensor.Tensor) *tensor.Tensor { return tensor.LogSoftmax(x, 1) },
			func(x *autograd.Variable) *autograd.Variable { return x.LogSoftmax(1) }},
		{"exp", tensor.Exp, (*autograd.Variable).Exp},
		{"tanh", tensor.Tanh, (*autograd.Variable).Tanh},
		{"sigmoid", tensor.Sigmoid, (*autograd.Variable).Sigmoid},
		{"gelu", geluForward, (*autograd.Variable).GELU},
		{"sum_all", func(x *tensor.Tensor) *tensor.Tensor { return tensor.Sum(x) },
			func(x *autograd.Variable) *autograd.Variable { return x.Sum() }},
	} {
		what := strings.TrimSuffix(f.name, "_all")
		cases = append(cases,
			elementwise(f.name+":forward", what, func() step { return forwardOnly(f.forward) }),
			elementwise(f.name+":both", what+", forward and backward", func() step {
				x := autograd.New(normal(1, 1000, 1000))
				return bothWays(func() *autograd.Variable { return f.both(x) }, x)
			}))
	}
	return append(cases,
		elementwise("add:forward", "add", func() step {
			b := normal(2, 1000, 1000)
			return forwardOnly(func(x *tensor.Tensor) *tensor.Tensor { return tensor.Add(x, b) })
		}),
		elementwise("add:both", "add, forward and backward", func() step {
			a, b := autograd.New(normal(1, 1000, 1000)), autograd.New(normal(2, 1000, 1000))
			return bothWays(func() *autograd.Variable { return a.Add(b) }, a, b)
		}))
}

func elementwise(name, what string, setup func() step) benchCase {
	return benchCase{name: name, what: what, target: 1, setup: setup}
}

func forwardOnly(f func(x *tensor.Tensor) *tensor.Tensor) step {
	x := normal(1, 1000, 1000)
	var y *tensor.Tensor
	return step{
		run:     func() { y = f(x) },
		outputs: func() []*tensor.Tensor { return []*tensor.Tensor{y} },
	}
}

// bothWays goes backward from a gradient of f's shape.
func bothWays(f func() *autograd.Variable, leaves ...*autograd.Variable) step {
	return differentiate(f, autograd.Const(normal(9, f().Shape()...)), leaves...)
}

// geluForward is GELU without a graph, of which tensor has none.
func geluForward(x *tensor.Tensor) *tensor.Tensor { return autograd.Untracked(x).GELU().Value() }
