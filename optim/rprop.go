package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Rprop follows the sign of the gradient alone, with a step of every element's
// own that grows while the sign stays and shrinks when it turns. It is for
// whole data sets, not for batches. Its fields are those of its first group.
//
//	size = size·etas[1] where g·last > 0, size·etas[0] where g·last < 0
//	g = 0 where g·last < 0
//	p = p − sign(g)·size,  last = g
//
// The size is lr at first and stays within step_sizes.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.Rprop.html
type Rprop struct {
	*RpropGroup
	core
}

// RpropGroup is the settings for some of an Rprop's parameters.
type RpropGroup struct {
	// LR is the learning rate. Default 0.01.
	LR float64 `json:"lr"`
	// Etas are the factors of the size when the sign turns and when it stays.
	// Default 0.5, 1.2.
	Etas Pair `json:"etas"`
	// StepSizes are the least and the greatest size. Default 1e-6, 50.
	StepSizes Pair `json:"step_sizes"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewRprop) }

// NewRprop returns Rprop with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewRprop(params []autograd.Parameter) *Rprop {
	o := &Rprop{&RpropGroup{LR: 1e-2, Etas: Pair{0.5, 1.2}, StepSizes: Pair{1e-6, 50}}, core{kind: "Rprop", moments: [3]string{"prev", "step_size"}}}
	o.add(o.RpropGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewRprop.
func (o *Rprop) AddGroup(params []autograd.Parameter) *RpropGroup {
	g := *o.RpropGroup
	o.add(&g, params)
	return &g
}

func (g *RpropGroup) rate() *float64    { return &g.LR }
func (g *RpropGroup) skips() bool       { return g.SkipMissing }
func (g *RpropGroup) clone() group      { c := *g; return &c }
func (g *RpropGroup) assign(from group) { *g = *from.(*RpropGroup) }

func (g *RpropGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Etas[0]", g.Etas[0]),
		above("Etas[1]", g.Etas[1], 1),
		notNegative("StepSizes[0]", g.StepSizes[0]),
		notNegative("StepSizes[1] − StepSizes[0]", g.StepSizes[1]-g.StepSizes[0]),
	)
}

func (g *RpropGroup) update(s *slot, grad *tensor.Tensor) {
	k := kernel.Rprop{Maximize: g.Maximize, Shrink: g.Etas[0], Grow: g.Etas[1],
		Least: g.StepSizes[0], Greatest: g.StepSizes[1]}
	last, size := s.moment(0), s.filled(1, g.LR)
	if s.DType() == tensor.Float32 {
		kernel.RpropStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](last), elements[float32](size))
	} else {
		kernel.RpropStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](last), elements[float64](size))
	}
}
