package tensor

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pairs of shapes that broadcast, and the shape they give.
var pairs = []struct{ a, b, out Shape }{
	{Shape{}, Shape{}, Shape{}}, {Shape{}, Shape{3}, Shape{3}}, {Shape{1}, Shape{}, Shape{1}}, {Shape{2, 3}, Shape{2, 3}, Shape{2, 3}},
	{Shape{2, 3}, Shape{3}, Shape{2, 3}}, {Shape{3}, Shape{2, 3}, Shape{2, 3}}, {Shape{2, 3}, Shape{1, 3}, Shape{2, 3}}, {Shape{2, 1}, Shape{1, 3}, Shape{2, 3}},
	{Shape{2, 1}, Shape{3}, Shape{2, 3}}, {Shape{2, 3}, Shape{2, 1}, Shape{2, 3}}, {Shape{2, 3, 4}, Shape{3, 1}, Shape{2, 3, 4}},
	{Shape{2, 3, 4}, Shape{2, 1, 4}, Shape{2, 3, 4}}, {Shape{2, 1, 4}, Shape{3, 1}, Shape{2, 3, 4}}, {Shape{4, 1, 1, 3}, Shape{2, 1, 1}, Shape{4, 2, 1, 3}},
	{Shape{0}, Shape{}, Shape{0}}, {Shape{0}, Shape{1}, Shape{0}}, {Shape{2, 0}, Shape{2, 1}, Shape{2, 0}}, {Shape{3, 1}, Shape{1, 0}, Shape{3, 0}},
	{Shape{1, 1, 1, 1, 1, 2}, Shape{2}, Shape{1, 1, 1, 1, 1, 2}},
}

func TestBinary(t *testing.T) {
	truth := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	for name, o := range map[string]struct {
		f     func(a, b *Tensor) *Tensor
		want  func(a, b float64) float64
		types []DType
		bools bool
	}{
		"Add":     {Add, func(a, b float64) float64 { return a + b }, []DType{Float32, Float64, Int64}, false},
		"Sub":     {Sub, func(a, b float64) float64 { return a - b }, []DType{Float32, Float64, Int64}, false},
		"Mul":     {Mul, func(a, b float64) float64 { return a * b }, []DType{Float32, Float64, Int64}, false},
		"Div":     {Div, func(a, b float64) float64 { return a / b }, []DType{Float32, Float64}, false},
		"Pow":     {Pow, math.Pow, []DType{Float32, Float64}, false},
		"Maximum": {Maximum, math.Max, []DType{Float32, Float64, Int64}, false},
		"Minimum": {Minimum, math.Min, []DType{Float32, Float64, Int64}, false},
		"Equals":  {Equals, func(a, b float64) float64 { return truth(a == b) }, []DType{Float32, Float64, Int64, Bool}, true},
		"Less":    {Less, func(a, b float64) float64 { return truth(a < b) }, []DType{Float32, Float64, Int64}, true},
		"LessEqual": {LessEqual, func(a, b float64) float64 { return truth(a <= b) },
			[]DType{Float32, Float64, Int64}, true},
		"Greater": {Greater, func(a, b float64) float64 { return truth(a > b) }, []DType{Float32, Float64, Int64}, true},
		"GreaterEqual": {GreaterEqual, func(a, b float64) float64 { return truth(a >= b) },
			[]DType{Float32, Float64, Int64}, true},
		"And": {And, func(a, b float64) float64 { return a * b }, []DType{Bool}, true},
		"Or":  {Or, math.Max, []DType{Bool}, true},
	} {
		op := "tensor." + name
		for _, d := range []DType{Float32, Float64, Int64, Bool} {
			if !slices.Contains(o.types, d) {
				rejects(t, op, 1, func() { o.f(normal(d, 2), normal(d, 2)) }, d.String()+" [2]")
				continue
			}
			for _, p := range pairs {
				a, b := normal(d, p.a...), normal(d, p.b...)
				y := o.f(a, b)
				result := d
				if o.bools {
					result = Bool
				}
				requireShape(t, result, p.out, y, op, p)
				each(p.out, func(at []int) {
					want := o.want(spread(a, at), spread(b, at))
					near(t, []float64{want}, Float64.Scalar(y.At(at...)), eps(d), op, p, at)
				})
			}
		}
		rejects(t, op, 2, func() { o.f(o.types[0].Zeros(2, 3), o.types[0].Zeros(4, 3)) }, "[2 3]", "[4 3]", "broadcast")
		if name != "And" && name != "Or" {
			rejects(t, op, 2, func() { o.f(Float32.Zeros(2, 3), Float64.Zeros(4)) }, "float32 [2 3]", "float64 [4]", "To")
		}
	}
}

