package data

import (
	"fmt"
	"math"
	"strconv"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/npy"
)

// NPYOptions says how to read a NumPy array with samples in rows and features
// and target in columns.
type NPYOptions struct {
	Target     string       // the number of the column of targets, as in CSVOptions
	Regression bool         // targets are numbers, not classes, as in CSVOptions
	DType      tensor.DType // of features and regression targets: Float32 or Float64
}

// ReadNPY reads a 2-d .npy array as a table. Classes must be whole numbers and
// become positions among those found, as with ReadCSV; X has shape
// [n, columns−1].
//
// An error names the file, and the position and value of an element that is
// NaN, infinite, too large for DType or not a class. ReadNPY panics when DType
// is not a float.
func ReadNPY(path string, o NPYOptions) (*TensorDataset, error) {
	const op = "data.ReadNPY"
	needFloat(op, o.DType)
	a, err := readNPY(path)
	if err != nil {
		return nil, err
	}
	if a.Dims() != 2 || a.Len(0) == 0 || a.Len(1) < 2 {
		return nil, fmt.Errorf("data: %s: shape %v is not that of a table with samples, features and a target; "+
			"read targets from a file of their own with ReadNPYPair", path, a.Shape())
	}
	target, err := columnNumber(o.Target, a.Len(1))
	if err != nil {
		return nil, fmt.Errorf("data: %s: target: %w", path, err)
	}
	column := func(x *tensor.Tensor) *tensor.Tensor {
		return tensor.Reshape(tensor.Slice(x, 1, target, target+1), -1)
	}
	floats, err := finite(path, a, o.DType)
	if err != nil {
		return nil, err
	}
	before, after := tensor.Slice(floats, 1, 0, target), tensor.Slice(floats, 1, target+1, a.Len(1))
	ds := &TensorDataset{X: tensor.Concat(1, before, after)}
	if o.Regression {
		ds.Y = column(floats)
		return ds, nil
	}
	l := newLabels(nil)
	for i, v := range column(a).Float64s() {
		if err := l.add(strconv.FormatFloat(v, 'g', -1, 64)); err != nil {
			return nil, fmt.Errorf("data: %s: element %v: %w", path, []int{i, target}, err)
		}
	}
	ds.Classes, ds.Y = l.sorted()
	return ds, nil
}

// ReadNPYPair reads samples from one .npy file and their targets from another.
// The first axis of both counts the samples; the further axes may be any. X
// is converted to d. Integer and bool targets become int64 and are classes as
// they are, from 0; float targets are converted to d.
//
// Errors are those of ReadNPY, and differing numbers of samples or a negative
// class. ReadNPYPair panics when d is not a float.
func ReadNPYPair(xPath, yPath string, d tensor.DType) (*TensorDataset, error) {
	needFloat("data.ReadNPYPair", d)
	x, err := readNPY(xPath)
	if err != nil {
		return nil, err
	}
	y, err := readNPY(yPath)
	if err != nil {
		return nil, err
	}
	if x.Dims() == 0 || y.Dims() == 0 || x.Len(0) == 0 || x.Len(0) != y.Len(0) {
		return nil, fmt.Errorf("data: %s with shape %v and %s with shape %v do not have equally many samples",
			xPath, x.Shape(), yPath, y.Shape())
	}
	if x, err = finite(xPath, x, d); err != nil {
		return nil, err
	}
	if y.DType().IsFloat() {
		y, err = finite(yPath, y, d)
	} else {
		y, err = classes(yPath, y.To(tensor.Int64))
	}
	if err != nil {
		return nil, err
	}
	return NewTensorDataset(x, y), nil
}

func needFloat(op string, d tensor.DType) {
	if !d.IsFloat() {
		panic(tensor.Errorf(op, "DType %v is not a float", d))
	}
}

func readNPY(path string) (*tensor.Tensor, error) {
	t, err := npy.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return t, nil
}

// finite returns x as type d, or an error when an element is or becomes NaN or
// Inf.
func finite(path string, x *tensor.Tensor, d tensor.DType) (*tensor.Tensor, error) {
	y := x.To(d)
	for i, v := range y.Float64s() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("data: %s: element %v is %v, not a finite %v",
				path, position(i, x.Shape()), x.Float64s()[i], d)
		}
	}
	return y, nil
}

func classes(path string, y *tensor.Tensor) (*tensor.Tensor, error) {
	for i, v := range tensor.Data[int64](y) {
		if v < 0 {
			return nil, fmt.Errorf("data: %s: element %v is %d, not a class", path, position(i, y.Shape()), v)
		}
	}
	return y, nil
}

// position returns the index of the i-th element, row-major.
func position(i int, shape tensor.Shape) []int {
	index := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		index[a], i = i%shape[a], i/shape[a]
	}
	return index
}
