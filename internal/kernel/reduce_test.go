package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sizes are the [outer, n, inner] that reductions are tried on.
var sizes = [][3]int{{1, 1, 1}, {1, 5, 1}, {3, 4, 1}, {1, 4, 3}, {2, 3, 4}, {5, 300, 1}, {2, 257, 3}, {300, 130, 2}, {1, 70_000, 1}, {4, 1, 5}, {0, 3, 2}, {2, 3, 0}}

// lane returns x[o, :, i].
func lane[T any](x []T, o, i, n, inner int) []T {
	out := make([]T, n)
	for k := range out {
		out[k] = x[(o*n+k)*inner+i]
	}
	return out
}

// against checks a reduction of normal numbers against a function of one lane.
func against[T Float](t *testing.T, name string, eps float64, f func(dst, x []T, outer, n, inner int), want func([]float64) float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	for _, s := range sizes {
		outer, n, inner := s[0], s[1], s[2]
		x, dst := make([]T, outer*n*inner), make([]T, outer*inner)
		for i := range x {
			x[i] = T(rng.NormFloat64())
		}
		f(dst, x, outer, n, inner)
		for o := range outer {
			for i := range inner {
				l := make([]float64, n)
				for k, v := range lane(x, o, i, n, inner) {
					l[k] = float64(v)
				}
				w := want(l)
				require.InDelta(t, w, float64(dst[o*inner+i]), eps*max(1, math.Abs(w)), "%s of %v at %d,%d", name, s, o, i)
			}
		}
	}
}

// exactSum adds in 200 bits and rounds once.
func exactSum(x []float64) float64 {
	s := new(big.Float).SetPrec(200)
	for _, v := range x {
		s.Add(s, new(big.Float).SetFloat64(v))
	}
	f, _ := s.Float64()
	return f
}

func exactVar(x []float64) float64 {
	m, s := exactSum(x)/float64(len(x)), 0.0
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return s / 2
}

func exactLSE(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += math.Exp(v)
	}
	return math.Log(s)
}

func extreme(pick func(x, y float64) float64) func([]float64) float64 {
	return func(x []float64) float64 {
		b := x[0]
		for _, v := range x {
			b = pick(b, v)
		}
		return b
	}
}

func TestReductionsAgainstNaive(t *testing.T) {
	mean := func(x []float64) float64 { return exactSum(x) / float64(len(x)) }
	for eps, run := range map[float64]func(eps float64){
		1e-6: func(eps float64) {
			against(t, "Sum", eps, SumAxis[float32], exactSum)
			against(t, "Mean", eps, MeanAxis[float32], mean)
			against(t, "Var", eps, func(dst, x []float32, o, n, i int) { VarAxis(dst, x, o, n, i, 2) }, exactVar)
			against(t, "Max", 0, MaxAxis[float32], extreme(math.Max))
			against(t, "Min", 0, MinAxis[float32], extreme(math.Min))
			against(t, "LogSumExp", eps, LogSumExpAxis[float32], exactLSE)
		},
		1e-12: func(eps float64) {
			against(t, "Sum", eps, SumAxis[float64], exactSum)
			against(t, "Mean", eps, MeanAxis[float64], mean)
			against(t, "Var", eps, func(dst, x []float64, o, n, i int) { VarAxis(dst, x, o, n, i, 2) }, exactVar)
			against(t, "Max", 0, MaxAxis[float64], extreme(math.Max))
			against(t, "Min", 0, MinAxis[float64], extreme(math.Min))
			against(t, "LogSumExp", eps, LogSumExpAxis[float64], exactLSE)
		},
	} {
		run(eps)
	}
}

func TestArgExtremes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, s := range sizes {
		outer, n, inner := s[0], s[1], s[2]
		x := make([]float32, outer*n*inner)
		for i := range x {
			x[i] = float32(rng.IntN(5)) // many ties
		}
		hi, lo := make([]int64, outer*inner), make([]int64, outer*inner)
		ArgMaxAxis(hi, x, outer, n, inner)
		ArgMinAxis(lo, x, outer, n, inner)
		for o := range outer {
			for i := range inner {
				l := lane(x, o, i, n, inner)
				wantHi, wantLo := 0, 0
				for k, v := range l {
					if v > l[wantHi] {
						wantHi = k
					}
					if v < l[wantLo] {
						wantLo = k
					}
				}
				require.EqualValues(t, wantHi, hi[o*inner+i], "greatest of %v", s)
				require.EqualValues(t, wantLo, lo[o*inner+i], "least of %v", s)
			}
		}
	}
}

func TestExtremesOfNaN(t *testing.T) {
	x := []float64{1, nan, 3, nan, -inf, inf} // [3, 2]: lanes 1,3,−Inf and NaN,NaN,Inf
	v, at := make([]float64, 2), make([]int64, 2)
	for _, f := range []func(dst, x []float64, outer, n, inner int){MaxAxis[float64], MinAxis[float64]} {
		f(v, x, 1, 3, 2)
		assert.False(t, math.IsNaN(v[0]))
		assert.True(t, math.IsNaN(v[1]))
	}
	ArgMaxAxis(at, x, 1, 3, 2)
	assert.Equal(t, []int64{1, 0}, at)
	ArgMinAxis(at, x, 1, 3, 2)
	assert.Equal(t, []int64{2, 0}, at)
	ArgMinAxis(at[:1], []float64{1, -5, nan, nan, -9}, 1, 5, 1)
	assert.EqualValues(t, 2, at[0], "the first NaN")
}

