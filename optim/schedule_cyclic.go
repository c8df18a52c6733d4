package optim

import (
	"cmp"
	"fmt"
	"math"
)

// CyclicLR lets the rates rise in a line from BaseLR towards MaxLR and fall
// back, again and again, the momentum going the other way. Its step is that of
// a batch: call Step after every step of the optimizer.
//
//	lr = BaseLR + (MaxLR − BaseLR)·height·scale
//	momentum = MaxMomentum − (MaxMomentum − BaseMomentum)·height·scale
//
// where height goes from 0 to 1 and back, and scale is, by Mode,
//
//	triangular     1
//	triangular2    ½^(cycle − 1), where cycle counts from 1
//	exp_range      Gamma^step
//
// Unlike PyTorch 1.13 it changes the first beta where there is no momentum.
//
// Sources: https://arxiv.org/abs/1506.01186,
// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.CyclicLR.html
type CyclicLR struct {
	// BaseLR is the least rate.
	BaseLR PerGroup `json:"base_lr"`
	// MaxLR is the greatest rate.
	MaxLR PerGroup `json:"max_lr"`
	// StepSizeUp is the number of steps in which the rate rises. Default 2000.
	StepSizeUp int `json:"step_size_up"`
	// StepSizeDown is that in which it falls; 0 is for as many. Default 0.
	StepSizeDown int `json:"step_size_down"`
	// Mode is the scale. Default "triangular".
	Mode string `json:"mode"`
	// Gamma is the base of the scale of exp_range. Default 1.
	Gamma float64 `json:"gamma"`
	// ScaleFn is the scale in place of that of Mode, when it is not nil: of the
	// cycle, from 1, or of the step, from 0, as ScaleMode says. It is not part
	// of the state. Default nil.
	ScaleFn func(x float64) float64 `json:"-"`
	// ScaleMode is "cycle" or "iterations". Default "cycle".
	ScaleMode string `json:"scale_mode"`
	// CycleMomentum changes the momentum, or the first beta, too. Default true.
	CycleMomentum bool `json:"cycle_momentum"`
	// BaseMomentum is the least momentum. Default 0.8.
	BaseMomentum PerGroup `json:"base_momentum"`
	// MaxMomentum is the greatest momentum. Default 0.9.
	MaxMomentum PerGroup `json:"max_momentum"`

	plan
}

func init() { registerSchedule(newCyclicLR, "base_lr", "max_lr") }

func newCyclicLR(opt Optimizer) *CyclicLR {
	return &CyclicLR{StepSizeUp: 2000, Mode: "triangular", Gamma: 1, ScaleMode: "cycle", CycleMomentum: true,
		BaseMomentum: PerGroup{0.8}, MaxMomentum: PerGroup{0.9}, plan: newPlan("CyclicLR", opt)}
}

// NewCyclicLR returns a CyclicLR over opt's groups, of one least and one
// greatest rate, and sets the rates of the first step. To have other settings
// change the fields, and call Restart when BaseLR or MaxMomentum are among
// them. It panics when a setting is illegal, and when opt has neither momentum
// nor betas.
func NewCyclicLR(opt Optimizer, baseLR, maxLR float64) *CyclicLR {
	s := newCyclicLR(opt)
	s.BaseLR, s.MaxLR = PerGroup{baseLR}, PerGroup{maxLR}
	s.start(s)
	return s
}

func (s *CyclicLR) check() error {
	if s.StepSizeDown < 0 {
		return fmt.Errorf("StepSizeDown is %d, negative", s.StepSizeDown)
	}
	return cmp.Or(
		s.BaseLR.check("BaseLR", len(s.lanes), notNegative),
		s.MaxLR.check("MaxLR", len(s.lanes), notNegative),
		positive("StepSizeUp", s.StepSizeUp),
		oneOf("Mode", s.Mode, "triangular", "triangular2", "exp_range"),
		notNegative("Gamma", s.Gamma),
		oneOf("ScaleMode", s.ScaleMode, "cycle", "iterations"),
		checkCycle(s.CycleMomentum, s.lanes, s.BaseMomentum, s.MaxMomentum),
	)
}

// start makes the cycle's least rate the base, unless it joins others.
func (s *CyclicLR) start(self schedule) {
	s.must(s.check())
	for i, l := range s.lanes {
		if l.fresh() {
			s.base[i] = s.BaseLR.at(i)
		}
	}
	s.plan.start(self)
}

func (s *CyclicLR) begin(group int, lr, base float64) float64 { return s.next(group, lr, base) }

func (s *CyclicLR) next(group int, _, _ float64) float64 {
	low := s.BaseLR.at(group)
	return low + (s.MaxLR.at(group)-low)*s.height()
}

func (s *CyclicLR) cycles() bool { return s.CycleMomentum }

func (s *CyclicLR) momentum(group int) float64 {
	most := s.MaxMomentum.at(group)
	return most - (most-s.BaseMomentum.at(group))*s.height()
}

// height returns how far from the least to the greatest rate the present one
// is.
func (s *CyclicLR) height() float64 {
	up, down := float64(s.StepSizeUp), float64(cmp.Or(s.StepSizeDown, s.StepSizeUp))
	step := float64(s.epoch)
	cycle := math.Floor(1 + step/(up+down))
	part, top := 1+step/(up+down)-cycle, up/(up+down)
	height := part / top
	if part > top {
		height = (part - 1) / (top - 1)
	}
	switch {
	case s.ScaleFn != nil && s.ScaleMode == "cycle":
		return height * s.ScaleFn(cycle)
	case s.ScaleFn != nil:
		return height * s.ScaleFn(step)
	case s.Mode == "triangular2":
		return height / math.Pow(2, cycle-1)
	case s.Mode == "exp_range":
		return height * math.Pow(s.Gamma, step)
	}
	return height
}
