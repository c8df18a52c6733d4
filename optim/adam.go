package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Adam adapts the step of every element to the first two moments of its
// gradients. Its fields are those of its first group.
//
//	d = g + weight_decay·p
//	m = β₁·m + (1 − β₁)·d
//	v = β₂·v + (1 − β₂)·d²
//	p = p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps)
//
// where t counts the steps of the parameter from 1. With AMSGrad the greatest
// v so far takes v's place in the last line.
//
// Sources: https://arxiv.org/abs/1412.6980,
// https://pytorch.org/docs/1.13/generated/torch.optim.Adam.html
type Adam struct {
	*AdamGroup
	core
}

// AdamW is Adam with decoupled weight decay: in place of adding to the
// gradient, the decay shrinks the parameter,
//
//	p = p·(1 − lr·weight_decay)
//
// before the rest of the step.
//
// Sources: https://arxiv.org/abs/1711.05101,
// https://pytorch.org/docs/1.13/generated/torch.optim.AdamW.html
type AdamW struct{ Adam }

// AdamGroup is the settings for some of an Adam's or AdamW's parameters.
type AdamGroup struct {
	// LR is the learning rate. Default 0.001.
	LR float64 `json:"lr"`
	// Betas are the shares β₁ and β₂ that the moments keep per step. Default
	// 0.9, 0.999.
	Betas Betas `json:"betas"`
	// Eps keeps the division finite. Default 1e-8.
	Eps float64 `json:"eps"`
	// WeightDecay is the factor of an L2 penalty (Adam, default 0) or of the
	// shrinking (AdamW, default 0.01).
	WeightDecay float64 `json:"weight_decay"`
	// AMSGrad divides by the greatest second moment so far; see
	// https://openreview.net/forum?id=ryQu7f-RZ. Default false.
	AMSGrad bool `json:"amsgrad"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	decoupled bool
	bias
	roster
}

func init() {
	register(NewAdam)
	register(NewAdamW)
}

// NewAdam returns Adam with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewAdam(params []autograd.Parameter) *Adam {
	o := newAdam("Adam", AdamGroup{})
	o.add(o.AdamGroup, params)
	return &o
}

// NewAdamW returns AdamW with PyTorch's defaults, of which WeightDecay is
// 0.01; change its fields before the first step. It panics like NewAdam.
func NewAdamW(params []autograd.Parameter) *AdamW {
	o := &AdamW{newAdam("AdamW", AdamGroup{WeightDecay: 0.01, decoupled: true})}
	o.add(o.AdamGroup, params)
	return o
}

// newAdam sets the defaults that Adam and AdamW share.
func newAdam(kind string, g AdamGroup) Adam {
	g.LR, g.Betas, g.Eps = 1e-3, Betas{0.9, 0.999}, 1e-8
	return Adam{&g, core{kind: kind, moments: [3]string{"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}}}
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewAdam.
func (o *Adam) AddGroup(params []autograd.Parameter) *AdamGroup {
	g := *o.AdamGroup
	o.add(&g, params)
	return &g
}

func (g *AdamGroup) rate() *float64     { return &g.LR }
func (g *AdamGroup) momentum() *float64 { return &g.Betas[0] }
func (g *AdamGroup) skips() bool        { return g.SkipMissing }
func (g *AdamGroup) clone() group       { c := *g; return &c }
func (g *AdamGroup) assign(from group)  { *g = *from.(*AdamGroup) }

func (g *AdamGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *AdamGroup) update(s *slot, grad *tensor.Tensor) {
	bias := g.at(g.Betas, s.steps+1)
	k := kernel.Adam{LR: g.LR, Beta1: g.Betas[0], Beta2: g.Betas[1], Eps: g.Eps, WeightDecay: g.WeightDecay,
		Decoupled: g.decoupled, Maximize: g.Maximize, Bias1: bias[0], Bias2: bias[1]}
	var vmax *tensor.Tensor
	if g.AMSGrad {
		vmax = s.moment(2)
	}
	if s.DType() == tensor.Float32 {
		adam[float32](k, s.Value(), grad, s.moment(0), s.moment(1), vmax)
	} else {
		adam[float64](k, s.Value(), grad, s.moment(0), s.moment(1), vmax)
	}
}

func adam[T float32 | float64](k kernel.Adam, p, grad, m, v, vmax *tensor.Tensor) {
	kernel.AdamStep(k, elements[T](p), elements[T](grad), elements[T](m), elements[T](v), elements[T](vmax))
}
