package autograd

import "github.com/declive/declive/tensor"

// node is one recorded operation.
type node struct {
	op    string
	edges []edge
	all   func(y, g *Variable, needed []bool) []*Variable // in place of the edges' rules
	fused *fusedOp
	freed bool
	where string // the caller's line, for watched graphs
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
	y := &Variable{value: value}
	for i := range edges {
		x := edges[i].x
		y.untracked = y.untracked || x.untracked
		y.wants = y.wants || x.wants
		y.watched = y.watched || x.watched
	}
	y.wants = y.wants && !y.untracked
	if y.wants {
		y.made = &node{op: op, edges: edges}
		y.seq = created.Add(1)
	}
	if y.watched {
		inspect(op, y, edges)
	}
	return y
}

// fit sums or repeats a gradient until it has x's shape.
func fit(g *Variable, shape tensor.Shape) *Variable {
	if g.Shape().Equal(shape) {
		return g
	}
	return g.SumTo(shape...).Expand(shape...)
}

// SumTo sums x over the axes along which shape would have to be repeated to
// broadcast to x: the reverse of Expand. Axes where shape is longer than x are
// left as they are.
func (x *Variable) SumTo(shape ...int) *Variable {
	extra := x.Dims() - len(shape)
	var axes []int
	for i, d := range x.Shape() {
		if j := i - extra; j < 0 || shape[j] == 1 && d != 1 {
			axes = append(axes, i)
		}
	}
	if axes == nil {
		return x
	}
	y := x.Sum(append(axes, tensor.KeepDims)...)
	return y.Reshape(y.Shape()[max(0, extra):]...)
}