func TestIntegerReductions(t *testing.T) {
	x := []int64{1, 2, 3, 4, 5, 6, math.MaxInt64, math.MinInt64}
	dst := make([]int64, 4)
	SumAxisInt(dst[:1], x[:6], 1, 6, 1)
	assert.EqualValues(t, 21, dst[0])
	assert.EqualValues(t, 21, SumInt(x[:6]))
	SumAxisInt(dst[:2], x[:6], 1, 3, 2)
	assert.Equal(t, []int64{9, 12}, dst[:2])
	ProdAxis(dst[:3], x[:6], 1, 2, 3)
	assert.Equal(t, []int64{4, 10, 18}, dst[:3])
	MaxAxis(dst, x, 4, 2, 1)
	assert.Equal(t, []int64{2, 4, 6, math.MaxInt64}, dst)
	MinAxis(dst, x, 4, 2, 1)
	assert.Equal(t, []int64{1, 3, 5, math.MinInt64}, dst)
}

func TestReductionsOfNothing(t *testing.T) {
	dst := []float64{9, 9}
	SumAxis(dst, nil, 1, 0, 2)
	assert.Equal(t, []float64{0, 0}, dst)
	ProdAxis(dst, nil, 2, 0, 1)
	assert.Equal(t, []float64{1, 1}, dst)
	LogSumExpAxis(dst, nil, 2, 0, 1)
	assert.Equal(t, []float64{-inf, -inf}, dst)
	NormAxis(dst, nil, 2, 0, 1, 2)
	assert.Equal(t, []float64{0, 0}, dst)
	for _, f := range []func(dst, x []float64, o, n, i int){MeanAxis[float64], func(dst, x []float64, o, n, i int) { VarAxis(dst, x, o, n, i, 0) }} {
		f(dst, nil, 2, 0, 1)
		assert.True(t, math.IsNaN(dst[0]) && math.IsNaN(dst[1]))
		f(dst, nil, 1, 0, 2)
		assert.True(t, math.IsNaN(dst[0]) && math.IsNaN(dst[1]))
	}
	i := []int64{9}
	SumAxisInt(i, nil, 1, 0, 1)
	assert.EqualValues(t, 0, i[0])
}

func TestSumsThatFloat32WouldSpoil(t *testing.T) {
	const n = 10_000_000
	x := make([]float32, n)
	Fill(x, 0.1)
	want := float32(n * float64(float32(0.1)))
	assert.Equal(t, want, Sum(x))
	dst := make([]float32, 2)
	SumAxis(dst, x, 2, n/2, 1)
	assert.Equal(t, []float32{want / 2, want / 2}, dst)
	SumAxis(dst, x, 1, n/2, 2) // down the columns
	assert.Equal(t, []float32{want / 2, want / 2}, dst)

	// The sum leaves float32's range, the mean does not.
	big := []float32{3e38, 3e38, 3e38, 3e38}
	MeanAxis(dst[:1], big, 1, 4, 1)
	assert.Equal(t, float32(3e38), dst[0])
	// A large mean hides a small variance from float32 arithmetic.
	y := []float32{4096, 4096.5, 4097, 4097.5}
	VarAxis(dst[:1], y, 1, 4, 1, 3)
	assert.Equal(t, float32(1.25/3), dst[0])
	VarAxis(dst, []float32{4096, 1, 4096.5, 1, 4097, 1, 4097.5, 1}, 1, 4, 2, 3)
	assert.Equal(t, []float32{1.25 / 3, 0}, dst)
}

func TestSumsOfSpecialValues(t *testing.T) {
	for _, row := range []struct {
		x    []float64
		want float64
	}{{[]float64{1, inf}, inf}, {[]float64{inf, -inf}, nan}, {[]float64{1, nan, 2}, nan}, {[]float64{-inf, 1e308}, -inf}} {
		assert.True(t, same(row.want, Sum(row.x)), "%v", row.x)
		dst, cols := make([]float64, 2), make([]float64, 0, 4)
		for _, v := range row.x {
			cols = append(cols, v, 1)
		}
		SumAxis(dst, cols, 1, len(row.x), 2)
		assert.True(t, same(row.want, dst[0]), "column %v", row.x)
		assert.Equal(t, float64(len(row.x)), dst[1], "the neighbouring column is untouched")
	}
}

