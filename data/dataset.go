package data

import "github.com/declive/declive/tensor"

// Dataset is a fixed sequence of samples. A type with these two methods trains
// like the ones of this package.
type Dataset interface {
	// Len returns the number of samples.
	Len() int

	// At returns the samples at indices, in that order, as one batch; an index
	// may repeat. Loader calls it from several goroutines at a time. It
	// must not change or keep indices, and must depend on nothing else. It has
	// no error to return: one that can fail panics with a *tensor.Error around
	// the cause, tensor.Errorf("photos.At", "%w", err), which Loader raises in
	// the goroutine of the loop and package train returns as an error.
	At(indices []int) Batch
}

// Batch is some samples. The first axis of every tensor counts them.
type Batch struct {
	X    *tensor.Tensor   // inputs
	Y    *tensor.Tensor   // targets: int64 classes or floats; nil when there are none
	More []*tensor.Tensor // whatever else a loss wants: second inputs, lengths, weights
}

// Len returns the number of samples.
func (b Batch) Len() int { return b.X.Len(0) }

// All returns the whole dataset as one batch.
func All(ds Dataset) Batch {
	indices := make([]int, ds.Len())
	for i := range indices {
		indices[i] = i
	}
	return ds.At(indices)
}

// TensorDataset holds its samples in tensors whose first axis counts them, like
// PyTorch's TensorDataset.
type TensorDataset struct {
	X    *tensor.Tensor
	Y    *tensor.Tensor   // may be nil
	More []*tensor.Tensor // handed through to Batch.More

	Features []string // the name of each column of X, or nil
	Classes  []string // the name of each class in Y, or nil
}

// NewTensorDataset returns a dataset over tensors, which it shares. y may be
// nil. It panics when the tensors do not have equally many samples.
func NewTensorDataset(x, y *tensor.Tensor, more ...*tensor.Tensor) *TensorDataset {
	d := &TensorDataset{X: x, Y: y, More: more}
	d.check("data.NewTensorDataset")
	return d
}

func (d *TensorDataset) check(op string) {
	if d.X == nil || d.X.Dims() == 0 {
		panic(tensor.Errorf(op, "X needs a first axis that counts the samples"))
	}
	if d.Y != nil && !d.fits(d.Y) {
		panic(tensor.Errorf(op, "Y with shape %v does not have as many samples as X with shape %v",
			d.Y.Shape(), d.X.Shape()))
	}
	for i, t := range d.More {
		if !d.fits(t) {
			panic(tensor.Errorf(op, "More[%d] with shape %v does not have as many samples as X with shape %v",
				i, t.Shape(), d.X.Shape()))
		}
	}
}

func (d *TensorDataset) fits(t *tensor.Tensor) bool {
	return t.Dims() > 0 && t.Len(0) == d.X.Len(0)
}

// Len returns the number of samples.
func (d *TensorDataset) Len() int { return d.X.Len(0) }

// At returns copies of the samples at indices. It panics when an index is
// outside 0 … Len−1 or the tensors do not have equally many samples.
func (d *TensorDataset) At(indices []int) Batch {
	const op = "data.TensorDataset.At"
	d.check(op)
	checkIndices(op, indices, d.Len())
	rows := make([]int64, len(indices))
	for i, index := range indices {
		rows[i] = int64(index)
	}
	index := tensor.New(rows)
	b := Batch{X: tensor.IndexSelect(d.X, 0, index)}
	if d.Y != nil {
		b.Y = tensor.IndexSelect(d.Y, 0, index)
	}
	for _, t := range d.More {
		b.More = append(b.More, tensor.IndexSelect(t, 0, index))
	}
	return b
}

func checkIndices(op string, indices []int, n int) {
	for i, index := range indices {
		if index < 0 || index >= n {
			panic(tensor.Errorf(op, "indices[%d] = %d is not a sample of %d", i, index, n))
		}
	}
}

// Map returns ds with every batch passed through f, which Loader calls from
// several goroutines at a time. f should make new tensors rather than write
// into those of its batch.
func Map(ds Dataset, f func(Batch) Batch) Dataset { return mapped{ds, f} }

type mapped struct {
	Dataset
	f func(Batch) Batch
}

func (m mapped) At(indices []int) Batch { return m.f(m.Dataset.At(indices)) }