func TestNaNInComparisons(t *testing.T) {
	x, y := FromSlice([]float64{nan, nan, 1}), FromSlice([]float64{nan, 1, nan})
	for _, f := range []func(a, b *Tensor) *Tensor{Equals, Less, LessEqual, Greater, GreaterEqual} {
		near(t, []float64{0, 0, 0}, f(x, y), 0)
	}
	near(t, []float64{nan, nan, nan}, Maximum(x, y), 0)
	near(t, []float64{nan, nan, nan}, Minimum(x, y), 0)
	near(t, []float64{1, 1, 0}, IsNaN(x), 0)
	near(t, []float64{0, 0}, IsNaN(Int64.Ones(2)), 0)
}

func TestScalars(t *testing.T) {
	for _, shape := range shapes {
		for _, d := range []DType{Float32, Float64} {
			x := Abs(normal(d, shape...))
			near(t, Add(x, d.Scalar(0.7)).Float64s(), AddScalar(x, 0.7), 0)
			near(t, Mul(x, d.Scalar(-2.5)).Float64s(), MulScalar(x, -2.5), 0)
			near(t, Pow(x, d.Scalar(1.5)).Float64s(), PowScalar(x, 1.5), 0)
			near(t, Square(x).Float64s(), PowScalar(x, 2), 0)
			requireShape(t, d, shape, AddScalar(x, 1))
		}
		x := normal(Int64, shape...)
		near(t, Add(x, x).Float64s(), MulScalar(x, 2), 0)
		near(t, Sub(x, Int64.Scalar(3)).Float64s(), AddScalar(x, -3), 0)
	}
	rejects(t, "tensor.AddScalar", 0, func() { AddScalar(Int64.Ones(2), 0.5) }, "0.5", "int64")
	rejects(t, "tensor.MulScalar", 0, func() { MulScalar(Int64.Ones(2), nan) }, "NaN", "int64")
	rejects(t, "tensor.MulScalar", 1, func() { MulScalar(Bool.Ones(2), 2) }, "bool [2]")
	rejects(t, "tensor.PowScalar", 1, func() { PowScalar(Int64.Ones(2), 2) }, "int64 [2]")
}

func TestUnary(t *testing.T) {
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	for name, o := range map[string]struct {
		f    func(*Tensor) *Tensor
		want func(float64) float64
		ints bool
	}{
		"Neg": {Neg, func(v float64) float64 { return -v }, true}, "Abs": {Abs, math.Abs, true}, "Square": {Square, func(v float64) float64 { return v * v }, true},
		"Sign": {Sign, func(v float64) float64 {
			if v == 0 || v != v {
				return v
			}
			return math.Copysign(1, v)
		}, true},
		"Sqrt": {Sqrt, math.Sqrt, false}, "Rsqrt": {Rsqrt, func(v float64) float64 { return 1 / math.Sqrt(v) }, false},
		"Exp": {Exp, math.Exp, false}, "Expm1": {Expm1, math.Expm1, false}, "Log": {Log, math.Log, false}, "Log1p": {Log1p, math.Log1p, false},
		"Sin": {Sin, math.Sin, false}, "Cos": {Cos, math.Cos, false}, "Tan": {Tan, math.Tan, false}, "Atan": {Atan, math.Atan, false},
		"Sinh": {Sinh, math.Sinh, false}, "Cosh": {Cosh, math.Cosh, false}, "Tanh": {Tanh, math.Tanh, false}, "Erf": {Erf, math.Erf, false}, "Erfc": {Erfc, math.Erfc, false},
		"Sigmoid": {Sigmoid, sigmoid, false}, "Softplus": {Softplus, func(v float64) float64 { return math.Log1p(math.Exp(v)) }, false},
		"ReLU":  {ReLU, func(v float64) float64 { return max(v, 0) }, false},
		"Floor": {Floor, math.Floor, false}, "Ceil": {Ceil, math.Ceil, false}, "Round": {Round, math.RoundToEven, false},
		"Clamp": {func(x *Tensor) *Tensor { return Clamp(x, -0.5, 0.8) }, func(v float64) float64 { return min(max(v, -0.5), 0.8) }, false},
	} {
		for _, d := range []DType{Float32, Float64, Int64, Bool} {
			if d == Bool || d == Int64 && !o.ints {
				rejects(t, "tensor."+name, 1, func() { o.f(d.Ones(2)) }, d.String()+" [2]")
				continue
			}
			for _, shape := range append(shapes, Shape{40_000}) {
				x := normal(d, shape...)
				y := o.f(x)
				requireShape(t, d, shape, y, name)
				want := x.Float64s()
				for i := range want {
					want[i] = o.want(want[i])
				}
				near(t, want, y, eps(d), name, d, shape)
			}
			if d.IsFloat() {
				require.True(t, math.IsNaN(o.f(d.Scalar(nan)).Item()), "%s keeps NaN", name)
			}
		}
	}
}

