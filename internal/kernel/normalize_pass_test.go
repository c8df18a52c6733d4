package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Kernels against the portable loops, at every length, at places of every
// alignment, with special values, and with canaries behind what is written.
func TestNormPassesEqualPortableLoops(t *testing.T) {
	needAssembly(t)
	t.Run("float32", func(t *testing.T) { normPassesEqual[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { normPassesEqual[float64](t, 1e-15) })
}

// normPasses are the passes over eight operands; the first four may be written.
func normPasses[T Float]() map[string]func(x [8][]T) {
	return map[string]func(x [8][]T){
		"rowForward":     func(x [8][]T) { rowForward(x[0], x[4], x[5], x[6], 0.3, 1.7) },
		"rowProducts":    func(x [8][]T) { rowProducts(x[0], x[1], x[2], x[3], x[4], x[5], x[6], 0.3, 1.7) },
		"runForward":     func(x [8][]T) { runForward(x[0], x[4], 0.3, 1.7, -0.4) },
		"in place":       func(x [8][]T) { runForward(x[0], x[0], 0.3, 1.7, -0.4) },
		"runBackward":    func(x [8][]T) { runBackward(x[0], x[4], x[5], 0.3, 1.7, -0.4, 0.9) },
		"columnForward":  func(x [8][]T) { columnForward(x[0], x[4], x[5], x[6], x[7]) },
		"columnProducts": func(x [8][]T) { columnProducts(x[0], x[1], x[4], x[5], x[6]) },
		"columnBackward": func(x [8][]T) { columnBackward(x[0], x[4], x[5], x[6], x[7], x[1], x[2]) },
	}
}

func normPassesEqual[T Float](t *testing.T, tolerance float64) {
	k32, k64 := norms32, norms64
	passesEqual(t, tolerance, normPasses[T](), func(f func()) {
		defer func() { norms32, norms64 = k32, k64 }()
		norms32, norms64 = nil, nil
		f()
	})
}

// passesEqual compares passes with what they do without assembly.
func passesEqual[T Float](t *testing.T, tolerance float64, passes map[string]func(x [8][]T), without func(f func())) {
	const canary = 12345
	for name, pass := range passes {
		for n := range 68 {
			for _, special := range []bool{false, true} {
				rng := rand.New(rand.NewPCG(5, uint64(n)))
				var x, y [8][]T
				for i := range x {
					all := make([]T, i+n+1) // at another alignment each
					for k := range all {
						all[k] = T(rng.NormFloat64())
						if special && rng.IntN(4) == 0 {
							all[k] = T([]float64{math.Inf(1), math.Inf(-1), math.NaN(), 0}[rng.IntN(4)])
						}
					}
					all[i+n] = canary
					x[i], y[i] = all[i:][:n:n+1], append([]T{}, all[i:]...)[:n]
				}
				pass(x)
				without(func() { pass(y) })
				for i := range x {
					assert.Equal(t, T(canary), x[i][:n+1][n], "%s of %d wrote behind operand %d", name, n, i)
					for k := range n {
						a, b := float64(y[i][k]), float64(x[i][k])
						same := a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 8*tolerance*max(1, math.Abs(a))
						assert.True(t, same, "%s of %d: operand %d, element %d is %v, not %v", name, n, i, k, b, a)
					}
				}
			}
		}
	}
}
