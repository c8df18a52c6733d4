package tensor

import (
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilled(t *testing.T) {
	for _, d := range []DType{Float32, Float64, Int64, Bool} {
		for _, shape := range shapes {
			for want, x := range map[float64]*Tensor{0: d.Zeros(shape...), 1: d.Ones(shape...)} {
				requireShape(t, d, shape, x)
				for _, v := range x.Float64s() {
					require.Equal(t, want, v)
				}
			}
		}
		assert.Equal(t, d.IsFloat(), d == Float32 || d == Float64)
	}
	near(t, []float64{2.5, 2.5}, Full(2.5, 2), 0)
	near(t, []float64{2, 2}, Int64.Full(2.9, 2), 0)
	near(t, []float64{-7}, Scalar(-7), 0)
	for _, x := range []*Tensor{Zeros(2), Ones(2), Full(1, 2), Scalar(1), Arange(0, 2, 1), Linspace(0, 1, 2), Eye(2)} {
		assert.Equal(t, Float32, x.DType())
	}
	rejects(t, "tensor.Zeros", 1, func() { Zeros(2, -1) }, "-1", "axis 1", "[2 -1]")
	rejects(t, "tensor.Zeros", 1, func() { Zeros(1<<40, 1<<40) }, "too many")
	rejects(t, "tensor.Zeros", 1, func() { Zeros(1<<40, 0, 1<<40) }, "too many")
	rejects(t, "tensor.Zeros", 0, func() { DType(9).Zeros(2) }, "DType(9)")
}

func TestRanges(t *testing.T) {
	near(t, []float64{0, 1, 2}, Arange(0, 3, 1), 0)
	near(t, []float64{0, 2, 4}, Int64.Arange(0, 5, 2), 0)
	near(t, []float64{3, 2.5, 2}, Float64.Arange(3, 1.5, -0.5), 0)
	requireShape(t, Float32, Shape{0}, Arange(2, 2, 1))
	for _, a := range [][3]float64{{0, 3, 0}, {0, 3, -1}, {3, 0, 1}, {0, inf, 1}, {0, nan, 1}} {
		rejects(t, "tensor.Arange", 0, func() { Arange(a[0], a[1], a[2]) }, "no steps")
	}
	near(t, []float64{0, 0.25, 0.5, 0.75, 1}, Linspace(0, 1, 5), 0)
	near(t, []float64{-1}, Linspace(-1, 1, 1), 0) // as NumPy and PyTorch
	requireShape(t, Float32, Shape{0}, Linspace(0, 1, 0))
	assert.Equal(t, 0.3, Float64.Linspace(0, 0.3, 7).At(6), "the end is met exactly")
	rejects(t, "tensor.Linspace", 1, func() { Linspace(0, 1, -1) }, "-1")
	near(t, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}, Eye(3), 0)
	requireShape(t, Bool, Shape{0, 0}, Bool.Eye(0))
	rejects(t, "tensor.Eye", 1, func() { Eye(-2) }, "-2")
}

func TestNewShares(t *testing.T) {
	data := []float64{1, 2, 3, 4, 5, 6}
	x := New(data, 2, 3)
	requireShape(t, Float64, Shape{2, 3}, x)
	data[4] = 50
	assert.Equal(t, 50.0, x.At(1, 1))
	Data[float64](x)[0] = 10
	assert.Equal(t, 10.0, data[0])
	requireShape(t, Int64, Shape{3}, New([]int64{1, 2, 3}))
	requireShape(t, Bool, Shape{}, New([]bool{true}, Shape{}...))
	requireShape(t, Float32, Shape{0}, New[float32](nil))
	requireShape(t, Float32, Shape{2, 0}, New([]float32{}, 2, 0))
	rejects(t, "tensor.New", 1, func() { New(data, 4) }, "6 elements", "[4]")
	rejects(t, "tensor.New", 1, func() { New(data, -2, -3) }, "-2")
	rejects(t, "tensor.Data", 0, func() { Data[float32](x) }, "float64", "float32")
}

