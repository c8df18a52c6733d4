package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSlopes(t *testing.T) {
	t.Run("float32", testSlopes[float32])
	t.Run("float64", testSlopes[float64])
}

func testSlopes[T Float](t *testing.T) {
	epsilon := math.Nextafter(1, 2) - 1
	if _, single := any(T(0)).(float32); single {
		epsilon = 0x1p-23
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for name, c := range map[string]struct {
		f    func(dst, g, x []T)
		want func(g, x float64) float64
	}{
		"ReLU": {ReLUSlope[T], func(g, x float64) float64 {
			if x > 0 {
				return g
			}
			return 0
		}},
		"Square":   {SquareSlope[T], func(g, x float64) float64 { return 2 * g * x }},
		"Tanh":     {TanhSlope[T], func(g, y float64) float64 { return g * (1 - y*y) }},
		"Softplus": {SoftplusSlope[T], func(g, x float64) float64 { return g * sigmoid(x) }},
		"GELU":     {GELUSlope[T], func(g, x float64) float64 { return g * geluSlope(x) }},
		"GELUTanh": {GELUTanhSlope[T], func(g, x float64) float64 { return g * geluTanhSlope(x) }},
		"Sigmoid":  {SigmoidSlope[T], func(g, y float64) float64 { return g * y * (1 - y) }},
	} {
		for _, n := range []int{0, 1, 2, 7, 8, 9, 33, 1023, 1024, 1025, 3000, grain + 5, 2*grain + 1} {
			g, x, dst := make([]T, n), make([]T, n), make([]T, n+1)
			for i := range x {
				g[i], x[i] = T(rng.NormFloat64()), T(2*rng.Float64()-1)
			}
			dst[n] = 7
			c.f(dst[:n], g, x)
			for i, v := range dst[:n] {
				want := c.want(float64(g[i]), float64(x[i]))
				assert.InDelta(t, want, float64(v), 3*epsilon*math.Abs(float64(g[i])), "%s: %d of %d", name, i, n)
			}
			assert.Equal(t, T(7), dst[n], "%s wrote past %d", name, n)
		}
	}
	dst, inf := make([]T, 3), T(math.Inf(1))
	ReLUSlope(dst, []T{inf, inf, 1}, []T{-1, 0, T(math.NaN())})
	assert.Equal(t, []T{0, 0, 0}, dst)
}
