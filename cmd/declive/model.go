package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/optim"
)

var activations = map[string]nn.Func{
	"relu":       (*autograd.Variable).ReLU,
	"leaky_relu": func(x *autograd.Variable) *autograd.Variable { return x.LeakyReLU(0.01) },
	"tanh":       (*autograd.Variable).Tanh,
	"sigmoid":    (*autograd.Variable).Sigmoid,
	"gelu":       (*autograd.Variable).GELU,
}

func activationNames() []string { return slices.Sorted(maps.Keys(activations)) }

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

// newOptimizer returns the optimizer that the flags name.
func newOptimizer(f *trainFlags, params []autograd.Parameter) (optim.Optimizer, error) {
	var o optim.Optimizer
	var settings any
	switch f.optimizer {
	case "sgd":
		sgd := optim.NewSGD(params, f.lr)
		o, settings = sgd, sgd.SGDGroup
	case "adam":
		adam := optim.NewAdam(params)
		o, settings = adam, adam.AdamGroup
	case "adamw":
		adamw := optim.NewAdamW(params)
		o, settings = adamw, adamw.AdamGroup
	default:
		return nil, usage("--optimizer %q is not known; there are sgd, adam and adamw", f.optimizer)
	}
	*o.Rates()[0] = f.lr
	if f.optimizerOptions == "" {
		return o, nil
	}
	if err := decode(f.optimizerOptions, settings); err != nil {
		return nil, usage("--optimizer-options: %w", err)
	}
	if *o.Rates()[0] != f.lr {
		return nil, usage("--optimizer-options: lr is set by --lr")
	}
	return o, nil
}

// decode reads one JSON object over the fields of v, each of which must be known.
func decode(text string, v any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%q has something after the object", text)
	}
	return nil
}

// newScheduler returns the scheduler that the flags name, nil for none.
func newScheduler(f *trainFlags, o optim.Optimizer) (optim.Scheduler, error) {
	switch f.scheduler {
	case "none":
		return nil, nil
	case "step":
		return optim.NewStepLR(o, max(1, (f.epochs+2)/3)), nil
	case "cosine":
		return optim.NewCosineAnnealingLR(o, f.epochs), nil
	}
	return nil, usage("--scheduler %q is not known; there are none, step and cosine", f.scheduler)
}
