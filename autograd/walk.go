package autograd

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/declive/declive/tensor"
)

// Walk says how to go backward through a graph. The zero value is the usual way.
type Walk struct {
	// Seeds are the gradients of the outputs, one each; nil stands for 1 and
	// is allowed for outputs of one element only.
	Seeds []*Variable
	// RetainGraph keeps the graph, so that it can be walked again.
	RetainGraph bool
	// CreateGraph records the walk itself, so that the gradients can be
	// differentiated. It implies RetainGraph.
	CreateGraph bool
	// AllowUnused makes Grad return nil for an input that the outputs do not
	// depend on, where it otherwise panics.
	AllowUnused bool
}

// Backward adds the gradient of x, which must have one element, to every leaf
// that x depends on, and frees the graph. It panics when x has more elements,
// wants no gradient, or its graph was freed before.
func (x *Variable) Backward() { Walk{}.Backward(x) }

// Backward adds the gradient of the outputs to every leaf they depend on.
func (w Walk) Backward(outputs ...*Variable) {
	r := begin(w, "autograd.Backward")
	r.start(outputs)
	r.finish()
	r.end()
}

// Grad returns the gradient of y, which must have one element, with respect to
// each of xs. Leaves are not touched, so many goroutines may call it over
// shared parameters. It frees the graph and panics like Backward, and when y
// does not depend on one of xs.
func Grad(y *Variable, xs ...*Variable) []*Variable { return Walk{}.Grad([]*Variable{y}, xs) }

// Grad returns the gradient of the outputs, summed, with respect to each input.
func (w Walk) Grad(outputs, inputs []*Variable) []*Variable {
	r := begin(w, "autograd.Grad")
	r.target = make(map[*Variable]int, len(inputs))
	for i, x := range inputs {
		if !x.wants && !w.AllowUnused {
			panic(tensor.Errorf(r.op, "input %d of shape %v wants no gradient: make it with New", i, x.Shape()))
		}
		r.target[x] = i
	}
	found := make([]*Variable, len(inputs))
	r.found = found
	r.prune(outputs)
	r.start(outputs)
	r.finish()
	for i, x := range inputs {
		found[i] = found[r.target[x]] // the same input may be asked for twice
		if found[i] == nil && !w.AllowUnused {
			panic(tensor.Errorf(r.op, "no output depends on input %d of shape %v", i, x.Shape()))
		}
	}
	r.end()
	return found
}

// run is one walk. Results are visited in the reverse of the order in which
// they were created, so all gradients of a Variable have come in when its turn
// comes; a heap holds those on the way, and no recursion limits the depth.
type run struct {
	Walk
	op      string
	pending pending
	target  map[*Variable]int // inputs of Grad; nil in Backward
	useful  map[*Variable]bool
	found   []*Variable
	needed  []bool      // which inputs of the operation being visited want a gradient
	grads   []*Variable // and these gradients
}

// runs holds runs that are over, for the room in them.
var runs = sync.Pool{New: func() any { return new(run) }}

func begin(w Walk, op string) *run {
	r := runs.Get().(*run)
	r.Walk, r.op = w, op
	return r
}

// end is not reached by a run that panics, which is left to be collected.
func (r *run) end() {
	const most = 1000 // of the pending, lest a deep graph's heap stays for good
	if cap(r.pending.items) > most || cap(r.grads) > most {
		return
	}
	*r = run{pending: pending{items: r.pending.items}, needed: r.needed, grads: r.grads}
	runs.Put(r)
}

// start seeds the outputs.
func (r *run) start(outputs []*Variable) {
	if n := len(r.Seeds); n != 0 && n != len(outputs) {
		panic(tensor.Errorf(r.op, "%d seeds for %d outputs", n, len(outputs)))
	}
	for i, y := range outputs {
		var seed *Variable
		if r.Seeds != nil {
			seed = r.Seeds[i]
		}
		r.check(i, y, seed)
		if !y.wants {
			continue
		}
		switch unrecorded := !r.CreateGraph; { // by an untracked seed, from which all else comes
		case seed == nil:
			seed = &Variable{value: y.DType().Ones(y.Shape()...), untracked: unrecorded, watched: y.watched}
		case unrecorded:
			seed = &Variable{value: seed.value, untracked: true, watched: y.watched}
		}
		r.pending.add(arrival{x: y, g: seed})
	}
}

