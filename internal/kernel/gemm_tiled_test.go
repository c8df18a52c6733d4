package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/chewxy/math32"
	"github.com/stretchr/testify/require"
)

// Sizes on both sides of every edge: tiles of 6 rows and 8 or 16 columns,
// blocks of 120 rows, 256 steps and 2048 columns, and the size above which
// operands are packed.
var tiledSizes = [][3]int{
	{1, 2, 40}, {2, 16, 3}, {5, 15, 7}, {6, 16, 8}, {7, 17, 9}, {13, 33, 31}, {64, 64, 64}, {64, 64, 65},
	{1, 700, 600}, {3, 2100, 300}, {121, 40, 257}, {250, 70, 513}, {300, 1, 1000}, {5, 2065, 50},
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

func TestGemmCarriesSpecialValues(t *testing.T) {
	for _, special := range []float32{math32.NaN(), math32.Inf(1), math32.Inf(-1)} {
		m, n, k := 7, 18, 20
		a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
		Fill(b, 1)
		a[3*k+5] = special
		Gemm(false, false, m, n, k, 1, a, b, 0, c)
		for i, v := range c {
			if i/n != 3 {
				require.Zero(t, v)
			} else if special != special {
				require.True(t, v != v)
			} else {
				require.Equal(t, special, v)
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
		one, four := make([]float32, m*n), make([]float32, m*n)
		runtime.GOMAXPROCS(1)
		Gemm(false, true, m, n, k, 1, a, b, 0, one)
		runtime.GOMAXPROCS(4)
		Gemm(false, true, m, n, k, 1, a, b, 0, four)
		require.Equal(t, one, four)
	}
}

func BenchmarkGemm(b *testing.B) {
	for _, n := range []int{8, 32, 64, 128, 256, 512, 1024} {
		x, y, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
		for flags, name := range []string{"ab", "abT"} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				for b.Loop() {
					Gemm(false, flags == 1, n, n, n, 1, x, y, 0, c)
				}
				b.ReportMetric(2*float64(n)*float64(n)*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
