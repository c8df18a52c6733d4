package optim

import (
	"encoding/json"
	"fmt"
)

// lane is what schedulers see and change of a group.
type lane struct {
	rate     *float64
	momentum *float64 // or the first beta; nil where there is neither
	origin   *origin
}

// origin lets schedulers that are made one after the other, before any takes a
// step, share a base. PyTorch does it for ever, by the group's 'initial_lr'.
type origin struct {
	shared        bool
	initial, left float64 // the rate that the first one found, and that the last one left
}

// lanes returns what schedulers may change.
func (o *core) lanes() []lane {
	out := make([]lane, len(o.groups))
	for i, g := range o.groups {
		out[i] = lane{rate: g.rate(), origin: &g.list().origin}
		if m, ok := g.(interface{ momentum() *float64 }); ok {
			out[i].momentum = m.momentum()
		}
	}
	return out
}

// lanesOf returns what schedulers may change of any optimizer: of one that is
// not from this package, the rates alone.
func lanesOf(opt Optimizer) []lane {
	if o, ok := opt.(interface{ lanes() []lane }); ok {
		return o.lanes()
	}
	var out []lane
	for _, r := range opt.Rates() {
		out = append(out, lane{rate: r, origin: new(origin)})
	}
	return out
}

// fresh tells that a scheduler made now would be the first of its row; a rate
// that was set by hand begins a new one.
func (l lane) fresh() bool { return !l.origin.shared || *l.rate != l.origin.left }

// base returns the rate that a scheduler made now starts from.
func (l lane) base() float64 {
	if l.fresh() {
		return *l.rate
	}
	return l.origin.initial
}

// mark is what a lane was at some time.
type mark struct {
	rate, momentum float64
	origin         origin
}

func marksOf(lanes []lane) []mark {
	out := make([]mark, len(lanes))
	for i, l := range lanes {
		out[i] = mark{rate: *l.rate, origin: *l.origin}
		if l.momentum != nil {
			out[i].momentum = *l.momentum
		}
	}
	return out
}

// restore makes the lanes what they were.
func restore(lanes []lane, marks []mark) {
	for i, l := range lanes {
		*l.rate, *l.origin = marks[i].rate, marks[i].origin
		if l.momentum != nil {
			*l.momentum = marks[i].momentum
		}
	}
}

// PerGroup is a setting of a scheduler for the optimizer's groups: one number
// for all, or one for each. In JSON it is a number or a list.
type PerGroup []float64

// at returns the number for a group.
func (p PerGroup) at(group int) float64 {
	if len(p) == 1 {
		return p[0]
	}
	return p[group]
}

// check complains about the number of numbers and about each that is not as
// it should be.
func (p PerGroup) check(name string, groups int, fit func(name string, v float64) error) error {
	if len(p) != 1 && len(p) != groups {
		return fmt.Errorf("%s has %d numbers, not one for all groups or one for each of %d", name, len(p), groups)
	}
	for i, v := range p {
		each := name
		if len(p) > 1 {
			each = fmt.Sprintf("%s[%d]", name, i)
		}
		if err := fit(each, v); err != nil {
			return err
		}
	}
	return nil
}

// MarshalJSON writes a number that is for all groups without a list.
func (p PerGroup) MarshalJSON() ([]byte, error) {
	if len(p) == 1 {
		return json.Marshal(p[0])
	}
	return json.Marshal([]float64(p))
}

// UnmarshalJSON reads a number or a list of numbers.
func (p *PerGroup) UnmarshalJSON(text []byte) error {
	var list []float64
	var all float64
	err := json.Unmarshal(text, &all)
	if err == nil {
		list = []float64{all}
	} else {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || string(text) == "null" {
		return fmt.Errorf("%s is neither a number nor a list of numbers", text)
	}
	*p = list
	return nil
}
