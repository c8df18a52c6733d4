package tensor

import (
	"math"
	"reflect"

	"github.com/declive/declive/internal/kernel"
)

// Zeros returns a tensor of zeros (false for Bool). Like all constructors it
// panics when a length is negative.
func (d DType) Zeros(shape ...int) *Tensor {
	checkLengths("tensor.Zeros", shape)
	var t *Tensor
	switch d {
	case Float32:
		t, _ = empty[float32](shape)
	case Float64:
		t, _ = empty[float64](shape)
	case Int64:
		t, _ = empty[int64](shape)
	case Bool:
		t, _ = empty[bool](shape)
	default:
		panic(Errorf("tensor.Zeros", "%v is not a type of elements", d))
	}
	return t
}

// Full returns a tensor with every element v, converted to the type.
func (d DType) Full(v float64, shape ...int) *Tensor {
	t := d.Zeros(shape...)
	switch d {
	case Float32:
		kernel.Fill(Data[float32](t), float32(v))
	case Float64:
		kernel.Fill(Data[float64](t), v)
	case Int64:
		kernel.Fill(Data[int64](t), int64(v))
	case Bool:
		kernel.Fill(Data[bool](t), v != 0)
	}
	return t
}

// Ones returns a tensor of ones (true for Bool).
func (d DType) Ones(shape ...int) *Tensor { return d.Full(1, shape...) }

// Scalar returns a 0-d tensor with the one element v.
func (d DType) Scalar(v float64) *Tensor { return d.Full(v) }

// Arange returns the 1-d tensor start, start+step, … up to but without stop.
// It panics when step is 0 or leads away from stop.
func (d DType) Arange(start, stop, step float64) *Tensor {
	n := math.Ceil((stop - start) / step)
	if step == 0 || n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
		panic(Errorf("tensor.Arange", "no steps of %g lead from %g to %g", step, start, stop))
	}
	return d.generate(int(n), func(i int) float64 { return start + float64(i)*step })
}

// Linspace returns n evenly spaced numbers from start to stop, both included.
func (d DType) Linspace(start, stop float64, n int) *Tensor {
	return d.generate(n, func(i int) float64 {
		if i == n-1 {
			return stop
		}
		return start + float64(i)*(stop-start)/float64(n-1)
	})
}

// Eye returns the n×n identity matrix.
func (d DType) Eye(n int) *Tensor {
	t := d.Zeros(n, n)
	for i := range n {
		t.Set(1, i, i)
	}
	return t
}

// generate returns a 1-d tensor of f(0), f(1), …, f(n−1).
func (d DType) generate(n int, f func(i int) float64) *Tensor {
	x, buf := empty[float64](Shape{n})
	for i := range buf {
		buf[i] = f(i)
	}
	return x.To(d)
}

// Zeros returns a float32 tensor of zeros.
func Zeros(shape ...int) *Tensor { return Float32.Zeros(shape...) }

// Ones returns a float32 tensor of ones.
func Ones(shape ...int) *Tensor { return Float32.Ones(shape...) }

// Full returns a float32 tensor with every element v.
func Full(v float64, shape ...int) *Tensor { return Float32.Full(v, shape...) }

// Scalar returns a float32 0-d tensor.
func Scalar(v float64) *Tensor { return Float32.Scalar(v) }

// Arange returns a float32 tensor start, start+step, … without stop.
func Arange(start, stop, step float64) *Tensor { return Float32.Arange(start, stop, step) }

// Linspace returns n evenly spaced float32 numbers from start to stop.
func Linspace(start, stop float64, n int) *Tensor { return Float32.Linspace(start, stop, n) }

// Eye returns the float32 n×n identity matrix.
func Eye(n int) *Tensor { return Float32.Eye(n) }

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
