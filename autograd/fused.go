package autograd

import "github.com/declive/declive/tensor"

// fusedOp is the truth behind an operation with hand-written kernels.
type fusedOp struct {
	definition func(x []*Variable) *Variable
	backward   func(g *tensor.Tensor, needed []bool) []*tensor.Tensor
}

// Fused records an operation whose value and first derivative come from fast
// kernels, beneath a definition composed of recorded operations that is the
// truth about it.
//
// value is the result, already computed from the inputs' values. backward
// returns, from the result's gradient, the gradient of each input (nil where
// needed is false). When the walk itself is recorded, the definition is
// recorded anew and differentiated in place of backward, so derivatives of
// every order exist. Defined lets a test compare kernel and definition.
//
// It is for packages that add operations, such as losses; backward must not
// change g or keep it.
func Fused(op string, value *tensor.Tensor, definition func(x []*Variable) *Variable,
	backward func(g *tensor.Tensor, needed []bool) []*tensor.Tensor, inputs ...*Variable) *Variable {
	edges := make([]edge, len(inputs))
	for i, x := range inputs {
		edges[i] = edge{x: x}
	}
	y := record(op, value, edges...)
	if y.made != nil {
		y.made.fused = &fusedOp{definition, backward}
	}
	return y
}

// gradients takes the kernel for an unrecorded walk, the definition otherwise.
func (f *fusedOp) gradients(edges []edge, g *Variable, needed []bool) []*Variable {
	out := make([]*Variable, len(edges))
	if g.untracked {
		for i, t := range f.backward(g.value, needed) {
			if t != nil && needed[i] {
				out[i] = &Variable{value: t, untracked: true, watched: g.watched}
			}
		}
		return out
	}
	x, want, at := aliases(edges, needed)
	grads := Walk{Seeds: []*Variable{g}, CreateGraph: true, AllowUnused: true}.Grad([]*Variable{f.definition(x)}, want)
	for k, i := range at {
		out[i] = grads[k]
	}
	return out
}

// aliases returns stand-ins for the inputs, through which gradients still
// flow, and which of them are needed. Differentiating with respect to the
// inputs themselves would be wrong where one is computed from another.
func aliases(edges []edge, needed []bool) (x, want []*Variable, at []int) {
	x = make([]*Variable, len(edges))
	for i, e := range edges {
		x[i] = record("Alias", e.x.value, wrt(e.x, func(_, g *Variable) *Variable { return g }))
		if needed[i] {
			want, at = append(want, x[i]), append(at, i)
		}
	}
	return x, want, at
}

// Defined returns what the definition beneath a fused result says the result
// is, recorded from the same inputs, and whether y has such a definition.
func Defined(y *Variable) (*Variable, bool) {
	if y.made == nil || y.made.fused == nil {
		return nil, false
	}
	x := make([]*Variable, len(y.made.edges))
	for i, e := range y.made.edges {
		x[i] = e.x
	}
	return y.made.fused.definition(x), true
}
