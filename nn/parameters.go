package nn

import (
	"iter"
	"reflect"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Parameters returns the Variables that a model holds in exported fields,
// directly or in structs, pointers, interfaces, slices, arrays and maps, in
// the order of fields and indices and of sorted keys.
//
// Names are PyTorch's: the path of field names in snake case, so FC1.Weight is
// "fc1.weight", and of indices and keys; an embedded struct adds nothing. A tag
// `nn:"name"` names a field otherwise, `nn:""` takes its name from the path, as if it
// were embedded, and `nn:"-"` hides it. What is nil is not
// there. A Variable found in two places, a tied weight, is listed once, under
// its first name.
//
// Parameters panics, rather than let a parameter never learn, when one is in
// an unexported field, when an exported field holds the result of an operation
// in place of a leaf, and when two get the same name. It looks afresh in every
// call and may be called from many goroutines.
func Parameters(m any) []autograd.Parameter {
	all := names{op: "nn.Parameters"}
	listed := map[*autograd.Variable]bool{}
	var out []autograd.Parameter
	walk("nn.Parameters", m, visitor{variable: func(name string, x *autograd.Variable) {
		all.add(name)
		if !listed[x] {
			listed[x] = true
			out = append(out, autograd.Parameter{Name: name, Variable: x})
		}
	}})
	return out
}

// Trainable returns those of Parameters that want a gradient, which leaves out
// what Freeze froze: what to give an optimizer. It panics like Parameters.
func Trainable(m any) []autograd.Parameter {
	return slices.DeleteFunc(Parameters(m), func(p autograd.Parameter) bool { return !p.WantsGrad() })
}

// Buffers returns the tensors that a model holds in exported fields, found and
// named like Parameters: what belongs to its state but is not learned by
// gradients. It panics like Parameters.
func Buffers(m any) []tensor.Named {
	all := names{op: "nn.Buffers"}
	listed := map[*tensor.Tensor]bool{}
	var out []tensor.Named
	walk("nn.Buffers", m, visitor{buffer: func(name string, t *tensor.Tensor, _ func(*tensor.Tensor)) {
		all.add(name)
		if !listed[t] {
			listed[t] = true
			out = append(out, tensor.Named{Name: name, Tensor: t})
		}
	}})
	return out
}

// Modules returns the modules within m by name, each once and outer ones
// first: m itself is "", then come the things with a Forward method of
// whatever form, or a Decode as TransformerDecoder has, found like Parameters.
// It panics like Parameters.
func Modules(m any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, found := range modules("nn.Modules", m) {
			if !yield(found.name, found.module) {
				return
			}
		}
	}
}

type namedModule struct {
	name   string
	module any
}

func modules(op string, m any) []namedModule {
	found := []namedModule{{"", m}}
	named, listed := map[string]bool{"": true}, map[place]bool{}
	walk(op, m, visitor{value: func(name string, v any) {
		rv := reflect.ValueOf(v)
		if !isModule(rv.Type()) {
			return
		}
		again := named[name]                                             // embedded in what has the name
		if rv.Kind() == reflect.Pointer && rv.Type().Elem().Size() > 0 { // empty structs may share an address
			p := pointee(rv)
			again, listed[p] = again || listed[p], true
		}
		if again {
			return
		}
		named[name] = true
		found = append(found, namedModule{name, v})
	}})
	return found
}

// names holds the names given so far.
type names struct {
	op   string
	seen map[string]bool
}

func (n *names) add(name string) {
	if n.seen[name] {
		panic(tensor.Errorf(n.op, "two tensors are named %q: tag one of the fields with `nn:\"another\"`", name))
	}
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	n.seen[name] = true
}
