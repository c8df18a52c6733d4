package optim

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// ReduceLROnPlateau multiplies the rates by Factor when a metric has not become
// better for more than Patience epochs. Its Step takes the metric:
//
//	sched := optim.NewReduceLROnPlateau(opt)
//	for range epochs {
//		trainAnEpoch(opt)
//		sched.Step(validate())
//	}
//
// A metric m is better than the best one before when
//
//	                  rel                         abs
//	mode min    m < best·(1 − Threshold)    m < best − Threshold
//	mode max    m > best·(1 + Threshold)    m > best + Threshold
//
// and NaN never is.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
type ReduceLROnPlateau struct {
	// Mode is "min" when a smaller metric is better, or "max". Default "min".
	Mode string `json:"mode"`
	// Factor is the factor. Default 0.1.
	Factor float64 `json:"factor"`
	// Patience is how many epochs in a row may be no better. Default 10.
	Patience int `json:"patience"`
	// Threshold is by how much a metric must be better. Default 1e-4.
	Threshold float64 `json:"threshold"`
	// ThresholdMode is "rel" for a share of the best metric, or "abs". Default
	// "rel".
	ThresholdMode string `json:"threshold_mode"`
	// Cooldown is how many epochs after a change do not count. Default 0.
	Cooldown int `json:"cooldown"`
	// MinLR is the least rate. Default 0.
	MinLR PerGroup `json:"min_lr"`
	// Eps is the greatest change that is not made. Default 1e-8.
	Eps float64 `json:"eps"`

	course
	best      float64
	bad, rest int // epochs in a row that were no better, and that do not count
}

func init() { registerSchedule(NewReduceLROnPlateau) }

// NewReduceLROnPlateau returns a ReduceLROnPlateau over opt's groups with
// PyTorch's defaults; change its fields before the first step.
func NewReduceLROnPlateau(opt Optimizer) *ReduceLROnPlateau {
	return &ReduceLROnPlateau{Mode: "min", Factor: 0.1, Patience: 10, Threshold: 1e-4, ThresholdMode: "rel",
		MinLR: PerGroup{0}, Eps: 1e-8, course: newCourse("ReduceLROnPlateau", opt), best: math.NaN()}
}

func (s *ReduceLROnPlateau) check() error {
	return cmp.Or(
		oneOf("Mode", s.Mode, "min", "max"),
		fraction("Factor", s.Factor),
		notNegative("Patience", float64(s.Patience)),
		notNegative("Threshold", s.Threshold),
		oneOf("ThresholdMode", s.ThresholdMode, "rel", "abs"),
		notNegative("Cooldown", float64(s.Cooldown)),
		s.MinLR.check("MinLR", len(s.lanes), notNegative),
		notNegative("Eps", s.Eps),
	)
}

// Step ends an epoch that came to a metric. It panics when a setting is
// illegal, when there is not one metric, and when it is an infinity that
// nothing could be better than.
func (s *ReduceLROnPlateau) Step(metric ...float64) {
	s.must(s.check())
	if len(metric) != 1 {
		s.must(fmt.Errorf("Step takes the metric of the epoch, one number, not %d", len(metric)))
	}
	m := metric[0]
	if m == -s.worst() {
		s.must(fmt.Errorf("the metric is %v, and nothing could be better", m))
	}
	s.epoch++
	s.bad++
	if s.better(m) {
		s.best, s.bad = m, 0
	}
	if s.rest > 0 {
		s.rest--
		s.bad = 0
	}
	if s.bad > s.Patience {
		s.reduce()
		s.rest, s.bad = s.Cooldown, 0
	}
	s.note()
	s.depart()
}

// worst returns the metric that any other is better than.
func (s *ReduceLROnPlateau) worst() float64 {
	if s.Mode == "max" {
		return math.Inf(-1)
	}
	return math.Inf(1)
}

func (s *ReduceLROnPlateau) better(m float64) bool {
	best, sign := s.best, 1.0
	if math.IsNaN(best) {
		best = s.worst()
	}
	if s.Mode == "max" {
		sign = -1
	}
	if s.ThresholdMode == "rel" {
		return sign*m < sign*(best*(1-sign*s.Threshold))
	}
	return sign*m < sign*(best-sign*s.Threshold)
}

func (s *ReduceLROnPlateau) reduce() {
	for i, l := range s.lanes {
		if next := max(*l.rate*s.Factor, s.MinLR.at(i)); *l.rate-next > s.Eps {
			*l.rate = next
		}
	}
}

// State returns what the scheduler remembers. It panics when a setting is
// illegal.
func (s *ReduceLROnPlateau) State() SchedulerState {
	st := s.state(s, s.check())
	st.Scalars = map[string]float64{"num_bad_epochs": float64(s.bad), "cooldown_counter": float64(s.rest)}
	if !math.IsNaN(s.best) {
		st.Scalars["best"] = s.best
	}
	return st
}

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (s *ReduceLROnPlateau) LoadState(st SchedulerState) error {
	next := *s
	next.best, next.bad, next.rest = math.NaN(), -1, -1
	for name, v := range st.Scalars {
		switch name {
		case "best":
			next.best = v
		case "num_bad_epochs":
			next.bad = int(v)
		case "cooldown_counter":
			next.rest = int(v)
		}
	}
	if err := next.load(st, &next, next.check); err != nil {
		return err
	}
	if next.bad < 0 || next.rest < 0 {
		return errors.New(s.op() + ": cannot load state: num_bad_epochs or cooldown_counter is missing or negative")
	}
	*s = next
	return nil
}
