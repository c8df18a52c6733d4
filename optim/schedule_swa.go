package optim

import (
	"cmp"
	"math"
)

// SWALR leads the rates within AnnealEpochs epochs from what they are to LR,
// where they stay while weights are averaged. In a SequentialLR it goes on from
// the rates that it finds, and makes its first step at once.
//
// Sources: https://arxiv.org/abs/1803.05407,
// https://pytorch.org/docs/1.13/optim.html#stochastic-weight-averaging
type SWALR struct {
	// LR is the rate in the end.
	LR PerGroup `json:"swa_lr"`
	// AnnealEpochs is the number of epochs; after 0 the rate is LR from the
	// first on. Default 10.
	AnnealEpochs int `json:"anneal_epochs"`
	// AnnealStrategy is "cos", along half a cosine, or "linear". Default "cos".
	AnnealStrategy string `json:"anneal_strategy"`

	plan
}

func init() { registerSchedule(newSWALR, "swa_lr") }

func newSWALR(opt Optimizer) *SWALR {
	return &SWALR{AnnealEpochs: 10, AnnealStrategy: "cos", plan: newPlan("SWALR", opt)}
}

// NewSWALR returns a SWALR over opt's groups, of one rate in the end, with
// PyTorch's defaults; change its fields before the first step. It panics when
// the rate is illegal.
func NewSWALR(opt Optimizer, lr float64) *SWALR {
	s := newSWALR(opt)
	s.LR = PerGroup{lr}
	s.start(s)
	return s
}

func (s *SWALR) check() error {
	return cmp.Or(
		s.LR.check("LR", len(s.lanes), notNegative),
		notNegative("AnnealEpochs", float64(s.AnnealEpochs)),
		oneOf("AnnealStrategy", s.AnnealStrategy, "cos", "linear"),
	)
}

func (s *SWALR) begin(group int, lr, base float64) float64 { return s.next(group, lr, base) }

func (s *SWALR) next(group int, lr, _ float64) float64 {
	epoch, end := s.epoch, s.LR.at(group)
	if s.AnnealEpochs == 0 {
		epoch = max(1, epoch)
	}
	// What the rate would be without this schedule, by undoing the epoch before.
	if before := s.part(epoch - 1); before == 1 {
		lr = end
	} else {
		lr = (lr - before*end) / (1 - before)
	}
	part := s.part(epoch)
	return end*part + lr*(1-part)
}

// part returns how far an epoch is on the way to LR.
func (s *SWALR) part(epoch int) float64 {
	t := max(0, min(1, float64(epoch)/float64(max(1, s.AnnealEpochs))))
	if s.AnnealStrategy == "linear" {
		return t
	}
	return (1 - math.Cos(math.Pi*t)) / 2
}

func (s *SWALR) enter() { s.Step() }
