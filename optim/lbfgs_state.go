package optim

import "github.com/declive/declive/tensor"

// State returns what the optimizer remembers, PyTorch's names under the group:
// 0.d, 0.t, 0.prev_flat_grad, 0.prev_loss (NaN after Step, which knows none),
// 0.H_diag, and the pairs 0.old_stps, 0.old_dirs and 0.ro along their first
// axes; func_evals is a scalar of the first parameter, n_iter the Steps of all.
// It shares nothing with the optimizer. It panics when a setting is illegal.
func (o *LBFGS) State() State {
	out := o.core.State()
	if o.direction == nil {
		return out
	}
	add := func(name string, t *tensor.Tensor) {
		out.Tensors = append(out.Tensors, tensor.Named{Name: "0." + name, Tensor: t})
	}
	add("d", o.direction.Clone())
	add("t", tensor.Float64.Scalar(o.step))
	add("prev_flat_grad", o.last.grad.Clone())
	add("prev_loss", tensor.Float64.Scalar(o.last.loss))
	add("H_diag", tensor.Float64.Scalar(o.scale))
	if len(o.pairs) > 0 {
		var moves, changes []*tensor.Tensor
		var inverses []float64
		for _, p := range o.pairs {
			moves, changes, inverses = append(moves, p.move), append(changes, p.change), append(inverses, p.inverse)
		}
		add("old_stps", tensor.Stack(0, moves...))
		add("old_dirs", tensor.Stack(0, changes...))
		add("ro", tensor.New(inverses))
	}
	return out
}

// LoadState makes the optimizer go on, bit for bit, where the one that s came
// from stopped; the parameters are loaded on their own. It shares nothing with
// s. The parameters must have the same names and shapes; the settings are
// replaced. When something does not fit, nothing is changed and the error
// lists all that is missing, unexpected or mis-shaped.
func (o *LBFGS) LoadState(s State) error {
	return o.load(s, func(l *loader) {
		var next curvature
		iterations := 0
		for _, p := range s.Groups[0].Params {
			iterations = max(iterations, p.Steps)
		}
		if iterations > 0 {
			l.curvature(&next, o.slots[0].DType(), o.size())
		}
		l.commits = append(l.commits, func() { o.curvature = next })
	})
}

// curvature takes the tensors of an LBFGS with n elements of type d.
func (l *loader) curvature(c *curvature, d tensor.DType, n int) {
	number := func(name string) float64 {
		if t := l.take(name, tensor.Float64); t != nil {
			return t.Item()
		}
		return 0
	}
	c.direction, c.step = l.take("d", d, n), number("t")
	c.last = point{number("prev_loss"), l.take("prev_flat_grad", d, n)}
	c.scale = number("H_diag")
	first := l.tensors["0.ro"]
	if first == nil {
		return // no pairs
	}
	k := first.Size()
	inverses, moves, changes := l.take("ro", tensor.Float64, k), l.take("old_stps", d, k, n), l.take("old_dirs", d, k, n)
	if inverses == nil || moves == nil || changes == nil {
		return
	}
	for i, inverse := range inverses.Float64s() {
		row := func(t *tensor.Tensor) *tensor.Tensor { return tensor.Reshape(tensor.Slice(t, 0, i, i+1), n) }
		c.pairs = append(c.pairs, pair{row(moves), row(changes), inverse})
	}
}

// take returns a copy of a tensor of the first group, or complains and returns
// nil.
func (l *loader) take(name string, d tensor.DType, shape ...int) *tensor.Tensor {
	name = "0." + name
	t := l.tensors[name]
	delete(l.tensors, name)
	switch {
	case t == nil:
		l.errorf("tensor %q is missing", name)
	case t.DType() != d || !t.Shape().Equal(shape):
		l.errorf("tensor %q is %v %v, not %v %v", name, t.DType(), t.Shape(), d, tensor.Shape(shape))
	default:
		return t.Clone()
	}
	return nil
}
