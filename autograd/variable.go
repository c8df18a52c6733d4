package autograd

import (
	"sync"
	"sync/atomic"

	"github.com/declive/declive/tensor"
)

// Variable is a tensor in a graph of computations. Operations on Variables
// return new Variables that remember how they were made, as far as a gradient
// may be asked for.
//
// There are three kinds of leaves, made by New, Const and Untracked, and what
// is computed from several inputs is
//
//	untracked  if any input is untracked: nothing is recorded,
//	tracked    otherwise, if any input wants a gradient,
//	constant   otherwise.
//
// So there is no global switch: a model fed an untracked input runs without
// recording, whatever other goroutines do with the same parameters.
type Variable struct {
	value     *tensor.Tensor
	made      *node  // how it was computed; nil for leaves, constants and untracked values
	seq       uint64 // position in the order of creation: every input's is smaller
	wants     bool   // a gradient may be asked for
	untracked bool
	watched   bool // see Watch
	observed  bool // see observe.go
	state     *state
}

// state is what few Variables have: gradients and hooks.
type state struct {
	mu     sync.Mutex
	grad   *Variable
	spare  *tensor.Tensor // of grad; see recycle.go
	loans  int            // borrowers of grad
	retain bool
	hooks  []*hook
}

// created counts Variables that can take part in a graph.
var created atomic.Uint64

// New returns a leaf that wants a gradient, such as a parameter. It panics
// when the elements are not floats.
func New(value *tensor.Tensor) *Variable {
	if !value.DType().IsFloat() {
		panic(tensor.Errorf("autograd.New", "%v %v has no derivatives; use Const", value.DType(), value.Shape()))
	}
	return &Variable{value: value, seq: created.Add(1), wants: true, state: &state{}}
}

// Const returns a leaf that wants no gradient, such as a batch of data.
func Const(value *tensor.Tensor) *Variable { return &Variable{value: value} }

// Untracked returns a leaf that stops recording: whatever is computed from it
// is untracked too. Feed it to a model for inference.
func Untracked(value *tensor.Tensor) *Variable { return &Variable{value: value, untracked: true} }

// Value returns the tensor. Changing its elements in place, as an optimizer
// does, is not seen by the graph; do it between Backward and the next Forward.
func (x *Variable) Value() *tensor.Tensor { return x.value }

// Shape returns the length of each axis. Do not change it.
func (x *Variable) Shape() tensor.Shape { return x.value.Shape() }

// DType returns the type of the elements.
func (x *Variable) DType() tensor.DType { return x.value.DType() }

// Dims returns the number of axes.
func (x *Variable) Dims() int { return x.value.Dims() }

// Size returns the number of elements.
func (x *Variable) Size() int { return x.value.Size() }

// Item returns the only element; it panics when there is not exactly one.
func (x *Variable) Item() float64 { return x.value.Item() }

// String formats the value.
func (x *Variable) String() string { return x.value.String() }

// Op returns the name of the operation that made x, or "" for a leaf.
func (x *Variable) Op() string {
	if x.made == nil {
		return ""
	}
	return x.made.op
}

// WantsGrad reports whether a gradient of x can be asked for: x is made by New
// or computed from something that is, and recorded.
func (x *Variable) WantsGrad() bool { return x.wants }

// IsUntracked reports whether operations on x are left unrecorded.
func (x *Variable) IsUntracked() bool { return x.untracked }

// IsLeaf reports whether x was given rather than computed (or computed
// without being recorded).
func (x *Variable) IsLeaf() bool { return x.made == nil }

// Detach returns a constant with the same value: no gradient flows through it.
func (x *Variable) Detach() *Variable {
	return &Variable{value: x.value, untracked: x.untracked, watched: x.watched, observed: x.observed}
}

// Grad returns the gradient that Backward has accumulated in x, or nil. Only
// leaves made by New and Variables told to RetainGrad have one. Without
// CreateGraph it is untracked. Do not change its elements, which another
// gradient may share; SetGrad replaces it.
func (x *Variable) Grad() *Variable {
	if x.state == nil {
		return nil
	}
	x.state.mu.Lock()
	defer x.state.mu.Unlock()
	x.state.spare = nil
	return x.state.grad
}

// SetGrad replaces the gradient; nil clears it. It panics when the shape or
// type is not x's, or x wants no gradient.
func (x *Variable) SetGrad(g *Variable) {
	if !x.wants {
		panic(tensor.Errorf("autograd.SetGrad", "the variable of shape %v wants no gradient", x.Shape()))
	}
	if g != nil && (!g.Shape().Equal(x.Shape()) || g.DType() != x.DType()) {
		panic(tensor.Errorf("autograd.SetGrad", "gradient %v %v for a variable %v %v",
			g.DType(), g.Shape(), x.DType(), x.Shape()))
	}
	s := x.stateful()
	s.mu.Lock()
	defer s.mu.Unlock()
	recycle(s.takeSpare())
	s.grad = g
}

// ZeroGrad forgets the gradient, so that the next Backward starts anew.
func (x *Variable) ZeroGrad() {
	if x.wants && x.state != nil {
		x.SetGrad(nil)
	}
}

// RetainGrad makes Backward keep the gradient of x although it is not a leaf,
// and returns x. It panics when x wants no gradient. Call it before another
// goroutine sees x.
func (x *Variable) RetainGrad() *Variable {
	if !x.wants {
		panic(tensor.Errorf("autograd.RetainGrad", "the variable of shape %v wants no gradient", x.Shape()))
	}
	x.stateful().retain = true
	return x
}

func (x *Variable) stateful() *state {
	if x.state == nil {
		x.state = &state{}
	}
	return x.state
}

// accumulate adds g to the gradient of x.
func (x *Variable) accumulate(g *Variable, spare *tensor.Tensor) {
	s := x.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.grad != nil {
		g, spare = plus(s.grad, g, s.takeSpare(), spare)
	}
	s.grad, s.spare = g, spare
}

// hook is a function on the gradient of one Variable.
type hook struct{ f func(g *Variable) *Variable }

// Hook registers f to be called with the whole gradient of x, once in every
// walk that reaches x, before it is accumulated or passed on. What f returns
// replaces the gradient unless it is nil. Calling remove undoes the
// registration. It panics when x wants no gradient.
func (x *Variable) Hook(f func(g *Variable) *Variable) (remove func()) {
	if !x.wants {
		panic(tensor.Errorf("autograd.Hook", "the variable of shape %v wants no gradient", x.Shape()))
	}
	s, h := x.stateful(), &hook{f}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, h)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		var rest []*hook // a walk under way may still read the old list
		for _, other := range s.hooks {
			if other != h {
				rest = append(rest, other)
			}
		}
		s.hooks = rest
	}
}

// hooked returns g after the hooks of x, if there are any to see it.
func (x *Variable) hooked(g *Variable) (after *Variable, seen bool) {
	if x.state == nil {
		return g, false
	}
	x.state.mu.Lock()
	hooks := x.state.hooks
	x.state.mu.Unlock()
	for _, h := range hooks {
		r := h.f(g)
		switch {
		case r == nil:
			continue
		case !r.Shape().Equal(x.Shape()) || r.DType() != x.DType():
			panic(tensor.Errorf("autograd.Hook", "a hook on %v %v returned a gradient %v %v", x.DType(), x.Shape(), r.DType(), r.Shape()))
		case g.untracked && !r.untracked: // the walk is not recorded, nor be its rest
			r = &Variable{value: r.value, untracked: true, watched: g.watched}
		}
		g = r
	}
	return g, len(hooks) > 0
}
