package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDifferencesEqualPortableLoops(t *testing.T) {
	needAssembly(t)
	t.Run("float32", func(t *testing.T) { differencesEqual[float32](t, 1e-14) })
	t.Run("float64", func(t *testing.T) { differencesEqual[float64](t, 1e-14) })
}

func differencesEqual[T Float](t *testing.T, tolerance float64) {
	k32, k64 := differences32, differences64
	defer func() { differences32, differences64 = k32, k64 }()
	rng := rand.New(rand.NewPCG(8, 0))
	for n := range 68 {
		for range 5 {
			x, y, dst, want := numbers[T](rng, n), numbers[T](rng, n), numbers[T](rng, n), make([]T, n)
			for name, f := range map[string]func(dst []T){
				"scaled":  func(dst []T) { ScaledDifference(dst, x.in, y.in, 3) },
				"sign":    func(dst []T) { SignOfDifference(dst, x.in, y.in, -0.5) },
				"shifted": func(dst []T) { ShiftedDifference(dst, x.in, y.in, 0.25, 2) },
				"clamped": func(dst []T) { ClampedDifference(dst, x.in, y.in, 1.5, 2) },
			} {
				differences32, differences64 = k32, k64
				f(dst.in)
				differences32, differences64 = nil, nil
				f(want)
				for i, w := range want {
					require.True(t, same(float64(w), float64(dst.in[i])), "%s: %v − %v gives %v, not %v", name, x.in[i], y.in[i], dst.in[i], w)
				}
			}
			for name, f := range map[string]func() float64{
				"squares":    func() float64 { return SumSquareDifference(x.in, y.in) },
				"magnitudes": func() float64 { return SumAbsDifference(x.in, y.in) },
				"norm":       func() float64 { return NormOfDifference(x.in, y.in, 0.25) },
				"bend":       func() float64 { return SumBend(x.in, y.in, 0.75) },
			} {
				differences32, differences64 = k32, k64
				got := f()
				differences32, differences64 = nil, nil
				if w := f(); !same(w, got) {
					require.InEpsilon(t, w, got, tolerance, name)
				}
			}
			x.check(t)
			y.check(t)
			dst.check(t)
		}
	}
	require.Equal(t, math.Inf(1), SumBend([]T{T(math.Inf(1))}, []T{0}, 1))
}
