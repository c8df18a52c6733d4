package optim

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/declive/declive/autograd"
)

// ChainedScheduler steps several schedulers, in order, as one. Those that
// multiply the rates, such as ConstantLR and ExponentialLR, work together;
// others, such as LambdaLR, set them whatever was done before.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.ChainedScheduler.html
type ChainedScheduler struct {
	course
	parts []Scheduler
}

func init() {
	const name = "ChainedScheduler"
	schedulers[name] = func(opt Optimizer, options []byte) (s Scheduler, err error) {
		var o struct {
			Schedulers []json.RawMessage `json:"schedulers"`
		}
		if err := configure("optim."+name, &o, options, []string{"schedulers"}); err != nil {
			return nil, err
		}
		parts, err := newParts("optim."+name, opt, o.Schedulers)
		if err == nil {
			err = autograd.Try(func() { s = NewChainedScheduler(opt, parts...) })
		}
		return s, err
	}
}

// NewChainedScheduler returns a ChainedScheduler over opt's groups, of
// schedulers made for it before. The rates stay as these left them. It panics
// when there are none or one is over other groups.
func NewChainedScheduler(opt Optimizer, schedulers ...Scheduler) *ChainedScheduler {
	s := &ChainedScheduler{course: newCourse("ChainedScheduler", opt), parts: slices.Clone(schedulers)}
	if len(schedulers) == 0 {
		s.must(fmt.Errorf("there are no schedulers"))
	}
	for i, part := range schedulers {
		s.must(sameLanes(i, part, s.lanes))
	}
	return s
}

// Step ends an epoch; a metric goes to every scheduler. It panics when a
// setting is illegal, and when there is a ReduceLROnPlateau and no metric.
func (s *ChainedScheduler) Step(metric ...float64) {
	for _, part := range s.parts {
		part.Step(metric...)
	}
	s.epoch++
	s.note()
	s.depart()
}

// State returns what the scheduler remembers. It panics when a setting of one
// in the chain is illegal.
func (s *ChainedScheduler) State() SchedulerState {
	st := s.state(s, nil)
	st.Schedulers = partStates(s.parts)
	return st
}

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (s *ChainedScheduler) LoadState(st SchedulerState) error {
	next := *s
	if err := next.load(st, &next, func() error { return nil }); err != nil {
		return err
	}
	if err := loadParts(s.op(), s.parts, st.Schedulers); err != nil {
		return err
	}
	*s = next
	return nil
}

// newParts makes the schedulers that a list of names and options tells.
func newParts(op string, opt Optimizer, list []json.RawMessage) ([]Scheduler, error) {
	var parts []Scheduler
	for i, text := range list {
		var o struct {
			Name    string          `json:"name"`
			Options json.RawMessage `json:"options"`
		}
		at := fmt.Sprintf("%s: schedulers[%d]", op, i)
		if err := configure(at, &o, text, []string{"name"}); err != nil {
			return nil, err
		}
		part, err := NewScheduler(o.Name, opt, o.Options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// sameLanes complains about a scheduler that is not over the groups of those
// with which it is to work.
func sameLanes(i int, s Scheduler, lanes []lane) error {
	if s == nil {
		return fmt.Errorf("schedulers[%d] is nil", i)
	}
	of, ok := s.(interface{ over() []lane })
	if ok && !slices.EqualFunc(of.over(), lanes, func(a, b lane) bool { return a.rate == b.rate }) {
		return fmt.Errorf("schedulers[%d], a %s, is not over the optimizer's groups", i, typeName(s))
	}
	return nil
}

func partStates[S Scheduler](parts []S) []SchedulerState {
	var out []SchedulerState
	for _, p := range parts {
		out = append(out, p.State())
	}
	return out
}

// loadParts loads all states or none.
func loadParts[S Scheduler](op string, parts []S, states []SchedulerState) error {
	if len(parts) != len(states) {
		return fmt.Errorf("%s: cannot load the state of %d schedulers into %d", op, len(states), len(parts))
	}
	before := partStates(parts)
	for i, p := range parts {
		if err := p.LoadState(states[i]); err != nil {
			for k, back := range before[:i] {
				if undo := parts[k].LoadState(back); undo != nil {
					panic(undo) // it was that scheduler's own
				}
			}
			return fmt.Errorf("%s: schedulers[%d]: %w", op, i, err)
		}
	}
	return nil
}
