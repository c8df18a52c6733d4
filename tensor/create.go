package tensor

import (
	"math"

	"github.com/declive/declive/internal/kernel"
)

// Zeros returns a tensor of zeros (false for Bool). Like all constructors it
// panics when a length is negative.
func (d DType) Zeros(shape ...int) *Tensor {
	checkLengths("tensor.Zeros", shape)
	var t *Tensor
	switch d {
	case Float32:
		t, _ = empty[float32](shape)
	case Float64:
		t, _ = empty[float64](shape)
	case Int64:
		t, _ = empty[int64](shape)
	case Bool:
		t, _ = empty[bool](shape)
	default:
		panic(Errorf("tensor.Zeros", "%v is not a type of elements", d))
	}
	return t
}

// Empty returns a tensor whose elements are arbitrary, for those who set every
// one of them: large tensors are made faster than by Zeros.
func (d DType) Empty(shape ...int) *Tensor {
	checkLengths("tensor.Empty", shape)
	var t *Tensor
	switch d {
	case Float32:
		t, _ = unset[float32](shape)
	case Float64:
		t, _ = unset[float64](shape)
	default: // others never lie in used memory
		t = d.Zeros(shape...)
	}
	return t
}

// Full returns a tensor with every element v, converted to the type.
func (d DType) Full(v float64, shape ...int) *Tensor {
	t := d.Empty(shape...)
	switch d {
	case Float32:
		kernel.Fill(Data[float32](t), float32(v))
	case Float64:
		kernel.Fill(Data[float64](t), v)
	case Int64:
		kernel.Fill(Data[int64](t), int64(v))
	case Bool:
		kernel.Fill(Data[bool](t), v != 0)
	}
	return t
}

// Ones returns a tensor of ones (true for Bool).
func (d DType) Ones(shape ...int) *Tensor { return d.Full(1, shape...) }

// Scalar returns a 0-d tensor with the one element v.
func (d DType) Scalar(v float64) *Tensor { return d.Full(v) }

// Arange returns the 1-d tensor start, start+step, … up to but without stop.
// It panics when step is 0 or leads away from stop.
func (d DType) Arange(start, stop, step float64) *Tensor {
	n := math.Ceil((stop - start) / step)
	if step == 0 || n < 0 || math.IsNaN(n) || math.IsInf(n, 0) {
		panic(Errorf("tensor.Arange", "no steps of %g lead from %g to %g", step, start, stop))
	}
	return d.generate(int(n), func(i int) float64 { return start + float64(i)*step })
}

// Linspace returns n evenly spaced numbers from start to stop, both included;
// start alone when n is 1.
func (d DType) Linspace(start, stop float64, n int) *Tensor {
	checkLengths("tensor.Linspace", Shape{n})
	return d.generate(n, func(i int) float64 {
		switch i {
		case 0:
			return start
		case n - 1: // exactly, whatever the rounding on the way
			return stop
		}
		return start + float64(i)*(stop-start)/float64(n-1)
	})
}

// Eye returns the n×n identity matrix.
func (d DType) Eye(n int) *Tensor {
	checkLengths("tensor.Eye", Shape{n, n})
	t := d.Zeros(n, n)
	for i := range n {
		t.Set(1, i, i)
	}
	return t
}

// generate returns a 1-d tensor of f(0), f(1), …, f(n−1).
func (d DType) generate(n int, f func(i int) float64) *Tensor {
	x, buf := unset[float64](Shape{n})
	for i := range buf {
		buf[i] = f(i)
	}
	return x.To(d)
}

// Zeros returns a float32 tensor of zeros.
func Zeros(shape ...int) *Tensor { return Float32.Zeros(shape...) }

// Ones returns a float32 tensor of ones.
func Ones(shape ...int) *Tensor { return Float32.Ones(shape...) }

// Full returns a float32 tensor with every element v.
func Full(v float64, shape ...int) *Tensor { return Float32.Full(v, shape...) }

// Scalar returns a float32 0-d tensor.
func Scalar(v float64) *Tensor { return Float32.Scalar(v) }

// Arange returns a float32 tensor start, start+step, … without stop.
func Arange(start, stop, step float64) *Tensor { return Float32.Arange(start, stop, step) }

// Linspace returns n evenly spaced float32 numbers from start to stop.
func Linspace(start, stop float64, n int) *Tensor { return Float32.Linspace(start, stop, n) }

// Eye returns the float32 n×n identity matrix.
func Eye(n int) *Tensor { return Float32.Eye(n) }
