package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Lion follows the sign of an average of gradients, so every element moves by
// the learning rate. Its fields are those of its first group.
//
//	p = p·(1 − lr·weight_decay) − lr·sign(β₁·m + (1 − β₁)·g)
//	m = β₂·m + (1 − β₂)·g
//
// PyTorch 1.13 has none; the numbers are the paper's.
//
// Source: https://arxiv.org/abs/2302.06675
type Lion struct {
	*LionGroup
	core
}

// LionGroup is the settings for some of a Lion's parameters.
type LionGroup struct {
	// LR is the learning rate. Default 0.0001.
	LR float64 `json:"lr"`
	// Betas are the shares β₁ and β₂ that the average keeps, for the step and
	// for the next. Default 0.9, 0.99.
	Betas Betas `json:"betas"`
	// WeightDecay is how fast parameters shrink. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewLion) }

// NewLion returns Lion with the paper's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewLion(params []autograd.Parameter) *Lion {
	o := &Lion{&LionGroup{LR: 1e-4, Betas: Betas{0.9, 0.99}}, core{kind: "Lion", moments: [3]string{"exp_avg"}}}
	o.add(o.LionGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewLion.
func (o *Lion) AddGroup(params []autograd.Parameter) *LionGroup {
	g := *o.LionGroup
	o.add(&g, params)
	return &g
}

func (g *LionGroup) rate() *float64     { return &g.LR }
func (g *LionGroup) momentum() *float64 { return &g.Betas[0] }
func (g *LionGroup) skips() bool        { return g.SkipMissing }
func (g *LionGroup) clone() group       { c := *g; return &c }
func (g *LionGroup) assign(from group)  { *g = *from.(*LionGroup) }

func (g *LionGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *LionGroup) update(s *slot, grad *tensor.Tensor) {
	k := kernel.Moments{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		Beta1: g.Betas[0], Beta2: g.Betas[1], Rate: g.LR}
	if s.DType() == tensor.Float32 {
		kernel.LionStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)))
	} else {
		kernel.LionStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)))
	}
}
