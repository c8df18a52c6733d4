package optim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// State is what an optimizer remembers, apart from the parameters themselves.
// encoding/json stores it, exactly, but for Tensors, which belong into a file
// of tensors such as a safetensors file, whose metadata can hold the JSON.
type State struct {
	// Kind is the optimizer, such as SGD.
	Kind string `json:"kind"`
	// Groups are the groups in order.
	Groups []GroupState `json:"groups"`
	// Tensors are the moments of every parameter, under the names
	// group.parameter.moment, as in "0.fc1.weight.exp_avg".
	Tensors []tensor.Named `json:"-"`
}

// GroupState is what a group of parameters remembers.
type GroupState struct {
	// Settings are the group's fields under PyTorch's names.
	Settings json.RawMessage `json:"settings"`
	// Params are the parameters in order.
	Params []ParamState `json:"params"`
}

// ParamState is what is remembered about one parameter.
type ParamState struct {
	Name string `json:"name"`
	// Steps is how many steps have changed the parameter.
	Steps int `json:"steps"`
	// Moments are the moments that Tensors holds of it, under PyTorch's names:
	// momentum_buffer, or exp_avg, exp_avg_sq and max_exp_avg_sq.
	Moments []string `json:"moments,omitempty"`
	// Scalars are numbers remembered of it, under PyTorch's names: mu_product,
	// or eta and mu.
	Scalars map[string]float64 `json:"scalars,omitempty"`
}

// State returns what the optimizer remembers. It shares nothing with the
// optimizer. It panics when a setting is illegal.
func (o *core) State() State {
	out := State{Kind: o.kind}
	for i, g := range o.groups {
		o.must(g.check())
		settings, err := json.Marshal(g)
		o.must(err)
		gs := GroupState{Settings: settings}
		for _, s := range g.list().slots {
			ps := ParamState{Name: s.Name, Steps: s.steps}
			for k, m := range s.moments {
				if m != nil {
					ps.Moments = append(ps.Moments, o.moments[k])
					out.Tensors = append(out.Tensors, tensor.Named{Name: key(i, s.Name, o.moments[k]), Tensor: m.Clone()})
				}
			}
			for k, x := range s.scalars {
				if !math.IsNaN(x) {
					if ps.Scalars == nil {
						ps.Scalars = map[string]float64{}
					}
					ps.Scalars[o.scalars[k]] = x
				}
			}
			gs.Params = append(gs.Params, ps)
		}
		out.Groups = append(out.Groups, gs)
	}
	return out
}

// key is the name of a moment in State.Tensors.
func key(group int, param, moment string) string {
	return fmt.Sprintf("%d.%s.%s", group, param, moment)
}

// LoadState makes the optimizer go on, bit for bit, where the one that s came
// from stopped; the parameters are loaded on their own. It shares nothing with
// s. Groups must be as many and hold parameters of the same names and shapes;
// their settings are replaced. When something does not fit, nothing is changed
// and the error lists all that is missing, unexpected or mis-shaped.
func (o *core) LoadState(s State) error { return o.load(s, func(*loader) {}) }

// load is LoadState; more takes what the optimizer remembers beside its slots.
func (o *core) load(s State, more func(l *loader)) error {
	if s.Kind != o.kind {
		return fmt.Errorf("%s: cannot load the state of %q", o.op(), s.Kind)
	}
	if len(s.Groups) != len(o.groups) {
		return fmt.Errorf("%s: cannot load the state of %d groups into %d", o.op(), len(s.Groups), len(o.groups))
	}
	l := loader{core: o, tensors: map[string]*tensor.Tensor{}}
	for _, t := range s.Tensors {
		if l.tensors[t.Name] != nil {
			l.errorf("tensor %q is there twice", t.Name)
		}
		l.tensors[t.Name] = t.Tensor
	}
	for i := range o.groups {
		l.group(i, s.Groups[i])
	}
	more(&l)
	for _, name := range slices.Sorted(maps.Keys(l.tensors)) {
		l.errorf("tensor %q is unexpected", name)
	}
	if l.problems != nil {
		return fmt.Errorf("%s: cannot load state: %w", o.op(), errors.Join(l.problems...))
	}
	for _, commit := range l.commits {
		commit()
	}
	return nil
}

