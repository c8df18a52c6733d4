package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// RMSprop divides the gradient by the root of its average square. Its fields
// are those of its first group.
//
//	d = g + weight_decay·p
//	v = alpha·v + (1 − alpha)·d²
//	a = alpha·a + (1 − alpha)·d             (when centered, else 0)
//	b = momentum·b + d/(√(v − a²) + eps)
//	p = p − lr·b
//
// Sources: https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf,
// https://pytorch.org/docs/1.13/generated/torch.optim.RMSprop.html
type RMSprop struct {
	*RMSpropGroup
	core
}

// RMSpropGroup is the settings for some of an RMSprop's parameters.
type RMSpropGroup struct {
	// LR is the learning rate. Default 0.01.
	LR float64 `json:"lr"`
	// Alpha is the share that the averages keep per step. Default 0.99.
	Alpha float64 `json:"alpha"`
	// Eps keeps the division finite. Default 1e-8.
	Eps float64 `json:"eps"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Momentum is how much of the last direction is kept. Default 0: none.
	Momentum float64 `json:"momentum"`
	// Centered divides by the estimated deviation. Default false.
	Centered bool `json:"centered"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewRMSprop) }

// NewRMSprop returns RMSprop with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewRMSprop(params []autograd.Parameter) *RMSprop {
	o := &RMSprop{&RMSpropGroup{LR: 1e-2, Alpha: 0.99, Eps: 1e-8}, core{kind: "RMSprop", moments: [3]string{"square_avg", "grad_avg", "momentum_buffer"}}}
	o.add(o.RMSpropGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewRMSprop.
func (o *RMSprop) AddGroup(params []autograd.Parameter) *RMSpropGroup {
	g := *o.RMSpropGroup
	o.add(&g, params)
	return &g
}

func (g *RMSpropGroup) rate() *float64     { return &g.LR }
func (g *RMSpropGroup) momentum() *float64 { return &g.Momentum }
func (g *RMSpropGroup) skips() bool        { return g.SkipMissing }
func (g *RMSpropGroup) clone() group       { c := *g; return &c }
func (g *RMSpropGroup) assign(from group)  { *g = *from.(*RMSpropGroup) }

func (g *RMSpropGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		notNegative("Alpha", g.Alpha),
		notNegative("Eps", g.Eps),
		notNegative("WeightDecay", g.WeightDecay),
		notNegative("Momentum", g.Momentum),
	)
}

func (g *RMSpropGroup) update(s *slot, grad *tensor.Tensor) {
	k := kernel.RMSprop{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		LR: g.LR, Alpha: g.Alpha, Eps: g.Eps, Momentum: g.Momentum}
	var mean, buf *tensor.Tensor
	if g.Centered {
		mean = s.moment(1)
	}
	if g.Momentum != 0 {
		buf = s.moment(2)
	}
	if s.DType() == tensor.Float32 {
		kernel.RMSpropStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)), elements[float32](mean), elements[float32](buf))
	} else {
		kernel.RMSpropStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)), elements[float64](mean), elements[float64](buf))
	}
}
