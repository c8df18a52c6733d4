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
	"fmt"

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
	// GradOutput is the gradient of the output; nil stands for 1 where the
	// output has one element.
	GradOutput *tensor.Tensor `json:"grad_output"`
	// V, one for each input that requires a gradient, asks for the gradient of
	// Σ⟨dL/dx, v⟩ as well.
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
	Grads  map[string]*tensor.Tensor `json:"grads"` // of the inputs that require them
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
		text := err.Error()
		return Answer{ID: r.ID, Error: &text}
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
	var names []string
	var leaves []*autograd.Variable
	for i, in := range r.Inputs {
		if in.RequiresGrad {
			names, leaves = append(names, l.Inputs[i]), append(leaves, x[i])
		}
	}
	if len(leaves) == 0 {
		return nil
	}
	if len(r.V) > 0 && len(r.V) != len(leaves) {
		return fmt.Errorf("losscase: %d vectors in v for %d inputs that require gradients", len(r.V), len(leaves))
	}
	w := autograd.Walk{CreateGraph: len(r.V) > 0, AllowUnused: true}
	if r.GradOutput != nil {
		w.Seeds = []*autograd.Variable{autograd.Const(r.GradOutput)}
	}
	grads := w.Grad([]*autograd.Variable{y}, leaves)
	a.Grads = named(names, leaves, grads)
	if len(r.V) > 0 {
		a.HVP = named(names, leaves, r.second(leaves, grads))
	}
	return nil
}

// Variables returns the inputs as leaves for l. A name, where given, must be
// the one that l has for the input.
func (r Request) Variables(l *loss.Named) ([]*autograd.Variable, error) {
	x := make([]*autograd.Variable, len(r.Inputs))
	for i, in := range r.Inputs {
		if in.Name != "" && i < len(l.Inputs) && in.Name != l.Inputs[i] {
			return nil, fmt.Errorf("losscase: input %d of %s is %q, not %q", i, l.Name, l.Inputs[i], in.Name)
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
func (r Request) second(leaves, grads []*autograd.Variable) []*autograd.Variable {
	var outputs, seeds []*autograd.Variable
	for i, g := range grads {
		if g != nil && g.WantsGrad() {
			outputs, seeds = append(outputs, g), append(seeds, autograd.Const(r.V[i]))
		}
	}
	return autograd.Walk{Seeds: seeds, AllowUnused: true}.Grad(outputs, leaves)
}

// named returns the values of gradients by name, 0 for missing ones.
func named(names []string, leaves, grads []*autograd.Variable) map[string]*tensor.Tensor {
	out := make(map[string]*tensor.Tensor, len(names))
	for i, name := range names {
		if grads[i] == nil {
			out[name] = leaves[i].DType().Zeros(leaves[i].Shape()...)
		} else {
			out[name] = grads[i].Value()
		}
	}
	return out
}
