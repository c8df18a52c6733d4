package data

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/tensor"
)

func TestTensorDatasetTakesSamples(t *testing.T) {
	x := tensor.FromSlice([][]float32{{1, 2}, {3, 4}, {5, 6}})
	y := tensor.New([]int64{0, 1, 2})
	weight := tensor.New([]float64{.1, .2, .3})
	ds := NewTensorDataset(x, y, weight)
	b := ds.At([]int{2, 0, 2})
	assert.Equal(t, 3, b.Len())
	assert.True(t, tensor.Equal(tensor.FromSlice([][]float32{{5, 6}, {1, 2}, {5, 6}}), b.X))
	assert.True(t, tensor.Equal(tensor.New([]int64{2, 0, 2}), b.Y))
	assert.True(t, tensor.Equal(tensor.New([]float64{.3, .1, .3}), b.More[0]))
	b.X.Set(9, 0, 0)
	assert.Equal(t, 5.0, x.At(2, 0), "a batch shares nothing with its dataset")

	assert.Equal(t, 0, ds.At(nil).Len())
	assert.Nil(t, NewTensorDataset(x, nil).At([]int{1}).Y)
	assert.True(t, tensor.Equal(x, All(ds).X))
}

func TestTensorDatasetRejects(t *testing.T) {
	x, y := tensor.Zeros(3, 2), tensor.Zeros(2)
	for message, f := range map[string]func(){
		"data.NewTensorDataset: Y with shape [2] does not have as many samples as X with shape [3 2]": func() {
			NewTensorDataset(x, y)
		},
		"data.NewTensorDataset: More[1] with shape [] does not have as many samples as X with shape [3 2]": func() {
			NewTensorDataset(x, nil, x, tensor.Scalar(1))
		},
		"data.NewTensorDataset: X needs a first axis that counts the samples": func() { NewTensorDataset(nil, y) },
		"data.TensorDataset.At: indices[1] = 3 is not a sample of 3":          func() { NewTensorDataset(x, nil).At([]int{0, 3}) },
		"data.TensorDataset.At: indices[0] = -1 is not a sample of 3":         func() { NewTensorDataset(x, nil).At([]int{-1}) },
		"data.TensorDataset.At: Y with shape [2] does not have as many samples as X with shape [3 2]": func() {
			(&TensorDataset{X: x, Y: y}).At(nil)
		},
		"data.Subset.At: indices[0] = 1 is not a sample of 1": func() { (&Subset{numbered(3), []int{2}}).At([]int{1}) },
	} {
		assert.PanicsWithError(t, message, f)
	}
}

func TestMapPassesEveryBatch(t *testing.T) {
	ds := Map(numbered(3), func(b Batch) Batch { b.X = tensor.MulScalar(b.X, 2); return b })
	assert.Equal(t, 3, ds.Len())
	assert.Equal(t, []float64{4, 0}, ds.At([]int{2, 0}).X.Float64s())
}

func TestEmbeddedDataIsWhole(t *testing.T) {
	// Sums by NumPy 1.24.2 from scikit-learn 1.2.1's load_digits() and load_iris().
	for _, c := range []struct {
		ds                 *TensorDataset
		shape              tensor.Shape
		sum, square, label float64
		classes            int
		features           string
	}{
		{Digits(), tensor.Shape{1797, 64}, 561718, 6907012, 7264791, 10, "pixel 0,0"},
		{Iris(), tensor.Shape{150, 4}, 2078.7, 9539.29, 16175, 3, "sepal length (cm)"},
	} {
		x := c.ds.X.To(tensor.Float64)
		assert.Equal(t, tensor.Float32, c.ds.X.DType())
		assert.Equal(t, c.shape, c.ds.X.Shape())
		assert.InEpsilon(t, c.sum, tensor.Sum(x).Item(), 1e-7)
		assert.InEpsilon(t, c.square, tensor.Sum(tensor.Square(x)).Item(), 1e-7)
		label := tensor.Sum(tensor.Mul(c.ds.Y, tensor.Int64.Arange(0, float64(c.shape[0]), 1))).Item()
		assert.Equal(t, c.label, label, "Σ i·class of sample i")
		assert.Len(t, c.ds.Classes, c.classes)
		assert.Len(t, c.ds.Features, c.shape[1])
		assert.Equal(t, c.features, c.ds.Features[0])
	}
	assert.Equal(t, []string{"setosa", "versicolor", "virginica"}, Iris().Classes)
	assert.Equal(t, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, Digits().Classes)
}

func TestEmbeddedDataIsTheCallers(t *testing.T) {
	done := make(chan bool)
	for range 4 {
		go func() { // the race detector watches
			ds := Iris()
			ds.X.Set(-1, 0, 0)
			ds.Classes[0] = "mine"
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	assert.InDelta(t, 5.1, Iris().X.At(0, 0), 1e-6)
	assert.Equal(t, "setosa", Iris().Classes[0])
}
