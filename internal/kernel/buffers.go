package kernel

import (
	"math/bits"
	"strings"
	"sync"
	"unsafe"
)

// free holds used buffers by type and size class, each as a pointer to its
// first element, which a Pool stores without allocating. A Pool drops what
// garbage collections find unused, so nothing leaks.
type free struct{ classes [8 * 48]sync.Pool }

var (
	free32 free
	free64 free
)

// Get returns a buffer of length n whose contents are arbitrary. Give it back
// with Put when nobody else can hold it; forgetting to is only a missed reuse.
func Get[T Float](n int) []T {
	b := take[T](n)
	if b == nil && n > 0 {
		b = uncleared[T](n)
	}
	Spoil(b)
	return b
}

// Zeroed is Get with every element 0.
func Zeroed[T Float](n int) []T {
	b := take[T](n)
	if b == nil && n > 0 {
		_, size := sizeClass(n)
		return make([]T, n, size)
	}
	clear(b)
	return b
}

// take returns a used buffer, or nil if there is none.
func take[T Float](n int) []T {
	if n == 0 {
		return nil
	}
	class, size := sizeClass(n)
	if p, ok := pools[T]().classes[class].Get().(*T); ok {
		return unsafe.Slice(p, size)[:n]
	}
	return nil
}

// clearing is the size in bytes from which clearing a new buffer shows.
const clearing = 1 << 15

// uncleared returns a new buffer whose contents are arbitrary. Where it is large
// it is that of a strings.Builder, the one thing in Go's library that hands out
// memory without clearing it first.
func uncleared[T Float](n int) []T {
	_, size := sizeClass(n)
	bytes := size * int(unsafe.Sizeof(*new(T)))
	if bytes < clearing {
		return make([]T, n, size)
	}
	var b strings.Builder
	b.Grow(bytes)
	b.WriteByte(0)
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.StringData(b.String()))), size)[:n]
}

// Put gives a buffer from Get or Zeroed back. The caller must not use it any
// more.
func Put[T Float](b []T) {
	c := cap(b)
	if c == 0 {
		return
	}
	class, size := sizeClass(c)
	if size != c {
		return // not one of ours
	}
	Spoil(b[:c])
	pools[T]().classes[class].Put(unsafe.SliceData(b))
}

// Reput is Put for a buffer of length n from Get or Zeroed of which only the
// first element is known.
func Reput[T Float](first *T, n int) {
	_, size := sizeClass(n)
	Put(unsafe.Slice(first, size)[:n])
}

// sizeClass returns the number and the size of the buffers that hold n > 0
// elements: there are eight sizes from each power of two to the next, so at
// most an eighth is wasted.
func sizeClass(n int) (class, size int) {
	if n <= 8 {
		return n - 1, n
	}
	shift := bits.Len(uint(n-1)) - 4
	eighths := (n-1)>>shift + 1 // 9 to 16
	return 8*shift + eighths - 1, eighths << shift
}

func pools[T Float]() *free {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return &free32
	}
	return &free64
}

// Spoil fills elements that are arbitrary with NaN under the build tag poison,
// so that the tests see who reads what nobody has set; else it does nothing.
func Spoil[T Float](b []T) {
	if Poison {
		zero := T(0)
		Fill(b, zero/zero)
	}
}
