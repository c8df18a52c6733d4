package interop

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/tensor"
)

func testFromDense[T tensor.Element](t *testing.T, data []T) {
	want := tensor.New(data, 3, 4)
	for _, how := range arrangements[T]() {
		d := how.make(gorgonia.StdEng{}, 3, 4, data)
		require.Equal(t, data, read[T](t, d), how.name) // the arrangement itself
		got, err := FromDense(d)
		require.NoError(t, err, how.name)
		assert.True(t, tensor.Equal(want, got), "%s: want %v, got %v", how.name, want, got)
		assert.Equal(t, data, read[T](t, d), "%s: the Dense changed", how.name)
	}
}

func TestFromDense(t *testing.T) {
	testFromDense(t, numbers[float32](12, 1))
	testFromDense(t, numbers[float64](12, 1))
	testFromDense(t, []int64{0, 1, -2, 3, -4, 5, 1 << 60, 7, 8, 9, 10, -11})
	testFromDense(t, []bool{true, false, false, true, true, true, false, false, false, true, false, true})
}

func TestFromDenseInts(t *testing.T) {
	data := []int{0, 1, -2, 3, -4, 5, 1 << 30, 7, 8, 9, 10, -11}
	want := tensor.FromSlice(data, 3, 4)
	for _, how := range arrangements[int]() {
		got, err := FromDense(how.make(gorgonia.StdEng{}, 3, 4, data))
		require.NoError(t, err, how.name)
		assert.True(t, tensor.Equal(want, got), how.name)
	}
}

func TestFromDenseThreeAxes(t *testing.T) {
	data := numbers[float64](24, 0)
	x := tensor.New(data, 2, 3, 4)
	d := gorgonia.New(gorgonia.WithShape(2, 3, 4), gorgonia.WithBacking(data))
	require.NoError(t, d.T(2, 0, 1))
	got, err := FromDense(d)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(tensor.Permute(x, 2, 0, 1), got))

	middle := view(gorgonia.New(gorgonia.WithShape(2, 3, 4), gorgonia.WithBacking(data)), nil, gorgonia.S(1), nil)
	got, err = FromDense(middle)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(tensor.Squeeze(tensor.Slice(x, 1, 1, 2), 1), got))

	column := gorgonia.New(gorgonia.WithShape(2, 3, 4), gorgonia.AsFortran(slices.Clone(data))) // AsFortran rearranges it
	got, err = FromDense(column)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(x, got))
}

// A vector and one element in column-major order have too few strides.
func TestFromDenseColumnMajorVectors(t *testing.T) {
	for _, shape := range [][]int{{3}, {3, 1}, {1, 3}, {1, 1}, {1, 1, 1}} {
		data := numbers[float32](tensor.Shape(shape).Size(), 2)
		d := gorgonia.New(gorgonia.WithShape(shape...), gorgonia.WithBacking(data), gorgonia.AsFortran(nil))
		got, err := FromDense(d)
		require.NoError(t, err, shape)
		assert.True(t, tensor.Equal(tensor.New(data, shape...), got), "%v", shape)
	}
}

func TestShared(t *testing.T) {
	d := gorgonia.New(gorgonia.WithShape(2, 3), gorgonia.WithBacking(numbers[float32](6, 0)))
	x, err := FromDense(d)
	require.NoError(t, err)
	x.Set(42, 1, 2)
	assert.Equal(t, float32(42), d.Data().([]float32)[5])

	back, err := ToDense(x)
	require.NoError(t, err)
	require.NoError(t, back.SetAt(float32(7), 0, 0))
	assert.Equal(t, 7.0, x.At(0, 0))

	rows, err := FromDense(view(d, gorgonia.S(1, 2), gorgonia.S(0, 3)))
	require.NoError(t, err)
	assert.Equal(t, 42.0, rows.At(2), "gorgonia drops sliced axes of length 1")

	flipped := d.Clone().(*gorgonia.Dense)
	require.NoError(t, flipped.T())
	copied, err := FromDense(flipped)
	require.NoError(t, err)
	copied.Set(-1, 0, 0)
	assert.NotEqual(t, float32(-1), flipped.Float32s()[0], "a transposed Dense is copied")
}

func TestScalars(t *testing.T) {
	for _, v := range []any{float32(1.5), 2.5, int64(-3), true, 4} {
		x, err := FromDense(gorgonia.New(gorgonia.FromScalar(v)))
		require.NoError(t, err, v)
		assert.Equal(t, 0, x.Dims())
		assert.True(t, tensor.Equal(tensor.FromSlice(v), x), "%v became %v", v, x)
		d, err := ToDense(x)
		require.NoError(t, err)
		assert.True(t, d.IsScalar())
		if i, ok := v.(int); ok {
			v = int64(i)
		}
		assert.Equal(t, v, d.Data())
	}
}

func TestToDense(t *testing.T) {
	for _, x := range []*tensor.Tensor{
		tensor.Arange(0, 24, 1), tensor.Reshape(tensor.Float64.Arange(0, 24, 1), 2, 3, 4), tensor.Int64.Eye(3),
		tensor.Bool.Ones(1, 1), tensor.Zeros(1, 5), tensor.Scalar(2),
	} {
		d, err := ToDense(x)
		require.NoError(t, err)
		assert.True(t, tensor.Shape(d.Shape()).Equal(x.Shape()), "%v became %v", x.Shape(), d.Shape())
		back, err := FromDense(d)
		require.NoError(t, err)
		assert.True(t, tensor.Equal(x, back))
	}
}

func TestErrors(t *testing.T) {
	_, err := FromDense(nil)
	assert.ErrorContains(t, err, "a nil Dense")
	_, err = FromDense(gorgonia.New(gorgonia.WithShape(2), gorgonia.WithBacking([]string{"a", "b"})))
	assert.EqualError(t, err, "interop.FromDense: string of shape [2]: the type has no counterpart; float32, float64, int64, bool and int have")
	_, err = FromDense(gorgonia.New(gorgonia.WithShape(2), gorgonia.WithBacking([]float64{1, 2}, []bool{true, false})))
	assert.ErrorContains(t, err, "masked")
	_, err = ToDense(tensor.Zeros(2, 0))
	assert.EqualError(t, err, "interop.ToDense: shape [2 0] is empty, which gorgonia does not support")
	assert.PanicsWithError(t, "interop.ToDense: a nil tensor", func() { _, _ = ToDense(nil) })
}