// loader checks a state against an optimizer and prepares the changes.
type loader struct {
	*core
	tensors  map[string]*tensor.Tensor // those not yet asked for
	problems []error
	commits  []func()
}

func (l *loader) errorf(format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf(format, args...))
}

// group prepares the settings and parameters of one group.
func (l *loader) group(i int, s GroupState) {
	g := l.groups[i]
	next := g.clone()
	if err := decode(s.Settings, next); err != nil {
		l.errorf("group %d: %w", i, err)
	} else if err := next.check(); err != nil {
		l.errorf("group %d: %w", i, err)
	}
	l.commits = append(l.commits, func() { g.assign(next) })
	slots := map[string]*slot{}
	for _, s := range g.list().slots {
		slots[s.Name] = s
	}
	for _, p := range s.Params {
		if slot, ok := slots[p.Name]; ok {
			l.param(i, slot, p)
			delete(slots, p.Name)
		} else {
			l.errorf("group %d: parameter %q is unexpected", i, p.Name)
			for _, m := range p.Moments {
				delete(l.tensors, key(i, p.Name, m)) // one complaint is enough
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(slots)) {
		l.errorf("group %d: parameter %q is missing", i, name)
	}
}

// param prepares what is remembered about one parameter.
func (l *loader) param(i int, s *slot, p ParamState) {
	if p.Steps < 0 {
		l.errorf("group %d: parameter %q has made %d steps", i, p.Name, p.Steps)
	}
	var moments [3]*tensor.Tensor
	for _, m := range p.Moments {
		name := key(i, p.Name, m)
		k, t := slices.Index(l.moments[:], m), l.tensors[name]
		delete(l.tensors, name)
		want, known, owner := like{s.DType(), s.Shape()}, k >= 0 && m != "", "the parameter is"
		if g, ok := l.groups[i].(shaper); ok && known {
			want, known = g.moment(s.Variable, k)
			owner = "that of the parameter is"
		}
		switch {
		case !known:
			l.errorf("group %d: parameter %q has an unexpected moment %q", i, p.Name, m)
		case t == nil:
			l.errorf("tensor %q is missing", name)
		case t.DType() != want.dtype || !t.Shape().Equal(want.shape):
			l.errorf("tensor %q is %v %v, %s %v %v", name, t.DType(), t.Shape(), owner, want.dtype, want.shape)
		default:
			moments[k] = t.Clone()
		}
	}
	scalars := [2]float64{math.NaN(), math.NaN()}
	for _, name := range slices.Sorted(maps.Keys(p.Scalars)) {
		if k := slices.Index(l.scalars[:], name); k >= 0 && name != "" {
			scalars[k] = p.Scalars[name]
		} else {
			l.errorf("group %d: parameter %q has an unexpected scalar %q", i, p.Name, name)
		}
	}
	l.commits = append(l.commits, func() { s.steps, s.moments, s.scalars = p.Steps, moments, scalars })
}

// shaper is a group whose moments are not all like their parameter: moment
// returns what the ith is, and whether the parameter has it.
type shaper interface {
	moment(x *autograd.Variable, i int) (like, bool)
}

// like is the type and shape of a tensor.
type like struct {
	dtype tensor.DType
	shape tensor.Shape
}

// decode reads settings into v and complains about keys that are missing or
// unexpected. After an error v is in shambles.
func decode(settings json.RawMessage, v any) error {
	var got, want map[string]json.RawMessage
	have, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(have, &want)
	}
	if err == nil {
		err = json.Unmarshal(settings, &got)
	}
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[name]; !ok {
			err = errors.Join(err, fmt.Errorf("setting %q is missing", name))
		}
	}
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(settings))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}
