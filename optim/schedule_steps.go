package optim

import (
	"cmp"
)

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

func (s *ExponentialLR) begin(lr, base float64) float64 { return lr }

func (s *ExponentialLR) next(lr, base float64) float64 {
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
	s := &MultiStepLR{Milestones: milestones, Gamma: gamma, plan: newPlan("MultiStepLR", opt)}
	s.start(s)
	return s
}

func (s *MultiStepLR) check() error {
	return cmp.Or(notNegative("Gamma", s.Gamma))
}

func (s *MultiStepLR) begin(lr, base float64) float64 { return lr }

func (s *MultiStepLR) next(lr, base float64) float64 {
	for _, m := range s.Milestones {
		if m == s.epoch {
			lr *= s.Gamma
		}
	}
	return lr
}
