package optim

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/declive/declive/tensor"
)

// AverageState is what an Average remembers. encoding/json stores it, but for
// Tensors, which belong into a file of tensors.
type AverageState struct {
	// Averaged is how many times Update was called.
	Averaged int `json:"n_averaged"`
	// Tensors are the averages under the names of the parameters and buffers: a
	// state dict.
	Tensors []tensor.Named `json:"-"`
}

// State returns what the average remembers, but for its fields. It shares
// nothing with the average. It panics within Use.
func (a *Average) State() AverageState {
	a.check("optim.Average.State")
	s := AverageState{Averaged: a.averaged}
	for _, p := range a.parts {
		s.Tensors = append(s.Tensors, tensor.Named{Name: p.name, Tensor: p.mean.Clone()})
	}
	return s
}

// LoadState makes the average go on, bit for bit, where the one that s came from
// stopped. It shares nothing with s. When something does not fit, nothing is
// changed and the error lists all that is missing, unexpected or mis-shaped. It
// panics within Use.
func (a *Average) LoadState(s AverageState) error {
	const op = "optim.Average.LoadState"
	a.check(op)
	var problems []error
	errorf := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if s.Averaged < 0 {
		errorf("n_averaged is %d", s.Averaged)
	}
	given := map[string]*tensor.Tensor{}
	for _, t := range s.Tensors {
		if given[t.Name] != nil {
			errorf("tensor %q is there twice", t.Name)
		}
		given[t.Name] = t.Tensor
	}
	for _, p := range a.parts {
		switch t := given[p.name]; {
		case t == nil:
			errorf("tensor %q is missing", p.name)
		case t.DType() != p.mean.DType() || !t.Shape().Equal(p.mean.Shape()):
			errorf("tensor %q is %v %v, its average is %v %v", p.name, t.DType(), t.Shape(), p.mean.DType(), p.mean.Shape())
		}
	}
	own := map[string]bool{}
	for _, p := range a.parts {
		own[p.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !own[name] {
			errorf("tensor %q is unexpected", name)
		}
	}
	if problems != nil {
		return fmt.Errorf("%s: %w", op, errors.Join(problems...))
	}
	a.averaged = s.Averaged
	for _, p := range a.parts {
		p.mean.CopyFrom(given[p.name])
	}
	return nil
}
