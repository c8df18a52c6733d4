package optim

import (
	"cmp"
	"slices"
)

// StepLR multiplies the rates by Gamma after every StepSize epochs. It
// multiplies whatever the rates are, so schedulers can be chained.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.StepLR.html
type StepLR struct {
	// StepSize is the number of epochs between changes.
	StepSize int `json:"step_size"`
	// Gamma is the factor. Default 0.1.
	Gamma float64 `json:"gamma"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *StepLR { return &StepLR{Gamma: 0.1, plan: newPlan("StepLR", opt)} }, "step_size")
}

// NewStepLR returns a StepLR over opt's groups. It panics when stepSize is not
// positive.
func NewStepLR(opt Optimizer, stepSize int) *StepLR {
	s := &StepLR{StepSize: stepSize, Gamma: 0.1, plan: newPlan("StepLR", opt)}
	s.start(s)
	return s
}

func (s *StepLR) check() error {
	return cmp.Or(positive("StepSize", s.StepSize), notNegative("Gamma", s.Gamma))
}

func (s *StepLR) begin(group int, lr, base float64) float64 { return lr }

func (s *StepLR) next(group int, lr, base float64) float64 {
	if s.epoch%s.StepSize == 0 {
		lr *= s.Gamma
	}
	return lr
}

// ExponentialLR multiplies the rates by Gamma after every epoch.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.ExponentialLR.html
type ExponentialLR struct {
	// Gamma is the factor.
	Gamma float64 `json:"gamma"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *ExponentialLR { return &ExponentialLR{plan: newPlan("ExponentialLR", opt)} }, "gamma")
}

// NewExponentialLR returns an ExponentialLR over opt's groups and sets the rates of the first
// epoch. It panics when a setting is illegal.
func NewExponentialLR(opt Optimizer, gamma float64) *ExponentialLR {
	s := &ExponentialLR{Gamma: gamma, plan: newPlan("ExponentialLR", opt)}
	s.start(s)
	return s
}

func (s *ExponentialLR) check() error {
	return cmp.Or(notNegative("Gamma", s.Gamma))
}

func (s *ExponentialLR) begin(group int, lr, base float64) float64 { return lr }

func (s *ExponentialLR) next(group int, lr, base float64) float64 {
	return lr * s.Gamma
}

// MultiStepLR multiplies the rates by Gamma at each of the epochs in Milestones, twice
// at one that is there twice.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.MultiStepLR.html
type MultiStepLR struct {
	// Milestones are the epochs.
	Milestones []int `json:"milestones"`
	// Gamma is the factor. PyTorch's default is 0.1.
	Gamma float64 `json:"gamma"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *MultiStepLR { return &MultiStepLR{Gamma: 0.1, plan: newPlan("MultiStepLR", opt)} }, "milestones")
}

// NewMultiStepLR returns a MultiStepLR over opt's groups and sets the rates of the first
// epoch. It panics when a setting is illegal.
func NewMultiStepLR(opt Optimizer, milestones []int, gamma float64) *MultiStepLR {
	s := &MultiStepLR{Milestones: slices.Clone(milestones), Gamma: gamma, plan: newPlan("MultiStepLR", opt)}
	s.start(s)
	return s
}

func (s *MultiStepLR) check() error {
	return cmp.Or(notNegative("Gamma", s.Gamma))
}

func (s *MultiStepLR) begin(group int, lr, base float64) float64 { return s.next(group, lr, base) }

func (s *MultiStepLR) next(group int, lr, base float64) float64 {
	for _, m := range s.Milestones {
		if m == s.epoch {
			lr *= s.Gamma
		}
	}
	return lr
}
