package optim

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/declive/declive/autograd"
)

// SequentialLR follows one schedule after the other: the first until epoch
// Milestones[0], the second from there to Milestones[1], and so on. Each begins
// at its own epoch 0, from the rates that the optimizer had before any of them
// was made; MultiplicativeLR and SWALR go on from the rates that they find.
//
// A warm-up of 5 epochs before a cosine:
//
//	warm, fall := optim.NewLinearLR(opt, 0.1, 1, 5), optim.NewCosineAnnealingLR(opt, 95)
//	sched := optim.NewSequentialLR(opt, []optim.Scheduler{warm, fall}, []int{5})
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.SequentialLR.html
type SequentialLR struct {
	// Milestones are the epochs in which the second and later schedules begin,
	// in ascending order.
	Milestones []int `json:"milestones"`

	course
	parts []schedule
}

func init() {
	const name = "SequentialLR"
	schedulers[name] = func(opt Optimizer, options []byte) (s Scheduler, err error) {
		var o struct {
			Schedulers []json.RawMessage `json:"schedulers"`
			Milestones []int             `json:"milestones"`
		}
		if err := configure("optim."+name, &o, options, []string{"schedulers", "milestones"}); err != nil {
			return nil, err
		}
		parts, err := newParts("optim."+name, opt, o.Schedulers)
		if err == nil {
			err = autograd.Try(func() { s = NewSequentialLR(opt, parts, o.Milestones) })
		}
		return s, err
	}
}

// NewSequentialLR returns a SequentialLR over opt's groups, of schedulers made
// for it just before, and sets the rates of the first one's first epoch. It
// panics when milestones are not one less than the schedulers, from 1 on and
// in ascending order, and when a scheduler is over other groups or one that
// cannot begin at a milestone: a ReduceLROnPlateau, SequentialLR or
// ChainedScheduler.
func NewSequentialLR(opt Optimizer, schedulers []Scheduler, milestones []int) *SequentialLR {
	s := &SequentialLR{Milestones: slices.Clone(milestones), course: newCourse("SequentialLR", opt)}
	for i, part := range schedulers {
		p, ok := part.(schedule)
		if !ok {
			s.must(fmt.Errorf("schedulers[%d] is %s, which cannot begin at a milestone", i, typeName(part)))
		}
		s.must(sameLanes(i, p, s.lanes))
		s.parts = append(s.parts, p)
	}
	s.must(s.check())
	for i, l := range s.lanes {
		*l.rate = s.base[i]
	}
	s.parts[0].first()
	s.note()
	s.share()
	return s
}

// typeName returns the name of a scheduler's type.
func typeName(s Scheduler) string {
	if s == nil {
		return "nil"
	}
	return reflect.Indirect(reflect.ValueOf(s)).Type().Name()
}

func (s *SequentialLR) check() error {
	if len(s.parts) != len(s.Milestones)+1 {
		return fmt.Errorf("there are %d milestones for %d schedulers; they should be one less", len(s.Milestones), len(s.parts))
	}
	least := 1
	for i, m := range s.Milestones {
		if m < least {
			return fmt.Errorf("Milestones[%d] is %d, below %d; they should ascend", i, m, least)
		}
		least = m
	}
	return nil
}

// Step ends an epoch. It panics when a setting is illegal.
func (s *SequentialLR) Step(...float64) {
	s.must(s.check())
	now := 0 // the last schedule that has begun
	for now < len(s.Milestones) && s.Milestones[now] <= s.epoch+1 {
		now++
	}
	if now > 0 && s.Milestones[now-1] == s.epoch+1 {
		s.parts[now].enter()
	} else {
		s.parts[now].Step()
	}
	s.epoch++
	s.note()
	s.depart()
}

// State returns what the scheduler remembers. It panics when a setting is
// illegal.
func (s *SequentialLR) State() SchedulerState {
	st := s.state(s, s.check())
	st.Schedulers = partStates(s.parts)
	return st
}

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (s *SequentialLR) LoadState(st SchedulerState) error {
	next := *s
	next.Milestones = nil
	if err := next.load(st, &next, next.check); err != nil {
		return err
	}
	if err := loadParts(s.op(), s.parts, st.Schedulers); err != nil {
		return err
	}
	*s = next
	return nil
}