func (r *run) check(i int, y, seed *Variable) {
	switch {
	case y.untracked:
		panic(tensor.Errorf(r.op, "output %d of shape %v was computed from an untracked input, so nothing is recorded", i, y.Shape()))
	case !y.wants && !r.AllowUnused:
		panic(tensor.Errorf(r.op, "output %d of shape %v does not depend on anything that wants a gradient", i, y.Shape()))
	case seed == nil && y.Size() != 1:
		panic(tensor.Errorf(r.op, "output %d has shape %v, not one element: reduce it or give a seed", i, y.Shape()))
	case seed != nil && (!seed.Shape().Equal(y.Shape()) || seed.DType() != y.DType()):
		panic(tensor.Errorf(r.op, "seed %v %v for output %d of %v %v", seed.DType(), seed.Shape(), i, y.DType(), y.Shape()))
	}
}

// finish visits everything pending.
func (r *run) finish() {
	for len(r.pending.items) > 0 {
		a := r.pending.next()
		y := a.x
		g, seen := y.hooked(a.g)
		i, found := r.target[y]
		if found {
			r.found[i] = g
		}
		if seen || found {
			a.spare = nil
		}
		if r.target == nil && y.state != nil && (y.made == nil || y.state.retain) {
			if y.made != nil {
				a.spare = nil // both keep and pass on
			}
			y.accumulate(g, a.spare)
		}
		if y.made != nil {
			r.visit(y, g, a.spare)
		}
	}
}

// visit passes the gradient g of y on to y's inputs. For spare see recycle.go.
func (r *run) visit(y, g *Variable, spare *tensor.Tensor) {
	n := y.made
	if n.freed {
		panic(tensor.Errorf(r.op, "the graph at %s of shape %v was freed by an earlier walk: use RetainGraph", n.op, y.Shape()))
	}
	if g.watched {
		defer blame(n)
	}
	r.derive(n, y, g)
	r.passOn(n, y, g, spare)
	clear(r.grads)
	if !r.RetainGraph && !r.CreateGraph {
		n.free()
	}
}

// derive fills r.grads with the gradients of the inputs that y was made from.
func (r *run) derive(n *node, y, g *Variable) {
	k := len(n.edges)
	r.needed, r.grads = slices.Grow(r.needed[:0], k)[:k], slices.Grow(r.grads[:0], k)[:k]
	some := false
	for i := range n.edges {
		r.needed[i] = r.needs(n.edges[i].x)
		some = some || r.needed[i]
	}
	switch {
	case !some:
	case n.isFused():
		n.gradients(r.grads, g, r.needed)
	default:
		for i := range n.edges {
			if r.needed[i] {
				r.grads[i] = n.edges[i].rule(y, g)
			}
		}
	}
}

// needs reports whether the gradient of x is of use.
func (r *run) needs(x *Variable) bool { return x.wants && (r.target == nil || r.useful[x]) }

// pass sends the gradient gx, nil for 0, on its way to x. It was derived from g.
func (r *run) pass(x, gx, g *Variable, spare *tensor.Tensor) {
	if gx == nil { // not dropped: what depends on an input by 0 still depends on it
		gx = &Variable{value: x.DType().Zeros(x.Shape()...), untracked: g.untracked, watched: g.watched}
	}
	if gx.watched {
		inspectGradient(x, gx)
	}
	fitted := fit(gx, x.Shape())
	if spare != nil && bufferOf(fitted) != bufferOf(gx) {
		recycle(spare)
		spare = spareOf(fitted.value)
	}
	r.pending.add(arrival{x: x, g: fitted, spare: spare})
}

// prune marks what lies between the outputs and the inputs of Grad.
func (r *run) prune(outputs []*Variable) {
	r.useful = make(map[*Variable]bool)
	oldest := uint64(math.MaxUint64) // no input enters into what is older
	for x := range r.target {
		if x.wants {
			oldest = min(oldest, x.seq)
		}
	}
	seen := make(map[*Variable]bool)
	todo, all := slices.Clone(outputs), []*Variable(nil)
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] || !x.wants || x.seq < oldest {
			continue
		}
		seen[x] = true
		all = append(all, x)
		if x.made != nil {
			for _, e := range x.made.edges {
				todo = append(todo, e.x)
			}
		}
	}
	slices.SortFunc(all, func(a, b *Variable) int { return cmp.Compare(a.seq, b.seq) })
	for _, x := range all { // inputs come before what is computed from them
		_, useful := r.target[x]
		if x.made != nil {
			useful = useful || x.made.freed // to be reported when visited
			for _, e := range x.made.edges {
				useful = useful || r.useful[e.x]
			}
		}
		r.useful[x] = useful
	}
}
