package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDrawMaskIsOneComparisonPerNumber(t *testing.T) {
	for _, p := range []float64{0, 0.1, 0.5, 1} {
		for _, n := range []int{0, 1, 63, 64, 65, 1000} {
			mask := make([]uint64, MaskWords(n))
			DrawMask(mask, n, p, rand.NewPCG(1, 2))
			source := rand.NewPCG(1, 2)
			for i := range 64 * len(mask) {
				kept := i < n && source.Uint64()>>11 >= uint64(p*(1<<53))
				require.Equal(t, kept, mask[i/64]>>(i%64)&1 == 1, "p %v: %d of %d", p, i, n)
			}
		}
	}
}

func TestMasked(t *testing.T) {
	t.Run("float32", testMasked[float32])
	t.Run("float64", testMasked[float64])
}

func testMasked[T Float](t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 130, grain, 2*grain + 77} {
		mask := make([]uint64, MaskWords(n))
		DrawMask(mask, n, 0.4, rand.NewPCG(3, uint64(n)))
		x, dst := make([]T, n), make([]T, n+1)
		for i := range x {
			x[i] = T(i) - 5
		}
		dst[n] = 7
		Masked(dst[:n], x, 1.5, mask)
		for i, v := range dst[:n] {
			want := T(0)
			if mask[i/64]>>(i%64)&1 == 1 {
				want = 1.5 * x[i]
			}
			require.Equal(t, want, v, "%d of %d", i, n)
		}
		require.Equal(t, T(7), dst[n])
	}
	inf, nan := T(math.Inf(1)), T(math.NaN())
	dst := make([]T, 5)
	Masked(dst, []T{inf, inf, nan, nan, -1}, 2, []uint64{0b01010})
	assert.Equal(t, []T{0, inf, 0}, dst[:3])
	assert.True(t, dst[3] != dst[3])
	assert.False(t, math.Signbit(float64(dst[4])), "what is dropped is +0")
}
