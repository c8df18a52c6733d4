package optim

import (
	"cmp"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Adagrad divides the gradient by the root of the sum of all its squares. Its
// fields are those of its first group.
//
//	d = g + weight_decay·p
//	sum = sum + d²
//	p = p − lr/(1 + (t−1)·lr_decay) · d/(√sum + eps)
//
// where t counts the steps of the parameter from 1.
//
// Sources: https://jmlr.org/papers/v12/duchi11a.html,
// https://pytorch.org/docs/1.13/generated/torch.optim.Adagrad.html
type Adagrad struct {
	*AdagradGroup
	core
}

// AdagradGroup is the settings for some of an Adagrad's parameters.
type AdagradGroup struct {
	// LR is the learning rate. Default 0.01.
	LR float64 `json:"lr"`
	// LRDecay makes the rate fall with the steps. Default 0.
	LRDecay float64 `json:"lr_decay"`
	// WeightDecay is the factor of an L2 penalty. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// InitialAccumulator is the sum at first. Default 0.
	InitialAccumulator float64 `json:"initial_accumulator_value"`
	// Eps keeps the division finite. Default 1e-10.
	Eps float64 `json:"eps"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewAdagrad) }

// NewAdagrad returns Adagrad with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewAdagrad(params []autograd.Parameter) *Adagrad {
	o := &Adagrad{&AdagradGroup{LR: 1e-2, Eps: 1e-10}, core{kind: "Adagrad", moments: [3]string{"sum"}}}
	o.add(o.AdagradGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewAdagrad.
func (o *Adagrad) AddGroup(params []autograd.Parameter) *AdagradGroup {
	g := *o.AdagradGroup
	o.add(&g, params)
	return &g
}

func (g *AdagradGroup) rate() *float64    { return &g.LR }
func (g *AdagradGroup) skips() bool       { return g.SkipMissing }
func (g *AdagradGroup) clone() group      { c := *g; return &c }
func (g *AdagradGroup) assign(from group) { *g = *from.(*AdagradGroup) }

func (g *AdagradGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		notNegative("LRDecay", g.LRDecay),
		notNegative("WeightDecay", g.WeightDecay),
		notNegative("InitialAccumulator", g.InitialAccumulator),
		notNegative("Eps", g.Eps),
	)
}

func (g *AdagradGroup) update(s *slot, grad *tensor.Tensor) {
	k := kernel.Adagrad{Decay: kernel.Decay{WeightDecay: g.WeightDecay, Maximize: g.Maximize},
		LR: g.LR / (1 + float64(s.steps)*g.LRDecay), Eps: g.Eps}
	sum := s.filled(0, g.InitialAccumulator)
	if s.DType() == tensor.Float32 {
		kernel.AdagradStep(k, elements[float32](s.Value()), elements[float32](grad), elements[float32](sum))
	} else {
		kernel.AdagradStep(k, elements[float64](s.Value()), elements[float64](grad), elements[float64](sum))
	}
}