func TestLogSumExpEdges(t *testing.T) {
	for _, row := range []struct {
		x    []float64
		want float64
	}{
		{[]float64{-inf, -inf}, -inf}, {[]float64{-inf, 2}, 2}, {[]float64{inf, 1}, inf}, {[]float64{inf, inf}, inf},
		{[]float64{inf, -inf}, inf}, {[]float64{nan, 1}, nan}, {[]float64{inf, nan}, nan},
		{[]float64{1000, 1000}, 1000 + math.Ln2}, {[]float64{-1000, -1000}, -1000 + math.Ln2},
	} {
		dst := make([]float64, 1)
		LogSumExpAxis(dst, row.x, 1, len(row.x), 1)
		assert.True(t, same(row.want, dst[0]), "of %v: %g, want %g", row.x, dst[0], row.want)
	}
}

func TestSoftmax(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testSoftmax[float32](t, 1e-7) })
	t.Run("float64", func(t *testing.T) { testSoftmax[float64](t, 1e-13) })
}

func testSoftmax[T Float](t *testing.T, eps float64) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, s := range sizes {
		outer, n, inner := s[0], s[1], s[2]
		x := make([]T, outer*n*inner)
		for i := range x {
			x[i] = T(10 * rng.NormFloat64())
		}
		soft, log := make([]T, len(x)), make([]T, len(x))
		SoftmaxAxis(soft, x, outer, n, inner)
		LogSoftmaxAxis(log, x, outer, n, inner)
		for o := range outer {
			for i := range inner {
				l, sum := lane(x, o, i, n, inner), 0.0
				for _, v := range l {
					sum += math.Exp(float64(v))
				}
				for k, v := range l {
					at := (o*n+k)*inner + i
					require.InDelta(t, math.Exp(float64(v))/sum, float64(soft[at]), eps)
					w := float64(v) - math.Log(sum)
					require.InDelta(t, w, float64(log[at]), 8*eps*max(1, math.Abs(w)))
				}
			}
		}
	}
}

func TestSoftmaxEdges(t *testing.T) {
	for _, row := range []struct{ x, soft, log []float64 }{
		{[]float64{1e4, 0}, []float64{1, 0}, []float64{0, -1e4}},
		{[]float64{-1e4, -1e4}, []float64{0.5, 0.5}, []float64{-math.Ln2, -math.Ln2}},
		{[]float64{-inf, 3}, []float64{0, 1}, []float64{-inf, 0}},
		{[]float64{-inf, -inf}, []float64{nan, nan}, []float64{nan, nan}}, // torch 1.13 too
		{[]float64{nan, 0}, []float64{nan, nan}, []float64{nan, nan}},
	} {
		soft, log := make([]float64, 2), make([]float64, 2)
		SoftmaxAxis(soft, row.x, 1, 2, 1)
		LogSoftmaxAxis(log, row.x, 1, 2, 1)
		for i := range soft {
			assert.True(t, same(row.soft[i], soft[i]), "softmax %v = %v", row.x, soft)
			assert.True(t, same(row.log[i], log[i]), "log-softmax %v = %v", row.x, log)
		}
	}
}

func TestNorm(t *testing.T) {
	// Finite and ordinary: the definition itself.
	for _, p := range []float64{1, 2, 3, 0.5, -1, 7.5} {
		against(t, "Norm", 1e-12, func(dst, x []float64, o, n, i int) { NormAxis(dst, x, o, n, i, p) },
			func(x []float64) float64 {
				s := 0.0
				for _, v := range x {
					s += math.Pow(math.Abs(v), p)
				}
				return math.Pow(s, 1/p)
			})
	}
	// The rest agrees with torch.linalg.vector_norm 1.13 in float64 but for
	// the powers of 1e300 and 1e-300, which overflow and vanish there.
	for _, row := range []struct {
		p    float64
		x    []float64
		want float64
	}{
		{0, []float64{0, neg, 3, nan, -inf}, 3}, {inf, []float64{1, -5, 2}, 5}, {-inf, []float64{1, -5, 2}, 1},
		{inf, []float64{1, nan}, nan}, {-inf, []float64{1, nan}, nan}, {2, []float64{1, nan}, nan}, {-1, []float64{1, nan}, nan},
		{2, []float64{0, 0}, 0}, {1, []float64{0, neg}, 0}, {0.5, []float64{0, 0}, 0}, {-1, []float64{0, 5}, 0},
		{2, []float64{3, inf}, inf}, {1, []float64{-inf, 1}, inf}, {-1, []float64{inf, 2}, 2}, {-2, []float64{inf, -inf}, inf},
		{2, []float64{3e300, 4e300}, 5e300}, {3, []float64{1e300, 0}, 1e300}, {1, []float64{1e300, 1e300}, 2e300},
		{2, []float64{3e-300, 4e-300}, 5e-300}, {2, []float64{5e-324, 0}, 5e-324},
	} {
		dst := make([]float64, 1)
		NormAxis(dst, row.x, 1, len(row.x), 1, row.p)
		if !same(row.want, dst[0]) {
			assert.InEpsilon(t, row.want, dst[0], 1e-15, "norm %g of %v", row.p, row.x)
		}
	}
	dst := make([]float32, 1)
	NormAxis(dst, []float32{1e30, 1e30, 1e30, 1e30}, 1, 4, 1, 2)
	assert.Equal(t, float32(2e30), dst[0])
}
