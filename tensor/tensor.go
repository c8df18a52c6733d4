package tensor

import (
	"math"
	"slices"
	"unsafe"
)

// Tensor is a dense array of numbers of one type. It is always contiguous and
// row-major: the last axis varies fastest. Reshape and its kin share the
// buffer, To and Expand return the tensor itself when there is nothing to
// change; every other operation returns a new tensor. None changes an operand.
//
// The zero value is not usable; make one with New, Zeros, FromSlice and so on.
type Tensor struct {
	shape  Shape
	dtype  DType
	pooled bool // data is a buffer of kernel's, which ownership.Recycle gives back
	size   int
	data   unsafe.Pointer // to size elements of dtype; nil when size is 0
	dims   [4]int         // room for most shapes, so they cost no allocation
	room   [6]uint64      // and for the elements of small tensors
}

// New returns a tensor over data, which it shares and does not copy. Without
// a shape the tensor has one axis. It panics when the shape does not hold
// exactly len(data) elements. For a 0-d tensor use Scalar.
func New[T Element](data []T, shape ...int) *Tensor {
	t := &Tensor{dtype: dtypeOf[T](), size: len(data), data: unsafe.Pointer(unsafe.SliceData(data))}
	if shape == nil {
		shape = []int{len(data)}
	}
	t.setShape(shape)
	checkLengths("tensor.New", t.shape)
	if t.shape.Size() != len(data) {
		panic(Errorf("tensor.New", "%d elements do not fill shape %v", len(data), t.shape))
	}
	return t
}

// Data returns the elements of t, row-major, sharing its buffer. It panics
// when T is not the type of t's elements.
func Data[T Element](t *Tensor) []T {
	if t.dtype != dtypeOf[T]() {
		panic(Errorf("tensor.Data", "tensor is %v, not %v", t.dtype, dtypeOf[T]()))
	}
	return unsafe.Slice((*T)(t.data), t.size)
}

// setShape copies shape into t.
func (t *Tensor) setShape(shape []int) { t.shape = append(t.dims[:0], shape...) }

// checkLengths panics when a length is negative or no memory holds them all.
func checkLengths(op string, shape Shape) {
	n := 1
	for i, d := range shape {
		if d < 0 { // the clones keep callers' shapes off the heap
			panic(Errorf(op, "length %d of axis %d is negative in shape %v", d, i, slices.Clone(shape)))
		}
		if d > 0 {
			if n > maxSize/d {
				panic(Errorf(op, "shape %v has too many elements", slices.Clone(shape)))
			}
			n *= d
		}
	}
}

// maxSize is more elements than any address space holds.
const maxSize = min(math.MaxInt>>4, 1<<44)

// Shape returns the length of each axis. Do not change it.
func (t *Tensor) Shape() Shape { return t.shape }

// DType returns the type of the elements.
func (t *Tensor) DType() DType { return t.dtype }

// Size returns the number of elements.
func (t *Tensor) Size() int { return t.size }

// Dims returns the number of axes.
func (t *Tensor) Dims() int { return len(t.shape) }

// Len returns the length of one axis; negative axes count from the last. It
// panics when the axis does not exist.
func (t *Tensor) Len(a int) int {
	if len(t.shape) == 0 {
		panic(Errorf("tensor.Len", "a 0-d tensor has no axes"))
	}
	return t.shape[axis("tensor.Len", a, len(t.shape))]
}

// Item returns the only element as a float64 (true is 1). It panics when the
// tensor does not hold exactly one.
func (t *Tensor) Item() float64 {
	if t.size != 1 {
		panic(Errorf("tensor.Item", "shape %v holds %d elements, not one", t.shape, t.size))
	}
	return t.flat(0)
}

// At returns one element as a float64 (true is 1). It panics unless there is
// one index in range for every axis.
func (t *Tensor) At(index ...int) float64 { return t.flat(t.offset("tensor.At", index)) }

// Set changes one element, converting v to the tensor's type. It panics like At.
func (t *Tensor) Set(v float64, index ...int) {
	i := t.offset("tensor.Set", index)
	switch t.dtype {
	case Float32:
		Data[float32](t)[i] = float32(v)
	case Float64:
		Data[float64](t)[i] = v
	case Int64:
		Data[int64](t)[i] = int64(v)
	case Bool:
		Data[bool](t)[i] = v != 0
	}
}

func (t *Tensor) offset(op string, index []int) int {
	if len(index) != len(t.shape) {
		panic(Errorf(op, "%d indices for shape %v", len(index), t.shape))
	}
	at := 0
	for a, i := range index {
		if i < 0 || i >= t.shape[a] {
			panic(Errorf(op, "index %v is outside shape %v", index, t.shape))
		}
		at = at*t.shape[a] + i
	}
	return at
}

func (t *Tensor) flat(i int) float64 {
	switch t.dtype {
	case Float32:
		return float64(Data[float32](t)[i])
	case Float64:
		return Data[float64](t)[i]
	case Int64:
		return float64(Data[int64](t)[i])
	}
	if Data[bool](t)[i] {
		return 1
	}
	return 0
}

// Float64s returns a copy of all elements, row-major, as float64.
func (t *Tensor) Float64s() []float64 {
	out := make([]float64, t.size)
	for i := range out {
		out[i] = t.flat(i)
	}
	return out
}

// Clone returns a copy that shares nothing with t.
func (t *Tensor) Clone() *Tensor {
	out := t.dtype.Empty(t.shape...)
	out.CopyFrom(t)
	return out
}

// CopyFrom overwrites t's elements with those of x. It panics when the types
// or shapes differ.
func (t *Tensor) CopyFrom(x *Tensor) {
	if t.dtype != x.dtype || !t.shape.Equal(x.shape) {
		panic(Errorf("tensor.CopyFrom", "cannot copy %v %v into %v %v", x.dtype, x.shape, t.dtype, t.shape))
	}
	copy(t.bytes(), x.bytes())
}

// bytes returns the memory of t's elements.
func (t *Tensor) bytes() []byte { return unsafe.Slice((*byte)(t.data), t.size*t.dtype.bytes()) }

// bytes returns how many bytes one element takes.
func (d DType) bytes() int {
	switch d {
	case Float32:
		return 4
	case Bool:
		return 1
	}
	return 8
}

// Equal reports whether a and b have the same type, shape and elements. NaN
// equals NaN here, and −0 equals 0.
func Equal(a, b *Tensor) bool { return AllClose(a, b, 0, 0) }

// AllClose reports whether a and b have the same type and shape and everywhere
// |a − b| <= atol + rtol·|b|. NaN is close to NaN, and Inf to the same Inf.
// Source: https://pytorch.org/docs/1.13/generated/torch.allclose.html
func AllClose(a, b *Tensor, rtol, atol float64) bool {
	if a.dtype != b.dtype || !a.shape.Equal(b.shape) {
		return false
	}
	if a.dtype == Int64 && rtol == 0 && atol == 0 { // beyond 2⁵³ floats would blur
		return slices.Equal(Data[int64](a), Data[int64](b))
	}
	for i := range a.size {
		x, y := a.flat(i), b.flat(i)
		if x == y || math.IsNaN(x) && math.IsNaN(y) {
			continue
		}
		if math.IsInf(x, 0) || math.IsInf(y, 0) || !(math.Abs(x-y) <= atol+rtol*math.Abs(y)) {
			return false
		}
	}
	return true
}
