package nn

import (
	"reflect"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// hidden finds what unexported fields hold and a walk cannot give out: a
// parameter there would never learn, a Dropout there never be switched off.
type hidden struct {
	seen  map[place]bool
	found []finding
}

type finding struct {
	name, what string
	at         place
}

// check panics about the first thing that was found in unexported fields only.
func (h *hidden) check(w *walker) {
	for _, f := range h.found {
		if !w.open[f.at] {
			panic(tensor.Errorf(w.op, "unexported field %q holds %s: export the field, or tag it `nn:\"-\"`", f.name, f.what))
		}
	}
}

func (h *hidden) search(name string, v reflect.Value) {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() || !mayHold(v.Type(), true) {
		return
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		if v.Type() == variableType {
			// Results and constants kept for later are nobody's mistake.
			if x := (*autograd.Variable)(v.UnsafePointer()); x.IsLeaf() && x.WantsGrad() {
				h.found = append(h.found, finding{name, "a parameter", pointee(v)})
			}
			return
		}
		v = v.Elem()
	}
	if v.CanAddr() && reflect.PointerTo(v.Type()).Implements(switchableType) {
		h.found = append(h.found, finding{name, "a " + v.Type().String(), place{v.UnsafeAddr(), 0, v.Type()}})
	}
	h.inside(name, v)
}

func (h *hidden) inside(name string, v reflect.Value) {
	if p, ok := placeOf(v); ok {
		if h.seen[p] {
			return
		}
		if h.seen == nil {
			h.seen = map[place]bool{}
		}
		h.seen[p] = true
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if _, ok := fieldName(f); ok {
				h.search(join(name, f.Name), v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			h.search(name, v.Index(i))
		}
	case reflect.Map:
		for _, key := range sortedKeys(v) {
			h.search(name, v.MapIndex(key))
		}
	case reflect.Pointer, reflect.Interface:
		h.search(name, v)
	}
}

// typeKey is a question put to mayHold.
type typeKey struct {
	typ    reflect.Type
	hidden bool
}

var mayHoldCache sync.Map // typeKey → bool

// mayHold reports whether a walk has business in values of type t, so that it
// leaves slices of a million numbers alone. In hidden fields buffers and
// interfaces that are not modules are none of its business.
func mayHold(t reflect.Type, hidden bool) bool {
	key := typeKey{t, hidden}
	if known, ok := mayHoldCache.Load(key); ok {
		return known.(bool)
	}
	may := holds(key, map[typeKey]bool{})
	mayHoldCache.Store(key, may)
	return may
}

func holds(key typeKey, asked map[typeKey]bool) bool {
	if asked[key] {
		return false // the first asking answers
	}
	asked[key] = true
	t, hidden := key.typ, key.hidden
	switch {
	case t == variableType || t == variableType.Elem():
		return true
	case t == tensorType || t == tensorType.Elem():
		return !hidden
	case t.Kind() == reflect.Interface:
		return !hidden || hasMethods(t)
	case !hidden && (hasMethods(t) || hasMethods(reflect.PointerTo(t))):
		return true
	case hidden && (t.Implements(switchableType) || reflect.PointerTo(t).Implements(switchableType)):
		return true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holds(typeKey{t.Elem(), hidden}, asked)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			_, ok := fieldName(f)
			if inner := (typeKey{f.Type, hidden || !f.IsExported() && !f.Anonymous}); ok && holds(inner, asked) {
				return true
			}
		}
	}
	return false
}
