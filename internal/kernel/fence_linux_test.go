package kernel

import (
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// fence is memory between two pages that nobody may touch: a kernel that reads
// or writes one byte beside a slice that lies against one of them faults.
type fence struct{ inside []byte }

func newFence(t testing.TB, bytes int) fence {
	page := syscall.Getpagesize()
	size := roundUp(max(bytes, 1), page)
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Munmap(all)) })
	require.NoError(t, syscall.Mprotect(all[:page], syscall.PROT_NONE))
	require.NoError(t, syscall.Mprotect(all[page+size:], syscall.PROT_NONE))
	return fence{all[page : page+size]}
}

// faults makes a fault of a kernel a panic, in place of the end of the process.
func faults(t *testing.T) {
	before := debug.SetPanicOnFault(true)
	t.Cleanup(func() { debug.SetPanicOnFault(before) })
}

func TestFenceHolds(t *testing.T) {
	faults(t)
	f := newFence(t, 100)
	for _, x := range [][]float32{first[float32](f, 3), last[float32](f, 3)} {
		Fill(x, 1)
		require.Equal(t, []float32{1, 1, 1}, x)
	}
	require.Panics(t, func() { *(*byte)(unsafe.Add(unsafe.Pointer(&first[float32](f, 1)[0]), -1)) = 1 })
	require.Panics(t, func() { *(*byte)(unsafe.Add(unsafe.Pointer(&last[float32](f, 1)[0]), 4)) = 1 })
}
