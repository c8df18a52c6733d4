package nn

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// FromConfig builds a model from JSON. Each layer is an object that has
// PyTorch's class name under "name" and, beside it, constructor arguments by
// PyTorch's names, those with a default if they differ from it:
//
//	{"name": "Sequential", "modules": [
//		{"name": "Linear", "in_features": 784, "out_features": 256},
//		{"name": "ReLU"},
//		{"name": "Linear", "in_features": 256, "out_features": 10, "bias": false}
//	]}
//
// The modules of a Sequential or ModuleList are a list, those of a ModuleDict
// an object; a TransformerEncoder has its encoder_layer, num_layers and norm,
// of which, unlike PyTorch's, each layer is drawn for itself. Names lists the
// classes, and New tells more about options.
//
// Weights are float32, see To, and drawn from rng in the order of the config,
// so equal seeds give equal models; LoadStateDict fills in others. An error
// names the layer, the option, its value, and where in the config it is:
//
//	nn.Linear at modules[2]: option "out_features": -1 is less than 0
//
// A model that takes more than one input is an error: use New. FromConfig
// panics when rng is nil.
func FromConfig(config []byte, rng *rand.Rand) (Module, error) {
	checkRand("nn.FromConfig", rng)
	l, err := build("", config, rng)
	if err != nil {
		return nil, err
	}
	m, ok := l.(Module)
	if !ok {
		return nil, fmt.Errorf("nn.FromConfig: a %s has no Forward of one input; make it with nn.New", typeName(l))
	}
	return m, nil
}

// build makes what the config says that is at a path of the whole one.
func build(path string, config []byte, rng *rand.Rand) (any, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(config, &given); err != nil || given == nil {
		if !json.Valid(config) {
			return nil, fmt.Errorf("nn: the config is not JSON: %w", err)
		}
		return nil, fmt.Errorf("nn: the layer%s is %s, not a JSON object", at(path), config)
	}
	text, ok := given["name"]
	if !ok {
		return nil, fmt.Errorf("nn: the layer%s has no \"name\"", at(path))
	}
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return nil, fmt.Errorf("nn: the layer%s has the name %s, which is not a string", at(path), text)
	}
	delete(given, "name")
	return construct(name, path, given, rng)
}

// childFrom builds the layer that is at a path.
func childFrom[L any](o *options, path string, text json.RawMessage) (l L) {
	if o.err != nil {
		return l
	}
	made, err := build(path, text, o.rng)
	if err != nil {
		o.err = err
		return l
	}
	l, ok := made.(L)
	if !ok {
		o.err = fmt.Errorf("%s: %s is a %s, which has no place there", o.layer(), path, typeName(made))
	}
	return l
}

func init() {
	register(func(o *options) Sequential {
		s := Sequential{}
		o.eachModule(func(_ string, m Module) { s = append(s, m) })
		return s
	})
	register(func(o *options) ModuleList {
		l := ModuleList{}
		o.eachModule(func(_ string, m Module) { l = append(l, m) })
		return l
	})
	register(func(o *options) ModuleDict {
		d := ModuleDict{}
		o.eachModule(func(name string, m Module) { d[name] = m })
		return d
	})
}
