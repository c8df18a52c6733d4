package optim

import (
	"cmp"
	"math"
)

// ConstantLR multiplies the rates by Factor for the first TotalIters epochs.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.ConstantLR.html
type ConstantLR struct {
	// Factor is the factor. PyTorch's default is 1/3.
	Factor float64 `json:"factor"`
	// TotalIters is the number of epochs. PyTorch's default is 5.
	TotalIters int `json:"total_iters"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *ConstantLR {
		return &ConstantLR{Factor: 1.0 / 3, TotalIters: 5, plan: newPlan("ConstantLR", opt)}
	})
}

// NewConstantLR returns a ConstantLR over opt's groups and sets the rates of the first
// epoch. It panics when a setting is illegal.
func NewConstantLR(opt Optimizer, factor float64, totalIters int) *ConstantLR {
	s := &ConstantLR{Factor: factor, TotalIters: totalIters, plan: newPlan("ConstantLR", opt)}
	s.start(s)
	return s
}

func (s *ConstantLR) check() error {
	return cmp.Or(above("Factor", s.Factor, 0), share("Factor", s.Factor))
}

func (s *ConstantLR) begin(group int, lr, base float64) float64 { return lr * s.Factor }

func (s *ConstantLR) next(group int, lr, base float64) float64 {
	if s.epoch == s.TotalIters {
		return lr * (1 / s.Factor)
	}
	return lr
}

// LinearLR lets a factor of the rates go in a line from StartFactor to EndFactor
// within TotalIters epochs: a linear warm-up.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.LinearLR.html
type LinearLR struct {
	// StartFactor is the factor of the first epoch. PyTorch's default is 1/3.
	StartFactor float64 `json:"start_factor"`
	// EndFactor is the factor in the end. PyTorch's default is 1.
	EndFactor float64 `json:"end_factor"`
	// TotalIters is the number of epochs. PyTorch's default is 5.
	TotalIters int `json:"total_iters"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *LinearLR {
		return &LinearLR{StartFactor: 1.0 / 3, EndFactor: 1, TotalIters: 5, plan: newPlan("LinearLR", opt)}
	})
}

// NewLinearLR returns a LinearLR over opt's groups and sets the rates of the first
// epoch. It panics when a setting is illegal.
func NewLinearLR(opt Optimizer, startFactor, endFactor float64, totalIters int) *LinearLR {
	s := &LinearLR{StartFactor: startFactor, EndFactor: endFactor, TotalIters: totalIters, plan: newPlan("LinearLR", opt)}
	s.start(s)
	return s
}

func (s *LinearLR) check() error {
	return cmp.Or(above("StartFactor", s.StartFactor, 0), share("StartFactor", s.StartFactor), share("EndFactor", s.EndFactor), positive("TotalIters", s.TotalIters))
}

func (s *LinearLR) begin(group int, lr, base float64) float64 { return lr * s.StartFactor }

func (s *LinearLR) next(group int, lr, base float64) float64 {
	if s.epoch > s.TotalIters {
		return lr
	}
	by := s.EndFactor - s.StartFactor
	// On the way to 0 rounding could lead below it, to a rate that is none.
	return lr * max(0, 1+by/(float64(s.TotalIters)*s.StartFactor+float64(s.epoch-1)*by))
}

// PolynomialLR lets the rates fall to 0 within TotalIters epochs, along a power of
// what is left of them.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.PolynomialLR.html
type PolynomialLR struct {
	// TotalIters is the number of epochs. PyTorch's default is 5.
	TotalIters int `json:"total_iters"`
	// Power is the power. PyTorch's default is 1.
	Power float64 `json:"power"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *PolynomialLR {
		return &PolynomialLR{TotalIters: 5, Power: 1, plan: newPlan("PolynomialLR", opt)}
	})
}

// NewPolynomialLR returns a PolynomialLR over opt's groups and sets the rates of the first
// epoch. It panics when a setting is illegal.
func NewPolynomialLR(opt Optimizer, totalIters int, power float64) *PolynomialLR {
	s := &PolynomialLR{TotalIters: totalIters, Power: power, plan: newPlan("PolynomialLR", opt)}
	s.start(s)
	return s
}

func (s *PolynomialLR) check() error {
	return cmp.Or(positive("TotalIters", s.TotalIters), notNegative("Power", s.Power))
}

func (s *PolynomialLR) begin(group int, lr, base float64) float64 { return lr }

func (s *PolynomialLR) next(group int, lr, base float64) float64 {
	if s.epoch > s.TotalIters {
		return lr
	}
	n, t := float64(s.TotalIters), float64(s.epoch)
	return lr * math.Pow((1-t/n)/(1-(t-1)/n), s.Power)
}