func TestFromSlice(t *testing.T) {
	type named float32
	for _, row := range []struct {
		data  any
		dtype DType
		shape Shape
		want  []float64
	}{
		{[]float32{1, 2}, Float32, Shape{2}, []float64{1, 2}}, {[]float64{1, 2}, Float64, Shape{2}, []float64{1, 2}},
		{[]int{-1, 2}, Int64, Shape{2}, []float64{-1, 2}}, {[]int32{-1, 2}, Int64, Shape{2}, []float64{-1, 2}},
		{[]int64{-1, 2}, Int64, Shape{2}, []float64{-1, 2}}, {[]uint8{255, 2}, Int64, Shape{2}, []float64{255, 2}},
		{[]bool{true, false}, Bool, Shape{2}, []float64{1, 0}}, {[]named{1.5}, Float32, Shape{1}, []float64{1.5}},
		{[][]float32{{1, 2, 3}, {4, 5, 6}}, Float32, Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{[2][3]float64{{1, 2, 3}, {4, 5, 6}}, Float64, Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6}},
		{[][2][]int{{{1}, {2}}, {{3}, {4}}}, Int64, Shape{2, 2, 1}, []float64{1, 2, 3, 4}},
		{[]float32{}, Float32, Shape{0}, nil}, {[]float32(nil), Float32, Shape{0}, nil}, {[][]float64{}, Float64, Shape{0, 0}, nil},
		{[][]bool{{}, {}}, Bool, Shape{2, 0}, nil}, {7, Int64, Shape{}, []float64{7}}, {2.5, Float64, Shape{}, []float64{2.5}}, {true, Bool, Shape{}, []float64{1}},
	} {
		x := FromSlice(row.data)
		requireShape(t, row.dtype, row.shape, x, row.data)
		near(t, row.want, x, 0, row.data)
	}
	requireShape(t, Float32, Shape{2, 3}, FromSlice(make([]float32, 6), 2, -1))
	data := []float32{1}
	x := FromSlice(data)
	data[0] = 5
	assert.Equal(t, 1.0, x.Item(), "FromSlice copies")

	const op = "tensor.FromSlice"
	rejects(t, op, 0, func() { FromSlice([][]float32{{1, 2}, {3}}) }, "depth 1", "1 elements", "2")
	rejects(t, op, 0, func() { FromSlice([][]int{{}, {3}}) }, "depth 1")
	rejects(t, op, 0, func() { FromSlice([]string{"a"}) }, "[]string")
	rejects(t, op, 0, func() { FromSlice([]any{1}) }, "[]interface")
	rejects(t, op, 0, func() { FromSlice(nil) }, "nil")
	rejects(t, "tensor.Reshape", 2, func() { FromSlice([]int{1, 2, 3}, 2, 2) }, "[3]", "[2 2]")
}

func TestTo(t *testing.T) {
	x := FromSlice([]float64{-1.9, 0, neg, 2.5, nan})
	near(t, []float64{1, 0, 0, 1, 1}, x.To(Bool), 0)
	near(t, []float64{-1, 0, 0, 2}, Slice(x, 0, 0, 4).To(Int64), 0)
	near(t, []float64{float64(float32(-1.9)), 0, 0, 2.5, nan}, x.To(Float32), 0)
	for _, from := range []DType{Float32, Float64, Int64, Bool} {
		for _, to := range []DType{Float32, Float64, Int64, Bool} {
			for _, shape := range shapes {
				x := from.Ones(shape...)
				y := x.To(to)
				requireShape(t, to, shape, y)
				near(t, x.Float64s(), y, 0, from, to)
				assert.Equal(t, from == to, x == y, "itself when there is nothing to do")
			}
		}
	}
	big := New([]int64{1<<53 + 1}).To(Float64)
	assert.Equal(t, float64(1<<53), big.Item())
}

func TestElements(t *testing.T) {
	x := FromSlice([][]int64{{1, 2, 3}, {4, 5, 6}})
	assert.Equal(t, []any{2, 3, 2, 6}, []any{x.Len(0), x.Len(-1), x.Dims(), x.Size()})
	x.Set(-50, 1, 2)
	assert.Equal(t, -50.0, x.At(1, 2))
	assert.Equal(t, []float64{1, 2, 3, 4, 5, -50}, x.Float64s())
	for _, d := range []DType{Float32, Float64, Int64, Bool} {
		s := d.Scalar(0)
		s.Set(1)
		assert.Equal(t, 1.0, s.Item())
		assert.Equal(t, 1.0, d.Ones(1, 1).Item())
	}
	rejects(t, "tensor.Item", 1, func() { x.Item() }, "[2 3]", "6")
	rejects(t, "tensor.At", 1, func() { x.At(1) }, "1 indices", "[2 3]")
	rejects(t, "tensor.At", 1, func() { x.At(1, 3) }, "[1 3]", "[2 3]")
	rejects(t, "tensor.Set", 1, func() { x.Set(0, -1, 0) }, "[-1 0]", "[2 3]")
	rejects(t, "tensor.Len", 0, func() { x.Len(2) }, "axis 2")
	rejects(t, "tensor.Len", 0, func() { Scalar(1).Len(0) }, "0-d")
}

func TestCopies(t *testing.T) {
	for _, d := range []DType{Float32, Float64, Int64, Bool} {
		for _, shape := range shapes {
			x := normal(d, shape...)
			y := x.Clone()
			require.True(t, Equal(x, y))
			z := d.Ones(shape...)
			z.CopyFrom(x)
			require.True(t, Equal(x, z))
			if x.Size() > 0 {
				y.Set(1-y.flat(0), make([]int, len(shape))...)
				require.False(t, Equal(x, y), "a clone shares nothing")
			}
		}
	}
	rejects(t, "tensor.CopyFrom", 2, func() { Ones(2).CopyFrom(Ones(3)) }, "[2]", "[3]")
	rejects(t, "tensor.CopyFrom", 2, func() { Ones(2).CopyFrom(Float64.Ones(2)) }, "float32", "float64")
}

