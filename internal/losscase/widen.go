package losscase

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/declive/declive/tensor"
)

// Widened returns the request with the same numbers as float64, those of
// options too. Its answer tells how far the one in float32 is off.
func (r Request) Widened() (Request, error) {
	var args map[string]json.RawMessage
	if len(r.Args) > 0 {
		if err := json.Unmarshal(r.Args, &args); err != nil {
			return r, fmt.Errorf("losscase: args: %w", err)
		}
	}
	for name, text := range args {
		var t tensor.Tensor
		if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &t) != nil {
			continue // no tensor
		}
		wide, err := json.Marshal(widened(&t))
		if err != nil {
			return r, err
		}
		args[name] = wide
	}
	var err error
	if r.Args, err = json.Marshal(args); err != nil {
		return r, err
	}
	r.Inputs = slices.Clone(r.Inputs)
	for i := range r.Inputs {
		r.Inputs[i].Value = widened(r.Inputs[i].Value)
	}
	r.GradOutput = widened(r.GradOutput)
	r.V = slices.Clone(r.V)
	for i := range r.V {
		r.V[i] = widened(r.V[i])
	}
	return r, nil
}

func widened(t *tensor.Tensor) *tensor.Tensor {
	if t == nil || !t.DType().IsFloat() {
		return t
	}
	return t.To(tensor.Float64)
}
