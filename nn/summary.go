package nn

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Summary returns a table of the modules in m: name, type, shape of the output
// for an input of the given shape, and number of parameters of its own. Tied
// weights are counted once.
//
// To know the shapes it runs m on zeros, unrecorded and in evaluation, and
// then switches every module back to the mode it was in; nobody else may use
// the model meanwhile. It sees the output of m and of what is in a Sequential;
// what other modules call inside of their Forward is left blank. It panics
// when m does not take the shape, or like Parameters.
func Summary(m Module, inputShape ...int) string {
	const op = "nn.Summary"
	found, params := modules(op, m), Parameters(m)
	shapes := outputShapes(op, m, params, inputShape)
	own := ownSizes(found, params)

	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "module\ttype\toutput\tparameters")
	for _, f := range found {
		name, shape := f.name, ""
		if name == "" {
			name = "(model)"
		}
		if s, ok := shapes[f.name]; ok {
			shape = fmt.Sprint(s)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", name, typeName(f.module), shape, own[f.name])
	}
	total, learned := 0, 0
	for _, p := range params {
		total += p.Size()
		if p.WantsGrad() {
			learned += p.Size()
		}
	}
	fmt.Fprintf(w, "total\t\t\t%d\n", total)
	if learned != total {
		fmt.Fprintf(w, "not frozen\t\t\t%d\n", learned)
	}
	w.Flush() // into memory, which does not fail
	return text.String()
}

// ownSizes counts parameters by the innermost module whose name theirs begins with.
func ownSizes(found []namedModule, params []autograd.Parameter) map[string]int {
	own := map[string]int{}
	for _, p := range params {
		owner := ""
		for _, f := range found {
			if len(f.name) > len(owner) && strings.HasPrefix(p.Name, f.name+".") {
				owner = f.name
			}
		}
		own[owner] += p.Size()
	}
	return own
}

// outputShapes runs m and returns the shapes that come out of its modules.
func outputShapes(op string, m Module, params []autograd.Parameter, inputShape []int) map[string]tensor.Shape {
	for _, s := range switchables(op, m) {
		if s.Training() {
			s.SetTraining(false)
			defer s.SetTraining(true)
		}
	}
	d := tensor.Float32
	if len(params) > 0 {
		d = params[0].DType()
	}
	shapes := map[string]tensor.Shape{}
	observe(shapes, "", m, autograd.Untracked(d.Zeros(inputShape...)))
	return shapes
}

// observe is m.Forward(x), taking Sequentials apart.
func observe(shapes map[string]tensor.Shape, name string, m Module, x *autograd.Variable) *autograd.Variable {
	if p, ok := m.(*Sequential); ok && p != nil {
		m = *p
	}
	if s, ok := m.(Sequential); ok {
		for i, child := range s {
			if child == nil {
				return s.Forward(x) // which panics
			}
			x = observe(shapes, join(name, fmt.Sprint(i)), child, x)
		}
	} else {
		x = m.Forward(x)
	}
	shapes[name] = x.Shape()
	return x
}

// typeName returns the name of m's type without package and pointer.
func typeName(m any) string {
	t := reflect.TypeOf(m)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		return t.String()
	}
	return t.Name()
}
