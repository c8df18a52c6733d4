package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// totals are the kernels that make one number of a slice, or of two.
func totals[T Float]() map[string]func(x, y []T) float64 {
	totals := map[string]func(x, y []T) float64{
		"Sum": func(x, _ []T) float64 { return Sum64(x) }, "SumAbs": func(x, _ []T) float64 { return SumAbs(x) },
		"SumSquares": func(x, _ []T) float64 { return SumSquares(x) }, "Dot": Dot[T],
		"deviations": func(x, _ []T) float64 { return deviations(x, 0.25) },
	}
	return totals
}

func TestTotals(t *testing.T) {
	t.Run("float32", testTotals[float32])
	t.Run("float64", testTotals[float64])
}

// testTotals compares with the portable loops at all short lengths and at the
// lengths where blocks and pieces end.
func testTotals[T Float](t *testing.T) {
	needAssembly(t)
	rng := rand.New(rand.NewPCG(31, 32))
	lengths := []int{block - 1, block, block + 1, 3*block + 17, simpleGrain, simpleGrain + 1, 2*simpleGrain + 77}
	for n := range 68 {
		lengths = append(lengths, n)
	}
	for name, f := range totals[T]() {
		for _, n := range lengths {
			x, y := guarded[T](rng, n), guarded[T](rng, n)
			var want float64
			portably(func() { want = f(x.in, y.in) })
			magnitude := math.Sqrt(SumSquares(x.in)*SumSquares(y.in)) + SumAbs(x.in) + 1
			require.InDelta(t, want, f(x.in, y.in), 1e-14*magnitude, "%s of %d", name, n)

			x, y = numbers[T](rng, n), numbers[T](rng, n)
			portably(func() { want = f(x.in, y.in) })
			if got := f(x.in, y.in); math.IsNaN(want) || math.IsInf(want, 0) {
				require.True(t, same(want, got), "%s of %v: %g, want %g", name, x.in, got, want)
			}
			x.check(t)
			y.check(t)
		}
	}
}

func TestExtremesAreExact(t *testing.T) {
	t.Run("float32", testExtremes[float32])
	t.Run("float64", testExtremes[float64])
}

func testExtremes[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(33, 34))
	for n := 1; n < 140; n++ {
		for range 8 {
			x := numbers[T](rng, n)
			for i := range x.in {
				if x.in[i] != x.in[i] && rng.IntN(n) > 0 {
					x.in[i] = T(neg) // NaN is rare, zeros of both signs are not
				}
			}
			high, low := x.in[0], x.in[0]
			for _, v := range x.in {
				high, low = max(high, v), min(low, v)
			}
			require.True(t, same(high, Max(x.in)), "Max%v = %v", x.in, Max(x.in))
			require.True(t, same(low, Min(x.in)), "Min%v = %v", x.in, Min(x.in))
		}
	}
	long := make([]T, 3*simpleGrain+1)
	long[2*simpleGrain+5], long[7] = 3, -4
	require.Equal(t, []T{3, -4}, []T{Max(long), Min(long)})
	long[simpleGrain+1] = T(nan)
	require.True(t, Max(long) != Max(long) && Min(long) != Min(long))
}

// columnSizes are [outer, n, inner] around the places where columns are taken
// together, in tiles, or rows in pieces.
var columnSizes = [][3]int{{1, 1, 2}, {1, 3, 2}, {1, 1000, 2}, {1, 999, 3}, {2, 131, 31}, {2, 131, 32}, {2, 131, 33}, {3, 7, 64}, {1, 5, columns - 1},
	{1, 5, columns}, {2, 5, columns + 1}, {1, 3, 2*columns + 9}, {1, 200_003, 1}, {3, 70_001, 2}, {1, 9001, 33}}

