package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrimitives(t *testing.T) {
	nan := math.NaN()
	x, dst := []float64{1, -2, 3}, make([]float64, 3)
	Scale(dst, x, 2)
	require.Equal(t, []float64{2, -4, 6}, dst)
	Offset(dst, x, 0.5)
	require.Equal(t, []float64{1.5, -1.5, 3.5}, dst)
	SelectPositive(dst, []float64{1, 0, nan}, []float64{1, 2, 3}, []float64{-1, -2, -3})
	require.Equal(t, []float64{1, -2, -3}, dst)
	require.Equal(t, 2.0, Sum64(x))
	require.Equal(t, -2.0, Min(x))
	require.Equal(t, 3.0, Max(x))
	require.True(t, math.IsNaN(Min([]float64{1, nan, 0})))
	require.True(t, math.IsNaN(Max([]float64{nan, 1})))
}
