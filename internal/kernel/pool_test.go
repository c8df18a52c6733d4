package kernel

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withProcs runs f under each of several GOMAXPROCS.
func withProcs(t *testing.T, f func(t *testing.T, procs int)) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(procs)
		f(t, procs)
	}
}

func TestParallelCoversEveryIndexOnce(t *testing.T) {
	withProcs(t, func(t *testing.T, procs int) {
		for _, n := range []int{0, 1, 2, 7, 100, 1001} {
			for _, grain := range []int{-1, 0, 1, 3, 100, 5000} {
				seen := make([]int32, n)
				Parallel(n, grain, func(lo, hi int) {
					assert.Equal(t, 0, lo%max(grain, 1))
					assert.LessOrEqual(t, hi-lo, max(grain, 1))
					for i := lo; i < hi; i++ {
						atomic.AddInt32(&seen[i], 1)
					}
				})
				for i, c := range seen {
					require.EqualValues(t, 1, c, "procs %d n %d grain %d index %d", procs, n, grain, i)
				}
			}
		}
	})
}

func TestParallelNothing(t *testing.T) {
	for _, n := range []int{0, -3} {
		Parallel(n, 1, func(lo, hi int) { t.Errorf("called with %d, %d", lo, hi) })
	}
}

func TestParallelNested(t *testing.T) {
	withProcs(t, func(t *testing.T, procs int) {
		var sum atomic.Int64
		Parallel(20, 1, func(lo, hi int) {
			Parallel(30, 1, func(lo2, hi2 int) {
				Parallel(4, 1, func(lo3, hi3 int) { sum.Add(int64(hi - lo)) })
			})
		})
		assert.EqualValues(t, 20*30*4, sum.Load())
	})
}

