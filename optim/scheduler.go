package optim

import (
	"cmp"
	"math"

	"github.com/declive/declive/tensor"
)

// Scheduler changes the learning rates of an optimizer's groups as training
// goes on, customarily once an epoch, after the optimizer's steps.
type Scheduler interface {
	// Step ends an epoch and sets the rates for the next.
	Step()

	// LastLR returns the rates of the groups that the scheduler left.
	LastLR() []float64

	// State returns what the scheduler remembers.
	State() SchedulerState

	// LoadState resumes from s, or changes nothing and says why.
	LoadState(s SchedulerState) error
}

// course is what every scheduler remembers.
type course struct {
	kind       string // "StepLR"
	opt        Optimizer
	epoch      int
	base, last []float64 // rates of the groups at the start and now
}

// newCourse begins at epoch 0, which keeps the rates as they are. Groups added
// to the optimizer later are left alone.
func newCourse(kind string, opt Optimizer) course {
	c := course{kind: kind, opt: opt}
	for _, r := range opt.Rates() {
		c.base, c.last = append(c.base, *r), append(c.last, *r)
	}
	return c
}

// advance ends an epoch: rates go from lr to next(lr, base).
func (c *course) advance(err error, next func(lr, base float64) float64) {
	if err != nil {
		panic(tensor.Errorf("optim."+c.kind, "%v", err))
	}
	c.epoch++
	rates := c.opt.Rates()
	for i, base := range c.base {
		*rates[i] = next(*rates[i], base)
		c.last[i] = *rates[i]
	}
}

// LastLR returns a copy of the rates that the scheduler left in the groups, or
// found there when it was made.
func (c *course) LastLR() []float64 { return append([]float64(nil), c.last...) }

// StepLR multiplies the rates by Gamma after every StepSize epochs. It
// multiplies whatever the rates are, so schedulers can be chained.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.StepLR.html
type StepLR struct {
	// StepSize is the number of epochs between changes.
	StepSize int `json:"step_size"`
	// Gamma is the factor. Default 0.1.
	Gamma float64 `json:"gamma"`

	course
}

func init() {
	registerSchedule(func(opt Optimizer) *StepLR { return NewStepLR(opt, 1) }, "step_size")
	registerSchedule(func(opt Optimizer) *CosineAnnealingLR { return NewCosineAnnealingLR(opt, 1) }, "T_max")
}

// NewStepLR returns a StepLR over opt's groups. It panics when stepSize is not
// positive.
func NewStepLR(opt Optimizer, stepSize int) *StepLR {
	s := &StepLR{StepSize: stepSize, Gamma: 0.1, course: newCourse("StepLR", opt)}
	if err := s.check(); err != nil {
		panic(tensor.Errorf("optim.StepLR", "%v", err))
	}
	return s
}

// Step ends an epoch. It panics when a setting is illegal.
func (s *StepLR) Step() {
	s.advance(s.check(), func(lr, _ float64) float64 {
		if s.epoch%s.StepSize == 0 {
			lr *= s.Gamma
		}
		return lr
	})
}

func (s *StepLR) check() error {
	return cmp.Or(positive("StepSize", s.StepSize), notNegative("Gamma", s.Gamma))
}

// CosineAnnealingLR lets the rates fall along half a cosine, within TMax
// epochs, from where they were to EtaMin, rise again in the next TMax, and so
// on:
//
//	lr = EtaMin + ½·(base − EtaMin)·(1 + cos(π·epoch/TMax))
//
// It is computed from the rate of the epoch before, so what others do to the
// rates meanwhile stays.
//
// Sources: https://arxiv.org/abs/1608.03983 (without its restarts),
// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
type CosineAnnealingLR struct {
	// TMax is the number of epochs to the least rate.
	TMax int `json:"T_max"`
	// EtaMin is the least rate. Default 0.
	EtaMin float64 `json:"eta_min"`

	course
}

// NewCosineAnnealingLR returns a CosineAnnealingLR over opt's groups. It panics
// when tMax is not positive.
func NewCosineAnnealingLR(opt Optimizer, tMax int) *CosineAnnealingLR {
	s := &CosineAnnealingLR{TMax: tMax, course: newCourse("CosineAnnealingLR", opt)}
	if err := s.check(); err != nil {
		panic(tensor.Errorf("optim.CosineAnnealingLR", "%v", err))
	}
	return s
}

// Step ends an epoch. It panics when a setting is illegal.
func (s *CosineAnnealingLR) Step() {
	s.advance(s.check(), func(lr, base float64) float64 {
		if (s.epoch-1-s.TMax)%(2*s.TMax) == 0 {
			// The epoch before was a trough, from which no ratio leads out.
			return lr + (base-s.EtaMin)*(1-math.Cos(math.Pi/float64(s.TMax)))/2
		}
		return (1+s.cos(s.epoch))/(1+s.cos(s.epoch-1))*(lr-s.EtaMin) + s.EtaMin
	})
}

func (s *CosineAnnealingLR) cos(epoch int) float64 {
	return math.Cos(math.Pi * float64(epoch) / float64(s.TMax))
}

func (s *CosineAnnealingLR) check() error {
	return cmp.Or(positive("TMax", s.TMax), notNegative("EtaMin", s.EtaMin))
}
