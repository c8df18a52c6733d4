// Package losscase evaluates losses described in JSON, one request a line: the
// protocol in which they are compared with PyTorch, in tests and on the
// command line.
//
//	{"id":1,"loss":"MSELoss","args":{"reduction":"sum"},"inputs":[
//	  {"name":"input","dtype":"float64","shape":[2],"data":[1,2],"requires_grad":true},
//	  {"name":"target","dtype":"float64","shape":[2],"data":[0,0]}]}
//
// is answered by
//
//	{"id":1,"output":{"shape":[],"dtype":"float64","data":[5]},
//	 "grads":{"input":{"shape":[2],"dtype":"float64","data":[2,4]}},"error":null}
package losscase

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// Request asks for a loss and its gradients.
type Request struct {
	ID     json.RawMessage `json:"id"`
	Loss   string          `json:"loss"` // class name
	Args   json.RawMessage `json:"args"` // PyTorch's keyword arguments
	Inputs []Input         `json:"inputs"`
	// GradOutput is the gradient of the output; nil stands for ones.
	GradOutput *tensor.Tensor `json:"grad_output"`
	// V asks for the gradient of Σ⟨dL/dx, v⟩ as well. It has a vector for each
	// input that requires a gradient or, with nil for the others, for each
	// input.
	V []*tensor.Tensor `json:"v,omitempty"`
}

// Input is one input, in PyTorch's positional order.
type Input struct {
	Name         string
	Value        *tensor.Tensor
	RequiresGrad bool
}

// Answer is what a Request is answered with: an output, or an error.
type Answer struct {
	ID     json.RawMessage           `json:"id"`
	Output *tensor.Tensor            `json:"output"`
	Grads  map[string]*tensor.Tensor `json:"grads"` // nil for inputs that require none
	HVP    map[string]*tensor.Tensor `json:"hvp,omitempty"`
	Error  *string                   `json:"error"`
}

// UnmarshalJSON reads {"name","dtype","shape","data","requires_grad"}.
func (in *Input) UnmarshalJSON(text []byte) error {
	var beside struct {
		Name         string
		RequiresGrad bool `json:"requires_grad"`
	}
	if err := json.Unmarshal(text, &beside); err != nil {
		return err
	}
	in.Name, in.RequiresGrad, in.Value = beside.Name, beside.RequiresGrad, new(tensor.Tensor)
	if err := json.Unmarshal(text, in.Value); err != nil {
		return fmt.Errorf("input %q: %w", in.Name, err)
	}
	return nil
}

// Evaluate answers a request. Whatever is wrong with it becomes the error.
func (r Request) Evaluate() Answer {
	a := Answer{ID: r.ID}
	var err error
	if caught := autograd.Try(func() { err = r.evaluate(&a) }); caught != nil {
		err = caught
	}
	if err != nil {
		return failure(r.ID, err)
	}
	return a
}

func (r Request) evaluate(a *Answer) error {
	l, err := loss.New(r.Loss, r.Args)
	if err != nil {
		return err
	}
	x, err := r.Variables(l)
	if err != nil {
		return err
	}
	y := l.Apply(x...)
	a.Output = y.Value()
	leaves := make([]*autograd.Variable, 0, len(x))
	for i, in := range r.Inputs {
		if in.RequiresGrad {
			leaves = append(leaves, x[i])
		}
	}
	a.Grads = r.named(l.Names(), leaves, make([]*autograd.Variable, len(leaves)))
	if len(leaves) == 0 {
		return nil
	}
	v, err := r.vectors(len(leaves))
	if err != nil {
		return err
	}
	seed := r.GradOutput
	if seed == nil {
		seed = y.DType().Ones(y.Shape()...)
	}
	w := autograd.Walk{CreateGraph: len(v) > 0, AllowUnused: true, Seeds: []*autograd.Variable{autograd.Const(seed)}}
	grads := w.Grad([]*autograd.Variable{y}, leaves)
	a.Grads = r.named(l.Names(), leaves, grads)
	if len(v) > 0 {
		a.HVP = r.named(l.Names(), leaves, second(leaves, grads, v))
	}
	return nil
}

// vectors returns r.V for the n inputs that require gradients.
func (r Request) vectors(n int) ([]*tensor.Tensor, error) {
	v := r.V
	if len(v) == len(r.Inputs) && len(v) != n {
		v = nil
		for i, in := range r.Inputs {
			if in.RequiresGrad {
				v = append(v, r.V[i])
			}
		}
	}
	if len(v) > 0 && len(v) != n {
		return nil, fmt.Errorf("losscase: %d vectors in v for %d inputs that require gradients", len(v), n)
	}
	if slices.Contains(v, nil) {
		return nil, errors.New("losscase: v is null for an input that requires a gradient")
	}
	return v, nil
}

// Variables returns the inputs as leaves for l. A name, where given, must be
// the one that l has for the input.
func (r Request) Variables(l *loss.Named) ([]*autograd.Variable, error) {
	x := make([]*autograd.Variable, len(r.Inputs))
	names := l.Names()
	for i, in := range r.Inputs {
		if in.Name != "" && i < len(names) && in.Name != names[i] {
			return nil, fmt.Errorf("losscase: input %d of %s is %q, not %q", i, l.Name, names[i], in.Name)
		}
		if in.RequiresGrad {
			x[i] = autograd.New(in.Value)
		} else {
			x[i] = autograd.Const(in.Value)
		}
	}
	return x, nil
}

// second returns the gradient of Σ⟨grad, v⟩; nil where nothing depends on the leaf.
func second(leaves, grads []*autograd.Variable, v []*tensor.Tensor) []*autograd.Variable {
	var outputs, seeds []*autograd.Variable
	for i, g := range grads {
		if g != nil && g.WantsGrad() {
			outputs, seeds = append(outputs, g), append(seeds, autograd.Const(v[i]))
		}
	}
	return autograd.Walk{Seeds: seeds, AllowUnused: true}.Grad(outputs, leaves)
}

// named returns the values of the leaves' gradients by the names of the inputs:
// 0 for missing ones, nil for inputs that are no leaves.
func (r Request) named(names []string, leaves, grads []*autograd.Variable) map[string]*tensor.Tensor {
	out := make(map[string]*tensor.Tensor, len(names))
	at := 0
	for i, in := range r.Inputs {
		switch {
		case !in.RequiresGrad:
			out[names[i]] = nil
			continue
		case grads[at] == nil:
			out[names[i]] = leaves[at].DType().Zeros(leaves[at].Shape()...)
		default:
			out[names[i]] = grads[at].Value()
		}
		at++
	}
	return out
}
