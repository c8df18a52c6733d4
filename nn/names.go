package nn

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// snake returns PyTorch's way to write a Go name: FC1 is fc1, HiddenSize is
// hidden_size, LSTMCell is lstm_cell.
func snake(name string) string {
	var b strings.Builder
	rs := []rune(name)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) {
			nextLower := i+1 < len(rs) && unicode.IsLower(rs[i+1])
			if unicode.IsLower(rs[i-1]) || rs[i-1] != '_' && nextLower {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// join returns the path of something called name inside of path.
func join(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

// fieldName returns the name of a field and whether it is walked at all. An
// embedded field has no name of its own, nor have one that is tagged so and the
// weights of a recurrent layer.
func fieldName(f reflect.StructField) (name string, ok bool) {
	tag, tagged := f.Tag.Lookup("nn")
	switch {
	case tag == "-":
		return "", false
	case tagged:
		return tag, true
	case f.Anonymous, f.Type == recurrentsType:
		return "", true
	}
	return snake(f.Name), true
}

// sortedKeys returns the keys of a map in an order that does not change:
// numbers and strings by value, whatever else by its text.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return keys
}
