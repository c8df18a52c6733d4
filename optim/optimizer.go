package optim

import (
	"math"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Optimizer changes parameters by their gradients. Schedulers and training
// loops need no more than this.
type Optimizer interface {
	// Step changes every parameter once, in place. It panics, and changes
	// nothing, when a setting is illegal or a parameter got no gradient and
	// its group's SkipMissing is false.
	Step()

	// ZeroGrad forgets the parameters' gradients, which Backward otherwise
	// adds to.
	ZeroGrad()

	// Rates returns pointers to the learning rates of the groups, in order.
	Rates() []*float64

	// State returns what the optimizer remembers, apart from the parameters.
	State() State

	// LoadState resumes from s, or changes nothing and says why.
	LoadState(s State) error
}

var _, _, _ Optimizer = (*SGD)(nil), (*Adam)(nil), (*AdamW)(nil)

// group is what the optimizers' groups have in common.
type group interface {
	check() error
	rate() *float64
	skips() bool
	list() *roster
	clone() group
	assign(from group)
}

// stepper is a group that changes each parameter by its own gradient alone.
type stepper interface {
	group
	update(s *slot, grad *tensor.Tensor)
}

// roster is the parameters of one group.
type roster struct {
	slots  []*slot
	origin origin // where schedulers began
}

func (r *roster) list() *roster { return r }

// slot is one parameter and what the optimizer remembers about it.
type slot struct {
	autograd.Parameter
	steps   int               // updates made
	moments [3]*tensor.Tensor // nil until first used
	scalars [2]float64        // NaN until first used, like those of a new slot
}

// scalar returns a remembered number, at first the one given.
func (s *slot) scalar(i int, first float64) float64 {
	if math.IsNaN(s.scalars[i]) {
		s.scalars[i] = first
	}
	return s.scalars[i]
}

// filled returns a remembered tensor, at first filled with value.
func (s *slot) filled(i int, value float64) *tensor.Tensor {
	if s.moments[i] == nil {
		s.moments[i] = s.DType().Full(value, s.Shape()...)
	}
	return s.moments[i]
}

// moment returns a remembered tensor, zeros at first.
func (s *slot) moment(i int) *tensor.Tensor {
	if s.moments[i] == nil {
		s.moments[i] = s.DType().Zeros(s.Shape()...)
	}
	return s.moments[i]
}

// core is what every optimizer does alike.
type core struct {
	kind    string    // "Adam"
	moments [3]string // PyTorch's names of a slot's moments
	scalars [2]string // and of its scalars
	groups  []group
}

// op names the optimizer in an error.
func (o *core) op() string { return "optim." + o.kind }

// add is enrol for groups that Step can change.
func (o *core) add(g stepper, params []autograd.Parameter) { o.enrol(g, params) }

// enrol gives g its parameters and appends it. It panics when there are none,
// one has no gradients to follow, or one is given twice.
func (o *core) enrol(g group, params []autograd.Parameter) {
	if len(params) == 0 {
		panic(tensor.Errorf(o.op(), "there are no parameters"))
	}
	seen, names := map[*autograd.Variable]string{}, map[string]bool{}
	for _, other := range o.groups {
		for _, s := range other.list().slots {
			seen[s.Variable] = s.Name
		}
	}
	r := &roster{}
	for i, p := range params {
		switch before, twice := seen[p.Variable]; {
		case p.Variable == nil:
			panic(tensor.Errorf(o.op(), "parameter %d %q is nil", i, p.Name))
		case !p.IsLeaf() || !p.WantsGrad():
			panic(tensor.Errorf(o.op(), "parameter %q %v is not a leaf that wants a gradient; "+
				"make it with autograd.New, or leave it out to keep it as it is", p.Name, p.Shape()))
		case twice:
			panic(tensor.Errorf(o.op(), "parameter %q %v is given twice, before as %q", p.Name, p.Shape(), before))
		case names[p.Name]:
			panic(tensor.Errorf(o.op(), "two parameters of one group are named %q", p.Name))
		}
		seen[p.Variable], names[p.Name] = p.Name, true
		r.slots = append(r.slots, &slot{Parameter: p, scalars: [2]float64{math.NaN(), math.NaN()}})
	}
	*g.list() = *r
	o.must(g.check())
	o.groups = append(o.groups, g)
}

// must panics with a group's complaint.
func (o *core) must(err error) {
	if err != nil {
		panic(tensor.Errorf(o.op(), "%v", err))
	}
}

// Step changes every parameter once, in place, by the gradient that Backward
// left in it. It panics, and changes nothing, when a setting is illegal or a
// parameter got no gradient and its group's SkipMissing is false. Gradients of
// NaN or Inf are applied like any other.
func (o *core) Step() {
	for _, g := range o.groups {
		o.must(g.check())
		if !g.skips() {
			o.complain(g.list().slots)
		}
	}
	for _, g := range o.groups {
		g := g.(stepper) // as add demands
		for _, s := range g.list().slots {
			gradient(s.Variable, func(grad *tensor.Tensor) {
				g.update(s, grad)
				s.steps++
			})
		}
	}
}

// complain panics when a parameter got no gradient.
func (o *core) complain(slots []*slot) {
	var missing []string
	for _, s := range slots {
		found := false
		gradient(s.Variable, func(*tensor.Tensor) { found = true })
		if !found {
			missing = append(missing, s.Name)
		}
	}
	if missing != nil {
		panic(tensor.Errorf(o.op(), "no gradient for %d of %d parameters: %s; was Backward called since ZeroGrad, "+
			"and does the loss depend on them? Set SkipMissing to leave such parameters as they are",
			len(missing), len(slots), shorten(missing)))
	}
}

// shorten joins names, eliding all but the first few.
func shorten(names []string) string {
	const most = 5
	if len(names) > most {
		names = append(names[:most:most], "…")
	}
	return strings.Join(names, ", ")
}

// ZeroGrad forgets the gradients of all parameters. Call it before Backward,
// which adds to what is there.
func (o *core) ZeroGrad() {
	for _, g := range o.groups {
		for _, s := range g.list().slots {
			s.ZeroGrad()
		}
	}
}

// Rates returns pointers to the learning rates of the groups, in order, for
// schedulers to read and write.
func (o *core) Rates() []*float64 {
	out := make([]*float64, len(o.groups))
	for i, g := range o.groups {
		out[i] = g.rate()
	}
	return out
}

// elements returns the elements of t, or nil for a tensor that is not there.
func elements[T float32 | float64](t *tensor.Tensor) []T {
	if t == nil {
		return nil
	}
	return tensor.Data[T](t)
}
