package interop

import (
	"reflect"
	"slices"

	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Functions of gorgonia's StdEng, which do what the kernels do not.
type (
	stdUnary  = func(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error)
	stdBinary = func(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error)
	stdScalar = func(a gorgonia.Tensor, b any, leftTensor bool, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error)
)

// unary runs the kernel of a's type.
func unary(a gorgonia.Tensor, opts []gorgonia.FuncOpt, std stdUnary, f32 func(dst, x []float32), f64 func(dst, x []float64)) (gorgonia.Tensor, error) {
	if ad, ok := a.(*gorgonia.Dense); ok {
		var out gorgonia.Tensor
		var err error
		done := false
		switch a.Dtype() {
		case gorgonia.Float32:
			out, done, err = apply(ad, opts, f32)
		case gorgonia.Float64:
			out, done, err = apply(ad, opts, f64)
		}
		if done {
			return out, err
		}
	}
	return std(a, opts...)
}

// apply runs f on one tensor; done is false when it cannot.
func apply[T kernel.Float](a *gorgonia.Dense, opts []gorgonia.FuncOpt, f func(dst, x []T)) (out gorgonia.Tensor, done bool, err error) {
	x, errA := elements[T](a)
	to, ok := destinationOf(a, opts)
	if errA != nil || !ok {
		return nil, false, nil
	}
	out, err = store(to, func(dst []T) { f(dst, x) }, x)
	return out, true, err
}

// binary runs the kernel of the type that a and b have.
func binary(a, b gorgonia.Tensor, opts []gorgonia.FuncOpt, std stdBinary, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) (gorgonia.Tensor, error) {
	ad, _ := a.(*gorgonia.Dense)
	bd, _ := b.(*gorgonia.Dense)
	if ad != nil && bd != nil && a.Dtype() == b.Dtype() && a.Shape().Eq(b.Shape()) {
		var out gorgonia.Tensor
		var err error
		done := false
		switch a.Dtype() {
		case gorgonia.Float32:
			out, done, err = zip(ad, bd, opts, f32)
		case gorgonia.Float64:
			out, done, err = zip(ad, bd, opts, f64)
		}
		if done {
			return out, err
		}
	}
	return std(a, b, opts...)
}

// zip runs f on two tensors; done is false when it cannot.
func zip[T kernel.Float](a, b *gorgonia.Dense, opts []gorgonia.FuncOpt, f func(dst, a, b []T)) (out gorgonia.Tensor, done bool, err error) {
	x, errA := elements[T](a)
	y, errB := elements[T](b)
	to, ok := destinationOf(a, opts)
	if errA != nil || errB != nil || len(x) != len(y) || !ok {
		return nil, false, nil
	}
	out, err = store(to, func(dst []T) { f(dst, x, y) }, x, y)
	return out, true, err
}

// scalar runs the kernel of a's type with the number b, which is the right
// operand if leftTensor.
func scalar(a gorgonia.Tensor, b any, leftTensor bool, opts []gorgonia.FuncOpt, std stdScalar, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) (gorgonia.Tensor, error) {
	if ad, ok := a.(*gorgonia.Dense); ok {
		var out gorgonia.Tensor
		var err error
		done := false
		switch a.Dtype() {
		case gorgonia.Float32:
			out, done, err = zipScalar(ad, b, leftTensor, opts, f32)
		case gorgonia.Float64:
			out, done, err = zipScalar(ad, b, leftTensor, opts, f64)
		}
		if done {
			return out, err
		}
	}
	return std(a, b, leftTensor, opts...)
}

func zipScalar[T kernel.Float](a *gorgonia.Dense, b any, leftTensor bool, opts []gorgonia.FuncOpt, f func(dst, a, b []T)) (out gorgonia.Tensor, done bool, err error) {
	s, isNumber := number[T](b)
	x, errA := elements[T](a)
	to, ok := destinationOf(a, opts)
	if !isNumber || errA != nil || !ok {
		return nil, false, nil
	}
	y := []T{s}
	run := func(dst []T) { f(dst, x, y) }
	if !leftTensor {
		run = func(dst []T) { f(dst, y, x) }
	}
	out, err = store(to, run, x)
	return out, true, err
}

// number returns the T that b is, or holds as a 0-d tensor.
func number[T kernel.Float](b any) (T, bool) {
	switch v := b.(type) {
	case T:
		return v, true
	case *gorgonia.Dense:
		var zero T
		if v.IsScalar() && v.Dtype().Type == reflect.TypeOf(zero) {
			if data, err := elements[T](v); err == nil {
				return data[0], true
			}
		}
	}
	return 0, false
}

// destination says where a result goes.
type destination struct {
	dense *gorgonia.Dense // nil for a new one
	add   bool            // add to what is there
	like  *gorgonia.Dense // the first operand, whose shape the result takes
}

// destinationOf reads the options of an operation whose first operand is a. ok
// is false for options that are left to gorgonia.
func destinationOf(a *gorgonia.Dense, opts []gorgonia.FuncOpt) (to destination, ok bool) {
	to.like = a
	fo := gorgonia.ParseFuncOpts(opts...)
	given := fo.Reuse()
	switch {
	case fo.Incr() != nil:
		given, to.add = fo.Incr(), true
	case given == nil && !fo.Safe():
		given = a
	}
	if given == nil {
		return to, true
	}
	to.dense, ok = given.(*gorgonia.Dense)
	return to, ok && to.dense.Dtype() == a.Dtype() && tensor.Shape(to.dense.Shape()).Size() == tensor.Shape(a.Shape()).Size() &&
		!to.dense.IsMasked() && to.dense.IsNativelyAccessible()
}

// store has run fill the result's elements, row-major, and puts them where they
// belong. run reads operands and may not write over part of one.
func store[T kernel.Float](to destination, run func(dst []T), operands ...[]T) (gorgonia.Tensor, error) {
	shape := to.like.Shape()
	if to.dense == nil {
		out := make([]T, tensor.Shape(shape).Size())
		run(out)
		return newDense(out, shape, to.like.Engine()), nil
	}
	if !to.dense.Shape().Eq(shape) {
		if err := to.dense.Reshape(shape.Clone()...); err != nil {
			return nil, err
		}
	}
	if err := write(to.dense, to.add, run, operands...); err != nil {
		return nil, err
	}
	return to.dense, nil
}

// write runs straight into d's memory when that is row-major and no operand
// lies across it, and through a temporary otherwise.
func write[T kernel.Float](d *gorgonia.Dense, add bool, run func(dst []T), operands ...[]T) error {
	data := buffer[T](d)
	l, err := layoutOf(d, len(data))
	if err != nil {
		return err
	}
	flat := data[:min(l.size, len(data))]
	crossed := slices.ContainsFunc(operands, func(x []T) bool { return overlap(flat, x) })
	if l.rowMajor() && !add && !crossed {
		run(flat)
		return nil
	}
	result := make([]T, l.size)
	run(result)
	next := 0
	l.each(func(at int) {
		if add {
			data[at] += result[next]
		} else {
			data[at] = result[next]
		}
		next++
	})
	return nil
}
