package optim

import (
	"cmp"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// RAdam is Adam that waits with the second moment until it can be trusted. Its
// fields are those of its first group.
//
//	d = g + weight_decay·p
//	m = β₁·m + (1 − β₁)·d
//	v = β₂·v + (1 − β₂)·d²
//	ρ∞ = 2/(1 − β₂) − 1,  ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)
//	r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))
//	p = p − lr/(1 − β₁ᵗ)·m · (r·√(1 − β₂ᵗ)/(√v + eps) where ρ > 5, else 1)
//
// Sources: https://arxiv.org/abs/1908.03265,
// https://pytorch.org/docs/1.13/generated/torch.optim.RAdam.html
type RAdam struct {
	*RAdamGroup
	core
}

// RAdamGroup is the settings for some of an RAdam's parameters.
type RAdamGroup struct {
	// LR is the learning rate. Default 0.001.
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

func init() { register(NewRAdam) }

// NewRAdam returns RAdam with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewRAdam(params []autograd.Parameter) *RAdam {
	o := &RAdam{&RAdamGroup{LR: 1e-3, Betas: Betas{0.9, 0.999}, Eps: 1e-8}, core{kind: "RAdam", moments: [3]string{"exp_avg", "exp_avg_sq"}}}
	o.add(o.RAdamGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewRAdam.
func (o *RAdam) AddGroup(params []autograd.Parameter) *RAdamGroup {
	g := *o.RAdamGroup
	o.add(&g, params)
	return &g
}

func (g *RAdamGroup) rate() *float64     { return &g.LR }
func (g *RAdamGroup) momentum() *float64 { return &g.Betas[0] }
func (g *RAdamGroup) skips() bool        { return g.SkipMissing }
func (g *RAdamGroup) clone() group       { c := *g; return &c }
func (g *RAdamGroup) assign(from group)  { *g = *from.(*RAdamGroup) }

func (g *RAdamGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *RAdamGroup) update(s *slot, grad *tensor.Tensor) {
	bias := g.at(g.Betas, s.steps+1)
	rate := g.LR / bias[0]
	all := 2/(1-g.Betas[1]) - 1
	now := all - 2*float64(s.steps+1)*(1-bias[1])/bias[1]
	if now > 5 {
		rate *= math.Sqrt((now-4)*(now-2)*all/((all-4)*(all-2)*now)) * math.Sqrt(bias[1])
	}
	k := kernel.Moments{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		Beta1: g.Betas[0], Beta2: g.Betas[1], Eps: g.Eps, Rate: rate, Plain: !(now > 5)}
	if s.DType() == tensor.Float32 {
		kernel.RAdamStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)), elements[float32](s.moment(1)))
	} else {
		kernel.RAdamStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)), elements[float64](s.moment(1)))
	}
}
