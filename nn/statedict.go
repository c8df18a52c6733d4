package nn

import (
	"fmt"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// StateDict returns the parameters and buffers of m by name, in the order in
// which the fields come. Names are PyTorch's, and a tied weight is there under
// each of its names, as in PyTorch.
//
// The tensors are the model's own: training changes them. Clone them for a
// snapshot. It panics like Parameters.
func StateDict(m any) []tensor.Named { return stateDict("nn.StateDict", m) }

func stateDict(op string, m any) []tensor.Named {
	all := names{op: op}
	var out []tensor.Named
	add := func(name string, t *tensor.Tensor) {
		all.add(name)
		out = append(out, tensor.Named{Name: name, Tensor: t})
	}
	walk(op, m, visitor{
		variable: func(name string, x *autograd.Variable) { add(name, x.Value()) },
		buffer:   func(name string, t *tensor.Tensor, _ func(*tensor.Tensor)) { add(name, t) },
	})
	return out
}

// LoadStateDict copies the tensors of a state dict into the model's own, which
// must be there under the same names, with the same types and shapes: all of
// them and no others. For a tied weight one of its names is enough. The order
// does not matter. Otherwise it returns a *StateError that lists all that is
// wrong, and the model is as it was.
//
// Call it while nobody else uses the model. It panics like Parameters.
func LoadStateDict(m any, state []tensor.Named) error {
	l := compare("nn.LoadStateDict", m, state)
	if l.Missing != nil || l.Unexpected != nil || l.Wrong != nil {
		return &l.StateError
	}
	l.copy()
	return nil
}

// LoadMatching is LoadStateDict for a state dict that is allowed to lack
// tensors and to have others: it loads those whose names match and returns the
// names left on either side. Wrong types and shapes are an error all the same.
func LoadMatching(m any, state []tensor.Named) (missing, unexpected []string, err error) {
	l := compare("nn.LoadMatching", m, state)
	missing, unexpected = l.Missing, l.Unexpected
	if l.Wrong != nil {
		l.Missing, l.Unexpected = nil, nil
		return missing, unexpected, &l.StateError
	}
	l.copy()
	return missing, unexpected, nil
}

// StateError says why a state dict does not fit a model.
type StateError struct {
	Op         string
	Missing    []string // names in the model only; of a tied weight the first
	Unexpected []string // names in the state dict only
	Wrong      []string // what is wrong with tensors in both, in words
}

// Error lists everything.
func (e *StateError) Error() string {
	var parts []string
	for _, list := range []struct {
		title string
		items []string
	}{{"missing: ", e.Missing}, {"unexpected: ", e.Unexpected}, {"", e.Wrong}} {
		if list.items != nil {
			parts = append(parts, list.title+strings.Join(list.items, ", "))
		}
	}
	return e.Op + ": " + strings.Join(parts, "; ")
}

// loading is what is to be copied where, and why not.
type loading struct {
	StateError
	given map[*tensor.Tensor]tensor.Named // by the model's tensor
}

func compare(op string, m any, state []tensor.Named) *loading {
	l := &loading{StateError{Op: op}, map[*tensor.Tensor]tensor.Named{}}
	own := stateDict(op, m)
	byName := make(map[string]*tensor.Tensor, len(own))
	for _, n := range own {
		byName[n.Name] = n.Tensor
	}
	seen := map[string]bool{}
	for _, n := range state {
		to := byName[n.Name]
		switch {
		case seen[n.Name]:
			l.wrong("%s is given twice", n.Name)
		case to == nil:
			l.Unexpected = append(l.Unexpected, n.Name)
		default:
			l.match(to, n)
		}
		seen[n.Name] = true
	}
	for _, n := range own {
		if _, ok := l.given[n.Tensor]; !ok {
			l.Missing = append(l.Missing, n.Name)
			l.given[n.Tensor] = tensor.Named{Name: n.Name, Tensor: n.Tensor} // its other names are not missing, too
		}
	}
	return l
}

func (l *loading) match(to *tensor.Tensor, n tensor.Named) {
	before, tied := l.given[to]
	l.given[to] = n
	switch {
	case n.Tensor == nil:
		l.wrong("%s is nil in the state dict", n.Name)
	case n.Tensor.DType() != to.DType() || !n.Tensor.Shape().Equal(to.Shape()):
		l.wrong("%s is %v %v in the model, %v %v in the state dict",
			n.Name, to.DType(), to.Shape(), n.Tensor.DType(), n.Tensor.Shape())
	case tied && before.Tensor != nil && !tensor.Equal(before.Tensor, n.Tensor):
		l.wrong("%s and %s are one tensor in the model but differ in the state dict", before.Name, n.Name)
	}
}

func (l *loading) wrong(format string, args ...any) {
	l.Wrong = append(l.Wrong, fmt.Sprintf(format, args...))
}

func (l *loading) copy() {
	for to, from := range l.given {
		if to != from.Tensor {
			to.CopyFrom(from.Tensor)
		}
	}
}
