package nn

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

var oneTrace sync.Mutex // held while a trace is taken

// take runs m and returns the shapes that came out of each module.
func (t *trace) take(op string, m Module, found []namedModule, params []autograd.Parameter, inputShape []int) map[string][]string {
	oneTrace.Lock()
	defer oneTrace.Unlock()
	for _, s := range switchables(op, m) {
		if s.Training() {
			s.SetTraining(false)
			defer s.SetTraining(true)
		}
	}
	for _, p := range params {
		ownership.Observe(p.Variable, true) // what Embedding makes comes from these alone
		defer ownership.Observe(p.Variable, false)
	}
	defer tracing.Store(nil)
	defer ownership.Operation.Store(nil)
	out := t.run(m, params, inputShape)
	ownership.Operation.Store(nil)

	shapes := map[string][]string{}
	for _, f := range t.calls {
		if text := fmt.Sprint(f.out); f.out != nil && !slices.Contains(shapes[f.name], text) {
			shapes[f.name] = append(shapes[f.name], text)
		}
	}
	shapes[""] = []string{fmt.Sprint(out)}
	for _, f := range found {
		if s := t.again(f); shapes[f.name] == nil && s != nil {
			shapes[f.name] = []string{fmt.Sprint(s)}
		}
	}
	return shapes
}

// run is m.Forward of zeros, of floats if that does.
func (t *trace) run(m Module, params []autograd.Parameter, inputShape []int) (out tensor.Shape) {
	d := tensor.Float32
	if len(params) > 0 {
		d = params[0].DType()
	}
	try := func(d tensor.DType) error {
		t.under, t.calls = nil, nil
		clear(t.products)
		operation := t.operation
		tracing.Store(t)
		ownership.Operation.Store(&operation)
		x := autograd.Untracked(d.Zeros(inputShape...))
		ownership.Observe(x, true)
		return autograd.Try(func() { out = m.Forward(x).Shape() })
	}
	err := try(d)
	if err != nil && try(tensor.Int64) != nil {
		panic(err)
	}
	return out
}

// again runs a module that no trace can see being called, and returns the shape
// of its output if the calls within it are the same as before.
func (t *trace) again(f namedModule) (out tensor.Shape) {
	m, ok := f.module.(Module)
	before := callsWithin(t.calls, f.name)
	if !ok || len(before) == 0 || before[0].in == nil {
		return nil
	}
	defer func() {
		if recover() != nil { // the input was a guess
			out = nil
		}
	}()
	repeated := &trace{names: t.names}
	tracing.Store(repeated)
	y := m.Forward(before[0].in)
	after := callsWithin(repeated.calls, f.name)
	same := func(a, b *frame) bool { return a.name == b.name && a.out.Equal(b.out) }
	if len(after) == 0 || len(after) > len(before) || !slices.EqualFunc(before[:len(after)], after, same) {
		return nil
	}
	return y.Shape()
}

// callsWithin returns the calls of what a module contains.
func callsWithin(calls []*frame, name string) (within []*frame) {
	for _, c := range calls {
		if strings.HasPrefix(c.name, name+".") {
			within = append(within, c)
		}
	}
	return within
}
