package optim

import (
	"cmp"
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// SGD is stochastic gradient descent, optionally with momentum. Its fields are
// those of its first group.
//
//	d = g + weight_decay·p
//	b = momentum·b + (1 − dampening)·d     (b = d in a parameter's first step)
//	p = p − lr·b                           (p − lr·(d + momentum·b) with Nesterov,
//	                                        p − lr·d without momentum)
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.SGD.html
type SGD struct {
	*SGDGroup
	core
}

// SGDGroup is the settings for some of an SGD's parameters.
type SGDGroup struct {
	// LR is the learning rate.
	LR float64 `json:"lr"`
	// Momentum is how much of the last direction is kept. Default 0: none.
	Momentum float64 `json:"momentum"`
	// Dampening weakens what a gradient adds to the momentum. Default 0.
	Dampening float64 `json:"dampening"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Nesterov looks ahead along the momentum; it needs a momentum and no
	// dampening. Default false.
	Nesterov bool `json:"nesterov"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() {
	register(func(params []autograd.Parameter) *SGD { return NewSGD(params, 0) }, "lr")
}

// NewSGD returns plain gradient descent with learning rate lr. It panics when
// there are no parameters, one is given twice or is not a leaf that wants a
// gradient, two have one name, or lr is negative or not finite.
func NewSGD(params []autograd.Parameter, lr float64) *SGD {
	o := &SGD{SGDGroup: &SGDGroup{LR: lr}, core: core{kind: "SGD", moments: [3]string{"momentum_buffer"}}}
	o.add(o.SGDGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewSGD.
func (o *SGD) AddGroup(params []autograd.Parameter) *SGDGroup {
	g := *o.SGDGroup
	o.add(&g, params)
	return &g
}

func (g *SGDGroup) rate() *float64     { return &g.LR }
func (g *SGDGroup) momentum() *float64 { return &g.Momentum }
func (g *SGDGroup) skips() bool        { return g.SkipMissing }
func (g *SGDGroup) clone() group       { c := *g; return &c }
func (g *SGDGroup) assign(from group)  { *g = *from.(*SGDGroup) }

func (g *SGDGroup) check() error {
	if g.Nesterov && (g.Momentum == 0 || g.Dampening != 0) {
		return fmt.Errorf("with Nesterov there must be a momentum and no dampening, but Momentum is %v and Dampening %v",
			g.Momentum, g.Dampening)
	}
	return cmp.Or(
		notNegative("LR", g.LR),
		notNegative("Momentum", g.Momentum),
		notNegative("|Dampening|", math.Abs(g.Dampening)), // of either sign, as in PyTorch
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *SGDGroup) update(s *slot, grad *tensor.Tensor) {
	k := kernel.SGD{LR: g.LR, Momentum: g.Momentum, Dampening: g.Dampening, WeightDecay: g.WeightDecay,
		Nesterov: g.Nesterov, Maximize: g.Maximize, First: s.moments[0] == nil}
	var buf *tensor.Tensor
	if g.Momentum != 0 {
		buf = s.moment(0)
	}
	if s.DType() == tensor.Float32 {
		kernel.SGDStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](buf))
	} else {
		kernel.SGDStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](buf))
	}
}
