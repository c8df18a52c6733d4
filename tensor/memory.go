package tensor

import (
	"unsafe"

	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
)

// wide is a Tensor with room for some more elements.
type wide struct {
	Tensor
	more [16]uint64
}

// poolFrom is the size in bytes from which floats are kept in buffers of
// kernel's, which can be used again; what is smaller is as fast to make. In
// tests for misuse all are.
func poolFrom() uintptr {
	if kernel.Poison {
		return 1
	}
	return 4096
}

// empty returns a tensor of T with zeroed elements and its buffer.
func empty[T Element](shape Shape) (*Tensor, []T) {
	t := header[T](shape)
	return t, fill[T](t, true)
}

// unset is empty with elements that are arbitrary, to be overwritten.
func unset[T Element](shape Shape) (*Tensor, []T) {
	t := header[T](shape)
	return t, fill[T](t, false)
}

// header returns a tensor that has a shape and, where that suffices, room for
// its elements of type T.
func header[T Element](shape Shape) *Tensor {
	var t *Tensor
	size := uintptr(shape.Size()) * unsafe.Sizeof(*new(T))
	if size < poolFrom() && size > unsafe.Sizeof(t.room) && size <= unsafe.Sizeof(wide{}.more) {
		w := &wide{}
		t = &w.Tensor
		t.data = unsafe.Pointer(&w.more)
	} else {
		t = &Tensor{}
	}
	t.setShape(shape)
	return t
}

// fill gives t, which is new and has only a shape, elements of type T: zeros
// or, unless they must be that, arbitrary ones.
func fill[T Element](t *Tensor, zero bool) []T {
	t.dtype, t.size = dtypeOf[T](), t.shape.Size()
	if t.data == nil {
		switch size := uintptr(t.size) * unsafe.Sizeof(*new(T)); {
		case size == 0:
		case size >= poolFrom() && t.dtype == Float32:
			t.data, t.pooled = buffer[float32](t.size, zero), true
		case size >= poolFrom() && t.dtype == Float64:
			t.data, t.pooled = buffer[float64](t.size, zero), true
		case size <= unsafe.Sizeof(t.room):
			t.data = unsafe.Pointer(&t.room)
		default:
			t.data = unsafe.Pointer(unsafe.SliceData(make([]T, t.size)))
		}
	}
	elements := unsafe.Slice((*T)(t.data), t.size)
	if kernel.Poison && !zero {
		spoil(elements)
	}
	return elements
}

func spoil[T Element](elements []T) {
	switch e := any(elements).(type) {
	case []float32:
		kernel.Spoil(e)
	case []float64:
		kernel.Spoil(e)
	}
}

func buffer[T kernel.Float](n int, zero bool) unsafe.Pointer {
	if zero {
		return unsafe.Pointer(unsafe.SliceData(kernel.Zeroed[T](n)))
	}
	return unsafe.Pointer(unsafe.SliceData(kernel.Get[T](n)))
}

func init() {
	ownership.Buffer = func(t any) (unsafe.Pointer, bool) {
		x := t.(*Tensor)
		return x.data, x.pooled
	}
	ownership.Recycle = func(t any) { t.(*Tensor).recycle() }
	ownership.Gradient = func(t any) any { return t.(*Tensor).gradient() }
}

// gradient returns a tensor like t with arbitrary elements. As it is likely to
// come back, the pool pays for it from a smaller size on.
func (t *Tensor) gradient() *Tensor {
	const from = 256 // elements
	if t.size < from || !t.dtype.IsFloat() {
		return t.dtype.Empty(t.shape...)
	}
	g := &Tensor{dtype: t.dtype, size: t.size, pooled: true}
	g.setShape(t.shape)
	if t.dtype == Float32 {
		g.data = buffer[float32](t.size, false)
	} else {
		g.data = buffer[float64](t.size, false)
	}
	return g
}

// recycle gives the buffer back. Whoever looks at t after that panics.
func (t *Tensor) recycle() {
	if !t.pooled {
		return
	}
	data := t.data
	t.data, t.pooled = nil, false
	if t.dtype == Float32 {
		kernel.Reput((*float32)(data), t.size)
	} else {
		kernel.Reput((*float64)(data), t.size)
	}
}
