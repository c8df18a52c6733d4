package interop

import (
	"fmt"

	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// MatMul computes the product of the matrices a, m×k, and b, k×n, into
// prealloc, m×n. A transposed or column-major operand is read where it lies.
func (e Engine) MatMul(a, b, prealloc gorgonia.Tensor) error {
	return product(a, b, prealloc, e.StdEng.MatMul, func(a, b []int) (x, y [2]int, ok bool) {
		if len(a) != 2 || len(b) != 2 {
			return x, y, false
		}
		return [2]int(a), [2]int(b), true
	})
}

// MatVecMul computes the product of the matrix a, m×k, and the vector b, k
// long, into prealloc, m long.
func (e Engine) MatVecMul(a, b, prealloc gorgonia.Tensor) error {
	return product(a, b, prealloc, e.StdEng.MatVecMul, func(a, b []int) (x, y [2]int, ok bool) {
		if len(a) != 2 {
			return x, y, false
		}
		return [2]int(a), [2]int{tensor.Shape(b).Size(), 1}, true
	})
}

// Outer computes the product of every element of the vector a, m long, with
// every element of the vector b, n long, into prealloc, m×n.
func (e Engine) Outer(a, b, prealloc gorgonia.Tensor) error {
	return product(a, b, prealloc, e.StdEng.Outer, func(a, b []int) (x, y [2]int, ok bool) {
		return [2]int{tensor.Shape(a).Size(), 1}, [2]int{1, tensor.Shape(b).Size()}, true
	})
}

// Inner computes the sum of the products of two vectors' elements, a float32 or
// float64 by their type.
func (e Engine) Inner(a, b gorgonia.Tensor) (any, error) {
	ad, _ := a.(*gorgonia.Dense)
	bd, _ := b.(*gorgonia.Dense)
	if ad == nil || bd == nil || a.Dtype() != b.Dtype() {
		return e.StdEng.Inner(a, b)
	}
	switch a.Dtype() {
	case gorgonia.Float32:
		return inner[float32](ad, bd)
	case gorgonia.Float64:
		return inner[float64](ad, bd)
	}
	return e.StdEng.Inner(a, b)
}

func inner[T kernel.Float](a, b *gorgonia.Dense) (any, error) {
	x, err := elements[T](a)
	if err != nil {
		return nil, err
	}
	y, err := elements[T](b)
	if err != nil {
		return nil, err
	}
	if len(x) != len(y) {
		return nil, fmt.Errorf("interop: vectors of %d and %d elements have no inner product", len(x), len(y))
	}
	out := make([]T, 1)
	kernel.Gemm(false, false, 1, 1, len(x), 1, x, y, 0, out)
	return out[0], nil
}

// Dot is the inner product of two vectors and gorgonia's Dot of everything
// else, which comes back to this engine for its products.
func (e Engine) Dot(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	if !a.Shape().IsVector() || !b.Shape().IsVector() {
		return e.StdEng.Dot(a, b, opts...)
	}
	v, err := e.Inner(a, b)
	if err != nil {
		return nil, err
	}
	return gorgonia.New(gorgonia.FromScalar(v), gorgonia.WithEngine(e)), nil
}

// product multiplies the matrices that a and b are taken for by asMatrices. What
// is not a product of dense floats goes to std.
func product(a, b, prealloc gorgonia.Tensor, std func(a, b, prealloc gorgonia.Tensor) error, asMatrices func(a, b []int) (x, y [2]int, ok bool)) error {
	ad, _ := a.(*gorgonia.Dense)
	bd, _ := b.(*gorgonia.Dense)
	cd, _ := prealloc.(*gorgonia.Dense)
	if ad == nil || bd == nil || cd == nil || a.Dtype() != b.Dtype() || a.Dtype() != prealloc.Dtype() {
		return std(a, b, prealloc)
	}
	x, y, ok := asMatrices(a.Shape(), b.Shape())
	if !ok || x[1] != y[0] || x[0]*y[1] != tensor.Shape(cd.Shape()).Size() {
		return std(a, b, prealloc)
	}
	switch a.Dtype() {
	case gorgonia.Float32:
		return multiply[float32](ad, bd, cd, x, y)
	case gorgonia.Float64:
		return multiply[float64](ad, bd, cd, x, y)
	}
	return std(a, b, prealloc)
}

// multiply computes c = a·b, taking a for a matrix of shape x and b for one of
// shape y.
func multiply[T kernel.Float](a, b, c *gorgonia.Dense, x, y [2]int) error {
	dataA, transA, err := matrix[T](a)
	if err != nil {
		return err
	}
	dataB, transB, err := matrix[T](b)
	if err != nil {
		return err
	}
	run := func(dst []T) {
		kernel.Gemm(transA, transB, x[0], y[1], x[1], 1, dataA, dataB, 0, dst)
	}
	if buf := buffer[T](c); sameStart(buf, dataA) || sameStart(buf, dataB) {
		// Unlike the element-wise kernels a product must not run in place.
		direct := run
		run = func(dst []T) {
			out := make([]T, len(dst))
			direct(out)
			copy(dst, out)
		}
	}
	return write(c, false, run, dataA, dataB)
}

// matrix returns d's elements, row-major if not transposed and column-major if
// so. Neither order costs a copy.
func matrix[T kernel.Float](d *gorgonia.Dense) (data []T, transposed bool, err error) {
	data = buffer[T](d)
	l, err := layoutOf(d, len(data))
	if err != nil {
		return nil, false, err
	}
	if len(l.shape) == 2 && !l.rowMajor() {
		flipped := layout{shape: tensor.Shape{l.shape[1], l.shape[0]}, strides: []int{l.strides[1], l.strides[0]}, size: l.size}
		if flipped.rowMajor() {
			return data[:l.size], true, nil
		}
	}
	data, err = elements[T](d)
	return data, false, err
}

func sameStart[T any](a, b []T) bool { return len(a) > 0 && len(b) > 0 && &a[0] == &b[0] }
