package kernel

import (
	"math/bits"
	"sync"
	"unsafe"
)

// free holds used buffers by type and by the power of two of their capacity,
// each as a pointer to its first element, which a Pool stores without
// allocating. A Pool drops what garbage collections find unused, so nothing
// leaks.
type free struct{ classes [48]sync.Pool }

var (
	free32 free
	free64 free
)

// Get returns a buffer of length n whose contents are arbitrary. Give it back
// with Put when nobody else can hold it; forgetting to is only a missed reuse.
func Get[T Float](n int) []T {
	if n == 0 {
		return nil
	}
	class := bits.Len(uint(n - 1))
	if p, ok := classes[T]().classes[class].Get().(*T); ok {
		return unsafe.Slice(p, 1<<class)[:n]
	}
	return make([]T, n, 1<<class)
}

// Put gives a buffer from Get back. The caller must not use it any more.
func Put[T Float](b []T) {
	c := cap(b)
	if c == 0 || c&(c-1) != 0 {
		return // not one of ours
	}
	classes[T]().classes[bits.Len(uint(c-1))].Put(unsafe.SliceData(b))
}

func classes[T Float]() *free {
	var zero T
	if _, ok := any(zero).(float32); ok {
		return &free32
	}
	return &free64
}
