package interop

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/internal/kernel"
)

// matmul is the product by definition: a is m×k, b is k×n.
func matmul[T kernel.Float](m, k, n int, a, b []T) []T {
	out := make([]T, m*n)
	for i := range m {
		for j := range n {
			sum := 0.0
			for p := range k {
				sum += float64(a[i*k+p]) * float64(b[p*n+j])
			}
			out[i*n+j] = T(sum)
		}
	}
	return out
}

func testMatMul[T kernel.Float](t *testing.T) {
	layouts := arrangements[T]()
	for _, size := range [][3]int{{3, 4, 5}, {1, 4, 2}, {3, 1, 2}, {4, 3, 1}, {17, 33, 9}} {
		m, k, n := size[0], size[1], size[2]
		x, y, before := numbers[T](m*k, 1), numbers[T](k*n, 50), numbers[T](m*n, 99)
		want := matmul(m, k, n, x, y)
		for _, la := range layouts {
			for _, lb := range layouts {
				for _, lc := range layouts {
					for _, w := range ways[:3] {
						if min(m, k, n) == 1 && (la.name != "row-major" || lb.name != "row-major" || lc.name != "row-major") {
							continue // gorgonia's own vectors of odd layouts are too odd to be made
						}
						a, b, c := la.make(Engine{}, m, k, x), lb.make(Engine{}, k, n, y), lc.make(Engine{}, m, n, before)
						got, err := a.MatMul(b, w.opts(c)...)
						check(t, w, want, before, a, c, x, got, err, size, la.name, lb.name, lc.name, w.name)
						require.Equal(t, y, read[T](t, b))
					}
				}
			}
		}
	}
}

func TestMatMul(t *testing.T) {
	testMatMul[float32](t)
	testMatMul[float64](t)
}

// The product may be asked to overwrite one of its operands.
func TestMatMulOntoItself(t *testing.T) {
	x, y := numbers[float64](9, 1), numbers[float64](9, 50)
	want := matmul(3, 3, 3, x, y)
	a, b := rowMajorDense(Engine{}, 3, 3, x), rowMajorDense(Engine{}, 3, 3, y)
	require.NoError(t, Engine{}.MatMul(a, b, a))
	requireClose(t, want, read[float64](t, a))
	a = rowMajorDense(Engine{}, 3, 3, x)
	require.NoError(t, Engine{}.MatMul(a, b, b))
	requireClose(t, want, read[float64](t, b))
}

// A reused tensor that lies across an operand gets the right result all the
// same: rows 1 to 3 are computed from rows 0 to 2 of the same memory.
func TestOverlap(t *testing.T) {
	x := numbers[float64](16, 3)
	base := rowMajorDense(Engine{}, 4, 4, x)
	a, c := view(base, gorgonia.S(0, 3), nil), view(base, gorgonia.S(1, 4), nil)
	_, err := gorgonia.Add(a, a, gorgonia.WithReuse(c))
	require.NoError(t, err)
	requireClose(t, mapped(x[:12], x[:12], func(x, y float64) float64 { return x + y }), read[float64](t, c))
}

func testVectors[T kernel.Float](t *testing.T) {
	x, v, u := numbers[T](12, 1), numbers[T](4, 50), numbers[T](3, 70)
	vector := func(data []T) *gorgonia.Dense {
		return gorgonia.New(gorgonia.WithEngine(Engine{}), gorgonia.WithShape(len(data)), gorgonia.WithBacking(data))
	}
	column := view(rowMajorDense(Engine{}, 4, 2, []T{v[0], 9, v[1], 9, v[2], 9, v[3], 9}), nil, gorgonia.S(0))
	require.Equal(t, v, read[T](t, column))
	dot := matmul(1, 4, 1, v, v)
	for _, b := range []*gorgonia.Dense{vector(v), column} {
		for _, la := range arrangements[T]() {
			got, err := la.make(Engine{}, 3, 4, x).MatVecMul(b)
			require.NoError(t, err, la.name)
			requireClose(t, matmul(3, 4, 1, x, v), read[T](t, got), la.name)
		}
		outer, err := vector(u).Outer(b)
		require.NoError(t, err)
		requireClose(t, matmul(3, 1, 4, u, v), read[T](t, outer))
		// Dense.Inner itself refuses a view: it compares lengths with the gaps.
		inner, err := Engine{}.Inner(b, vector(v))
		require.NoError(t, err)
		requireClose(t, dot, []T{inner.(T)})
		product, err := gorgonia.Dot(b, vector(v))
		require.NoError(t, err)
		requireClose(t, dot, []T{product.Data().(T)})
		product, err = gorgonia.Dot(rowMajorDense(Engine{}, 3, 4, x), b)
		require.NoError(t, err)
		requireClose(t, matmul(3, 4, 1, x, v), read[T](t, product.(*gorgonia.Dense)))
	}
	// Incrementing goes through the engine's Add.
	sum := vector(append([]T{}, u...))
	_, err := rowMajorDense(Engine{}, 3, 4, x).MatVecMul(vector(v), gorgonia.WithIncr(sum))
	require.NoError(t, err)
	requireClose(t, mapped(matmul(3, 4, 1, x, v), u, func(x, y float64) float64 { return x + y }), read[T](t, sum))
}

