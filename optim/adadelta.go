package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Adadelta gives the step the unit of the parameter: the root of the average
// squared change over that of the average squared gradient. Its fields are
// those of its first group.
//
//	d = g + weight_decay·p
//	v = rho·v + (1 − rho)·d²
//	Δ = √(u + eps)/√(v + eps) · d
//	u = rho·u + (1 − rho)·Δ²
//	p = p − lr·Δ
//
// Sources: https://arxiv.org/abs/1212.5701,
// https://pytorch.org/docs/1.13/generated/torch.optim.Adadelta.html
type Adadelta struct {
	*AdadeltaGroup
	core
}

// AdadeltaGroup is the settings for some of an Adadelta's parameters.
type AdadeltaGroup struct {
	// LR is the learning rate. Default 1.
	LR float64 `json:"lr"`
	// Rho is the share that the averages keep per step. Default 0.9.
	Rho float64 `json:"rho"`
	// Eps keeps the division finite. Default 1e-6.
	Eps float64 `json:"eps"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewAdadelta) }

// NewAdadelta returns Adadelta with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewAdadelta(params []autograd.Parameter) *Adadelta {
	o := &Adadelta{&AdadeltaGroup{LR: 1, Rho: 0.9, Eps: 1e-6}, core{kind: "Adadelta", moments: [3]string{"square_avg", "acc_delta"}}}
	o.add(o.AdadeltaGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewAdadelta.
func (o *Adadelta) AddGroup(params []autograd.Parameter) *AdadeltaGroup {
	g := *o.AdadeltaGroup
	o.add(&g, params)
	return &g
}

func (g *AdadeltaGroup) rate() *float64    { return &g.LR }
func (g *AdadeltaGroup) skips() bool       { return g.SkipMissing }
func (g *AdadeltaGroup) clone() group      { c := *g; return &c }
func (g *AdadeltaGroup) assign(from group) { *g = *from.(*AdadeltaGroup) }

func (g *AdadeltaGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		share("Rho", g.Rho),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *AdadeltaGroup) update(s *slot, grad *tensor.Tensor) {
	k := kernel.Adadelta{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		LR: g.LR, Rho: g.Rho, Eps: g.Eps}
	sq, acc := s.moment(0), s.moment(1)
	if s.DType() == tensor.Float32 {
		kernel.AdadeltaStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](sq), elements[float32](acc))
	} else {
		kernel.AdadeltaStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](sq), elements[float64](acc))
	}
}
