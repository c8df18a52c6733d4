package nn

import (
	"sync/atomic"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Hooked is a module with hooks: functions that see, and may replace, what goes
// in and what comes out of it, on the way forward and on the way back. It adds
// nothing to the names of the module's parameters, so state dicts stay as they
// are, and may be put wherever a Module may be.
//
// A Forward goes, in this order, through
//
//	forward pre-hooks    with the input,
//	the module's own     Forward,
//	forward hooks        with the input, as the pre-hooks left it, and the output,
//
// and a walk backward through
//
//	backward hooks       with the gradients of that input and of the final output,
//
// each kind in the order of registration. A hook that returns nil changes
// nothing; what it returns otherwise takes the place of the input, the output or
// the input's gradient, for the hooks after it, too.
//
// Many goroutines may call Forward, register and remove at any time. A hook runs
// in the goroutine that calls Forward or walks backward, so it must allow for
// calls at the same time if those are made. A Forward that is under way keeps to
// the hooks that it found, and its backward walks to the backward hooks that it
// found. A graph that holds backward hooks is for one walk at a time.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Module.html
type Hooked struct {
	Module
	pre      hooks[func(x *autograd.Variable) *autograd.Variable]
	post     hooks[func(x, y *autograd.Variable) *autograd.Variable]
	backward hooks[func(gradInput, gradOutput *autograd.Variable) *autograd.Variable]
}

// NewHooked returns m with no hooks as yet. It panics when m is nil.
func NewHooked(m Module) *Hooked {
	if m == nil {
		panic(tensor.Errorf("nn.NewHooked", "the module is nil"))
	}
	return &Hooked{Module: m}
}

// RegisterForwardPreHook has f called with the input before every Forward of the
// module. Calling remove undoes that. It panics when f is nil.
func (h *Hooked) RegisterForwardPreHook(f func(x *autograd.Variable) *autograd.Variable) (remove func()) {
	checkHook("RegisterForwardPreHook", f == nil)
	return h.pre.add(f)
}

// RegisterForwardHook has f called with input and output after every Forward of
// the module. Calling remove undoes that. It panics when f is nil.
func (h *Hooked) RegisterForwardHook(f func(x, y *autograd.Variable) *autograd.Variable) (remove func()) {
	checkHook("RegisterForwardHook", f == nil)
	return h.post.add(f)
}

// RegisterFullBackwardHook has f called in every walk backward that comes through
// the output to the input, walks that are recorded and walks of what those have
// recorded included. Gradients may be kept but must not be changed in place; what
// f returns has the shape and type of the input. An f of recorded operations can
// be differentiated in its turn.
//
// Where the input wants no gradient, gradInput is nil, and f must return nil. A
// walk that reaches the input around the output, as second derivatives can, or
// the output only, as one to the module's parameters alone does, calls nothing.
//
// Calling remove undoes the registration. It panics when f is nil.
func (h *Hooked) RegisterFullBackwardHook(f func(gradInput, gradOutput *autograd.Variable) *autograd.Variable) (remove func()) {
	checkHook("RegisterFullBackwardHook", f == nil)
	return h.backward.add(f)
}

func checkHook(op string, missing bool) {
	if missing {
		panic(tensor.Errorf("nn."+op, "the hook is nil"))
	}
}

// Forward returns what the hooks make of the module's Forward. It panics when
// there is no module, or when that or a hook does.
func (h *Hooked) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(h, x).leave(&out)
	if h.Module == nil {
		panic(tensor.Errorf("nn.Hooked", "there is no Module; make one with NewHooked"))
	}
	for _, f := range h.pre.all() {
		x = replaced(x, (*f)(x))
	}
	passage := passage{hooks: h.backward.all()}
	x = passage.enter(x)
	y := h.Module.Forward(x)
	for _, f := range h.post.all() {
		y = replaced(y, (*f)(x, y))
	}
	return passage.leave(y)
}

// replaced returns what a hook made of x, if it made something.
func replaced(x, by *autograd.Variable) *autograd.Variable {
	if by == nil {
		return x
	}
	return by
}

// passage is one way through a module with backward hooks. It stands at both
// ends, so that a walk back passes it twice.
type passage struct {
	hooks   []*func(gradInput, gradOutput *autograd.Variable) *autograd.Variable
	entered bool // by an input that wants a gradient
	// gradOutput is what the walk under way has brought to the output.
	gradOutput *atomic.Pointer[autograd.Variable]
}

// enter returns x in a form of its own, whose gradient the hooks see.
func (p *passage) enter(x *autograd.Variable) *autograd.Variable {
	if len(p.hooks) == 0 || !x.WantsGrad() {
		return x
	}
	p.entered, p.gradOutput = true, new(atomic.Pointer[autograd.Variable])
	hooks, arrived := p.hooks, p.gradOutput
	x = alias(x)
	x.Hook(func(g *autograd.Variable) *autograd.Variable {
		gradOutput := arrived.Swap(nil)
		if gradOutput == nil { // the walk came around the output
			return nil
		}
		for _, f := range hooks {
			g = replaced(g, checkedGradient((*f)(g, gradOutput), g))
		}
		return g
	})
	return x
}

// leave returns y in a form of its own, whose gradient is kept for the hooks.
func (p *passage) leave(y *autograd.Variable) *autograd.Variable {
	if len(p.hooks) == 0 || !y.WantsGrad() {
		return y
	}
	y = alias(y)
	if hooks, arrived := p.hooks, p.gradOutput; p.entered {
		y.Hook(func(g *autograd.Variable) *autograd.Variable {
			arrived.Store(g)
			return nil
		})
	} else {
		y.Hook(func(g *autograd.Variable) *autograd.Variable {
			for _, f := range hooks {
				if r := (*f)(nil, g); r != nil {
					panic(tensor.Errorf("nn.Hooked", "a backward hook returned a gradient %v, but the input wants none", r.Shape()))
				}
			}
			return nil
		})
	}
	return y
}

// alias returns x as the result of an operation that changes nothing.
func alias(x *autograd.Variable) *autograd.Variable {
	return autograd.Custom("Hooked", x.Value(), []*autograd.Variable{x},
		func(_, g *autograd.Variable) *autograd.Variable { return g })
}

// checkedGradient returns r, which takes the place of the gradient g.
func checkedGradient(r, g *autograd.Variable) *autograd.Variable {
	if r != nil && (!r.Shape().Equal(g.Shape()) || r.DType() != g.DType()) {
		panic(tensor.Errorf("nn.Hooked", "a backward hook returned a gradient %v %v for an input %v %v",
			r.DType(), r.Shape(), g.DType(), g.Shape()))
	}
	return r
}
