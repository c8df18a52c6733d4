package optim

import "github.com/declive/declive/tensor"

// Scheduler changes the learning rates of an optimizer's groups as training
// goes on, customarily once an epoch, after the optimizer's steps.
type Scheduler interface {
	// Step ends an epoch and sets the rates for the next. ReduceLROnPlateau
	// takes the epoch's metric; the others do not look at it, so that a loop
	// may hand it to any.
	Step(metric ...float64)

	// LastLR returns the rates of the groups that the scheduler left.
	LastLR() []float64

	// State returns what the scheduler remembers.
	State() SchedulerState

	// LoadState resumes from s, or changes nothing and says why.
	LoadState(s SchedulerState) error
}

// course is what every scheduler remembers.
type course struct {
	kind       string // "StepLR"
	lanes      []lane
	epoch      int
	base, last []float64 // rates of the groups at the start and now
}

// newCourse is at epoch 0 and leaves the rates as they are. Groups added to the
// optimizer later are left alone.
func newCourse(kind string, opt Optimizer) course {
	c := course{kind: kind, lanes: lanesOf(opt)}
	for _, l := range c.lanes {
		c.base, c.last = append(c.base, l.base()), append(c.last, *l.rate)
	}
	return c
}

// op names the scheduler in an error.
func (c *course) op() string { return "optim." + c.kind }

// must panics with a scheduler's complaint.
func (c *course) must(err error) {
	if err != nil {
		panic(tensor.Errorf(c.op(), "%v", err))
	}
}

// LastLR returns a copy of the rates that the scheduler left in the groups, or
// found there when it was made.
func (c *course) LastLR() []float64 { return append([]float64(nil), c.last...) }

// over returns the groups that the scheduler changes.
func (c *course) over() []lane { return c.lanes }

// note remembers the rates as they are now.
func (c *course) note() {
	for i, l := range c.lanes {
		c.last[i] = *l.rate
	}
}

// share gives the base to schedulers that are made next.
func (c *course) share() {
	for i, l := range c.lanes {
		*l.origin = origin{shared: true, initial: c.base[i], left: *l.rate}
	}
}

// depart lets schedulers that are made from now on begin with what they find.
func (c *course) depart() {
	for _, l := range c.lanes {
		*l.origin = origin{}
	}
}
