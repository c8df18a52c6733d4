package optim

import (
	"cmp"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// NAdam is Adam with Nesterov's momentum. Its fields are those of its first
// group.
//
//	d = g + weight_decay·p
//	m = β₁·m + (1 − β₁)·d
//	v = β₂·v + (1 − β₂)·d²
//	μ(t) = β₁·(1 − ½·0.96^(t·momentum_decay)),  Π = Π·μ(t)
//	p = p − lr·((1 − μ(t))/(1 − Π)·d + μ(t+1)/(1 − Π·μ(t)·μ(t+1))·m) / (√v/√(1 − β₂ᵗ) + eps)
//
// The paper has Π·μ(t+1) in the last denominator; PyTorch 1.13 multiplies by
// μ(t) once more and keeps Π in float32, and so does this.
//
// Sources: https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ,
// https://pytorch.org/docs/1.13/generated/torch.optim.NAdam.html
type NAdam struct {
	*NAdamGroup
	core
}

// NAdamGroup is the settings for some of an NAdam's parameters.
type NAdamGroup struct {
	// LR is the learning rate. Default 0.002.
	LR float64 `json:"lr"`
	// Betas are the shares β₁ and β₂ that the moments keep per step. Default
	// 0.9, 0.999.
	Betas Betas `json:"betas"`
	// Eps keeps the division finite. Default 1e-8.
	Eps float64 `json:"eps"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// MomentumDecay is how fast the momentum comes to β₁. Default 0.004.
	MomentumDecay float64 `json:"momentum_decay"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	bias
	roster
}

func init() { register(NewNAdam) }

// NewNAdam returns NAdam with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewNAdam(params []autograd.Parameter) *NAdam {
	o := &NAdam{&NAdamGroup{LR: 2e-3, Betas: Betas{0.9, 0.999}, Eps: 1e-8, MomentumDecay: 4e-3}, core{kind: "NAdam", moments: [3]string{"exp_avg", "exp_avg_sq"}, scalars: [2]string{"mu_product"}}}
	o.add(o.NAdamGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewNAdam.
func (o *NAdam) AddGroup(params []autograd.Parameter) *NAdamGroup {
	g := *o.NAdamGroup
	o.add(&g, params)
	return &g
}

func (g *NAdamGroup) rate() *float64     { return &g.LR }
func (g *NAdamGroup) momentum() *float64 { return &g.Betas[0] }
func (g *NAdamGroup) skips() bool        { return g.SkipMissing }
func (g *NAdamGroup) clone() group       { c := *g; return &c }
func (g *NAdamGroup) assign(from group)  { *g = *from.(*NAdamGroup) }

func (g *NAdamGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
		notNegative("MomentumDecay", g.MomentumDecay),
	)
}

func (g *NAdamGroup) update(s *slot, grad *tensor.Tensor) {
	bias := g.at(g.Betas, s.steps+1)
	mu, next := g.mu(s.steps+1), g.mu(s.steps+2)
	product := float32(s.scalar(0, 1)) * float32(mu)
	ahead := product * float32(mu) * float32(next)
	s.scalars[0] = float64(product)
	k := kernel.Moments{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		Beta1: g.Betas[0], Beta2: g.Betas[1], Eps: g.Eps, Bias2: math.Sqrt(bias[1]),
		GradRate: g.LR * (1 - mu) / (1 - float64(product)), Rate: g.LR * next / (1 - float64(ahead))}
	if s.DType() == tensor.Float32 {
		kernel.NAdamStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)), elements[float32](s.moment(1)))
	} else {
		kernel.NAdamStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)), elements[float64](s.moment(1)))
	}
}

// mu returns the momentum of a step.
func (g *NAdamGroup) mu(step int) float64 {
	return g.Betas[0] * (1 - 0.5*math.Pow(0.96, float64(step)*g.MomentumDecay))
}
