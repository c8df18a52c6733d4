package interop

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/tensor"
)

// buffer returns the memory of d, whatever its layout. T must be d's type.
func buffer[T tensor.Element](d *gorgonia.Dense) []T {
	var b any
	switch any(*new(T)).(type) {
	case float32:
		b = d.Float32s()
	case float64:
		b = d.Float64s()
	case int64:
		b = d.Int64s()
	default:
		b = d.Bools()
	}
	return b.([]T)
}

// layout is where the elements of a Dense lie in its buffer.
type layout struct {
	shape   tensor.Shape
	strides []int
	size    int
}

// layoutOf checks that d can be read element by element in a buffer of n.
func layoutOf(d *gorgonia.Dense, n int) (layout, error) {
	l := layout{shape: tensor.Shape(d.Shape()), strides: d.Strides()}
	l.size = l.shape.Size()
	switch {
	case !d.IsNativelyAccessible():
		return l, errors.New("its memory cannot be read from Go")
	case d.IsMasked():
		return l, errors.New("it is masked, and there are no masks here")
	case l.size == 0 || n == 0:
		return l, errors.New("it is empty, which gorgonia does not support")
	}
	if len(l.strides) != len(l.shape) {
		// gorgonia gives column-major vectors one stride for two axes, and
		// tensors of one element none.
		step := 0
		if len(l.strides) > 0 {
			step = l.strides[0]
		}
		l.strides = slices.Repeat([]int{step}, len(l.shape))
	}
	last := 0
	for i, s := range l.strides {
		last += (l.shape[i] - 1) * s
	}
	if last < 0 || last >= n || len(l.shape) > 0 && slices.Min(l.strides) < 0 {
		return l, fmt.Errorf("shape %v with strides %v does not lie in its %d elements", l.shape, l.strides, n)
	}
	return l, nil
}

// rowMajor reports whether the elements lie one after the other in row-major
// order. The stride of an axis of length 1 does not matter.
func (l layout) rowMajor() bool {
	step := 1
	for i, n := range slices.Backward(l.shape) {
		if n != 1 && l.strides[i] != step {
			return false
		}
		step *= n
	}
	return true
}

// each calls f with every place in the buffer, in row-major order.
func (l layout) each(f func(at int)) {
	index, at := make([]int, len(l.shape)), 0
	for range l.size {
		f(at)
		for i, n := range slices.Backward(l.shape) {
			index[i]++
			at += l.strides[i]
			if index[i] < n {
				break
			}
			index[i] = 0
			at -= n * l.strides[i]
		}
	}
}

// elements returns what d holds in row-major order: its own memory when it lies
// so, a copy otherwise. T must be d's type.
func elements[T tensor.Element](d *gorgonia.Dense) ([]T, error) {
	data := buffer[T](d)
	l, err := layoutOf(d, len(data))
	if err != nil {
		return nil, err
	}
	if l.rowMajor() {
		return data[:l.size:l.size], nil
	}
	out := make([]T, 0, l.size)
	l.each(func(at int) { out = append(out, data[at]) })
	return out, nil
}

// overlap reports whether a and b share memory without being the same slice.
func overlap[T any](a, b []T) bool {
	if len(a) == 0 || len(b) == 0 || &a[0] == &b[0] {
		return false
	}
	size := unsafe.Sizeof(a[0])
	pa, pb := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return pa < pb+uintptr(len(b))*size && pb < pa+uintptr(len(a))*size
}