func TestParallelConcurrentCallers(t *testing.T) {
	var wg sync.WaitGroup
	var sum atomic.Int64
	for range 8 {
		wg.Go(func() {
			for range 50 {
				Parallel(16, 1, func(lo, hi int) { sum.Add(1) })
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 8*50*16, sum.Load())
}

// More callers than there are places for their jobs.
func TestParallelManyCallers(t *testing.T) {
	withProcs(t, func(t *testing.T, procs int) {
		var wg sync.WaitGroup
		var sum atomic.Int64
		for range 5 * len(offers) {
			wg.Go(func() {
				Parallel(10, 1, func(int, int) {
					Parallel(3, 1, func(int, int) { sum.Add(1) })
				})
			})
		}
		wg.Wait()
		assert.EqualValues(t, 5*len(offers)*10*3, sum.Load())
	})
}

// A piece may end its goroutine, as a failing test does: whoever else is at it
// goes on, and nothing is left behind.
func TestParallelPieceEndsItsGoroutine(t *testing.T) {
	withProcs(t, func(t *testing.T, procs int) {
		for range 20 {
			done := make(chan struct{})
			go func() {
				defer close(done)
				Parallel(4, 1, func(int, int) { runtime.Goexit() })
			}()
			<-done
		}
		var sum atomic.Int64
		Parallel(100, 1, func(int, int) { sum.Add(1) })
		assert.EqualValues(t, 100, sum.Load())
	})
	nobodyHelps(t)
}

func TestHelpersLeaveWhenIdle(t *testing.T) {
	withProcs(t, func(t *testing.T, procs int) {
		Parallel(100, 1, func(int, int) {})
		assert.LessOrEqual(t, helpers.Load(), int64(4), "never more than GOMAXPROCS has called for")
	})
	nobodyHelps(t)
}

// nobodyHelps waits until all helpers have left, and their jobs with them.
func nobodyHelps(t *testing.T) {
	assert.Eventually(t, func() bool { return helpers.Load() == 0 }, 10*time.Second, time.Millisecond)
	for i := range offers {
		assert.Nil(t, offers[i].Load())
	}
}

func TestParallelCarriesPanics(t *testing.T) {
	boom := errors.New("boom")
	withProcs(t, func(t *testing.T, procs int) {
		var after atomic.Int64
		caught := func() (v any) {
			defer func() { v = recover() }()
			Parallel(10000, 1, func(lo, hi int) {
				if lo == 5 {
					panic(boom)
				}
				if lo > 5 {
					after.Add(1)
					runtime.Gosched()
				}
			})
			return nil
		}()
		assert.Same(t, boom, caught, "procs %d: the value that was panicked with", procs)
		assert.Less(t, after.Load(), int64(9000), "pieces not yet begun are skipped")

		inner := func() (v any) {
			defer func() { v = recover() }()
			Parallel(8, 1, func(int, int) {
				Parallel(8, 1, func(lo, _ int) {
					if lo == 7 {
						panic(boom)
					}
				})
			})
			return nil
		}()
		assert.Same(t, boom, inner, "procs %d: out of a nested call", procs)
	})
}

func TestParallelOnePieceAllocatesNothing(t *testing.T) {
	f := func(lo, hi int) {}
	assert.Zero(t, testing.AllocsPerRun(100, func() { Parallel(10, 10, f) }))
}

// TestResultsDoNotDependOnProcs compares bits: sums are cut by size alone.
func TestResultsDoNotDependOnProcs(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 300_001
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	const m = 200
	results := func() [][]float32 {
		sum, mean, vari := make([]float32, 1), make([]float32, 3), make([]float32, 1)
		SumAxis(sum, x, 1, n, 1)
		MeanAxis(mean, x, 1, n/3, 3)
		VarAxis(vari, x, 1, n, 1, n)
		lse, soft, norm := make([]float32, 1000), make([]float32, 300_000), make([]float32, 1000)
		LogSumExpAxis(lse, x, 1000, 300, 1)
		SoftmaxAxis(soft, x, 1000, 300, 1)
		NormAxis(norm, x, 1000, 300, 1, 3)
		exp := make([]float32, n)
		Exp(exp, x)
		c := make([]float32, m*m)
		Gemm(true, false, m, m, m, 1, x[:m*m], x[m*m:2*m*m], 0, c)
		return [][]float32{sum, mean, vari, lse, soft, norm, exp, c}
	}
	runtime.GOMAXPROCS(1)
	want := results()
	for _, procs := range []int{2, 3, 8} {
		runtime.GOMAXPROCS(procs)
		for i, y := range results() {
			assert.Equal(t, want[i], y, "result %d under GOMAXPROCS %d", i, procs)
		}
	}
}

func TestBuffers(t *testing.T) {
	assert.Nil(t, Get[float32](0))
	Put[float32](nil)
	for _, n := range []int{1, 2, 3, 4, 5, 1000, 1024, 1025} {
		b := Get[float64](n)
		require.Len(t, b, n)
		require.LessOrEqual(t, cap(b), max(1, 2*n))
		Fill(b, 7)
		Put(b)
		c := Get[float64](n)
		require.Len(t, c, n)
		Fill(c, 8) // must be writable to its end
		Put(c)
	}
	foreign := make([]float32, 17) // not from Get: its capacity is no class's size
	Put(foreign)
	b := Get[float32](17)
	assert.NotSame(t, &foreign[0], &b[0])
	Fill(b, 7)
	Reput(&b[0], len(b))
	for range 3 { // whether used or new
		assert.Equal(t, make([]float32, 17), Zeroed[float32](17))
	}
}

func TestSizeClasses(t *testing.T) {
	sizes := map[int]int{}
	for n := 1; n < 1<<14; n++ {
		class, size := sizeClass(n)
		require.GreaterOrEqual(t, size, n)
		require.LessOrEqual(t, size, n+n/8+1)
		if known, ok := sizes[class]; ok {
			require.Equal(t, known, size)
		}
		sizes[class] = size
		again, same := sizeClass(size)
		require.Equal(t, class, again)
		require.Equal(t, size, same)
	}
	class, _ := sizeClass(1 << 46)
	require.Less(t, class, len(free32.classes))
}

func TestBuffersAreNotSharedBetweenGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 500 {
				b := Get[float32](100 + i)
				Fill(b, float32(g))
				runtime.Gosched()
				for _, v := range b {
					if v != float32(g) {
						t.Error("a buffer has two holders")
						return
					}
				}
				Put(b)
			}
		})
	}
	wg.Wait()
}
