package loss

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// decode sets the fields of a loss from a JSON object. Fields are found by
// their json tag.
func decode(name string, loss any, text []byte) error {
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil {
		return fmt.Errorf("loss.%s: options are not a JSON object: %w", name, err)
	}
	if err := modernise(given); err != nil {
		return fmt.Errorf("loss.%s: %w", name, err)
	}
	fields := optionFields(loss)
	for option, value := range given {
		i := slices.IndexFunc(fields, func(f optionField) bool { return f.name == option })
		if i < 0 {
			return fmt.Errorf("loss.%s: no option %q; its options are %s", name, option, optionNames(fields))
		}
		if err := fields[i].set(value); err != nil {
			return fmt.Errorf("loss.%s: option %q: %w", name, option, err)
		}
	}
	return nil
}

// modernise replaces the pair size_average and reduce, which PyTorch had before
// reduction and still prefers to it: a missing one counts as true.
func modernise(given map[string]json.RawMessage) error {
	var average, reduce *bool
	for option, to := range map[string]**bool{"size_average": &average, "reduce": &reduce} {
		if text, ok := given[option]; ok {
			if err := json.Unmarshal(text, to); err != nil {
				return fmt.Errorf("option %q: %w", option, err)
			}
			delete(given, option)
		}
	}
	switch {
	case average == nil && reduce == nil:
	case reduce != nil && !*reduce:
		given["reduction"] = json.RawMessage(`"none"`)
	case average != nil && !*average:
		given["reduction"] = json.RawMessage(`"sum"`)
	default:
		given["reduction"] = json.RawMessage(`"mean"`)
	}
	return nil
}

// optionField is a field of a loss that JSON can set.
type optionField struct {
	name  string // PyTorch's, from the json tag
	field reflect.StructField
	value reflect.Value
}

func optionFields(loss any) []optionField {
	var out []optionField
	v := reflect.ValueOf(loss).Elem()
	for _, f := range reflect.VisibleFields(v.Type()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out = append(out, optionField{name, f, v.FieldByIndex(f.Index)})
		}
	}
	return out
}

// set decodes one value. A float may also be one of the strings "inf", "-inf"
// and "nan".
func (o optionField) set(text json.RawMessage) error {
	if x, ok := o.value.Addr().Interface().(*float64); ok && len(text) > 0 && text[0] == '"' {
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", s)
		}
		*x = v
		return nil
	}
	return json.Unmarshal(text, o.value.Addr().Interface())
}

func optionNames(fields []optionField) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}
