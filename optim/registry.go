package optim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
)

// New returns the optimizer of a class name, such as "RMSprop", over params,
// with PyTorch's defaults but for the options in a JSON object, such as
// {"lr":0.1,"momentum":0.9}; nil or empty options change nothing. Their names
// are PyTorch's argument names. An unknown name, an illegal value, a missing
// option that has no default and unfit parameters are errors.
func New(name string, params []autograd.Parameter, options []byte) (Optimizer, error) {
	e, ok := optimizers[name]
	if !ok {
		return nil, fmt.Errorf("optim: no optimizer %q; there are %s", name, strings.Join(Names(), ", "))
	}
	var o Optimizer
	err := autograd.Try(func() { o = e.make(params) })
	if err == nil {
		err = configure("optim."+name, o, options, e.required)
	}
	if err == nil {
		err = autograd.Try(func() { o.State() }) // checks the settings
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Names returns the class names of all optimizers in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(optimizers)) }

// optimizers makes every optimizer, with its defaults, by class name.
var optimizers = map[string]entry[func(params []autograd.Parameter) Optimizer]{}

// entry is how to make something, and the options that have no default.
type entry[F any] struct {
	make     F
	required []string
}

// register makes an optimizer known to New by the name of its type.
func register[O Optimizer](make func(params []autograd.Parameter) O, required ...string) {
	optimizers[reflect.TypeFor[O]().Elem().Name()] = entry[func(params []autograd.Parameter) Optimizer]{
		func(params []autograd.Parameter) Optimizer { return make(params) }, required}
}

// configure sets fields from a JSON object. It complains about unknown ones,
// for which case matters though encoding/json does not care, and about required
// ones that are not there.
func configure(op string, v any, options []byte, required []string) error {
	if options = bytes.TrimSpace(options); len(options) == 0 {
		options = []byte("{}")
	}
	var given, known map[string]json.RawMessage
	if err := json.Unmarshal(options, &given); err != nil || given == nil {
		return fmt.Errorf("%s: options are not a JSON object: %s", op, options)
	}
	for _, r := range required {
		if _, ok := given[r]; !ok {
			return fmt.Errorf("%s: option %q has no default and is missing", op, r)
		}
	}
	have, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(have, &known)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("%s: unknown field %q; there are %s", op, name,
				strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	if err := json.Unmarshal(options, v); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return noNull(op, given)
}

// nones are the options that may be, or have in their list, PyTorch's None.
var nones = []string{
	"optim.Adafactor.eps", "optim.CyclicLR.step_size_down", "optim.LBFGS.line_search_fn", "optim.LBFGS.max_eval",
	"optim.OneCycleLR.epochs", "optim.OneCycleLR.steps_per_epoch", "optim.OneCycleLR.total_steps",
}

// noNull complains about null, which encoding/json leaves alone: a rate without
// a default would stay 0.
func noNull(op string, given map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if hasNull(given[name]) && !slices.Contains(nones, op+"."+name) {
			return fmt.Errorf("%s: option %q is %s; null is no value", op, name, given[name])
		}
	}
	return nil
}

// hasNull tells whether a value is null or a list with null in it.
func hasNull(text json.RawMessage) bool {
	var list []json.RawMessage
	return string(text) == "null" || json.Unmarshal(text, &list) == nil && slices.ContainsFunc(list, hasNull)
}
