package autograd

import "github.com/declive/declive/internal/ownership"

// An operation on an observed Variable is told of, and its result is observed
// in its turn: so package nn learns what a model computes. Others pay for one
// more bit.

func init() {
	ownership.Observe = func(v any, on bool) { v.(*Variable).observed = on }
	ownership.Observed = func(v any) bool { return v.(*Variable).observed }
}

// tell reports an operation to who observes.
func tell(op string, y *Variable, edges []edge) {
	f := ownership.Operation.Load()
	if f == nil {
		return
	}
	inputs := make([]any, len(edges))
	for i := range edges {
		inputs[i] = edges[i].x
	}
	(*f)(op, y, inputs)
}
