package optim

import (
	"cmp"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// LAMB is Adam whose step is as long, measured by the parameter's own length, as
// the learning rate says, for large batches. Its fields are those of its
// first group.
//
//	m = β₁·m + (1 − β₁)·g
//	v = β₂·v + (1 − β₂)·g²
//	r = m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + eps) + weight_decay·p
//	p = p − lr·‖p‖/‖r‖·r              (without the ratio where a norm is 0)
//
// PyTorch 1.13 has none; the numbers are the paper's, with the identity for
// its φ.
//
// Source: https://arxiv.org/abs/1904.00962
type LAMB struct {
	*LAMBGroup
	core
}

// LAMBGroup is the settings for some of a LAMB's parameters.
type LAMBGroup struct {
	// LR is the learning rate. Default 0.001.
	LR float64 `json:"lr"`
	// Betas are the shares β₁ and β₂ that the moments keep per step. Default
	// 0.9, 0.999.
	Betas Betas `json:"betas"`
	// Eps keeps the division finite. Default 1e-6.
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

func init() { register(NewLAMB) }

// NewLAMB returns LAMB with the paper's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewLAMB(params []autograd.Parameter) *LAMB {
	o := &LAMB{&LAMBGroup{LR: 1e-3, Betas: Betas{0.9, 0.999}, Eps: 1e-6}, core{kind: "LAMB", moments: [3]string{"exp_avg", "exp_avg_sq"}}}
	o.add(o.LAMBGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewLAMB.
func (o *LAMB) AddGroup(params []autograd.Parameter) *LAMBGroup {
	g := *o.LAMBGroup
	o.add(&g, params)
	return &g
}

func (g *LAMBGroup) rate() *float64     { return &g.LR }
func (g *LAMBGroup) momentum() *float64 { return &g.Betas[0] }
func (g *LAMBGroup) skips() bool        { return g.SkipMissing }
func (g *LAMBGroup) clone() group       { c := *g; return &c }
func (g *LAMBGroup) assign(from group)  { *g = *from.(*LAMBGroup) }

func (g *LAMBGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *LAMBGroup) update(s *slot, grad *tensor.Tensor) {
	bias := g.at(g.Betas, s.steps+1)
	k := kernel.Moments{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		Beta1: g.Betas[0], Beta2: g.Betas[1], Eps: g.Eps, Bias2: math.Sqrt(bias[1]),
		Rate: g.LR, GradRate: 1 / bias[0]}
	if s.DType() == tensor.Float32 {
		kernel.LAMBStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)), elements[float32](s.moment(1)))
	} else {
		kernel.LAMBStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)), elements[float64](s.moment(1)))
	}
}
