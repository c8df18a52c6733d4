package nn

import (
	"fmt"
	"reflect"
	"strings"
	"text/tabwriter"

	"github.com/declive/declive/autograd"
)

// Summary returns a table of the modules in m: name, type, shape of the output
// for an input of the given shape, number of parameters of its own and of
// multiply-adds of its own. Tied weights are counted once, the multiply-adds of a
// module that is called several times each time, and outputs of other shapes
// follow the first.
//
// Multiply-adds are the products that are added up in the forward computation of
// the whole input: of products of matrices, such as Linear's, where each element
// of the result has as many as the inner axis is long; of convolutions, output
// elements · input channels/groups · kernel, zeros of the padding included; of
// transposed convolutions, input elements · output channels/groups · kernel; of
// recurrent layers, for each step gates · hidden · (input + hidden). Nothing else
// counts: no biases, activations, norms, pooling, products element by element.
// They belong to the layer of this package that computes them; elsewhere to the
// module that has the parameter, or that is called by a Sequential, or to m.
//
// To know all this it runs m on zeros in evaluation, and then switches every
// module back to the mode it was in; nobody else may use the model meanwhile. The
// zeros are of the parameters' type or, if m panics over that, of int64, as an
// Embedding wants.
//
// The layers of this package tell of their calls wherever they are called. A type
// of one's own that a Sequential does not call is run once more, on what its
// first layer got, and its output is left blank if then its layers do not give
// the same shapes as before, or if it has none. Summary panics when m does not
// take the shape, or like Parameters.
func Summary(m Module, inputShape ...int) string {
	const op = "nn.Summary"
	found, params := modules(op, m), Parameters(m)
	t := &trace{names: modulePlaces(op, m), owners: map[*autograd.Variable]string{}, products: map[string]int{}}
	own := map[string]int{}
	for _, p := range params {
		t.owners[p.Variable] = ownerOf(found, p.Name)
		own[ownerOf(found, p.Name)] += p.Size()
	}
	shapes := t.take(op, m, found, params, inputShape)

	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "module\ttype\toutput\tparameters\tmultiply-adds")
	for _, f := range found {
		name := f.name
		if name == "" {
			name = "(model)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", name, typeName(f.module), strings.Join(shapes[f.name], " "), own[f.name], t.products[f.name])
	}
	total, learned, products := 0, 0, 0
	for _, p := range params {
		total += p.Size()
		if p.WantsGrad() {
			learned += p.Size()
		}
	}
	for _, n := range t.products {
		products += n
	}
	fmt.Fprintf(w, "total\t\t\t%d\t%d\n", total, products)
	if learned != total {
		fmt.Fprintf(w, "not frozen\t\t\t%d\t\n", learned)
	}
	w.Flush() // into memory, which does not fail
	return text.String()
}

// ownerOf returns the innermost module whose name that of a parameter begins
// with.
func ownerOf(found []namedModule, parameter string) (owner string) {
	for _, f := range found {
		if len(f.name) > len(owner) && strings.HasPrefix(parameter, f.name+".") {
			owner = f.name
		}
	}
	return owner
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
