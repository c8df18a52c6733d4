package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sizes on both sides of every edge: tiles of 6 rows and 4, 8 or 16 columns,
// blocks of 128 rows, 256 steps and 2048 columns, the size above which operands
// are packed and those that lie still, one tall or wide, dot products.
var tiledSizes = [][3]int{
	{1, 2, 40}, {2, 16, 3}, {5, 15, 7}, {6, 16, 8}, {7, 17, 9}, {13, 33, 31}, {64, 64, 64}, {64, 64, 65},
	{1, 300, 200}, {2, 33, 41}, {3, 64, 16}, {3, 19, 15}, {1, 3000, 300}, {700, 1, 600}, {5000, 9, 10}, {64, 64, 320}, {65, 36, 260},
	{12, 200, 300}, {20, 530, 40}, {300, 30, 2100}, {20, 1030, 30}, {13, 200, 300}, {1, 700, 600}, {3, 2100, 300}, {121, 40, 257}, {250, 70, 513}, {300, 1, 1000}, {5, 2065, 50},
}

func TestGemmTilesEqualPortableLoops(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testTiles[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { testTiles[float64](t, 1e-15) })
}

func testTiles[T Float](t *testing.T, eps float64) {
	kernels := tilesFor[T]()
	if kernels == nil {
		t.Skip("this machine has no tile kernels")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for _, size := range tiledSizes {
		m, n, k := size[0], size[1], size[2]
		a, b := guarded[T](rng, m*k), guarded[T](rng, k*n)
		for flags := range 4 {
			transA, transB := flags&1 != 0, flags&2 != 0
			t.Run(fmt.Sprintf("%dx%dx%d %v %v", m, n, k, transA, transB), func(t *testing.T) {
				c := guarded[T](rng, m*n)
				want := naiveGemm(transA, transB, m, n, k, 0.5, a.in, b.in, 1, c.in)
				gemmTiled(kernels, transA, transB, m, n, k, 0.5, a.in, b.in, true, c.in)
				for i, v := range c.in {
					require.InDelta(t, want[i], float64(v), eps*float64(k+4)*4, "element %d", i)
				}
				c.check(t)
			})
		}
		a.check(t)
		b.check(t)
	}
}

// guards surround the elements that a kernel may touch.
type guards[T Float] struct{ all, in []T }

const canaries, canary = 64, 12345

func guarded[T Float](rng *rand.Rand, n int) guards[T] {
	all := make([]T, n+2*canaries)
	Fill(all, canary)
	g := guards[T]{all, all[canaries : canaries+n : canaries+n]}
	for i := range g.in {
		g.in[i] = T(rng.NormFloat64())
	}
	return g
}

func (g guards[T]) check(t *testing.T) {
	t.Helper()
	for i := range canaries {
		if g.all[i] != canary || g.all[len(g.all)-1-i] != canary {
			t.Fatal("written outside the slice")
		}
	}
}

// digits fills x with small whole numbers, of which sums are exact in any order.
func digits[T Float](rng *rand.Rand, x []T) {
	for i := range x {
		x[i] = T(rng.IntN(7) - 3)
	}
}

// A special value reaches each element that it enters and no other, even where
// it meets a 0, on every path.
func TestGemmCarriesSpecialValues(t *testing.T) {
	t.Run("float32", testSpecial[float32])
	t.Run("float64", testSpecial[float64])
}

func testSpecial[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, size := range [][3]int{{1, 1, 5}, {1, 1, 33}, {3, 40, 37}, {2, 5, 3}, {7, 18, 20}, {9, 27, 5}, {70, 70, 70}, {130, 21, 300}, {3, 300, 500}} {
		m, n, k := size[0], size[1], size[2]
		for _, special := range []float64{nan, inf, -inf} {
			for flags := range 8 {
				transA, transB := flags&1 != 0, flags&2 != 0
				a, b, c := make([]T, m*k), make([]T, k*n), make([]T, m*n)
				digits(rng, a)
				digits(rng, b)
				if flags&4 != 0 {
					a[rng.IntN(m*k)] = T(special)
				} else {
					b[rng.IntN(k*n)] = T(special)
				}
				want := naiveGemm(transA, transB, m, n, k, 1, a, b, 0, c)
				Fill(c, T(nan))
				Gemm(transA, transB, m, n, k, 1, a, b, 0, c)
				for i, v := range c {
					if !same(float64(v), want[i]) && want[i] != 0 { // a sum of zeros may be −0
						t.Fatalf("%v flags %d: element %d is %v, want %v", size, flags, i, v, want[i])
					}
				}
			}
		}
	}
}

func TestGemmBitsDoNotDependOnProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(5, 6))
	for _, size := range tiledSizes {
		m, n, k := size[0], size[1], size[2]
		a, b := guarded[float32](rng, m*k).in, guarded[float32](rng, k*n).in
		for flags := range 4 {
			one, four := make([]float32, m*n), make([]float32, m*n)
			runtime.GOMAXPROCS(1)
			Gemm(flags&1 != 0, flags&2 != 0, m, n, k, 1, a, b, 0, one)
			runtime.GOMAXPROCS(4)
			Gemm(flags&1 != 0, flags&2 != 0, m, n, k, 1, a, b, 0, four)
			require.Equal(t, one, four)
		}
	}
}

func TestGemmDoesNotAllocate(t *testing.T) {
	if Poison {
		t.Skip("poisoned buffers")
	}
	for _, flags := range []int{0, 1, 2, 3} {
		a, b, c := make([]float32, 48), make([]float32, 48), make([]float32, 16)
		require.Zero(t, testing.AllocsPerRun(100, func() {
			Gemm(flags&1 != 0, flags&2 != 0, 4, 4, 12, 1, a, b, 0, c)
		}), "flags %d", flags)
	}
}

func TestAffine(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testAffine[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { testAffine[float64](t, 1e-15) })
}

func TestPortableAffine(t *testing.T) { portably(func() { TestAffine(t) }) }

func testAffine[T Float](t *testing.T, eps float64) {
	rng := rand.New(rand.NewPCG(3, 5))
	for _, size := range append([][3]int{{2, 3, 0}, {0, 3, 2}, {4, 0, 2}, {1, 1, 1}}, tiledSizes...) {
		m, n, k := size[0], size[1], size[2]
		x, w, bias, y := guarded[T](rng, m*k), guarded[T](rng, n*k), guarded[T](rng, n), guarded[T](rng, m*n)
		want := naiveGemm(false, true, m, n, k, 1, x.in, w.in, 0, y.in)
		Fill(y.in, T(nan)) // old contents must not matter
		Affine(y.in, m, n, k, x.in, w.in, bias.in)
		for i, v := range y.in {
			require.InDelta(t, want[i]+float64(bias.in[i%n]), float64(v), eps*float64(k+4)*4, "%v, element %d", size, i)
		}
		for _, g := range []guards[T]{x, w, bias, y} {
			g.check(t)
		}
	}
}
