package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// x·Φ(x) by mpmath's ncdf with 30 digits of precision. PyTorch 1.13.1 gives 0 for all three in
// float32, for there 1 + erf cancels.
func TestGELUFarBelowZero(t *testing.T) {
	want := []float64{-5.919525870226e-9, -4.976768459417e-15, -2.131778534493e-32}
	// The rounding of x/√2 weighs x² times in the result.
	for d, eps := range map[tensor.DType]float64{tensor.Float32: 2e-5, tensor.Float64: 1e-12} {
		y := autograd.Untracked(tensor.FromSlice([]float64{-6, -8, -12}).To(d)).GELU()
		require.InEpsilonSlice(t, want, y.Value().Float64s(), eps)
	}
}
