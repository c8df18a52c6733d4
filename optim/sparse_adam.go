package optim

import (
	"cmp"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// SparseAdam is Adam for embeddings: a row of a parameter whose gradient is all zero
// stays as it is, with its moments, where Adam would let momentum move it.
// PyTorch's takes sparse gradients for that; here gradients are dense, and the
// rows (elements, of a vector) are those along the first axis. Its fields are
// those of its first group. For the other rows
//
//	m = m + (1 − β₁)·(g − m)
//	v = v + (1 − β₂)·(g² − v)
//	p = p − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + eps)
//
// where t counts the steps of the parameter, not of the row, from 1.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.SparseAdam.html
type SparseAdam struct {
	*SparseAdamGroup
	core
}

// SparseAdamGroup is the settings for some of a SparseAdam's parameters.
type SparseAdamGroup struct {
	// LR is the learning rate. Default 0.001.
	LR float64 `json:"lr"`
	// Betas are the shares β₁ and β₂ that the moments keep per step. Default
	// 0.9, 0.999.
	Betas Betas `json:"betas"`
	// Eps keeps the division finite. Default 1e-8.
	Eps float64 `json:"eps"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	bias
	roster
}

func init() { register(NewSparseAdam) }

// NewSparseAdam returns SparseAdam with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, or two have one name.
func NewSparseAdam(params []autograd.Parameter) *SparseAdam {
	o := &SparseAdam{&SparseAdamGroup{LR: 1e-3, Betas: Betas{0.9, 0.999}, Eps: 1e-8}, core{kind: "SparseAdam", moments: [3]string{"exp_avg", "exp_avg_sq"}}}
	o.add(o.SparseAdamGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewSparseAdam.
func (o *SparseAdam) AddGroup(params []autograd.Parameter) *SparseAdamGroup {
	g := *o.SparseAdamGroup
	o.add(&g, params)
	return &g
}

func (g *SparseAdamGroup) rate() *float64     { return &g.LR }
func (g *SparseAdamGroup) momentum() *float64 { return &g.Betas[0] }
func (g *SparseAdamGroup) skips() bool        { return g.SkipMissing }
func (g *SparseAdamGroup) clone() group       { c := *g; return &c }
func (g *SparseAdamGroup) assign(from group)  { *g = *from.(*SparseAdamGroup) }

func (g *SparseAdamGroup) check() error {
	return cmp.Or(
		notNegative("LR", g.LR),
		fraction("Betas[0]", g.Betas[0]),
		fraction("Betas[1]", g.Betas[1]),
		notNegative("Eps", g.Eps),
	)
}

func (g *SparseAdamGroup) update(s *slot, grad *tensor.Tensor) {
	bias := g.at(g.Betas, s.steps+1)
	k := kernel.Moments{Decay: kernel.Decay{Maximize: g.Maximize}, Beta1: g.Betas[0], Beta2: g.Betas[1], Eps: g.Eps,
		Rate: g.LR * math.Sqrt(bias[1]) / bias[0]}
	width := 1
	if shape := s.Shape(); len(shape) > 0 {
		width = shape[1:].Size()
	}
	if s.DType() == tensor.Float32 {
		kernel.SparseAdamStep(k, width, elements[float32](s.Value()), elements[float32](grad), elements[float32](s.moment(0)), elements[float32](s.moment(1)))
	} else {
		kernel.SparseAdamStep(k, width, elements[float64](s.Value()), elements[float64](grad), elements[float64](s.moment(0)), elements[float64](s.moment(1)))
	}
}
