package optim

import (
	"encoding/json"
	"errors"
	"fmt"
)

// schedule is what a plan follows.
type schedule interface {
	Scheduler
	check() error
	// begin returns a group's rate in epoch 0, next that in s.epoch, from the
	// rate before and the one that the scheduler started from.
	begin(group int, lr, base float64) float64
	next(group int, lr, base float64) float64
	start(self schedule)
	first()
	enter()
	over() []lane
}

// cycle is a schedule of the momentum too.
type cycle interface {
	cycles() bool
	momentum(group int) float64
}

// plan is a course with the schedule around it.
type plan struct {
	course
	self  schedule
	found []mark // what the groups were when the scheduler was made
}

func newPlan(kind string, opt Optimizer) plan {
	p := plan{course: newCourse(kind, opt)}
	p.found = marksOf(p.lanes)
	return p
}

// start checks the settings and sets the rates of epoch 0.
func (p *plan) start(self schedule) {
	p.self = self
	p.must(self.check())
	p.first()
}

// first sets the rates of epoch 0 from those that are there.
func (p *plan) first() {
	p.epoch = 0
	p.set(p.self.begin)
	p.share()
}

// enter sets the rates of epoch 0 in the middle of a sequence, where those that
// are there are another schedule's.
func (p *plan) enter() {
	p.must(p.self.check())
	p.epoch = 0
	p.set(func(group int, _, base float64) float64 { return p.self.begin(group, base, base) })
}

// set sets the rates, and the momenta where the schedule has them.
func (p *plan) set(to func(group int, lr, base float64) float64) {
	c, ok := p.self.(cycle)
	for i, l := range p.lanes {
		*l.rate = to(i, *l.rate, p.base[i])
		if ok && c.cycles() {
			*l.momentum = c.momentum(i)
		}
	}
	p.note()
}

// Step ends an epoch. It panics when a setting is illegal.
func (p *plan) Step(...float64) {
	p.must(p.self.check())
	p.epoch++
	p.set(p.self.next)
	p.depart()
}

// Restart begins anew at epoch 0, from the rates that the scheduler found when
// it was made, or with which a loaded state began. Call it after changing
// fields of a new scheduler that bear on the first epoch. It panics when a
// setting is illegal.
func (p *plan) Restart() {
	p.must(p.self.check())
	restore(p.lanes, p.found)
	for i, l := range p.lanes {
		p.base[i] = l.base()
	}
	p.self.start(p.self)
}

// State returns what the scheduler remembers. It panics when a setting is
// illegal.
func (p *plan) State() SchedulerState { return p.state(p.self, p.self.check()) }

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (p *plan) LoadState(st SchedulerState) error {
	before, err := json.Marshal(p.self)
	if err != nil {
		return fmt.Errorf("%s: %w", p.op(), err)
	}
	if err := p.load(st, p.self, p.self.check); err != nil {
		return errors.Join(err, json.Unmarshal(before, p.self))
	}
	p.found = marksOf(p.lanes)
	for i, base := range p.base {
		p.found[i].rate, p.found[i].origin = base, origin{}
	}
	return nil
}
