package optim

import (
	"cmp"
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Adafactor is Adam without momentum, whose second moment of a matrix is kept as
// the means of its rows and columns, so that it remembers m + n numbers of
// m·n parameters. Its steps are relative to the size of the parameter. Its
// fields are those of its first group.
//
//	ρ = min(lr, 1/√t),  s = tᵝ                     (β is beta2_decay, t the step)
//	α = ρ·max(eps₂, RMS(p))
//	p = p·(1 − lr·weight_decay)
//	r = (1 − s)·r + s·(mean of g² over a row)      (matrices: the last two axes)
//	c = (1 − s)·c + s·(mean of g² over a column)
//	v = r·c / max(mean of r, eps₁)
//	v = (1 − s)·v + s·g²                           (vectors and scalars instead)
//	u = g / max(√v, eps₁)
//	p = p − α·u / max(1, RMS(u)/d)
//
// where RMS is the root of the mean of squares of a whole parameter. PyTorch
// has it since 2.5, and these are its numbers; they differ from the paper's in
// what eps₁ and lr do. The moments are float64, even of float32 parameters, so
// that squares of large and small gradients stay numbers.
//
// Source: https://pytorch.org/docs/2.5/generated/torch.optim.Adafactor.html,
// https://arxiv.org/abs/1804.04235
type Adafactor struct {
	*AdafactorGroup
	core
}

// AdafactorGroup is the settings for some of an Adafactor's parameters.
type AdafactorGroup struct {
	// LR is the greatest relative length of a step. Default 0.01.
	LR float64 `json:"lr"`
	// Beta2Decay is the power of t that is the share of the newest squares in
	// the second moment, not above 0. Default -0.8.
	Beta2Decay float64 `json:"beta2_decay"`
	// Eps are the least root of the second moment and the least length of a
	// parameter. Default nil, 0.001.
	Eps AdafactorEps `json:"eps"`
	// D is the greatest length of an update before it is clipped, from 1 on.
	// Default 1.
	D float64 `json:"d"`
	// WeightDecay, times LR, is the share of a parameter that goes in every
	// step. Default 0.
	WeightDecay float64 `json:"weight_decay"`
	// Maximize climbs instead of descending. Default false.
	Maximize bool `json:"maximize"`
	// SkipMissing leaves parameters that got no gradient as they are, as
	// PyTorch does in silence, where Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	roster
}

func init() { register(NewAdafactor) }

// NewAdafactor returns Adafactor with PyTorch's defaults; change its fields
// before the first step. It panics when there are no parameters, one is given
// twice or is not a leaf that wants a gradient, or two have one name.
func NewAdafactor(params []autograd.Parameter) *Adafactor {
	o := &Adafactor{&AdafactorGroup{LR: 0.01, Beta2Decay: -0.8, Eps: AdafactorEps{Parameter: 1e-3}, D: 1},
		core{kind: "Adafactor", moments: [3]string{"row_var", "col_var", "variance"}}}
	o.add(o.AdafactorGroup, params)
	return o
}

// AddGroup adds parameters with settings of their own and returns these: a
// copy, to be changed, of what the first group's are now. It panics like
// NewAdafactor.
func (o *Adafactor) AddGroup(params []autograd.Parameter) *AdafactorGroup {
	g := *o.AdafactorGroup
	o.add(&g, params)
	return &g
}

func (g *AdafactorGroup) rate() *float64    { return &g.LR }
func (g *AdafactorGroup) skips() bool       { return g.SkipMissing }
func (g *AdafactorGroup) clone() group      { c := *g; return &c }
func (g *AdafactorGroup) assign(from group) { *g = *from.(*AdafactorGroup) }

func (g *AdafactorGroup) check() error {
	var least error // none for the default
	if g.Eps.Moment != nil {
		least = notNegative("Eps.Moment", *g.Eps.Moment)
	}
	return cmp.Or(
		notNegative("LR", g.LR),
		notPositive("Beta2Decay", g.Beta2Decay),
		least,
		notNegative("Eps.Parameter", g.Eps.Parameter),
		from1("D", g.D),
		notNegative("WeightDecay", g.WeightDecay),
	)
}

// notPositive complains about a setting that is positive, infinite or NaN.
func notPositive(name string, v float64) error {
	if v <= 0 && !math.IsInf(v, -1) {
		return nil
	}
	return fmt.Errorf("%s is %v, not a number up to 0", name, v)
}

// from1 complains about a setting that is below 1 or NaN; +Inf is fine.
func from1(name string, v float64) error {
	if v >= 1 {
		return nil
	}
	return fmt.Errorf("%s is %v, not a number from 1 on", name, v)
}

// moment returns what moments 0 and 1 of a matrix and 2 of a vector are like.
func (g *AdafactorGroup) moment(x *autograd.Variable, i int) (like, bool) {
	shape, last := append(tensor.Shape{}, x.Shape()...), x.Dims()-1
	matrix := last > 0
	if matrix && i < 2 {
		shape[last-i] = 1
	}
	return like{tensor.Float64, shape}, matrix == (i < 2)
}

func (g *AdafactorGroup) update(s *slot, grad *tensor.Tensor) {
	for i, m := range s.moments {
		if l, has := g.moment(s.Variable, i); has && m == nil {
			s.moments[i] = l.dtype.Zeros(l.shape...)
		}
	}
	t := float64(s.steps + 1)
	k := kernel.Adafactor{Rate: min(g.LR, 1/math.Sqrt(t)), Shrink: 1 - g.LR*g.WeightDecay, Fresh: math.Pow(t, g.Beta2Decay),
		Eps: g.Eps.of(s.DType()), Least: g.Eps.Parameter, Threshold: g.D, Maximize: g.Maximize}
	if s.DType() == tensor.Float32 {
		adafactorStep(k, s, elements[float32](s.Value()), elements[float32](grad))
	} else {
		adafactorStep(k, s, elements[float64](s.Value()), elements[float64](grad))
	}
}

func adafactorStep[T float32 | float64](k kernel.Adafactor, s *slot, p, g []T) {
	shape := s.Shape()
	if n := len(shape); n > 1 {
		kernel.AdafactorStep(k, shape[n-2], shape[n-1], p, g, elements[float64](s.moments[0]), elements[float64](s.moments[1]))
	} else {
		kernel.AdafactorVectorStep(k, p, g, elements[float64](s.moments[2]))
	}
}
