package data

import (
	"math"

	"github.com/declive/declive/tensor"
)

// Scaling maps every feature x to (x − Shift)/Scale. Fit it on the training part
// and apply it to all parts; fitted on everything it would carry knowledge
// of the test part into training. It is plain numbers, so that encoding/json
// keeps it beside a model.
type Scaling struct {
	Shift []float64 `json:"shift"` // one per feature
	Scale []float64 `json:"scale"` // one per feature, not 0
}

// Standardize returns the scaling that gives every feature of ds mean 0 and
// standard deviation 1 (the population's); a constant feature becomes 0. The
// features are all elements of a sample of X. It panics when ds is empty, X is
// not of floats, or a feature has a NaN or Inf.
// Source: https://scikit-learn.org/1.2/modules/generated/sklearn.preprocessing.StandardScaler.html
func Standardize(ds Dataset) *Scaling {
	r := rangesOf("data.Standardize", ds)
	s := &Scaling{Shift: r.mean, Scale: make([]float64, len(r.mean))}
	eachSample("data.Standardize", ds, func(x []float64) {
		for j, v := range x {
			s.Scale[j] += (v - s.Shift[j]) * (v - s.Shift[j])
		}
	})
	for j := range s.Scale {
		s.Scale[j] = math.Sqrt(s.Scale[j] / float64(ds.Len()))
		if r.min[j] == r.max[j] { // the computed deviation may be rounding's
			s.Shift[j], s.Scale[j] = r.min[j], 1
		}
	}
	return s
}

// MinMax returns the scaling that gives every feature of ds the range 0 to 1; a
// constant feature becomes 0. It panics like Standardize.
// Source: https://scikit-learn.org/1.2/modules/generated/sklearn.preprocessing.MinMaxScaler.html
func MinMax(ds Dataset) *Scaling {
	r := rangesOf("data.MinMax", ds)
	s := &Scaling{Shift: r.min, Scale: make([]float64, len(r.min))}
	for j := range s.Scale {
		s.Scale[j] = r.max[j] - r.min[j]
		if s.Scale[j] == 0 {
			s.Scale[j] = 1
		}
	}
	return s
}

// Apply returns the scaled x, one or more samples along the first axis. Each
// element is computed in float64 and rounded once. It panics when x is not of
// floats or its samples do not have the scaling's number of features.
func (s *Scaling) Apply(x *tensor.Tensor) *tensor.Tensor {
	const op = "data.Scaling.Apply"
	if features(op, x) != len(s.Shift) || len(s.Scale) != len(s.Shift) {
		panic(tensor.Errorf(op, "samples of shape %v do not have the scaling's %d features (scales: %d)",
			x.Shape(), len(s.Shift), len(s.Scale)))
	}
	y := x.Clone()
	if y.DType() == tensor.Float32 {
		scale(tensor.Data[float32](y), s)
	} else {
		scale(tensor.Data[float64](y), s)
	}
	return y
}

func scale[T float32 | float64](data []T, s *Scaling) {
	n := len(s.Shift)
	for ; len(data) > 0; data = data[n:] {
		for j := range n {
			data[j] = T((float64(data[j]) - s.Shift[j]) / s.Scale[j])
		}
	}
}

// Dataset returns ds with X scaled, batch by batch.
func (s *Scaling) Dataset(ds Dataset) Dataset {
	return Map(ds, func(b Batch) Batch {
		b.X = s.Apply(b.X)
		return b
	})
}

// ranges describes each feature of a dataset.
type ranges struct{ mean, min, max []float64 }

func rangesOf(op string, ds Dataset) *ranges {
	if ds.Len() == 0 {
		panic(tensor.Errorf(op, "the dataset is empty"))
	}
	var r *ranges
	eachSample(op, ds, func(x []float64) {
		if r == nil {
			r = &ranges{make([]float64, len(x)), append([]float64{}, x...), append([]float64{}, x...)}
		}
		for j, v := range x {
			r.mean[j] += v
			r.min[j], r.max[j] = min(r.min[j], v), max(r.max[j], v)
		}
	})
	for j := range r.mean {
		r.mean[j] /= float64(ds.Len())
		if math.IsNaN(r.mean[j]) || math.IsInf(r.mean[j], 0) {
			panic(tensor.Errorf(op, "feature %d has a NaN or Inf", j))
		}
	}
	return r
}

// eachSample calls f with the features of each sample in turn.
func eachSample(op string, ds Dataset, f func(x []float64)) {
	for b := range inOrder(ds) {
		n := features(op, b.X)
		for x := b.X.Float64s(); len(x) > 0 && n > 0; x = x[n:] {
			f(x[:n])
		}
	}
}

// features returns the number of elements in a sample of x.
func features(op string, x *tensor.Tensor) int {
	if !x.DType().IsFloat() || x.Dims() == 0 {
		panic(tensor.Errorf(op, "X of type %v and shape %v is not samples of floats", x.DType(), x.Shape()))
	}
	return tensor.Shape(x.Shape()[1:]).Size()
}
