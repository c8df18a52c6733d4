package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNormalize(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testRowNorm[float32](t, 2e-5); testChannelNorm[float32](t, 2e-5) })
	t.Run("float64", func(t *testing.T) { testRowNorm[float64](t, 1e-11); testChannelNorm[float64](t, 1e-11) })
}

func normals[T Float](rng *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(rng.NormFloat64() + 0.5)
	}
	return x
}

func close64[T Float](t *testing.T, want []float64, got []T, tolerance float64, what string) {
	t.Helper()
	greatest := 1.0
	for _, v := range want {
		greatest = max(greatest, math.Abs(v))
	}
	for i, v := range got {
		if !assert.InDelta(t, want[i], float64(v), tolerance*greatest, "%s[%d]", what, i) {
			return
		}
	}
}

// slowNorm normalises the elements of each set of places, in float64, loop by
// loop, and differentiates by the formula.
func slowNorm[T Float](x, g []T, sets [][]int, weight, bias []T, of func(i int) int, eps float64, centre, fixed bool) (y, dx, dw, db []float64) {
	y, dx = make([]float64, len(x)), make([]float64, len(x))
	dw, db = make([]float64, len(weight)), make([]float64, len(weight))
	for _, set := range sets {
		n, mean, square := float64(len(set)), 0.0, 0.0
		for _, i := range set {
			mean += float64(x[i]) / n
		}
		if !centre {
			mean = 0
		}
		for _, i := range set {
			square += (float64(x[i]) - mean) * (float64(x[i]) - mean) / n
		}
		rstd, sum, dot := 1/math.Sqrt(square+eps), 0.0, 0.0
		for _, i := range set {
			hat, h := (float64(x[i])-mean)*rstd, float64(g[i])*float64(weight[of(i)])
			y[i] = hat*float64(weight[of(i)]) + float64(bias[of(i)])
			sum, dot = sum+h/n, dot+h*hat/n
			dw[of(i)] += float64(g[i]) * hat
			db[of(i)] += float64(g[i])
		}
		if !centre || fixed {
			sum = 0
		}
		if fixed {
			dot = 0
		}
		for _, i := range set {
			dx[i] = rstd * (float64(g[i])*float64(weight[of(i)]) - sum - (float64(x[i])-mean)*rstd*dot)
		}
	}
	return y, dx, dw, db
}

func testRowNorm[T Float](t *testing.T, tolerance float64) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ rows, count, inner, groups int }{
		{1, 5, 1, 1}, {3, 8, 1, 1}, {700, 257, 1, 1}, {2, 67, 1, 1}, {6, 3, 4, 2}, {40, 7, 33, 4}, {6, 1, 9, 3}, {2, 1, 3000, 2}, {600, 30, 10, 3},
	} {
		for _, uncentred := range []bool{false, true} {
			n := c.count * c.inner
			x, g := normals[T](rng, c.rows*n), normals[T](rng, c.rows*n)
			weight, bias := normals[T](rng, c.groups*c.count), normals[T](rng, c.groups*c.count)
			var sets [][]int
			for i := range x {
				if i%n == 0 {
					sets = append(sets, nil)
				}
				sets[i/n] = append(sets[i/n], i)
			}
			of := func(i int) int { return i/n%c.groups*c.count + i%n/c.inner }
			y, dx, dw, db := slowNorm(x, g, sets, weight, bias, of, 1e-3, !uncentred, false)
			l := RowNorm[T]{N: n, Inner: c.inner, Groups: c.groups, Eps: 1e-3, Uncentred: uncentred, Weight: weight, Bias: bias}
			got, gdx, gdw, gdb := make([]T, len(x)), make([]T, len(x)), make([]T, len(weight)), make([]T, len(weight))
			l.Forward(got, x)
			close64(t, y, got, tolerance, "y")
			l.Backward(gdx, gdw, gdb, g, x)
			close64(t, dx, gdx, tolerance, "dx")
			close64(t, dw, gdw, tolerance, "dweight")
			close64(t, db, gdb, tolerance, "dbias")
			l.Backward(nil, nil, gdb, g, x)
			close64(t, db, gdb, tolerance, "dbias alone")
		}
	}
}

func testChannelNorm[T Float](t *testing.T, tolerance float64) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ outer, channels, inner int }{
		{2, 1, 1}, {5, 3, 1}, {1000, 257, 1}, {3, 4, 7}, {2, 67, 33}, {1, 2, simpleGrain + 3}, {300, 1, 400},
	} {
		for _, fixed := range []bool{false, true} {
			size := c.outer * c.channels * c.inner
			x, g := normals[T](rng, size), normals[T](rng, size)
			weight, bias := normals[T](rng, c.channels), normals[T](rng, c.channels)
			of := func(i int) int { return i / c.inner % c.channels }
			sets := make([][]int, c.channels)
			for i := range x {
				sets[of(i)] = append(sets[of(i)], i)
			}
			y, dx, dw, db := slowNorm(x, g, sets, weight, bias, of, 1e-3, true, fixed)
			l := ChannelNorm[T]{Channels: c.channels, Inner: c.inner, Weight: weight, Bias: bias, Fixed: fixed}
			l.Invert(l.Moments(x), 1e-3)
			got, gdx, gdw, gdb := make([]T, size), make([]T, size), make([]T, c.channels), make([]T, c.channels)
			l.Forward(got, x)
			close64(t, y, got, tolerance, "y")
			l.Backward(gdx, gdw, gdb, g, x)
			close64(t, dx, gdx, tolerance, "dx")
			close64(t, dw, gdw, tolerance, "dweight")
			close64(t, db, gdb, tolerance, "dbias")
		}
	}
}
