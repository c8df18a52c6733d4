package kernel

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
	neg = math.Copysign(0, -1)

	// special are the float64 values where functions go wrong.
	special = []float64{0, neg, 1, -1, 0.5, -0.5, 2, -2, 2.5, -2.5, 3.7, -3.7, 20, -20, 88.8, -88.8, 104, -104, 710, -746,
		1e-3, -1e-3, 1e-10, -1e-10, 1e-20, 1e-38, 1e-45, -1e-45, 5e-324, 1e10, -1e10, 3e38, -3e38, inf, -inf, nan}
)

// same reports equality with NaN equal to NaN and the sign of zero told apart.
func same[T Float](a, b T) bool {
	x, y := float64(a), float64(b)
	return x == y && math.Signbit(x) == math.Signbit(y) || x != x && y != y
}

func specials[T Float]() []T {
	out := make([]T, len(special))
	for i, v := range special {
		out[i] = T(v)
	}
	return out
}

func TestArithmeticForms(t *testing.T) {
	t.Run("float32", testForms[float32])
	t.Run("float64", testForms[float64])
	t.Run("int64", testForms[int64])
}

// testForms tries every binary kernel in its forms: two slices, a constant on
// either side, one element, the destination being an operand.
func testForms[T Number](t *testing.T) {
	type op struct {
		name string
		f    func(dst, a, b []T)
		want func(x, y T) T
	}
	for _, o := range []op{
		{"Add", Add[T], func(x, y T) T { return x + y }},
		{"Sub", Sub[T], func(x, y T) T { return x - y }},
		{"Mul", Mul[T], func(x, y T) T { return x * y }},
		{"Div", Div[T], func(x, y T) T { return x / y }},
		{"Maximum", Maximum[T], func(x, y T) T { return max(x, y) }},
		{"Minimum", Minimum[T], func(x, y T) T { return min(x, y) }},
	} {
		for _, n := range []int{0, 1, 2, 7, 64} {
			a, b, s := make([]T, n), make([]T, n), []T{-3}
			for i := range n {
				a[i], b[i] = T(7*i-5), T(2*i+1)
			}
			dst := make([]T, n)
			at := func(x []T, i int) T { return x[min(i, len(x)-1)] }
			for form, ab := range map[string][2][]T{"slices": {a, b}, "left": {s, b}, "right": {a, s}} {
				o.f(dst, ab[0], ab[1])
				for i := range dst {
					require.Equal(t, o.want(at(ab[0], i), at(ab[1], i)), dst[i], "%s %s n=%d i=%d", o.name, form, n, i)
				}
			}
			into := append([]T(nil), a...)
			o.f(into, into, b)
			for i := range into {
				require.Equal(t, o.want(a[i], b[i]), into[i], "%s in place n=%d", o.name, n)
			}
		}
	}
}

func TestCompareForms(t *testing.T) {
	a, b := []float64{1, 2, 3, nan, inf}, []float64{2, 2, 2, 2, inf}
	for _, row := range []struct {
		name string
		f    func(dst []bool, a, b []float64)
		a, b []float64
		want []bool
	}{
		{"Equal", Equal[float64], a, b, []bool{false, true, false, false, true}},
		{"Less", Less[float64], a, b, []bool{true, false, false, false, false}},
		{"LessEqual", LessEqual[float64], a, b, []bool{true, true, false, false, true}},
		{"Less right", Less[float64], a, []float64{2}, []bool{true, false, false, false, false}},
		{"Less left", Less[float64], []float64{2}, a, []bool{false, false, true, false, true}},
		{"Equal NaN", Equal[float64], a, []float64{nan}, make([]bool, 5)},
	} {
		got := make([]bool, len(row.want))
		row.f(got, row.a, row.b)
		assert.Equal(t, row.want, got, row.name)
	}
}

func TestLogic(t *testing.T) {
	a, b := []bool{true, true, false, false}, []bool{true, false, true, false}
	got := make([]bool, 4)
	And(got, a, b)
	assert.Equal(t, []bool{true, false, false, false}, got)
	Or(got, a, b)
	assert.Equal(t, []bool{true, true, true, false}, got)
	Or(got, []bool{true}, b)
	assert.Equal(t, []bool{true, true, true, true}, got)
	Not(got, b)
	assert.Equal(t, []bool{false, true, false, true}, got)
	IsNaN(got, []float32{0, float32(nan), float32(inf), -1})
	assert.Equal(t, []bool{false, true, false, false}, got)
	Truth(got, []float64{0, nan, neg, -1})
	assert.Equal(t, []bool{false, true, false, true}, got)
	n := make([]int64, 4)
	FromBool(n, b)
	assert.Equal(t, []int64{1, 0, 1, 0}, n)
	Convert(n, []float32{1.9, -1.9, 0, 1 << 30})
	assert.Equal(t, []int64{1, -1, 0, 1 << 30}, n)
}

func TestWhere(t *testing.T) {
	for n := range 6 {
		full := func(start int) []int64 {
			x := make([]int64, n)
			for i := range x {
				x[i] = int64(start + i)
			}
			return x
		}
		c := make([]bool, n)
		for i := range c {
			c[i] = i%2 == 0
		}
		for _, cond := range [][]bool{c, {true}, {false}} {
			for _, a := range [][]int64{full(100), {1}} {
				for _, b := range [][]int64{full(200), {2}} {
					want, got := make([]int64, n), make([]int64, n)
					for i := range want {
						if cond[i%len(cond)] {
							want[i] = a[i%len(a)]
						} else {
							want[i] = b[i%len(b)]
						}
					}
					Where(got, cond, a, b)
					assert.Equal(t, want, got, "%v %v %v", cond, a, b)
				}
			}
		}
	}
}

