package golden

import (
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json.gz")
	file, err := os.Create(path)
	require.NoError(t, err)
	w := gzip.NewWriter(file)
	_, err = w.Write([]byte("[1]\n[2, \"nan\"]\n"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())
	values, err := Read[*tensor.Tensor](path)
	require.NoError(t, err)
	require.Len(t, values, 2)
	require.True(t, math.IsNaN(values[1].At(1)))
	_, err = Read[int](path)
	require.ErrorContains(t, err, "value 0")
	_, err = Read[int](path + "x")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestCompare(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	want := tensor.FromSlice([]float64{1, nan, inf, 0})
	tol := Tolerance{Rel: 1e-3, Abs: 1e-6}
	require.NoError(t, tol.Compare(tensor.FromSlice([]float64{1.0005, nan, inf, 1e-7}), want))
	require.NoError(t, tol.Compare(nil, nil))
	for text, got := range map[string]*tensor.Tensor{
		"element 0 of [4]":      tensor.FromSlice([]float64{1.01, nan, inf, 0}),
		"element 1 of [4]":      tensor.FromSlice([]float64{1, 0, inf, 0}),
		"element 2 of [4]":      tensor.FromSlice([]float64{1, nan, -inf, 0}),
		"element 3 of [4]":      tensor.FromSlice([]float64{1, nan, inf, nan}),
		"want float64 [4]":      tensor.FromSlice([]float32{1, 2, 3, 4}),
		"got float64 [3]":       tensor.FromSlice([]float64{1, 2, 3}),
		"want [1. nan inf  0.]": nil,
	} {
		err := tol.Compare(got, want)
		require.Error(t, err)
		if got != nil {
			require.ErrorContains(t, err, text)
		}
	}
}

func TestDistances(t *testing.T) {
	one := tensor.FromSlice([]float64{1})
	next := float64(math.Nextafter32(1, 2))
	require.Equal(t, 1.0, ULP(tensor.FromSlice([]float64{next}), one))
	require.Equal(t, 0.0, ULP(tensor.FromSlice([]float64{math.Inf(1)}), tensor.FromSlice([]float64{1e300})))
	require.True(t, math.IsInf(ULP(tensor.FromSlice([]float64{math.NaN()}), one), 1))
	require.InDelta(t, 0.5, Deviation(tensor.FromSlice([]float64{1.5, 9}), tensor.FromSlice([]float64{1, 1e-9}), 1e-6), 1e-15)
}
