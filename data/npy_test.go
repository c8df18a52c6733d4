package data

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/npy"
)

// saved writes x to a .npy file and returns its path.
func saved(t *testing.T, x *tensor.Tensor) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.npy")
	require.NoError(t, npy.WriteFile(path, x))
	return path
}

func TestReadNPYTable(t *testing.T) {
	table := tensor.FromSlice([][]float64{{1, 2, 9}, {3, 4, 10}, {5, 6, 9}})
	for _, c := range []struct {
		x       *tensor.Tensor
		o       NPYOptions
		x0, y   any
		classes []string
	}{
		{table, NPYOptions{}, [][]float32{{1, 2}, {3, 4}, {5, 6}}, []int64{0, 1, 0}, []string{"9", "10"}},
		{table, NPYOptions{Target: "0"}, [][]float32{{2, 9}, {4, 10}, {6, 9}}, []int64{0, 1, 2}, []string{"1", "3", "5"}},
		{table, NPYOptions{Target: "-2", Regression: true}, [][]float32{{1, 9}, {3, 10}, {5, 9}}, []float32{2, 4, 6}, nil},
		{table, NPYOptions{DType: tensor.Float64}, [][]float64{{1, 2}, {3, 4}, {5, 6}}, []int64{0, 1, 0}, []string{"9", "10"}},
		{table.To(tensor.Int64), NPYOptions{}, [][]float32{{1, 2}, {3, 4}, {5, 6}}, []int64{0, 1, 0}, []string{"9", "10"}},
	} {
		ds, err := ReadNPY(saved(t, c.x), c.o)
		require.NoError(t, err)
		assert.True(t, tensor.Equal(tensor.FromSlice(c.x0), ds.X), "%+v: %#v", c.o, ds.X)
		assert.True(t, tensor.Equal(tensor.FromSlice(c.y), ds.Y), "%+v: %#v", c.o, ds.Y)
		assert.Equal(t, c.classes, ds.Classes)
	}
}

func TestReadNPYNamesTheFault(t *testing.T) {
	nan := tensor.FromSlice([][]float64{{1, 0}, {math.NaN(), 1}})
	for _, c := range []struct {
		x    *tensor.Tensor
		o    NPYOptions
		want string
	}{
		{nan, NPYOptions{}, "element [1 0] is NaN, not a finite float32"},
		{tensor.FromSlice([][]float64{{1, 0}, {2, 1e39}}), NPYOptions{}, "element [1 1] is 1e+39, not a finite float32"},
		{tensor.FromSlice([][]float64{{1, 0}, {2, 0.5}}), NPYOptions{}, `element [1 1]: "0.5" is a number but not a whole one, so not a class; is this a Regression?`},
		{tensor.Zeros(2, 2), NPYOptions{Target: "2"}, "target: no column 2 among 2"},
		{tensor.Zeros(2, 2), NPYOptions{Target: "y"}, `target: no column: strconv.Atoi: parsing "y": invalid syntax`},
		{tensor.Zeros(2, 2, 2), NPYOptions{}, "shape [2 2 2] is not that of a table with samples, features and a target; read targets from a file of their own with ReadNPYPair"},
		{tensor.Zeros(0, 2), NPYOptions{}, "shape [0 2] is not that of a table with samples, features and a target; read targets from a file of their own with ReadNPYPair"},
	} {
		path := saved(t, c.x)
		_, err := ReadNPY(path, c.o)
		assert.EqualError(t, err, "data: "+path+": "+c.want)
	}
	_, err := ReadNPY("absent.npy", NPYOptions{})
	assert.ErrorIs(t, err, fs.ErrNotExist)
	path := filepath.Join(t.TempDir(), "text.npy")
	require.NoError(t, os.WriteFile(path, []byte("1,2\n"), 0o600))
	_, err = ReadNPY(path, NPYOptions{})
	assert.ErrorContains(t, err, path)
}

func TestReadNPYPair(t *testing.T) {
	images := tensor.Reshape(tensor.Int64.Arange(0, 12, 1), 3, 2, 2)
	y := tensor.New([]int64{2, 0, 5})
	ds, err := ReadNPYPair(saved(t, images), saved(t, y), tensor.Float64)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(images.To(tensor.Float64), ds.X))
	assert.True(t, tensor.Equal(y, ds.Y), "classes stay as they are")

	ds, err = ReadNPYPair(saved(t, images), saved(t, tensor.Float64.Ones(3, 2)), tensor.Float32)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(tensor.Ones(3, 2), ds.Y))

	ds, err = ReadNPYPair(saved(t, images), saved(t, tensor.New([]bool{true, false, true})), tensor.Float32)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(tensor.New([]int64{1, 0, 1}), ds.Y))

	x, short := saved(t, images), saved(t, tensor.Zeros(2))
	_, err = ReadNPYPair(x, short, tensor.Float32)
	assert.EqualError(t, err, "data: "+x+" with shape [3 2 2] and "+short+" with shape [2] do not have equally many samples")
	negative := saved(t, tensor.New([]int64{0, 1, -1}))
	_, err = ReadNPYPair(x, negative, tensor.Float32)
	assert.EqualError(t, err, "data: "+negative+": element [2] is -1, not a class")
	_, err = ReadNPYPair(saved(t, tensor.Full(math.Inf(1), 3)), negative, tensor.Float32)
	assert.ErrorContains(t, err, "element [0] is +Inf, not a finite float32")
	_, err = ReadNPYPair(x, "absent.npy", tensor.Float32)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.Panics(t, func() { ReadNPYPair(x, x, tensor.Bool) })
}
