package optim

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
)

// NewScheduler returns the scheduler of a class name, such as "LinearLR", over
// the groups of opt, with PyTorch's defaults but for the options in a JSON
// object, such as {"total_iters":10}, and sets the rates of the first epoch.
// The options of a SequentialLR or ChainedScheduler have those of others:
//
//	{"schedulers":[{"name":"LinearLR"},{"name":"StepLR","options":{"step_size":30}}],"milestones":[5]}
//
// An unknown name, an illegal value and a missing option that has no default
// are errors, after which the rates are as before.
func NewScheduler(name string, opt Optimizer, options []byte) (Scheduler, error) {
	e, ok := schedulers[name]
	if !ok {
		return nil, fmt.Errorf("optim: no scheduler %q; there are %s", name, strings.Join(SchedulerNames(), ", "))
	}
	lanes := lanesOf(opt)
	before := marksOf(lanes)
	s, err := e(opt, options)
	if err != nil {
		restore(lanes, before)
		return nil, err
	}
	return s, nil
}

// SchedulerNames returns the class names of all schedulers that NewScheduler
// makes, in alphabetical order. LambdaLR and MultiplicativeLR are functions and
// have no JSON.
func SchedulerNames() []string { return slices.Sorted(maps.Keys(schedulers)) }

// schedulers makes every scheduler by class name.
var schedulers = map[string]func(opt Optimizer, options []byte) (Scheduler, error){}

// registerSchedule makes a scheduler known to NewScheduler by the name of its
// type. What make returns has the defaults and is not yet started.
func registerSchedule[S Scheduler](make func(opt Optimizer) S, required ...string) {
	name := reflect.TypeFor[S]().Elem().Name()
	schedulers[name] = func(opt Optimizer, options []byte) (Scheduler, error) {
		s := make(opt)
		if err := configure("optim."+name, s, options, required); err != nil {
			return nil, err
		}
		err := autograd.Try(func() {
			if p, ok := any(s).(schedule); ok {
				p.start(p)
			}
			s.State() // checks the settings
		})
		return s, err
	}
}
