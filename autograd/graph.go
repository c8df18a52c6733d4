package autograd

import (
	"slices"

	"github.com/declive/declive/tensor"
)

// node is one recorded operation.
type node struct {
	op     string
	edges  []edge
	fused       // in place of the edges' rules
	custom bool // the rules are a user's
	freed  bool
	where  string  // the caller's line, for watched graphs
	room   [3]edge // for edges, as most operations have no more
}

// recorded is the result of an operation together with its node: one
// allocation in place of two.
type recorded struct {
	Variable
	node
}

// edge binds one input of an operation to the rule for its gradient.
type edge struct {
	x    *Variable
	rule rule
}

// rule returns the gradient of an input from the result y and its gradient g.
// It is written in recorded operations, so it can be differentiated itself.
// It may return a gradient that x's shape broadcasts to (the walker sums it
// down), one that broadcasts to x's shape (the walker repeats it), or nil for 0.
type rule func(y, g *Variable) *Variable

// wrt binds input x to its rule.
func wrt(x *Variable, r rule) edge { return edge{x, r} }

// record is the only place where the graph grows: it returns value as the
// result of an operation on the inputs that the edges name.
func record(op string, value *tensor.Tensor, edges ...edge) *Variable {
	var wants, untracked, watched, observed bool
	for i := range edges {
		x := edges[i].x
		wants = wants || x.wants
		untracked = untracked || x.untracked
		watched = watched || x.watched
		observed = observed || x.observed
	}
	var y *Variable
	if wants && !untracked {
		r := &recorded{Variable: Variable{value: value, wants: true, watched: watched, observed: observed, seq: created.Add(1)}}
		r.node.op = op
		r.node.edges = append(r.room[:0], edges...)
		y = &r.Variable
		y.made = &r.node
	} else {
		y = &Variable{value: value, untracked: untracked, watched: watched, observed: observed}
	}
	if watched {
		inspect(op, y, edges)
	}
	if observed {
		tell(op, y, edges)
	}
	return y
}

// input returns the i-th input of the operation that made y. A rule that finds
// its inputs this way captures nothing, so recording it allocates nothing.
func (y *Variable) input(i int) *Variable { return y.made.edges[i].x }

// free forgets how a result was made, so that what it was made from can be
// collected.
func (n *node) free() {
	release := n.release
	*n = node{op: n.op, where: n.where, freed: true}
	if release != nil {
		release()
	}
}

// fit sums or repeats a gradient until it has x's shape.
func fit(g *Variable, shape tensor.Shape) *Variable {
	if g.Shape().Equal(shape) {
		return g
	}
	if g = g.SumTo(shape...); g.Shape().Equal(shape) {
		return g
	}
	return g.Expand(shape...)
}

// SumTo sums x over the axes along which shape would have to be repeated to
// broadcast to x: the reverse of Expand. Axes where x has length 1 and shape
// is longer are left as they are. It panics when the two do not broadcast.
// Gradient: g, repeated.
func (x *Variable) SumTo(shape ...int) *Variable {
	extra := x.Dims() - len(shape)
	var room [8]int
	axes := room[:0]
	for i, d := range x.Shape() {
		switch j := i - extra; {
		case j < 0 || shape[j] == 1 && d != 1:
			axes = append(axes, i)
		case shape[j] != d && d != 1:
			panic(tensor.Errorf("autograd.SumTo", "shape %v cannot be summed to %v", x.Shape(), tensor.Shape(shape)))
		}
	}
	if len(axes) == 0 {
		return x
	}
	axes = append(axes, tensor.KeepDims)
	if x.untracked && !x.watched { // as below, without what it takes to record it
		y := tensor.Sum(x.value, axes...)
		if extra > 0 {
			y = tensor.Reshape(y, y.Shape()[extra:]...)
		}
		return &Variable{value: y, untracked: true, observed: x.observed}
	}
	y := x.Sum(slices.Clone(axes)...)
	return y.Reshape(y.Shape()[max(0, extra):]...)
}