func TestEqualAndAllClose(t *testing.T) {
	x := FromSlice([]float64{1, nan, inf, neg})
	assert.True(t, Equal(x, FromSlice([]float64{1, nan, inf, 0})))
	assert.False(t, Equal(x, FromSlice([]float64{1, nan, -inf, 0})))
	assert.False(t, Equal(x, x.To(Float32)))
	assert.False(t, Equal(Ones(2, 1), Ones(2)))
	assert.False(t, Equal(New([]int64{1 << 53}), New([]int64{1<<53 + 1})), "integers that float64 cannot tell apart")
	assert.True(t, Equal(Zeros(0, 2), Zeros(0, 2)))
	a := Float64.Scalar(100)
	assert.True(t, AllClose(a, Float64.Scalar(101), 0.01, 0))
	assert.False(t, AllClose(Float64.Scalar(101), a, 0.0099, 0), "the tolerance is relative to the second")
	assert.True(t, AllClose(a, Float64.Scalar(101), 0, 1))
	assert.False(t, AllClose(Float64.Scalar(inf), a, 1, inf))
	assert.False(t, AllClose(Float64.Scalar(nan), a, 1, 1))
	assert.True(t, AllClose(New([]int64{5}), New([]int64{6}), 0, 1))
}

func TestRandom(t *testing.T) {
	source := func() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
	for _, d := range []DType{Float32, Float64} {
		u, n := d.Rand(source(), 100, 200), d.Randn(source(), 100, 200)
		assert.True(t, Equal(u, d.Rand(source(), 100, 200)) && Equal(n, d.Randn(source(), 100, 200)), "equal sources give equal numbers")
		rng := source()
		assert.False(t, Equal(d.Rand(rng, 5), d.Rand(rng, 5)), "the source moves on")
		// Moments within five standard errors of 20,000 draws.
		assert.InDelta(t, 0.5, Mean(u).Item(), 5*math.Sqrt(1./12/20000))
		assert.InDelta(t, 1./12, Var(u, 1).Item(), 5*math.Sqrt(1./180/20000))
		assert.InDelta(t, 0, Mean(n).Item(), 5*math.Sqrt(1./20000))
		assert.InDelta(t, 1, Var(n, 1).Item(), 5*math.Sqrt(2./20000))
		assert.True(t, Min(u).Item() >= 0 && Max(u).Item() < 1)
	}
	requireShape(t, Float32, Shape{2, 3}, Rand(source(), 2, 3))
	requireShape(t, Float32, Shape{}, Randn(source()))
	r := Randint(source(), -2, 3, 1000)
	requireShape(t, Int64, Shape{1000}, r)
	for v := -2.0; v < 3; v++ {
		assert.InDelta(t, 200, Sum(Equals(r, Int64.Scalar(v))).Item(), 5*math.Sqrt(1000*0.2*0.8))
	}
	assert.Equal(t, 0.0, Sum(Or(Less(r, Int64.Scalar(-2)), Greater(r, Int64.Scalar(2)))).Item())
	wide := Randint(source(), math.MinInt64, math.MaxInt64, 100)
	assert.InDelta(t, 50, Sum(Less(wide, Int64.Scalar(0))).Item(), 25)
	rejects(t, "tensor.Rand", 0, func() { Int64.Rand(source(), 2) }, "int64")
	rejects(t, "tensor.Randn", 0, func() { Bool.Randn(source(), 2) }, "bool")
	rejects(t, "tensor.Randn", 1, func() { Randn(source(), -2) }, "-2")
	rejects(t, "tensor.Randint", 0, func() { Randint(source(), 3, 3, 2) }, "[3, 3)")
	rejects(t, "tensor.Randint", 1, func() { Randint(source(), 0, 3, -2) }, "-2")
}

func TestErrors(t *testing.T) {
	e := Errorf("loss.X", "shapes %v and %v at %d", Shape{2}, Shape{3, 4}, 5)
	assert.EqualError(t, e, "loss.X: shapes [2] and [3 4] at 5")
	assert.Equal(t, []Shape{{2}, {3, 4}}, e.Shapes)
	assert.NoError(t, e.Unwrap())

	e = Errorf("photos.At", "sample %d: %w", 7, io.ErrUnexpectedEOF)
	assert.EqualError(t, e, "photos.At: sample 7: unexpected EOF")
	assert.ErrorIs(t, e, io.ErrUnexpectedEOF)
}
