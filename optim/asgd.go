package optim

import (
	"cmp"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// ASGD is averaged stochastic gradient descent. The average is the state "ax";
// Average returns it. Its fields are those of its first group.
//
//	d = g + weight_decay·p
//	p = p·(1 − lambd·η) − η·d
//	ax = ax + μ·(p − ax)
//	η = lr/(1 + lambd·lr·t)^alpha,  μ = 1/max(1, t − t0)
//
// where t counts the steps of the parameter from 1; η is lr and μ 1 in the
// first. As in PyTorch 1.13, η and μ are kept in float32.
//
// Sources: https://dl.acm.org/citation.cfm?id=131098,
// https://pytorch.org/docs/1.13/generated/torch.optim.ASGD.html
type ASGD struct {
	*ASGDGroup
	core
}

// ASGDGroup is the settings for some of an ASGD's parameters.
type ASGDGroup struct {
	// LR is the learning rate. Default 0.01.
	LR float64 `json:"lr"`
	// Lambd is the decay. Default 1e-4.
	Lambd float64 `json:"lambd"`
	// Alpha is the power of the fall of the rate. Default 0.75.
	Alpha float64 `json:"alpha"`
	// T0 is the step after which averaging begins. Default 1e6.
	T0 float64 `json:"t0"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewASGD) }

// NewASGD returns ASGD with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewASGD(params []autograd.Parameter) *ASGD {
	o := &ASGD{&ASGDGroup{LR: 1e-2, Lambd: 1e-4, Alpha: 0.75, T0: 1e6}, core{kind: "ASGD", moments: [3]string{"ax"}, scalars: [2]string{"eta", "mu"}}}
	o.add(o.ASGDGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewASGD.
func (o *ASGD) AddGroup(params []autograd.Parameter) *ASGDGroup {
	g := *o.ASGDGroup
	o.add(&g, params)
	return &g
}

func (g *ASGDGroup) rate() *float64    { return &g.LR }
func (g *ASGDGroup) skips() bool       { return g.SkipMissing }
func (g *ASGDGroup) clone() group      { c := *g; return &c }
func (g *ASGDGroup) assign(from group) { *g = *from.(*ASGDGroup) }

func (g *ASGDGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		notNegative("Lambd", g.Lambd),
		finite("Alpha", g.Alpha),
		finite("T0", g.T0),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

func (g *ASGDGroup) update(s *slot, grad *tensor.Tensor) {
	eta, mu := s.scalar(0, single(g.LR)), s.scalar(1, 1)
	k := kernel.ASGD{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		Eta: eta, Shrink: 1 - g.Lambd*eta, Share: mu}
	t := float64(s.steps + 1)
	s.scalars[0] = single(g.LR / math.Pow(1+g.Lambd*g.LR*t, g.Alpha))
	s.scalars[1] = single(1 / max(1, t-g.T0))
	if s.DType() == tensor.Float32 {
		kernel.ASGDStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)))
	} else {
		kernel.ASGDStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)))
	}
}

// Average returns a copy of a parameter's average, or nil before its first
// step and for a parameter that is not the optimizer's.
func (o *ASGD) Average(x *autograd.Variable) *tensor.Tensor {
	for _, g := range o.groups {
		for _, s := range g.list().slots {
			if s.Variable == x && s.moments[0] != nil {
				return s.moments[0].Clone()
			}
		}
	}
	return nil
}

// single rounds as PyTorch does where it keeps a number as a tensor.
func single(x float64) float64 { return float64(float32(x)) }
