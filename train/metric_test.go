package train_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/train"
)

var _, _, _ train.Metric = (*train.Accuracy)(nil), (*train.RMSE)(nil), (*train.R2)(nil)

func TestAccuracy(t *testing.T) {
	var a train.Accuracy
	assert.True(t, math.IsNaN(a.Value()))
	a.Add(tensor.FromSlice([][]float32{{1, 5, 2}, {3, 1, 2}}), tensor.FromSlice([]int64{1, 2}))
	assert.Equal(t, 0.5, a.Value())
	a.Add(tensor.FromSlice([][]float32{{0, 0, 9}}), tensor.FromSlice([]int64{2}))
	assert.InDelta(t, 2.0/3, a.Value(), 1e-15)
	a.Reset()
	// a class for each of two places: [n C 2] and [n 2]
	a.Add(tensor.FromSlice([][][]float32{{{1, 0}, {0, 1}, {0, 0}}}), tensor.FromSlice([][]int64{{0, 2}}))
	assert.Equal(t, 0.5, a.Value())
	a.Reset()
	// one output for two classes
	a.Add(tensor.FromSlice([][]float32{{-1}, {0}, {0.1}}), tensor.FromSlice([]int64{0, 0, 1}))
	a.Add(tensor.FromSlice([]float64{-1, 2}), tensor.FromSlice([]int64{1, 1}))
	assert.Equal(t, 0.8, a.Value())

	half := train.Accuracy{Threshold: 0.5}
	half.Add(tensor.FromSlice([][]float32{{0.4}, {0.6}}), tensor.FromSlice([]int64{0, 1}))
	assert.Equal(t, 1.0, half.Value())
}

// The numbers are those of scikit-learn 1.2.1's r2_score and mean_squared_error
// for y_true [3, −0.5, 2, 7] and y_pred [2.5, 0, 2, 8].
func TestRegressionMetrics(t *testing.T) {
	y, target := []float32{2.5, 0, 2, 8}, []float32{3, -0.5, 2, 7}
	r2, rmse := &train.R2{}, &train.RMSE{}
	for range 2 { // the second time after Reset
		r2.Reset()
		rmse.Reset()
		for i := 0; i < 4; i += 2 { // in two batches
			a, b := tensor.New(y[i:i+2], 2, 1), tensor.New(target[i:i+2], 2)
			r2.Add(a, b)
			rmse.Add(a, b)
		}
		assert.InDelta(t, 0.9486081370449679, r2.Value(), 1e-14)
		assert.InDelta(t, math.Sqrt(0.375), rmse.Value(), 1e-14)
	}
	rmse.Scale = 10
	assert.InDelta(t, 10*math.Sqrt(0.375), rmse.Value(), 1e-13)
}

// Far from 0, Σt² − n·mean² would have lost all digits.
func TestR2FarFromZero(t *testing.T) {
	target := tensor.FromSlice([]float64{1e9, 1e9 + 1, 1e9 + 2})
	y := tensor.FromSlice([]float64{1e9, 1e9 + 1, 1e9 + 1})
	var r2 train.R2
	r2.Add(y, target)
	assert.InDelta(t, 0.5, r2.Value(), 1e-12)
}

func TestMetricsRejectShapes(t *testing.T) {
	y, short := tensor.Zeros(3, 2), tensor.Int64.Zeros(2)
	for _, m := range []train.Metric{&train.Accuracy{}, &train.RMSE{}, &train.R2{}} {
		err := autograd.Try(func() { m.Add(y, short) })
		require.ErrorContains(t, err, "[3 2] do not fit targets [2]", m.Name())
	}
	err := autograd.Try(func() { new(train.Accuracy).Add(y, tensor.Zeros(3)) })
	require.ErrorContains(t, err, "of float32")
}
