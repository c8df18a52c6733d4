package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// naiveGemm is the definition, in float64.
func naiveGemm[T Float](transA, transB bool, m, n, k int, alpha T, a, b []T, beta T, c []T) []float64 {
	out := make([]float64, m*n)
	for i := range m {
		for j := range n {
			s := 0.0
			for p := range k {
				x, y := i*k+p, p*n+j
				if transA {
					x = p*m + i
				}
				if transB {
					y = j*k + p
				}
				s += float64(a[x]) * float64(b[y])
			}
			out[i*n+j] = float64(alpha) * s
			if beta != 0 {
				out[i*n+j] += float64(beta) * float64(c[i*n+j])
			}
		}
	}
	return out
}

func TestGemm(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testGemm[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { testGemm[float64](t, 1e-13) })
}

// The loops that the kernels stand for are tried on every machine.
func TestPortableGemm(t *testing.T) { portably(func() { TestGemm(t); TestGemmSpecialValues(t) }) }

func testGemm[T Float](t *testing.T, eps float64) {
	rng := rand.New(rand.NewPCG(9, 10))
	random := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(rng.NormFloat64())
		}
		return x
	}
	check := func(m, n, k int, alpha, beta T) {
		a, b, c := random(m*k), random(k*n), random(m*n)
		a0, b0 := slices.Clone(a), slices.Clone(b)
		for flags := range 4 {
			transA, transB := flags&1 != 0, flags&2 != 0
			want := naiveGemm(transA, transB, m, n, k, alpha, a, b, beta, c)
			got := slices.Clone(c)
			if beta == 0 {
				Fill(got, T(math.NaN())) // old contents must not matter
			}
			Gemm(transA, transB, m, n, k, alpha, a, b, beta, got)
			for i := range got {
				if !(math.Abs(float64(got[i])-want[i]) <= eps*float64(k+1)) {
					t.Fatalf("%d×%d×%d flags %d alpha %g beta %g: element %d is %g, want %g", m, n, k, flags, alpha, beta, i, got[i], want[i])
				}
			}
			require.Equal(t, a0, a, "a is only read")
			require.Equal(t, b0, b, "b is only read")
		}
	}
	for m := range 10 {
		for n := range 10 {
			for k := range 10 {
				check(m, n, k, 1, 0)
			}
		}
	}
	for _, s := range [][3]int{{3, 4, 5}, {1, 1, 1}, {7, 2, 0}, {33, 17, 70}, {130, 40, 129}} {
		for _, alpha := range []T{0, 1, -0.5} {
			for _, beta := range []T{0, 1, 2.5} {
				check(s[0], s[1], s[2], alpha, beta)
			}
		}
	}
}

func TestGemmSpecialValues(t *testing.T) {
	for _, transB := range []bool{false, true} {
		for _, k := range []int{1, 4, 5} { // the blocked loop and its tail
			name := fmt.Sprintf("transB %v k %d", transB, k)
			a, b, c := make([]float64, k), make([]float64, k), []float64{1}
			Fill(b, 1)
			a[k-1] = nan
			Gemm(false, transB, 1, 1, k, 1, a, b, 0, c)
			assert.True(t, math.IsNaN(c[0]), name)
			a[k-1], b[k-1] = 0, inf // 0·Inf must not be skipped
			Gemm(false, transB, 1, 1, k, 1, a, b, 0, c)
			assert.True(t, math.IsNaN(c[0]), name)
			a[k-1] = 2
			Gemm(false, transB, 1, 1, k, 1, a, b, 0, c)
			assert.Equal(t, inf, c[0], name)
		}
	}
	c := []float64{nan}
	Gemm(false, false, 1, 1, 1, 1, []float64{2}, []float64{3}, 1, c)
	assert.True(t, math.IsNaN(c[0]), "beta 1 keeps the NaN in c")
}
