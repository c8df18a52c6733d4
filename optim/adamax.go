package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Adamax is Adam with the greatest gradient, fading, in place of the second
// moment. Its fields are those of its first group.
//
//	d = g + weight_decay·p
//	m = β₁·m + (1 − β₁)·d
//	u = max(β₂·u, |d| + eps)
//	p = p − lr/(1 − β₁ᵗ) · m/u
//
// Sources: https://arxiv.org/abs/1412.6980,
// https://pytorch.org/docs/1.13/generated/torch.optim.Adamax.html
type Adamax struct {
	*AdamaxGroup
	core
}

// AdamaxGroup is the settings for some of an Adamax's parameters.
type AdamaxGroup struct {
	// LR is the learning rate. Default 0.002.
	LR float64 `json:"lr"`
	// Betas are the shares β₁ and β₂ that the moments keep per step. Default
	// 0.9, 0.999.
	Betas Betas `json:"betas"`
	// Eps keeps the division finite. Default 1e-8.
	Eps float64 `json:"eps"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	bias
	roster
}

func init() { register(NewAdamax) }

// NewAdamax returns Adamax with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewAdamax(params []autograd.Parameter) *Adamax {
	o := &Adamax{&AdamaxGroup{LR: 2e-3, Betas: Betas{0.9, 0.999}, Eps: 1e-8}, core{kind: "Adamax", moments: [3]string{"exp_avg", "exp_inf"}}}
	o.add(o.AdamaxGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewAdamax.
func (o *Adamax) AddGroup(params []autograd.Parameter) *AdamaxGroup {
	g := *o.AdamaxGroup
	o.add(&g, params)
	return &g
}

func (g *AdamaxGroup) rate() *float64     { return &g.LR }
func (g *AdamaxGroup) momentum() *float64 { return &g.Betas[0] }
func (g *AdamaxGroup) skips() bool        { return g.SkipMissing }
func (g *AdamaxGroup) clone() group       { c := *g; return &c }
func (g *AdamaxGroup) assign(from group)  { *g = *from.(*AdamaxGroup) }

func (g *AdamaxGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *AdamaxGroup) update(s *slot, grad *tensor.Tensor) {
	bias := g.at(g.Betas, s.steps+1)
	k := kernel.Moments{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		Beta1: g.Betas[0], Beta2: g.Betas[1], Eps: g.Eps, Rate: g.LR / bias[0]}
	if s.DType() == tensor.Float32 {
		kernel.AdamaxStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)), elements[float32](s.moment(1)))
	} else {
		kernel.AdamaxStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)), elements[float64](s.moment(1)))
	}
}