func TestUnaryLimits(t *testing.T) {
	for _, row := range []struct {
		f       func(*Tensor) *Tensor
		x, want float64
	}{
		{Sigmoid, -1000, 0}, {Sigmoid, 1000, 1}, {Softplus, 1000, 1000}, {Softplus, -1000, 0}, {Log, 0, -inf}, {Log, -1, nan}, {Sqrt, -1, nan}, {Rsqrt, 0, inf},
		{Tanh, 1000, 1}, {Exp, -inf, 0}, {Expm1, 1e-20, 1e-20}, {Log1p, 1e-20, 1e-20}, {Round, 2.5, 2}, {Round, -0.5, neg}, {Sign, neg, 0}, {Abs, neg, 0},
	} {
		for _, d := range []DType{Float32, Float64} {
			got, want := row.f(d.Scalar(row.x)).Item(), d.Scalar(row.want).Item()
			assert.True(t, want != want && got != got || want == got && math.Signbit(got) == math.Signbit(want), "%g gives %g, want %g", row.x, got, want)
		}
	}
	near(t, []float64{-1e30, 2, 2}, Clamp(FromSlice([]float64{-1e30, 2, inf}), -inf, 2), 0)
	near(t, []float64{1, 0, 1}, Not(FromSlice([]bool{false, true, false})), 0)
	rejects(t, "tensor.Not", 1, func() { Not(Ones(2)) }, "float32 [2]", "bool")
}

func TestWhere(t *testing.T) {
	all := []Shape{{}, {1}, {3}, {2, 1}, {2, 3}}
	for _, d := range []DType{Float32, Float64, Int64, Bool} {
		for _, sc := range all {
			for _, sa := range all {
				for _, sb := range all {
					c, a, b := normal(Bool, sc...), normal(d, sa...), Not(normal(Bool, sb...)).To(d)
					y := Where(c, a, b)
					out, _ := Broadcast(sa, sb)
					out, _ = Broadcast(out, sc)
					requireShape(t, d, out, y)
					each(out, func(at []int) {
						want := spread(b, at)
						if spread(c, at) != 0 {
							want = spread(a, at)
						}
						require.Equal(t, want, y.At(at...), fmt.Sprint(sc, sa, sb, at))
					})
				}
			}
		}
	}
	requireShape(t, Float32, Shape{0, 3}, Where(Bool.Ones(0, 1), Ones(3), Scalar(1)))
	rejects(t, "tensor.Where", 1, func() { Where(Ones(2), Ones(2), Ones(2)) }, "float32 [2]", "bool")
	rejects(t, "tensor.Where", 2, func() { Where(Bool.Ones(2), Ones(2), Float64.Ones(3)) }, "float32 [2]", "float64 [3]")
	rejects(t, "tensor.Where", 2, func() { Where(Bool.Ones(4), Ones(2), Ones(2)) }, "[4]", "[2]")
}

func TestBroadcast(t *testing.T) {
	for _, p := range pairs {
		for _, ab := range [][2]Shape{{p.a, p.b}, {p.b, p.a}} {
			a, b := slices.Clone(ab[0]), slices.Clone(ab[1])
			out, ok := Broadcast(a, b)
			require.True(t, ok && p.out.Equal(out), "%v with %v gives %v", a, b, out)
			require.True(t, a.Equal(ab[0]) && b.Equal(ab[1]), "operands are only read")
		}
	}
	for _, ab := range [][2]Shape{{{2}, {3}}, {{0}, {2}}, {{2, 3}, {2, 1, 1, 4}}, {{3, 2}, {3}}} {
		_, ok := Broadcast(ab[0], ab[1])
		assert.False(t, ok, "%v", ab)
	}
}

// Narrow rows are repeated and long ones go in pieces; neither may show.
func TestRowsOfEveryLength(t *testing.T) {
	for _, s := range [][2]int{{1, 3}, {100, 3}, {99, 7}, {300, 63}, {300, 64}, {5, 1000}, {40_000, 5}, {90, 1001}} {
		x, row := Float64.Zeros(s[0], s[1]), Float64.Zeros(s[1])
		a, b := Data[float64](x), Data[float64](row)
		for i := range a {
			a[i] = float64(i)
		}
		for i := range b {
			b[i] = float64(i % 7)
		}
		right, left := Data[float64](Sub(x, row)), Data[float64](Sub(row, x))
		less := Data[bool](Less(row, x))
		for i, v := range a {
			if w := b[i%s[1]]; right[i] != v-w || left[i] != w-v || less[i] != (w < v) {
				t.Fatalf("shape %v, element %d: %g and %g give %g, %g, %v", s, i, v, w, right[i], left[i], less[i])
			}
		}
	}
}