func TestVectors(t *testing.T) {
	testVectors[float32](t)
	testVectors[float64](t)
}

// Where StdEng is right the engine agrees with it. It is wrong, or fails, for
// some mixtures of layouts; those are checked against plain Go only.
func TestAgreesWithStdEng(t *testing.T) {
	x, y := numbers[float32](12, 1), numbers[float32](12, 50)
	layouts := arrangements[float32]()
	agreed := 0
	for _, la := range layouts {
		for _, lb := range layouts {
			for _, op := range binaryRows {
				std, err := op.run(la.make(gorgonia.StdEng{}, 3, 4, x), lb.make(gorgonia.StdEng{}, 3, 4, y))
				if err != nil || la.name != lb.name {
					continue
				}
				ours, err := op.run(la.make(Engine{}, 3, 4, x), lb.make(Engine{}, 3, 4, y))
				require.NoError(t, err)
				requireClose(t, read[float32](t, std.(*gorgonia.Dense)), read[float32](t, ours.(*gorgonia.Dense)), op.name, la.name)
				agreed++
			}
			plain := func(name string) bool { return name == "row-major" || name == "transposed" }
			if !plain(la.name) || !plain(lb.name) {
				continue
			}
			std, err := la.make(gorgonia.StdEng{}, 3, 4, x).MatMul(lb.make(gorgonia.StdEng{}, 4, 3, y))
			require.NoError(t, err)
			ours, err := la.make(Engine{}, 3, 4, x).MatMul(lb.make(Engine{}, 4, 3, y))
			require.NoError(t, err)
			requireClose(t, read[float32](t, std), read[float32](t, ours), "MatMul", la.name, lb.name)
			agreed++
		}
	}
	for _, la := range layouts[:1] {
		for _, op := range unaryRows {
			std, err := op.run(la.make(gorgonia.StdEng{}, 3, 4, x))
			require.NoError(t, err)
			ours, err := op.run(la.make(Engine{}, 3, 4, x))
			require.NoError(t, err)
			requireClose(t, read[float32](t, std.(*gorgonia.Dense)), read[float32](t, ours.(*gorgonia.Dense)), op.name, la.name)
			agreed++
		}
	}
	t.Log(agreed, "operations compared")
}

// What the kernels do not do is done by StdEng, and so are its errors made.
func TestLeftToStdEng(t *testing.T) {
	ints := rowMajorDense(Engine{}, 2, 2, []int{1, 2, 3, 4})
	got, err := gorgonia.Add(ints, ints)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 4, 6, 8}, got.Data())

	complexes := rowMajorDense(Engine{}, 2, 2, []complex128{1, 2, 3, 4i})
	product, err := complexes.MatMul(complexes)
	require.NoError(t, err)
	assert.Equal(t, []complex128{7, 2 + 8i, 3 + 12i, -10}, product.Data()) // by hand

	f32, f64 := rowMajorDense(Engine{}, 2, 2, numbers[float32](4, 0)), rowMajorDense(Engine{}, 2, 2, numbers[float64](4, 0))
	_, err = gorgonia.Add(f32, f64)
	assert.Error(t, err)
	_, err = gorgonia.Add(f32, 2.0)
	assert.Error(t, err, "a float64 is not added to a float32 tensor")
	_, err = gorgonia.Add(f32, rowMajorDense(Engine{}, 4, 1, numbers[float32](4, 0)))
	assert.Error(t, err)
	_, err = gorgonia.Exp(f32, gorgonia.WithReuse(f64))
	assert.Error(t, err)
	_, err = gorgonia.Exp(f32, gorgonia.WithReuse(rowMajorDense(Engine{}, 3, 1, numbers[float32](3, 0))))
	assert.Error(t, err)
	_, err = f64.MatMul(f32)
	assert.Error(t, err)
	sum, err := f64.Sum(0)
	require.NoError(t, err)
	assert.Equal(t, 2, sum.Shape()[0])
}

// A reused tensor of the same size takes the result's shape, as with StdEng.
func TestReuseTakesShape(t *testing.T) {
	x := numbers[float64](6, 0)
	c := rowMajorDense(Engine{}, 2, 3, x)
	got, err := gorgonia.Square(rowMajorDense(Engine{}, 3, 2, x), gorgonia.WithReuse(c))
	require.NoError(t, err)
	require.Same(t, c, got)
	assert.Equal(t, gorgonia.Shape{3, 2}, got.Shape())
	requireClose(t, mapped(x, x, func(x, y float64) float64 { return x * y }), read[float64](t, c))
}

func benchmarkMatMul(b *testing.B, e gorgonia.Engine) {
	const n = 256
	x, y := rowMajorDense(e, n, n, numbers[float32](n*n, 0)), rowMajorDense(e, n, n, numbers[float32](n*n, 1))
	out := rowMajorDense(e, n, n, make([]float32, n*n))
	for b.Loop() {
		if _, err := x.MatMul(y, gorgonia.WithReuse(out)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(2*n*n*n*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

func BenchmarkMatMul256(b *testing.B)       { benchmarkMatMul(b, Engine{}) }
func BenchmarkMatMul256StdEng(b *testing.B) { benchmarkMatMul(b, gorgonia.StdEng{}) }
