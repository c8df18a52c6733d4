package nn

import (
	"reflect"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// weightOf returns the weight of a layer: a pointer to a struct with a field
// Weight that can be copied, and so be given other weights in passing.
func weightOf(op string, layer any) *autograd.Variable {
	v := reflect.ValueOf(layer)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		panic(tensor.Errorf(op, "the layer is %T, not a pointer to a struct", layer))
	}
	f, ok := v.Type().Elem().FieldByName("Weight")
	if !ok || f.Type != variableType || len(f.Index) != 1 {
		panic(tensor.Errorf(op, "%T has no field Weight of type *autograd.Variable", layer))
	}
	if _, switchable := layer.(Switchable); switchable {
		panic(tensor.Errorf(op, "%T switches between training and evaluation, so it cannot be copied", layer))
	}
	w := v.Elem().FieldByIndex(f.Index).Interface().(*autograd.Variable)
	if w == nil || w.Dims() == 0 {
		panic(tensor.Errorf(op, "the Weight of %T is nil or a single number", layer))
	}
	checkLayer(op, layer)
	return w
}

// checkLayer panics when there is no layer, or it would change its weights in place.
func checkLayer(op string, layer any) {
	var limit *float64
	switch l := layer.(type) {
	case nil:
		panic(tensor.Errorf(op, "there is no Layer; make one with New%s", op[len("nn."):]))
	case *Embedding:
		limit = l.MaxNorm
	case *EmbeddingBag:
		limit = l.MaxNorm
	}
	if limit != nil {
		panic(tensor.Errorf(op, "MaxNorm of %T changes weights in place, but these are computed", layer))
	}
}

// withWeight returns a copy of a layer, which has been checked, with another weight.
func withWeight(layer any, w *autograd.Variable) any {
	v := reflect.ValueOf(layer)
	copied := reflect.New(v.Type().Elem())
	copied.Elem().Set(v.Elem())
	copied.Elem().FieldByName("Weight").Set(reflect.ValueOf(w))
	return copied.Interface()
}

// forwardOf calls the Forward of a layer of one input.
func forwardOf(op string, layer any, x *autograd.Variable) *autograd.Variable {
	m, ok := layer.(Module)
	if !ok {
		panic(tensor.Errorf(op, "%T does not take one input: call Weighted, and the Forward of what that returns", layer))
	}
	return m.Forward(x)
}

// leafLike returns a leaf that wants a gradient if x does.
func leafLike(x *autograd.Variable, value *tensor.Tensor) *autograd.Variable {
	leaf := autograd.New(value)
	leaf.SetWantsGrad(x.WantsGrad())
	return leaf
}
