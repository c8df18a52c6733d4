package nn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
)

// New returns the layer of a class name, such as "LSTM", made by the options in
// a JSON object, such as {"input_size":10,"hidden_size":20,"num_layers":2}.
// Their names are PyTorch's argument names, and so are the defaults; nil or
// empty options are all defaults. The initial weights are drawn from rng, and a
// Dropout gets a source of its own, made of rng.
//
// Most layers are a Module. Those that take more than one input are not, such
// as Bilinear and TransformerDecoder: assert the type, as in l.(*nn.Bilinear).
// FromConfig builds whole models.
//
// An unknown name or option, a missing option that has no default and an
// illegal value are errors, as is what PyTorch has and this package has not.
// PyTorch's inplace is taken and changes nothing, for results are the same. New
// panics when rng is nil.
func New(name string, options []byte, rng *rand.Rand) (any, error) {
	checkRand("nn.New", rng)
	given := map[string]json.RawMessage{}
	if options = bytes.TrimSpace(options); len(options) > 0 {
		if err := json.Unmarshal(options, &given); err != nil || given == nil {
			return nil, fmt.Errorf("nn.%s: options are not a JSON object: %s", name, options)
		}
	}
	return construct(name, "", given, rng)
}

// Names returns the class names of all layers in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(registry)) }

// registry makes every layer by class name.
var registry = map[string]func(o *options) any{}

// register makes a layer known to New by the name of its type. make reads its
// options one by one, and the defaults are those of the layer's constructor.
func register[L any](make func(o *options) L) {
	t := reflect.TypeFor[L]()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	registry[t.Name()] = func(o *options) any { return make(o) }
}

// registerPlain is register for layers that have no options.
func registerPlain[L any](make func() L) { register(func(*options) L { return make() }) }

// construct makes the layer that is at a path of a config.
func construct(name, path string, given map[string]json.RawMessage, rng *rand.Rand) (any, error) {
	make, ok := registry[name]
	if !ok {
		return nil, fmt.Errorf("nn: no layer %q%s; there are %s", name, at(path), strings.Join(Names(), ", "))
	}
	o := &options{name: name, path: path, given: given, rng: rng}
	var l any
	err := autograd.Try(func() { l = make(o) })
	if o.err == nil && err != nil {
		o.err = fmt.Errorf("%s: %w", o.layer(), err)
	}
	if o.err == nil {
		o.checkNames()
	}
	if o.err != nil {
		return nil, o.err
	}
	return l, nil
}

// at says where in a config something is.
func at(path string) string {
	if path == "" {
		return ""
	}
	return " at " + path
}
