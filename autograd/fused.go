package autograd

import "github.com/declive/declive/tensor"

// fused is the truth behind an operation with hand-written kernels; both are
// nil for others.
type fused struct {
	definition func(x []*Variable) *Variable
	backward   func(g *tensor.Tensor, needed []bool) []*tensor.Tensor
	release    func() // see ownership.WhenFreed; may be nil
}

func (f *fused) isFused() bool { return f.definition != nil || f.backward != nil }

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
// It is for packages that add operations, such as losses. backward must not
// change g, nor keep g, needed or what it returns, whose memory is used again:
// let it return g itself or tensors that it makes.
func Fused(op string, value *tensor.Tensor, definition func(x []*Variable) *Variable,
	backward func(g *tensor.Tensor, needed []bool) []*tensor.Tensor, inputs ...*Variable) *Variable {
	var room [4]edge
	edges := room[:0]
	for _, x := range inputs {
		edges = append(edges, edge{x: x})
	}
	y := record(op, value, edges...)
	if y.made != nil {
		y.made.fused = fused{definition: definition, backward: backward}
	}
	return y
}

// gradients fills out with the gradient of each input that needs one: by the
// kernel in an unrecorded walk, by the definition otherwise.
func (n *node) gradients(out []*Variable, g *Variable, needed []bool) {
	if g.untracked {
		for i, t := range n.backward(g.value, needed) {
			if t != nil && needed[i] {
				out[i] = &Variable{value: t, untracked: true, watched: g.watched}
			}
		}
		return
	}
	x, want, at := aliases(n.edges, needed)
	grads := Walk{Seeds: []*Variable{g}, CreateGraph: true, AllowUnused: true}.Grad([]*Variable{n.definition(x)}, want)
	for k, i := range at {
		out[i] = grads[k]
	}
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
	if y.made == nil || y.made.definition == nil {
		return nil, false
	}
	x := make([]*Variable, len(y.made.edges))
	for i, e := range y.made.edges {
		x[i] = e.x
	}
	return y.made.definition(x), true
}
