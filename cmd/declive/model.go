package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

var activations = map[string]nn.Func{
	"relu":       (*autograd.Variable).ReLU,
	"leaky_relu": func(x *autograd.Variable) *autograd.Variable { return x.LeakyReLU(0.01) },
	"tanh":       (*autograd.Variable).Tanh,
	"sigmoid":    (*autograd.Variable).Sigmoid,
	"gelu":       (*autograd.Variable).GELU,
}

func activationNames() []string { return slices.Sorted(maps.Keys(activations)) }

// newModel returns the model that the flags name, from sizes[0] features to the
// outputs, the last of sizes. What follows them may be nil.
func newModel(f *trainFlags, sizes []int, last nn.Module) (nn.Module, error) {
	activation, ok := activations[f.activation]
	if !ok {
		return nil, usage("--activation %q is not known; there are %s", f.activation, strings.Join(activationNames(), ", "))
	}
	rng := rand.New(rand.NewPCG(f.seed, 0))
	if f.model == "mlp" {
		return newMLP(rng, sizes, activation, last), nil
	}
	config, err := os.ReadFile(f.model)
	if err != nil {
		return nil, err
	}
	m, err := nn.FromConfig(config, rng)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.model, err)
	}
	in, out := sizes[0], sizes[len(sizes)-1]
	if err := checkModel(m, in, out); err != nil {
		return nil, fmt.Errorf("%s: %w", f.model, err)
	}
	if last != nil {
		m = nn.Sequential{m, last}
	}
	return m, nil
}

// checkModel tries a model of somebody else's on two samples of zeros.
func checkModel(m nn.Module, in, out int) error {
	return autograd.Try(func() {
		nn.Eval(m)
		y := m.Forward(autograd.Untracked(tensor.Zeros(2, in)))
		nn.Train(m)
		if want := (tensor.Shape{2, out}); !y.Shape().Equal(want) {
			panic(tensor.Errorf("declive.train", "for two samples of %d features the model gives %v, but the loss and the data need %v", in, y.Shape(), want))
		}
	})
}

// newMLP returns linear layers from sizes[0] features to the outputs, the last
// of sizes, with an activation after each but the last. What follows the last
// may be nil.
func newMLP(rng *rand.Rand, sizes []int, activation, last nn.Module) nn.Sequential {
	var m nn.Sequential
	for i := range len(sizes) - 1 {
		if i > 0 {
			m = append(m, activation)
		}
		m = append(m, nn.NewLinear(sizes[i], sizes[i+1], rng))
	}
	if last != nil {
		m = append(m, last)
	}
	return m
}
