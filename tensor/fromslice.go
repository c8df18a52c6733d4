package tensor

import "reflect"

// FromSlice copies a Go slice, or slices nested to any depth, or one number,
// into a new tensor: [][]float32 has two axes, int and int32 elements become
// int64. A shape, where given, reshapes the result. It panics when rows differ
// in length, the elements are not numbers or bools, or the shape does not fit.
func FromSlice(data any, shape ...int) *Tensor {
	v := reflect.ValueOf(data)
	var lengths Shape
	for w := v; w.Kind() == reflect.Slice || w.Kind() == reflect.Array; w = w.Index(0) {
		lengths = append(lengths, w.Len())
		if w.Len() == 0 {
			for e := w.Type().Elem(); e.Kind() == reflect.Slice || e.Kind() == reflect.Array; e = e.Elem() {
				lengths = append(lengths, 0)
			}
			break
		}
	}
	t := elementType(v).Zeros(lengths...)
	fill := &sliceReader{to: t}
	fill.read(v, 0)
	if shape != nil {
		return Reshape(t, shape...)
	}
	return t
}

// elementType returns the DType for the innermost elements of v.
func elementType(v reflect.Value) DType {
	if !v.IsValid() {
		panic(Errorf("tensor.FromSlice", "nil is not a slice of numbers"))
	}
	e := v.Type()
	for e.Kind() == reflect.Slice || e.Kind() == reflect.Array {
		e = e.Elem()
	}
	switch e.Kind() {
	case reflect.Float32:
		return Float32
	case reflect.Float64:
		return Float64
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8:
		return Int64
	case reflect.Bool:
		return Bool
	}
	panic(Errorf("tensor.FromSlice", "%v does not hold numbers or bools", v.Type()))
}

// sliceReader copies nested slices into a tensor, element after element.
type sliceReader struct {
	to   *Tensor
	next int
}

func (r *sliceReader) read(v reflect.Value, depth int) {
	if depth < len(r.to.shape) {
		if v.Len() != r.to.shape[depth] {
			panic(Errorf("tensor.FromSlice", "a slice at depth %d has %d elements where others have %d",
				depth, v.Len(), r.to.shape[depth]))
		}
		if depth == len(r.to.shape)-1 && r.copyRow(v) {
			return
		}
		for i := range v.Len() {
			r.read(v.Index(i), depth+1)
		}
		return
	}
	switch i := r.next; r.to.dtype {
	case Float32:
		Data[float32](r.to)[i] = float32(v.Float())
	case Float64:
		Data[float64](r.to)[i] = v.Float()
	case Int64:
		if v.CanUint() {
			Data[int64](r.to)[i] = int64(v.Uint())
		} else {
			Data[int64](r.to)[i] = v.Int()
		}
	case Bool:
		Data[bool](r.to)[i] = v.Bool()
	}
	r.next++
}

// copyRow copies a row whole when its Go type is the tensor's own.
func (r *sliceReader) copyRow(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	n := 0
	switch row := v.Interface().(type) {
	case []float32:
		n = copy(Data[float32](r.to)[r.next:], row)
	case []float64:
		n = copy(Data[float64](r.to)[r.next:], row)
	case []int64:
		n = copy(Data[int64](r.to)[r.next:], row)
	case []bool:
		n = copy(Data[bool](r.to)[r.next:], row)
	default:
		return false
	}
	r.next += n
	return true
}
