package optim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
)

// schedule is what a plan follows.
type schedule interface {
	Scheduler
	check() error
	// begin returns the rate of epoch 0, next that of s.epoch, from the rate
	// before and the one that the scheduler found when it was made.
	begin(lr, base float64) float64
	next(lr, base float64) float64
	start(self schedule)
}

// plan is a course with the schedule around it.
type plan struct {
	course
	self schedule
}

func newPlan(kind string, opt Optimizer) plan { return plan{course: newCourse(kind, opt)} }

// start checks the settings and sets the rates of epoch 0.
func (p *plan) start(self schedule) {
	p.self = self
	p.epoch = -1
	p.advance(self.check(), self.begin)
}

// Step ends an epoch. It panics when a setting is illegal.
func (p *plan) Step() { p.advance(p.self.check(), p.self.next) }

// State returns what the scheduler remembers. It panics when a setting is
// illegal.
func (p *plan) State() SchedulerState { return p.state(p.self, p.self.check()) }

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (p *plan) LoadState(st SchedulerState) error {
	before, err := json.Marshal(p.self)
	if err != nil {
		return fmt.Errorf("optim.%s: %w", p.kind, err)
	}
	if err := p.load(st, p.self, p.self.check); err != nil {
		return errors.Join(err, json.Unmarshal(before, p.self))
	}
	return nil
}

// NewScheduler returns the scheduler of a class name, such as "LinearLR", over
// the groups of opt, with PyTorch's defaults but for the options in a JSON
// object, such as {"total_iters":10}, and sets the rates of the first epoch.
// An unknown name, an illegal value and a missing option that has no default
// are errors.
func NewScheduler(name string, opt Optimizer, options []byte) (Scheduler, error) {
	e, ok := schedulers[name]
	if !ok {
		return nil, fmt.Errorf("optim: no scheduler %q; there are %s", name, strings.Join(SchedulerNames(), ", "))
	}
	s := e.make(opt)
	if err := configure(name, s, options, e.required); err != nil {
		return nil, err
	}
	err := autograd.Try(func() {
		if p, ok := s.(schedule); ok {
			p.start(p)
		}
		s.State() // checks the settings
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// SchedulerNames returns the class names of all schedulers that NewScheduler
// makes, in alphabetical order.
func SchedulerNames() []string { return slices.Sorted(maps.Keys(schedulers)) }

// schedulers makes every scheduler, with its defaults, by class name.
var schedulers = map[string]entry[func(opt Optimizer) Scheduler]{}

// registerSchedule makes a scheduler known to NewScheduler by the name of its
// type.
func registerSchedule[S Scheduler](make func(opt Optimizer) S, required ...string) {
	schedulers[reflect.TypeFor[S]().Elem().Name()] = entry[func(opt Optimizer) Scheduler]{
		func(opt Optimizer) Scheduler { return make(opt) }, required}
}
