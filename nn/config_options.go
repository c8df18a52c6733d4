package nn

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/declive/declive/autograd"
)

// options are the constructor arguments of a layer, read one by one. The first
// error stays, and what is read after it is of no use.
type options struct {
	name, path string // of the layer, in the config
	given      map[string]json.RawMessage
	known      []string // read so far
	rng        *rand.Rand
	err        error
}

// layer names the layer in errors.
func (o *options) layer() string { return "nn." + o.name + at(o.path) }

func (o *options) raw(name string) (text json.RawMessage, ok bool) {
	o.known = append(o.known, name)
	text, ok = o.given[name]
	return text, ok
}

func (o *options) missing(name string) {
	if o.err == nil {
		o.err = fmt.Errorf("%s: option %q has no default and is missing", o.layer(), name)
	}
}

// refuse is the error of an option: "its value", and then what is wrong.
func (o *options) refuse(name, format string, arguments ...any) {
	if o.err != nil {
		return
	}
	value := "the default"
	if text, ok := o.given[name]; ok {
		value = string(text)
	}
	o.err = fmt.Errorf("%s: option %q: %s %s", o.layer(), name, value, fmt.Sprintf(format, arguments...))
}

// need reads an option that has no default; to is a pointer.
func (o *options) need(name string, to any) {
	text, ok := o.raw(name)
	if !ok {
		o.missing(name)
		return
	}
	o.decode(name, text, to)
}

// take reads an option that to has the default of.
func (o *options) take(name string, to any) {
	if text, ok := o.raw(name); ok {
		o.decode(name, text, to)
	}
}

// takeOrNull is take where null, PyTorch's None, is the default.
func (o *options) takeOrNull(name string, to any) {
	if text, ok := o.raw(name); ok && string(text) != "null" {
		o.decode(name, text, to)
	}
}

// only takes an option of PyTorch's that must have its default.
func (o *options) only(name, value string) {
	if text, ok := o.raw(name); ok && string(text) != value {
		o.refuse(name, "is not supported, only %s", value)
	}
}

// inplace takes the option of that name, which makes no difference to results.
func (o *options) inplace() {
	var inplace bool
	o.take("inplace", &inplace)
}

// flag reads a truth value.
func (o *options) flag(name string, value bool) bool {
	o.take(name, &value)
	return value
}

// least refuses lengths below n; of is a pointer as for need.
func (o *options) least(name string, n int, of any) {
	for _, v := range integers(of) {
		if v < n {
			o.refuse(name, "is less than %d", n)
		}
	}
}

// length reads a length that has no default and is n or more.
func (o *options) length(name string, n int, to any) {
	o.need(name, to)
	o.least(name, n, to)
}

// probability reads one.
func (o *options) probability(name string, p *float64) {
	o.take(name, p)
	if !(*p >= 0 && *p <= 1) {
		o.refuse(name, "is not a probability")
	}
}

// word reads one of several strings.
func word[S ~string](o *options, name string, to *S, words ...S) {
	text := string(*to)
	o.take(name, &text)
	if *to = S(text); !slices.Contains(words, *to) {
		o.refuse(name, "is none of %q", words)
	}
}

// decode reads one value into what to points to.
func (o *options) decode(name string, text json.RawMessage, to any) {
	kind, null := kindOf(to)
	if string(text) == "null" && !null {
		o.refuse(name, "is not %s", kind)
		return
	}
	if x, ok := to.(*float64); ok && o.isText(name) { // JSON has no infinity
		v, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
		if err != nil {
			o.refuse(name, "is not %s", kind)
		}
		*x = v
		return
	}
	if _, word := to.(*string); o.isText(name) && !word && name != "padding" {
		o.refuse(name, "is not %s", kind) // a Pair would take "same"
		return
	}
	if err := json.Unmarshal(text, to); err != nil || name != "output_size" && holdsNull(text) { // which would be 0
		o.refuse(name, "is not %s", kind)
	}
}

// holdsNull reports whether text is a list with a null in it.
func holdsNull(text json.RawMessage) bool {
	var list []json.RawMessage
	return json.Unmarshal(text, &list) == nil &&
		slices.ContainsFunc(list, func(e json.RawMessage) bool { return string(e) == "null" })
}

// isText reports whether an option is given as a string.
func (o *options) isText(name string) bool {
	text := o.given[name]
	return len(text) > 0 && text[0] == '"'
}

// kindOf says what a pointer is to, and whether null is one, too.
func kindOf(to any) (kind string, null bool) {
	switch to.(type) {
	case *int:
		return "an integer", false
	case **int:
		return "an integer or null", true
	case *float64:
		return "a number", false
	case **float64:
		return "a number or null", true
	case *bool:
		return "true or false", false
	case *string:
		return "a string", false
	case *Single:
		return "a length", false
	case *Pair:
		return "a length or a list of two", false
	case *PerAxis[int]:
		return "a length or a list of them", false
	case *PerAxis[float64]:
		return "a number or a list of them", false
	}
	return "a list of lengths", false
}

// integers returns the numbers that a pointer is to.
func integers(of any) []int {
	switch of := of.(type) {
	case *int:
		return []int{*of}
	case *Single:
		return []int{int(*of)}
	case *Pair:
		return of[:]
	case *PerAxis[int]:
		return *of
	}
	return *of.(*[]int)
}

// checkNames refuses options that nobody has read.
func (o *options) checkNames() {
	for _, name := range slices.Sorted(maps.Keys(o.given)) {
		if !slices.Contains(o.known, name) {
			o.err = fmt.Errorf("%s: no option %q; its options are %s", o.layer(), name, strings.Join(o.known, ", "))
			if len(o.known) == 0 {
				o.err = fmt.Errorf("%s: no option %q; it has none", o.layer(), name)
			}
			return
		}
	}
}

// eachModule builds the option "modules", a list or an object, in order.
func (o *options) eachModule(f func(name string, m Module)) {
	text, ok := o.raw("modules")
	if !ok {
		return
	}
	var list []json.RawMessage
	var byName map[string]json.RawMessage
	switch {
	case o.name != "ModuleDict":
		if err := json.Unmarshal(text, &list); err != nil || list == nil {
			o.refuse("modules", "is not a list of layers")
		}
	default:
		if err := json.Unmarshal(text, &byName); err != nil || byName == nil {
			o.refuse("modules", "is not an object of layers")
		}
	}
	path := join(o.path, "modules")
	for i, text := range list {
		f("", childFrom[Module](o, fmt.Sprintf("%s[%d]", path, i), text))
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		f(name, childFrom[Module](o, join(path, name), byName[name]))
	}
}

// axis reads the option dim, which has no default.
func (o *options) axis() (dim int) {
	o.need("dim", &dim)
	return dim
}

// nonzero reads a number that divides.
func (o *options) nonzero(name string, to *float64) {
	o.take(name, to)
	if *to == 0 {
		o.refuse(name, "is 0")
	}
}

// bias reads whether a layer is to have one.
func (o *options) bias(bias **autograd.Variable) {
	if !o.flag("bias", true) {
		*bias = nil
	}
}

// affine reads whether a norm is to learn.
func (o *options) affine(name string, weight, bias **autograd.Variable) {
	if !o.flag(name, true) {
		*weight, *bias = nil, nil
	}
}
