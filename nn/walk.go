package nn

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

var (
	variableType   = reflect.TypeFor[*autograd.Variable]()
	tensorType     = reflect.TypeFor[*tensor.Tensor]()
	switchableType = reflect.TypeFor[Switchable]()
	decoderType    = reflect.TypeFor[interface {
		Decode(x, memory *autograd.Variable, mask, memoryMask AttentionMask) *autograd.Variable
	}]()
	recurrentType  = reflect.TypeFor[RecurrentWeights]()
	recurrentsType = reflect.TypeFor[[]*RecurrentWeights]()
)

// visitor is what a walk does with what it finds, in order; what is nil is not
// done. A thing that is reached by two ways is found twice.
type visitor struct {
	variable func(name string, x *autograd.Variable)
	buffer   func(name string, t *tensor.Tensor, replace func(*tensor.Tensor))
	// value sees whatever is a module or Switchable, as a pointer where there is
	// one.
	value func(name string, v any)
}

// place identifies something that contains other things, so that a walk going
// in circles ends. The type tells a struct from its first field.
type place struct {
	address uintptr
	length  int
	typ     reflect.Type
}

// walker goes through a model.
type walker struct {
	op string
	visitor
	path   map[place]bool // what the walk is inside of
	open   map[place]bool // what it found
	hidden hidden
}

// walk visits what the exported fields of m hold.
func walk(op string, m any, v visitor) {
	if v := reflect.ValueOf(m); m == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		panic(tensor.Errorf(op, "the model is nil"))
	}
	w := &walker{op: op, visitor: v, path: map[place]bool{}, open: map[place]bool{}}
	w.walk("", reflect.ValueOf(m), nil)
	w.hidden.check(w)
}

// walk visits v; replace, unless nil, changes what holds v.
func (w *walker) walk(name string, v reflect.Value, replace func(reflect.Value)) {
	for v.Kind() == reflect.Interface {
		if v.CanSet() {
			replace = v.Set
		}
		v = v.Elem()
	}
	if !v.IsValid() || !mayHold(v.Type(), false) {
		return
	}
	if v.CanSet() {
		replace = v.Set
	}
	switch v.Type() {
	case variableType:
		w.foundVariable(name, v.Interface().(*autograd.Variable))
		return
	case tensorType:
		if t := v.Interface().(*tensor.Tensor); t != nil && w.buffer != nil {
			w.buffer(name, t, func(t *tensor.Tensor) {
				if replace == nil {
					panic(tensor.Errorf(w.op, "buffer %q cannot be replaced: give a pointer to the model", name))
				}
				replace(reflect.ValueOf(t))
			})
		}
		return
	case variableType.Elem(), tensorType.Elem():
		panic(tensor.Errorf(w.op, "%q is a %v, hold a pointer to it", name, v.Type()))
	}
	w.foundValue(name, v)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.IsValid() {
		w.inside(name, v)
	}
}

// inside visits the parts of v.
func (w *walker) inside(name string, v reflect.Value) {
	if p, ok := placeOf(v); ok {
		if w.path[p] {
			return
		}
		w.path[p] = true
		defer delete(w.path, p)
	}
	switch v.Kind() {
	case reflect.Struct:
		w.fields(name, v)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.walk(elementName(name, v, i), v.Index(i), nil)
		}
	case reflect.Map:
		for _, key := range sortedKeys(v) {
			w.walk(join(name, fmt.Sprint(key)), v.MapIndex(key), func(x reflect.Value) { v.SetMapIndex(key, x) })
		}
	case reflect.Pointer, reflect.Interface: // v itself was behind a pointer
		w.walk(name, v, nil)
	}
}

// elementName returns the name of element i of v: those of a recurrent layer
// tell themselves apart.
func elementName(name string, v reflect.Value, i int) string {
	if v.Type() == recurrentsType {
		return name
	}
	return join(name, strconv.Itoa(i))
}

func (w *walker) fields(name string, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		child, ok := fieldName(f)
		if v.Type() == recurrentType {
			child += v.FieldByName("Suffix").String()
		}
		switch {
		case !ok:
		case f.IsExported() || f.Anonymous && isStruct(f.Type): // exported fields may be promoted through an unexported type
			w.walk(join(name, child), v.Field(i), nil)
		default:
			w.hidden.search(join(name, f.Name), v.Field(i))
		}
	}
}

func (w *walker) foundVariable(name string, x *autograd.Variable) {
	if x == nil {
		return
	}
	if !x.IsLeaf() {
		panic(tensor.Errorf(w.op, "%q is the result of %s, not a parameter, and no optimizer can change it: "+
			"make it with autograd.New, or tag its field `nn:\"-\"`", name, x.Op()))
	}
	w.open[pointee(reflect.ValueOf(x))] = true
	if w.variable != nil {
		w.variable(name, x)
	}
}

// foundValue reports v, or the pointer to it that has its methods.
func (w *walker) foundValue(name string, v reflect.Value) {
	if v.CanAddr() && (v.Kind() == reflect.Struct || !hasMethods(v.Type())) {
		v = v.Addr()
	}
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return
	case !v.CanInterface(): // an embedded struct of an unexported type: its fields matter, not its methods
		return
	case hasMethods(v.Type()):
	case w.value != nil && hasMethods(reflect.PointerTo(v.Type())):
		panic(tensor.Errorf(w.op, "%v at %q cannot be reached by pointer: give a pointer to the model, hold a pointer in the map",
			v.Type(), name))
	default:
		return
	}
	if v.Kind() == reflect.Pointer {
		w.open[pointee(v)] = true
	}
	if w.value != nil {
		w.value(name, v.Interface())
	}
}

// hasMethods reports whether values of type t are of interest to a visitor.
func hasMethods(t reflect.Type) bool {
	return isModule(t) || t.Implements(switchableType)
}

// isModule reports whether values of type t have a Forward, of whatever form, or
// decode.
func isModule(t reflect.Type) bool {
	_, forward := t.MethodByName("Forward")
	return forward || t.Implements(decoderType)
}

func isStruct(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

// pointee returns the place of what a pointer points to.
func pointee(v reflect.Value) place { return place{v.Pointer(), 0, v.Type().Elem()} }

// placeOf returns the place of v and whether things inside of v may lead back
// to it.
func placeOf(v reflect.Value) (place, bool) {
	switch v.Kind() {
	case reflect.Slice:
		return place{v.Pointer(), v.Len(), v.Type()}, v.Len() > 0
	case reflect.Map:
		return place{v.Pointer(), 0, v.Type()}, true
	}
	if v.CanAddr() {
		return place{v.UnsafeAddr(), 0, v.Type()}, true
	}
	return place{}, false
}
