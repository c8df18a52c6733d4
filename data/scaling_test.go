package data

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

func TestStandardizeAgreesWithScikitLearn(t *testing.T) {
	s := Standardize(Iris())
	// StandardScaler().fit(load_iris().data), scikit-learn 1.2.1
	assert.InDeltaSlice(t, []float64{5.843333333333335, 3.057333333333334, 3.7580000000000027, 1.199333333333334}, s.Shift, 1e-6)
	assert.InDeltaSlice(t, []float64{0.8253012917851409, 0.43441096773549437, 1.7594040657753032, 0.7596926279021594}, s.Scale, 1e-6)

	x := All(s.Dataset(Iris())).X
	for j := range 4 {
		column := tensor.Slice(x, 1, j, j+1)
		assert.InDelta(t, 0, tensor.Mean(column).Item(), 1e-6)
		assert.InDelta(t, 1, tensor.Var(column, 0).Item(), 1e-6)
	}
}

func TestScalingLeavesConstantsAtZero(t *testing.T) {
	// 0.1 has no exact float: a mean summed up carelessly misses it, and the
	// deviation becomes rounding's.
	x := tensor.Concat(1, tensor.Float64.Full(0.1, 1000, 1), tensor.Reshape(tensor.Float64.Arange(0, 1000, 1), 1000, 1))
	ds := NewTensorDataset(x, nil)
	for _, s := range []*Scaling{Standardize(ds), MinMax(ds)} {
		y := s.Apply(x)
		assert.Equal(t, 0.0, tensor.Norm(tensor.Slice(y, 1, 0, 1), 1).Item())
		assert.Equal(t, 1.0, s.Scale[0])
	}
}

func TestMinMaxSpansZeroToOne(t *testing.T) {
	x := tensor.Float64.Zeros(3000, 2, 2) // more samples than are read at a time
	copy(tensor.Data[float64](x), tensor.Float64.Arange(0, 12000, 1).Float64s())
	y := MinMax(NewTensorDataset(x, nil)).Apply(x)
	assert.Equal(t, x.Shape(), y.Shape())
	assert.Equal(t, tensor.Float64, y.DType())
	for j := range 4 {
		column := tensor.Slice(tensor.Reshape(y, 3000, 4), 1, j, j+1)
		assert.Equal(t, 0.0, tensor.Min(column).Item())
		assert.Equal(t, 1.0, tensor.Max(column).Item())
	}
}

func TestScalingDoesNotLookAtTheTestPart(t *testing.T) {
	ds := Iris()
	training, held := Split(ds, 0.5, 1)
	before := Standardize(training)
	for _, i := range held.Indices {
		ds.X.Set(1e6, i, 0)
	}
	assert.Equal(t, before, Standardize(training))
}

func TestScalingKeepsInJSON(t *testing.T) {
	s := Standardize(Iris())
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var back Scaling
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, *s, back)
}

func TestScalingRejects(t *testing.T) {
	nan := tensor.FromSlice([][]float32{{1, 2}, {3, 4}})
	tensor.Data[float32](nan)[3] = float32(inf)
	for message, f := range map[string]func(){
		"data.Standardize: the dataset is empty":                                                      func() { Standardize(NewTensorDataset(tensor.Zeros(0, 3), nil)) },
		"data.MinMax: feature 1 has a NaN or Inf":                                                     func() { MinMax(NewTensorDataset(nan, nil)) },
		"data.MinMax: X of type int64 and shape [3] is not samples of floats":                         func() { MinMax(NewTensorDataset(tensor.New([]int64{1, 2, 3}), nil)) },
		"data.Scaling.Apply: X of type float32 and shape [] is not samples of floats":                 func() { Standardize(Iris()).Apply(tensor.Scalar(1)) },
		"data.Scaling.Apply: samples of shape [2 2] do not have the scaling's 4 features (scales: 4)": func() { Standardize(Iris()).Apply(nan) },
	} {
		assert.PanicsWithError(t, message, f)
	}
}