func TestUnary(t *testing.T) {
	t.Run("float32", testUnary[float32])
	t.Run("float64", testUnary[float64])
}

// testUnary compares every function with package math at all special values.
func testUnary[T Float](t *testing.T) {
	sign := func(v float64) float64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return v + 0 // −0 gives 0
	}
	for name, o := range map[string]struct {
		f    func(dst, x []T)
		want func(float64) float64
	}{
		"Neg": {Neg[T], func(v float64) float64 { return -v }}, "Abs": {Abs[T], math.Abs}, "Sign": {Sign[T], sign},
		"Square": {Square[T], func(v float64) float64 { return v * v }},
		"Sqrt":   {Sqrt[T], math.Sqrt}, "Rsqrt": {Rsqrt[T], func(v float64) float64 { return 1 / math.Sqrt(v) }},
		"Exp": {Exp[T], math.Exp}, "Expm1": {Expm1[T], math.Expm1}, "Log": {Log[T], logarithm}, "Log1p": {Log1p[T], math.Log1p},
		"Sin": {Sin[T], math.Sin}, "Cos": {Cos[T], math.Cos}, "Tan": {Tan[T], math.Tan}, "Atan": {Atan[T], math.Atan},
		"Sinh": {Sinh[T], math.Sinh}, "Cosh": {Cosh[T], math.Cosh}, "Tanh": {Tanh[T], math.Tanh}, "Erf": {Erf[T], math.Erf}, "Erfc": {Erfc[T], math.Erfc},
		"Floor": {Floor[T], math.Floor}, "Ceil": {Ceil[T], math.Ceil}, "Round": {Round[T], math.RoundToEven},
		"ReLU": {ReLU[T], func(v float64) float64 {
			if v < 0 {
				return 0
			}
			return v // −0 and NaN stay
		}},
		"Clamp": {func(dst, x []T) { Clamp(dst, x, -1.5, 2) },
			func(v float64) float64 { return min(max(v, -1.5), 2) }},
	} {
		x := specials[T]()
		y := make([]T, len(x))
		o.f(y, x)
		for i, v := range x {
			want := T(o.want(float64(v)))
			assert.True(t, same(want, y[i]) || vectorAccurate(name, y[i], o.want(float64(v))), "%s(%g) = %g, want %g", name, v, y[i], want)
		}
		o.f(x, x)
		for i := range x {
			assert.True(t, same(x[i], y[i]), "%s in place at %g", name, special[i])
		}
	}
}

func TestSigmoidSoftplus(t *testing.T) {
	// The expected values are those of mpmath with 50 digits.
	for _, row := range []struct{ x, sigmoid, softplus float64 }{
		{0, 0.5, 0.693147180559945309}, {1, 0.731058578630004879, 1.31326168751822284},
		{-1, 0.268941421369995121, 0.31326168751822284}, {-40, 4.24835425529158899e-18, 4.24835425529158899e-18},
		{40, 1, 40.0000000000000000}, {800, 1, 800}, {-800, 0, 0}, {inf, 1, inf}, {-inf, 0, 0}, {nan, nan, nan},
	} {
		got := make([]float64, 1)
		Sigmoid(got, []float64{row.x})
		assert.InDelta(t, row.sigmoid, got[0], 1e-16+1e-15*row.sigmoid, fmt.Sprintf("sigmoid(%g)", row.x))
		Softplus(got, []float64{row.x})
		if !same(row.softplus, got[0]) {
			assert.InEpsilon(t, row.softplus, got[0], 1e-15, fmt.Sprintf("softplus(%g)", row.x))
		}
	}
}

func TestPow(t *testing.T) {
	for _, a := range special {
		for _, b := range special {
			got := make([]float64, 2)
			Pow(got, []float64{a, a}, []float64{b})
			want := math.Pow(a, b)
			if b == 2 {
				want = a * a
			}
			assert.True(t, same(want, got[0]), "%g to the power %g is %g, want %g", a, b, got[0], want)
			Pow(got, []float64{a}, []float64{b, b})
			assert.True(t, same(math.Pow(a, b), got[1]), "%g to the power %g is %g", a, b, got[1])
		}
	}
}

func TestLongSlicesGoInPieces(t *testing.T) {
	n := 3*grain + 5
	x, y, z := make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range x {
		x[i] = float64(i%1000) / 100
	}
	Sqrt(y, x)
	Truth(z, x)
	for i := range x {
		if y[i] != math.Sqrt(x[i]) || z[i] != (x[i] != 0) {
			t.Fatalf("at %d: √%g = %g, truth %v", i, x[i], y[i], z[i])
		}
	}
}

func TestAxpyAndTranspose(t *testing.T) {
	dst := []float32{1, 2, 3}
	Axpy(dst, 2, []float32{10, 20, 30, 40})
	assert.Equal(t, []float32{21, 42, 63}, dst)
	for _, mn := range [][2]int{{0, 3}, {1, 5}, {5, 1}, {3, 4}, {33, 65}, {64, 31}} {
		m, n := mn[0], mn[1]
		x, y := make([]int64, m*n), make([]int64, m*n)
		for i := range x {
			x[i] = int64(i)
		}
		Transpose(y, x, m, n)
		for i := range m {
			for j := range n {
				require.Equal(t, x[i*n+j], y[j*m+i], "%d×%d at %d,%d", m, n, i, j)
			}
		}
	}
}
