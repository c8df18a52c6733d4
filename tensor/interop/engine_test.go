package interop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/internal/kernel"
)

type binaryRow struct {
	name string
	run  func(a, b any, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error)
	want func(x, y float64) float64
}

var binaryRows = []binaryRow{
	{"Add", gorgonia.Add, func(x, y float64) float64 { return x + y }},
	{"Sub", gorgonia.Sub, func(x, y float64) float64 { return x - y }},
	{"Mul", gorgonia.Mul, func(x, y float64) float64 { return x * y }},
	{"Div", gorgonia.Div, func(x, y float64) float64 { return x / y }},
	{"Pow", gorgonia.Pow, math.Pow},
}

type unaryRow struct {
	name string
	run  func(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error)
	want func(x float64) float64
}

var unaryRows = []unaryRow{
	{"Neg", gorgonia.Neg, func(x float64) float64 { return -x }},
	{"Abs", gorgonia.Abs, math.Abs},
	{"Sign", gorgonia.Sign, func(float64) float64 { return 1 }}, // numbers are positive
	{"Square", gorgonia.Square, func(x float64) float64 { return x * x }},
	{"Sqrt", gorgonia.Sqrt, math.Sqrt},
	{"InvSqrt", gorgonia.InvSqrt, func(x float64) float64 { return 1 / math.Sqrt(x) }},
	{"Inv", gorgonia.Inv, func(x float64) float64 { return 1 / x }},
	{"Exp", gorgonia.Exp, math.Exp},
	{"Log", gorgonia.Log, math.Log},
	{"Tanh", gorgonia.Tanh, math.Tanh},
	{"Cube", gorgonia.Cube, func(x float64) float64 { return x * x * x }}, // StdEng's
}

// mapped applies f in float64 and rounds to T.
func mapped[T kernel.Float](x, y []T, f func(x, y float64) float64) []T {
	out := make([]T, len(x))
	for i := range x {
		out[i] = T(f(float64(x[i]), float64(y[i%len(y)])))
	}
	return out
}

// ways are the options of gorgonia's operations and what they do to the result.
// An operation is given its first operand, and c to write to.
type way struct {
	name string
	opts func(c *gorgonia.Dense) []gorgonia.FuncOpt
	want string // which tensor comes back: "new", "a" or "c"
}

var ways = []way{
	{"new", func(*gorgonia.Dense) []gorgonia.FuncOpt { return nil }, "new"},
	{"reuse", func(c *gorgonia.Dense) []gorgonia.FuncOpt { return []gorgonia.FuncOpt{gorgonia.WithReuse(c)} }, "c"},
	{"incr", func(c *gorgonia.Dense) []gorgonia.FuncOpt { return []gorgonia.FuncOpt{gorgonia.WithIncr(c)} }, "c"},
	{"unsafe", func(*gorgonia.Dense) []gorgonia.FuncOpt { return []gorgonia.FuncOpt{gorgonia.UseUnsafe()} }, "a"},
}

// check compares one result with what its way makes of want, and requires
// that no operand changed which should not.
func check[T kernel.Float](t *testing.T, w way, want, before []T, a, c *gorgonia.Dense, x []T, got gorgonia.Tensor, err error, what ...any) {
	t.Helper()
	require.NoError(t, err, what...)
	if w.name == "incr" {
		want = mapped(want, before, func(x, y float64) float64 { return x + y })
	}
	d := got.(*gorgonia.Dense)
	switch w.want {
	case "a":
		require.Same(t, a, d, what...)
	case "c":
		require.Same(t, c, d, what...)
	}
	requireClose(t, want, read[T](t, d), what...)
	if w.want != "a" {
		require.Equal(t, x, read[T](t, a), what...)
	}
}

func testBinary[T kernel.Float](t *testing.T) {
	x, y, before := numbers[T](12, 1), numbers[T](12, 50), numbers[T](12, 99)
	layouts := arrangements[T]()
	for _, op := range binaryRows {
		want := mapped(x, y, op.want)
		for _, la := range layouts {
			for _, lb := range layouts {
				for _, lc := range layouts {
					for _, w := range ways {
						a, b, c := la.make(Engine{}, 3, 4, x), lb.make(Engine{}, 3, 4, y), lc.make(Engine{}, 3, 4, before)
						got, err := op.run(a, b, w.opts(c)...)
						check(t, w, want, before, a, c, x, got, err, op.name, la.name, lb.name, lc.name, w.name)
						require.Equal(t, y, read[T](t, b))
					}
				}
			}
		}
	}
}

func TestBinary(t *testing.T) {
	testBinary[float32](t)
	testBinary[float64](t)
}

func testScalar[T kernel.Float](t *testing.T) {
	x, before, s := numbers[T](12, 1), numbers[T](12, 99), T(1.75)
	layouts := arrangements[T]()
	for _, op := range binaryRows {
		for _, la := range layouts {
			for _, lc := range layouts {
				for _, w := range ways {
					for _, number := range []any{s, gorgonia.New(gorgonia.FromScalar(s), gorgonia.WithEngine(Engine{}))} {
						a, c := la.make(Engine{}, 3, 4, x), lc.make(Engine{}, 3, 4, before)
						got, err := op.run(a, number, w.opts(c)...)
						check(t, w, mapped(x, []T{s}, op.want), before, a, c, x, got, err, op.name, "right", la.name, lc.name, w.name)

						a, c = la.make(Engine{}, 3, 4, x), lc.make(Engine{}, 3, 4, before)
						got, err = op.run(number, a, w.opts(c)...)
						left := mapped(x, []T{s}, func(x, s float64) float64 { return op.want(s, x) })
						check(t, w, left, before, a, c, x, got, err, op.name, "left", la.name, lc.name, w.name)
					}
				}
			}
		}
	}
}

func TestScalarOperand(t *testing.T) {
	testScalar[float32](t)
	testScalar[float64](t)
}

func testUnary[T kernel.Float](t *testing.T) {
	x, before := numbers[T](12, 1), numbers[T](12, 99)
	layouts := arrangements[T]()
	rows := append([]unaryRow{{"Clamp", func(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
		return gorgonia.Clamp(a, T(0.5), T(2), opts...)
	}, func(x float64) float64 { return min(max(x, 0.5), 2) }}}, unaryRows...)
	for _, op := range rows {
		want := mapped(x, x, func(x, _ float64) float64 { return op.want(x) })
		for _, la := range layouts {
			for _, lc := range layouts {
				for _, w := range ways {
					if op.name == "Cube" && (la.name != "row-major" || lc.name != "row-major") {
						continue
					}
					a, c := la.make(Engine{}, 3, 4, x), lc.make(Engine{}, 3, 4, before)
					got, err := op.run(a, w.opts(c)...)
					check(t, w, want, before, a, c, x, got, err, op.name, la.name, lc.name, w.name)
				}
			}
		}
	}
}

func TestUnary(t *testing.T) {
	testUnary[float32](t)
	testUnary[float64](t)
}
