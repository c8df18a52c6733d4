package loss

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Criterion is a loss of an input and a target, which most losses are.
type Criterion interface {
	Forward(input, target *autograd.Variable) *autograd.Variable
}

// Named is a loss made by name. It calls losses of any number of inputs alike.
type Named struct {
	// Name is the class name, such as "MSELoss".
	Name string
	// Inputs names what Apply takes, in PyTorch's order and spelling.
	Inputs []string
	// Parameters names what a loss with parameters takes behind its inputs, in
	// the order of PyTorch's state dict; nil for other losses.
	Parameters []string
	// Loss is the loss itself, such as a *MSELoss.
	Loss any

	forward func(x []*autograd.Variable) *autograd.Variable
}

var _ Criterion = (*Named)(nil)

// New returns the loss of a class name, such as "HuberLoss", with PyTorch's
// defaults but for the options in a JSON object, such as
// {"delta":0.5,"reduction":"sum"}; nil or empty options change nothing. Their
// names are PyTorch's argument names, and its older pair size_average and
// reduce is understood. An unknown name or an illegal value is an error.
func New(name string, options []byte) (*Named, error) {
	e, ok := registry[name]
	if !ok {
		return nil, fmt.Errorf("loss: no loss %q; there are %s", name, strings.Join(Names(), ", "))
	}
	l := e()
	if err := decode(name, l.Loss, options); err != nil {
		return nil, err
	}
	if err := autograd.Try(l.Loss.(checked).check); err != nil {
		return nil, err
	}
	if p, ok := l.Loss.(parametrised); ok {
		l.Parameters = p.parameters()
	}
	return l, nil
}

// Names returns the class names of all losses in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(registry)) }

// Apply returns the loss of inputs in the order of l.Inputs, which all of
// l.Parameters may follow; without them a loss with parameters uses its own. It
// panics when their number is another, one is nil, or the loss does not like
// them.
func (l *Named) Apply(inputs ...*autograd.Variable) *autograd.Variable {
	op := "loss." + l.Name
	names := l.Inputs
	if len(inputs) > len(names) {
		names = l.Names()
	}
	if len(inputs) != len(names) {
		panic(tensor.Errorf(op, "%d inputs given; it takes %s", len(inputs), strings.Join(names, ", ")))
	}
	for i, x := range inputs {
		if x == nil {
			panic(tensor.Errorf(op, "%s is nil", names[i]))
		}
	}
	return l.forward(inputs)
}

// Names returns the names of all that Apply may take, Inputs and Parameters.
func (l *Named) Names() []string { return slices.Concat(l.Inputs, l.Parameters) }

// Forward is Apply(input, target). It panics for a loss that takes more.
func (l *Named) Forward(input, target *autograd.Variable) *autograd.Variable {
	return l.Apply(input, target)
}

// registry makes every loss, with its defaults, by class name.
var registry = map[string]func() *Named{}

// checked is what every loss is: check panics when an option is illegal.
type checked interface{ check() }

// parametrised is a loss with parameters, whose number may depend on options.
type parametrised interface {
	Criterion
	// parameters returns the names, in the order of PyTorch's state dict.
	parameters() []string
	// with returns the same loss with other parameters in that order.
	with(parameters []*autograd.Variable) Criterion
}

// register2 makes a loss of two inputs known to New by the name of its type.
// The inputs are called input and target unless two other names are given.
func register2[L interface {
	checked
	Forward(a, b *autograd.Variable) *autograd.Variable
}](make func() L, inputs ...string) {
	if len(inputs) == 0 {
		inputs = []string{"input", "target"}
	}
	register(make, func(l L, x []*autograd.Variable) *autograd.Variable { return l.Forward(x[0], x[1]) }, inputs)
}

// register3 is register2 for losses of three inputs, such as
// register3(NewMarginRankingLoss, "input1", "input2", "target").
func register3[L interface {
	checked
	Forward(a, b, c *autograd.Variable) *autograd.Variable
}](make func() L, a, b, c string) {
	register(make, func(l L, x []*autograd.Variable) *autograd.Variable { return l.Forward(x[0], x[1], x[2]) }, []string{a, b, c})
}

// register4 is register2 for losses of four inputs, such as
// register4(NewCTCLoss, "log_probs", "targets", "input_lengths", "target_lengths").
func register4[L interface {
	checked
	Forward(a, b, c, d *autograd.Variable) *autograd.Variable
}](make func() L, a, b, c, d string) {
	register(make, func(l L, x []*autograd.Variable) *autograd.Variable { return l.Forward(x[0], x[1], x[2], x[3]) }, []string{a, b, c, d})
}

// registerParametrised is register2 for losses with parameters.
func registerParametrised[L interface {
	checked
	parametrised
}](make func() L) {
	register(make, func(l L, x []*autograd.Variable) *autograd.Variable {
		if len(x) > 2 {
			return l.with(x[2:]).Forward(x[0], x[1])
		}
		return l.Forward(x[0], x[1])
	}, []string{"input", "target"})
}

func register[L checked](make func() L, forward func(l L, x []*autograd.Variable) *autograd.Variable, inputs []string) {
	name := reflect.TypeFor[L]().Elem().Name()
	registry[name] = func() *Named {
		l := make()
		return &Named{Name: name, Inputs: inputs, Loss: l,
			forward: func(x []*autograd.Variable) *autograd.Variable { return forward(l, x) }}
	}
}