func TestColumns(t *testing.T) {
	rng := rand.New(rand.NewPCG(35, 36))
	for _, s := range columnSizes {
		outer, n, inner := s[0], s[1], s[2]
		x := make([]float32, outer*n*inner)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		for name, f := range map[string]func(dst, x []float32, outer, n, inner int){
			"SumAxis": SumAxis[float32], "MeanAxis": MeanAxis[float32], "MaxAxis": MaxAxis[float32], "MinAxis": MinAxis[float32],
			"VarAxis": func(dst, x []float32, outer, n, inner int) { VarAxis(dst, x, outer, n, inner, float64(n)) },
		} {
			want, got := make([]float32, outer*inner), make([]float32, outer*inner)
			f(got, x, outer, n, inner)
			portably(func() { f(want, x, outer, n, inner) })
			for i := range want {
				require.InDelta(t, want[i], got[i], 1e-7*max(1, math.Abs(float64(want[i]))), "%s of %v at %d", name, s, i)
			}
			portably(func() { laneByLane(t, name, want, x, n, inner) })
		}
	}
}

// laneByLane checks some results against lanes copied out.
func laneByLane(t *testing.T, name string, got, x []float32, n, inner int) {
	for at := 0; at < len(got); at += 1 + len(got)/50 {
		l := make([]float64, n)
		for k, v := range lane(x, at/inner, at%inner, n, inner) {
			l[k] = float64(v)
		}
		want := map[string]func([]float64) float64{
			"SumAxis": exactSum, "MeanAxis": func(x []float64) float64 { return exactSum(x) / float64(n) },
			"MaxAxis": Max[float64], "MinAxis": Min[float64],
			"VarAxis": func(x []float64) float64 { return exactVar(x) * 2 / float64(n) },
		}[name](l)
		require.InDelta(t, want, got[at], 1e-6*max(1, math.Abs(want)), "%s at %d", name, at)
	}
}

func TestReductionsDoNotDependOnProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(37, 38))
	for _, s := range append(columnSizes, [3]int{1, 300_000, 1}, [3]int{400, 1000, 1}) {
		outer, n, inner := s[0], s[1], s[2]
		x := make([]float64, outer*n*inner)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		var results [2]string
		for i, p := range []int{1, 4} {
			runtime.GOMAXPROCS(p)
			sums, vars := make([]float64, outer*inner), make([]float64, outer*inner)
			SumAxis(sums, x, outer, n, inner)
			VarAxis(vars, x, outer, n, inner, 1)
			results[i] = fmt.Sprint(sums, vars, Sum64(x), Dot(x, x))
		}
		require.Equal(t, results[0], results[1], "%v", s)
	}
}

func TestArgExtremesOfLongLanes(t *testing.T) {
	for _, n := range []int{255, 256, 257, 1000} {
		x := make([]float32, n)
		at := make([]int64, 1)
		x[n-1] = 5
		ArgMaxAxis(at, x, 1, n, 1)
		require.EqualValues(t, n-1, at[0])
		x[n/2] = 5 // the first of two
		ArgMaxAxis(at, x, 1, n, 1)
		require.EqualValues(t, n/2, at[0])
		x[n/3] = -5
		ArgMinAxis(at, x, 1, n, 1)
		require.EqualValues(t, n/3, at[0])
		x[n-2], x[n-1] = float32(nan), float32(nan)
		ArgMaxAxis(at, x, 1, n, 1)
		require.EqualValues(t, n-2, at[0], "the first NaN")
		ArgMinAxis(at, x, 1, n, 1)
		require.EqualValues(t, n-2, at[0], "the first NaN")
	}
}

func TestNormsThatNeedScaling(t *testing.T) {
	for _, size := range []float64{1e-200, 1, 1e200} {
		x := []float64{3 * size, 0, -4 * size, 0}
		require.InEpsilon(t, 5*size, Norm(x, 2), 1e-15)
		require.InEpsilon(t, 7*size, Norm(x, 1), 1e-15)
		require.Equal(t, 4*size, Norm(x, inf))
		columns := make([]float64, 2)
		NormAxis(columns, x, 1, 2, 2, 2)
		require.InEpsilon(t, 5*size, columns[0], 1e-15)
		require.Zero(t, columns[1])
	}
	require.Equal(t, inf, Norm([]float64{1, -inf}, 2))
	require.Equal(t, inf, Norm([]float64{1, -inf}, 1))
	for _, p := range []float64{1, 2, inf} {
		require.True(t, math.IsNaN(Norm([]float64{1, nan, 2}, p)), "%g", p)
		require.Zero(t, Norm([]float64{neg, 0}, p))
		require.Zero(t, Norm([]float64{}, p))
	}
}
