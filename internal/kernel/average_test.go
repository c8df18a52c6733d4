package kernel

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlend(t *testing.T) {
	t.Run("float32", func(t *testing.T) { blends[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { blends[float64](t, 1e-15) })
}

func blends[T Float](t *testing.T, tolerance float64) {
	lengths := []int{blendBlock - 1, blendBlock, blendBlock + 1, 2*stepGrain + 17}
	for n := range 68 {
		lengths = append(lengths, n)
	}
	for _, n := range lengths {
		rng := rand.New(rand.NewPCG(uint64(n), 1))
		mean, x := guarded[T](rng, n), guarded[T](rng, n)
		want := make([]float64, n)
		for i := range n {
			mean.in[i], x.in[i] = T(rng.NormFloat64()), T(rng.NormFloat64())
			want[i] = 0.75*float64(mean.in[i]) + 0.25*float64(x.in[i])
		}
		before := append([]T{}, x.in...)
		Blend(mean.in, x.in, 0.25)
		require.Len(t, mean.in, n)
		for i, w := range want {
			require.InDelta(t, w, mean.in[i], tolerance*4)
		}
		require.Equal(t, before, append([]T{}, x.in...))
		mean.check(t)
		x.check(t)
		Blend(x.in, before, 1.0/3)
		require.Equal(t, before, append([]T{}, x.in...), "the average of equal numbers")
	}
}

func TestBlendDoesNotDependOnWorkers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var results [][]float32
	for _, procs := range []int{1, 4} {
		runtime.GOMAXPROCS(procs)
		rng := rand.New(rand.NewPCG(1, 1))
		mean, x := make([]float32, 3*stepGrain+5), make([]float32, 3*stepGrain+5)
		for i := range x {
			mean[i], x[i] = rng.Float32(), rng.Float32()
		}
		Blend(mean, x, 0.1)
		results = append(results, mean)
	}
	require.Equal(t, results[0], results[1])
}
