package optim

import (
	"cmp"
	"math"
)

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

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *CosineAnnealingLR {
		return &CosineAnnealingLR{plan: newPlan("CosineAnnealingLR", opt)}
	}, "T_max")
}

// NewCosineAnnealingLR returns a CosineAnnealingLR over opt's groups. It panics
// when tMax is not positive.
func NewCosineAnnealingLR(opt Optimizer, tMax int) *CosineAnnealingLR {
	s := &CosineAnnealingLR{TMax: tMax, plan: newPlan("CosineAnnealingLR", opt)}
	s.start(s)
	return s
}

func (s *CosineAnnealingLR) check() error {
	return cmp.Or(positive("TMax", s.TMax), notNegative("EtaMin", s.EtaMin))
}

func (s *CosineAnnealingLR) begin(group int, lr, base float64) float64 { return lr }

func (s *CosineAnnealingLR) next(group int, lr, base float64) float64 {
	if (s.epoch-1-s.TMax)%(2*s.TMax) == 0 {
		// The epoch before was a trough, from which no ratio leads out.
		return lr + (base-s.EtaMin)*(1-math.Cos(math.Pi/float64(s.TMax)))/2
	}
	next := (1+s.cos(s.epoch))/(1+s.cos(s.epoch-1))*(lr-s.EtaMin) + s.EtaMin
	if next < 0 && -next < 1e-9*s.EtaMin {
		return 0 // a base of 0, but for rounding
	}
	return next
}

func (s *CosineAnnealingLR) cos(epoch int) float64 {
	return math.Cos(math.Pi * float64(epoch) / float64(s.TMax))
}

// CosineAnnealingWarmRestarts lets the rates fall along half a cosine to EtaMin within T0
// epochs, and begins anew, each time with TMult times the epochs.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
type CosineAnnealingWarmRestarts struct {
	// T0 is the number of epochs of the first fall.
	T0 int `json:"T_0"`
	// TMult is the factor of that number. PyTorch's default is 1.
	TMult int `json:"T_mult"`
	// EtaMin is the least rate. PyTorch's default is 0.
	EtaMin float64 `json:"eta_min"`

	plan
}

func init() {
	registerSchedule(func(opt Optimizer) *CosineAnnealingWarmRestarts {
		return &CosineAnnealingWarmRestarts{TMult: 1, plan: newPlan("CosineAnnealingWarmRestarts", opt)}
	}, "T_0")
}

// NewCosineAnnealingWarmRestarts returns a CosineAnnealingWarmRestarts over opt's groups and sets the rates of the first
// epoch. It panics when a setting is illegal.
func NewCosineAnnealingWarmRestarts(opt Optimizer, t0, tMult int, etaMin float64) *CosineAnnealingWarmRestarts {
	s := &CosineAnnealingWarmRestarts{T0: t0, TMult: tMult, EtaMin: etaMin, plan: newPlan("CosineAnnealingWarmRestarts", opt)}
	s.start(s)
	return s
}

func (s *CosineAnnealingWarmRestarts) check() error {
	return cmp.Or(positive("T0", s.T0), positive("TMult", s.TMult), notNegative("EtaMin", s.EtaMin))
}

func (s *CosineAnnealingWarmRestarts) begin(group int, lr, base float64) float64 {
	return s.next(group, lr, base)
}

func (s *CosineAnnealingWarmRestarts) next(group int, lr, base float64) float64 {
	length, at := s.T0, s.epoch
	for at >= length {
		at -= length
		length *= s.TMult
	}
	return s.EtaMin + (base-s.EtaMin)*(1+math.Cos(math.Pi*float64(at)/float64(length)))/2
}
