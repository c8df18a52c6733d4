package interop

import (
	"errors"
	"fmt"

	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/tensor"
)

// FromDense returns d as a Tensor. It shares d's memory when d is row-major and
// contiguous, so that a change of one is seen in the other; slices, transposed
// and column-major tensors are copied. Elements must be float32, float64,
// int64, bool or int, which is copied to int64. Another type, a mask, memory
// that Go cannot read, or a Dense without elements is an error.
//
// A Dense over memory that Go does not manage (gorgonia.FromMemory) keeps that
// memory only as long as its owner does; the Tensor, too.
func FromDense(d *gorgonia.Dense) (*tensor.Tensor, error) {
	if d == nil {
		return nil, errors.New("interop.FromDense: a nil Dense")
	}
	x, err := fromDense(d)
	if err != nil {
		return nil, fmt.Errorf("interop.FromDense: %v of shape %v: %w", d.Dtype(), tensor.Shape(d.Shape()), err)
	}
	return x, nil
}

func fromDense(d *gorgonia.Dense) (*tensor.Tensor, error) {
	switch d.Dtype() {
	case gorgonia.Float32:
		return sharing[float32](d)
	case gorgonia.Float64:
		return sharing[float64](d)
	case gorgonia.Int64:
		return sharing[int64](d)
	case gorgonia.Bool:
		return sharing[bool](d)
	case gorgonia.Int:
		return fromInts(d)
	}
	return nil, errors.New("the type has no counterpart; float32, float64, int64, bool and int have")
}

func sharing[T tensor.Element](d *gorgonia.Dense) (*tensor.Tensor, error) {
	data, err := elements[T](d)
	if err != nil {
		return nil, err
	}
	return tensor.New(data, shapeOf(d)...), nil
}

func fromInts(d *gorgonia.Dense) (*tensor.Tensor, error) {
	data := d.Ints()
	l, err := layoutOf(d, len(data))
	if err != nil {
		return nil, err
	}
	out := make([]int64, 0, l.size)
	l.each(func(at int) { out = append(out, int64(data[at])) })
	return tensor.New(out, shapeOf(d)...), nil
}

// shapeOf returns a copy of d's shape that is never nil: tensor.New takes nil
// for one axis.
func shapeOf(d *gorgonia.Dense) []int { return append([]int{}, d.Shape()...) }

// ToDense returns x as a Dense that shares x's memory, so that a change of one
// is seen in the other. A Tensor without elements is an error, because gorgonia
// has none. It panics when x is nil.
func ToDense(x *tensor.Tensor) (*gorgonia.Dense, error) {
	if x == nil {
		panic(tensor.Errorf("interop.ToDense", "a nil tensor"))
	}
	if x.Size() == 0 {
		return nil, fmt.Errorf("interop.ToDense: shape %v is empty, which gorgonia does not support", x.Shape())
	}
	switch x.DType() {
	case tensor.Float32:
		return newDense(tensor.Data[float32](x), x.Shape(), nil), nil
	case tensor.Float64:
		return newDense(tensor.Data[float64](x), x.Shape(), nil), nil
	case tensor.Int64:
		return newDense(tensor.Data[int64](x), x.Shape(), nil), nil
	}
	return newDense(tensor.Data[bool](x), x.Shape(), nil), nil
}

// newDense makes a row-major Dense over data. A nil engine is gorgonia's own.
func newDense[T tensor.Element](data []T, shape []int, e gorgonia.Engine) *gorgonia.Dense {
	options := []gorgonia.ConsOpt{gorgonia.WithShape(shape...), gorgonia.WithBacking(data)}
	if e != nil {
		options = append(options, gorgonia.WithEngine(e))
	}
	return gorgonia.New(options...)
}
