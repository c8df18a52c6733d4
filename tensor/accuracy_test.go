package tensor_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/internal/golden"
	"github.com/declive/declive/tensor"
)

// float32 against float64 on the same numbers, from sharp to flat distributions
// and with the extremes side by side.
func TestLogSoftmaxOfFloat32(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	// exp makes much of the rounding of x − max, down to −104.
	bounds := map[string]float64{"LogSoftmax": 64, "Softmax": 64, "LogSumExp": 0.51}
	for _, scale := range []float64{1e-4, 1, 10, 50, 100, 1e4, 1e30} {
		x := tensor.MulScalar(tensor.Randn(rng, 200, 7), scale)
		wide := x.To(tensor.Float64)
		for name, f := range map[string]func(*tensor.Tensor) *tensor.Tensor{
			"LogSoftmax": func(x *tensor.Tensor) *tensor.Tensor { return tensor.LogSoftmax(x, 1) },
			"Softmax":    func(x *tensor.Tensor) *tensor.Tensor { return tensor.Softmax(x, 1) },
			"LogSumExp":  func(x *tensor.Tensor) *tensor.Tensor { return tensor.LogSumExp(x, 1) },
		} {
			require.LessOrEqual(t, golden.ULP(f(x), f(wide)), bounds[name], "%s of numbers about %g", name, scale)
		}
	}
	inf := math.Inf(-1)
	masked := tensor.FromSlice([]float32{0, 1, float32(inf), -1e4})
	require.LessOrEqual(t, golden.ULP(tensor.LogSoftmax(masked, 0), tensor.LogSoftmax(masked.To(tensor.Float64), 0)), bounds["LogSoftmax"])
}
