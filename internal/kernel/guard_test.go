package kernel

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// first and last are the n elements beside the lower and the upper page.
func first[T Float](f fence, n int) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(f.inside))), n)[:n:n]
}

func last[T Float](f fence, n int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(f.inside)), len(f.inside)-n*size)), n)[:n:n]
}

func TestGemmStaysInside(t *testing.T) {
	t.Run("float32", testGemmInside[float32])
	t.Run("float64", testGemmInside[float64])
}

func testGemmInside[T Float](t *testing.T) {
	faults(t)
	var sizes [][3]int
	for m := range 21 {
		for n := range 21 {
			for k := range 21 {
				sizes = append(sizes, [3]int{m, n, k})
			}
		}
	}
	rng := rand.New(rand.NewPCG(11, 12))
	fa, fb, fc := newFence(t, 8<<20), newFence(t, 8<<20), newFence(t, 8<<20)
	for i, size := range append(sizes, tiledSizes...) {
		m, n, k := size[0], size[1], size[2]
		place := last[T]
		if i%2 == 1 {
			place = first[T]
		}
		a, b, c := place(fa, m*k), place(fb, k*n), place(fc, m*n)
		digits(rng, a)
		digits(rng, b)
		for flags := range 4 {
			digits(rng, c)
			alpha, beta := T(rng.IntN(3)-1), T(rng.IntN(4)-1)
			want := naiveGemm(flags&1 != 0, flags&2 != 0, m, n, k, alpha, a, b, beta, c)
			Gemm(flags&1 != 0, flags&2 != 0, m, n, k, alpha, a, b, beta, c)
			for j, w := range want {
				if float64(c[j]) != w {
					t.Fatalf("%v flags %d alpha %v beta %v: element %d is %v, want %v", size, flags, alpha, beta, j, c[j], w)
				}
			}
		}
	}
}
