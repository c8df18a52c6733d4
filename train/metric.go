package train

import (
	"math"

	"github.com/declive/declive/tensor"
)

// Metric measures how well a model does, over any number of batches.
type Metric interface {
	// Name returns what the value is called, such as "accuracy".
	Name() string

	// Reset forgets all batches.
	Reset()

	// Add takes in the model's output for a batch and the batch's targets. It
	// panics when their shapes do not fit.
	Add(y, target *tensor.Tensor)

	// Value returns the metric over all batches since Reset.
	Value() float64
}

// Accuracy is the share of samples whose class is told right. Outputs of shape
// [n, C] or [n, C, …] tell the class with the greatest score along axis 1.
// Outputs of shape [n] or [n, 1] tell class 1 above Threshold, else class 0.
// Targets are int64 classes of shape [n] or [n, …].
type Accuracy struct {
	// Threshold is what the only output of a model for two classes must exceed
	// to tell class 1: 0 for logits, which is the default, and 0.5 for
	// probabilities.
	Threshold float64

	right, n int
}

// Name returns "accuracy".
func (a *Accuracy) Name() string { return "accuracy" }

// Reset forgets all batches.
func (a *Accuracy) Reset() { a.right, a.n = 0, 0 }

// Add counts the samples told right. It panics when y has not one score or row
// of scores for every class in target.
func (a *Accuracy) Add(y, target *tensor.Tensor) {
	told := a.tell(y)
	if told.Size() != target.Size() || target.DType() != tensor.Int64 {
		panic(tensor.Errorf("train.Accuracy", "outputs %v do not fit targets %v of %s", y.Shape(), target.Shape(), target.DType()))
	}
	classes := tensor.Data[int64](target)
	for i, c := range tensor.Data[int64](told) {
		if c == classes[i] {
			a.right++
		}
	}
	a.n += len(classes)
}

func (a *Accuracy) tell(y *tensor.Tensor) *tensor.Tensor {
	if y.Dims() >= 2 && y.Shape()[1] != 1 {
		return tensor.ArgMax(y, 1)
	}
	return tensor.Greater(y, y.DType().Scalar(a.Threshold)).To(tensor.Int64)
}

// Value returns the share, from 0 to 1; NaN without samples.
func (a *Accuracy) Value() float64 { return float64(a.right) / float64(a.n) }

// RMSE is the root of the mean squared error √(Σ(y − t)²/n) of outputs and
// targets with equally many elements.
type RMSE struct {
	// Scale is the unit: errors are multiplied by it, which undoes a scaling of
	// the targets. Default (and 0) is 1.
	Scale float64

	squares float64
	n       int
}

// Name returns "RMSE".
func (r *RMSE) Name() string { return "RMSE" }

// Reset forgets all batches.
func (r *RMSE) Reset() { r.squares, r.n = 0, 0 }

// Add takes in the errors of a batch. It panics when y and target do not have
// equally many elements.
func (r *RMSE) Add(y, target *tensor.Tensor) {
	ts := pair("train.RMSE", y, target)
	for i, v := range y.Float64s() {
		r.squares += (v - ts[i]) * (v - ts[i])
	}
	r.n += len(ts)
}

// Value returns the error, in units of Scale; NaN without samples.
func (r *RMSE) Value() float64 {
	rmse := math.Sqrt(r.squares / float64(r.n))
	if r.Scale != 0 {
		rmse *= r.Scale
	}
	return rmse
}

// R2 is the coefficient of determination 1 − Σ(t − y)²/Σ(t − mean t)²: 1 when
// every target is told exactly, 0 when the mean would have done as well.
//
// Source: https://scikit-learn.org/1.2/modules/generated/sklearn.metrics.r2_score.html
type R2 struct {
	squares, spread, mean float64
	n                     int
}

// Name returns "R²".
func (r *R2) Name() string { return "R²" }

// Reset forgets all batches.
func (r *R2) Reset() { *r = R2{} }

// Add takes in the errors of a batch. It panics when y and target do not have
// equally many elements.
func (r *R2) Add(y, target *tensor.Tensor) {
	ts := pair("train.R2", y, target)
	for i, v := range y.Float64s() {
		t := ts[i]
		r.squares += (t - v) * (t - v)
		// Welford's recurrence: Σt² − n·mean² would cancel.
		r.n++
		d := t - r.mean
		r.mean += d / float64(r.n)
		r.spread += d * (t - r.mean)
	}
}

// Value returns the coefficient; NaN or −Inf where all targets are equal.
func (r *R2) Value() float64 { return 1 - r.squares/r.spread }

// pair returns the targets that belong to outputs, element by element.
func pair(op string, y, target *tensor.Tensor) []float64 {
	if y.Size() != target.Size() {
		panic(tensor.Errorf(op, "outputs %v do not fit targets %v", y.Shape(), target.Shape()))
	}
	return target.Float64s()
}
