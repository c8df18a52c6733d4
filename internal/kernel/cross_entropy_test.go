package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Enough lanes for several workers; the values are those of the formula
// written down plainly, which is accurate enough for scores around 1.
func TestCrossEntropyOnAnyNumberOfProcessors(t *testing.T) {
	const outer, n, inner = 3000, 7, 2
	rng := rand.New(rand.NewPCG(3, 0))
	x, g := make([]float64, outer*n*inner), make([]float64, outer*inner)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	class := make([]int64, outer*inner)
	for i := range class {
		class[i], g[i] = rng.Int64N(n+1)-1, rng.NormFloat64()
	}
	weight := []float64{1, 0.5, 2, 1, 0, 3, 1}
	withProcs(t, func(t *testing.T, procs int) {
		k := CrossEntropy[float64]{N: n, Inner: inner, Class: class, Weight: weight, Smoothing: 0.1}
		y, dx := make([]float64, outer*inner), make([]float64, len(x))
		k.Forward(y, x)
		k.Backward(dx, g, x)
		for lane, c := range class {
			at := lane/inner*n*inner + lane%inner
			want, grad := plainCrossEntropy(x[at:], int(c), n, inner, weight, 0.1)
			require.InDelta(t, want, y[lane], 1e-13, "lane %d", lane)
			for j := range n {
				require.InDelta(t, g[lane]*grad[j], dx[at+j*inner], 1e-13, "lane %d class %d", lane, j)
			}
		}
	})
}

func plainCrossEntropy(x []float64, t, n, inner int, w []float64, smoothing float64) (y float64, grad []float64) {
	grad = make([]float64, n)
	if t < 0 {
		return 0, grad
	}
	var sum float64
	for c := range n {
		sum += math.Exp(x[c*inner])
	}
	for c := range n {
		q := w[c] * smoothing / float64(n)
		if c == t {
			q += w[c] * (1 - smoothing)
		}
		y -= q * math.Log(math.Exp(x[c*inner])/sum)
		for j := range n {
			grad[j] += q * math.Exp(x[j*inner]) / sum
		}
		grad[c] -= q
	}
	return y, grad
}
