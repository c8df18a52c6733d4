package tensor

import (
	"slices"

	"github.com/declive/declive/internal/kernel"
)

// Reductions take the axes to reduce, every axis when none is given. A trailing
// KeepDims keeps them with length 1. An axis that does not exist or stands
// twice panics.

// Sum returns the sum over axes. float32 is summed in float64 and rounded
// once; an empty sum is 0.
func Sum(x *Tensor, axes ...int) *Tensor {
	l := lanes("tensor.Sum", x, axes)
	switch x.dtype {
	case Float32:
		return reduce(l, kernel.SumAxis[float32])
	case Float64:
		return reduce(l, kernel.SumAxis[float64])
	case Int64:
		return reduce(l, kernel.SumAxisInt)
	}
	l.x = l.x.To(Int64) // how many hold
	return reduce(l, kernel.SumAxisInt)
}

// Prod returns the product over axes; an empty product is 1.
func Prod(x *Tensor, axes ...int) *Tensor {
	return ordered("tensor.Prod", x, axes, kernel.ProdAxis[float32], kernel.ProdAxis[float64], kernel.ProdAxis[int64])
}

// Mean returns the mean over axes; NaN over nothing. Like Sum it is computed
// in float64 and rounded once, so a mean in float32's range is found even where
// the sum leaves it.
func Mean(x *Tensor, axes ...int) *Tensor {
	needFloat("tensor.Mean", x)
	l := lanes("tensor.Mean", x, axes)
	if x.dtype == Float32 {
		return reduce(l, kernel.MeanAxis[float32])
	}
	return reduce(l, kernel.MeanAxis[float64])
}

// Var returns the variance Σ(x − mean)²/(n − correction) over axes: correction
// 1 is the unbiased estimate that PyTorch gives by default, 0 the population's.
// Where n <= correction the divisor is 0: NaN when all x are equal, else +Inf.
// Source: https://pytorch.org/docs/1.13/generated/torch.var.html
func Var(x *Tensor, correction int, axes ...int) *Tensor {
	const op = "tensor.Var"
	needFloat(op, x)
	l := lanes(op, x, axes)
	by := float64(max(0, l.n-correction))
	if x.dtype == Float32 {
		return reduce(l, func(dst, x []float32, outer, n, inner int) { kernel.VarAxis(dst, x, outer, n, inner, by) })
	}
	return reduce(l, func(dst, x []float64, outer, n, inner int) { kernel.VarAxis(dst, x, outer, n, inner, by) })
}

// Max returns the greatest element over axes; NaN anywhere gives NaN. It
// panics over nothing.
func Max(x *Tensor, axes ...int) *Tensor {
	const op = "tensor.Max"
	needSome(op, x, axes)
	return ordered(op, x, axes, kernel.MaxAxis[float32], kernel.MaxAxis[float64], kernel.MaxAxis[int64])
}

// Min returns the least element over axes; NaN anywhere gives NaN. It panics
// over nothing.
func Min(x *Tensor, axes ...int) *Tensor {
	const op = "tensor.Min"
	needSome(op, x, axes)
	return ordered(op, x, axes, kernel.MinAxis[float32], kernel.MinAxis[float64], kernel.MinAxis[int64])
}

// ArgMax returns, as Int64, the position of the first greatest element along
// axes: along one axis its index, along several (or all) its row-major
// position among them. NaN counts as greatest. It panics over nothing.
func ArgMax(x *Tensor, axes ...int) *Tensor {
	return position("tensor.ArgMax", x, axes, kernel.ArgMaxAxis[float32], kernel.ArgMaxAxis[float64], kernel.ArgMaxAxis[int64])
}

// ArgMin is ArgMax for the first least element.
func ArgMin(x *Tensor, axes ...int) *Tensor {
	return position("tensor.ArgMin", x, axes, kernel.ArgMinAxis[float32], kernel.ArgMinAxis[float64], kernel.ArgMinAxis[int64])
}

// LogSumExp returns ln Σ exp(x) over axes without overflow; −Inf over nothing.
func LogSumExp(x *Tensor, axes ...int) *Tensor {
	needFloat("tensor.LogSumExp", x)
	l := lanes("tensor.LogSumExp", x, axes)
	if x.dtype == Float32 {
		return reduce(l, kernel.LogSumExpAxis[float32])
	}
	return reduce(l, kernel.LogSumExpAxis[float64])
}

// Norm returns (Σ|x|^p)^(1/p) over axes, scaled so that nothing overflows on
// the way. p = +Inf is the greatest |x|, −Inf the least, 0 counts what is not 0.
// Source: https://pytorch.org/docs/1.13/generated/torch.linalg.vector_norm.html
func Norm(x *Tensor, p float64, axes ...int) *Tensor {
	needFloat("tensor.Norm", x)
	l := lanes("tensor.Norm", x, axes)
	if x.dtype == Float32 {
		return reduce(l, func(dst, x []float32, outer, n, inner int) { kernel.NormAxis(dst, x, outer, n, inner, p) })
	}
	return reduce(l, func(dst, x []float64, outer, n, inner int) { kernel.NormAxis(dst, x, outer, n, inner, p) })
}

// Softmax returns exp(x)/Σ exp(x) along axis a without overflow.
func Softmax(x *Tensor, a int) *Tensor {
	return alongAxis("tensor.Softmax", x, a, kernel.SoftmaxAxis[float32], kernel.SoftmaxAxis[float64])
}

// LogSoftmax returns x − ln Σ exp(x) along axis a without overflow.
func LogSoftmax(x *Tensor, a int) *Tensor {
	return alongAxis("tensor.LogSoftmax", x, a, kernel.LogSoftmaxAxis[float32], kernel.LogSoftmaxAxis[float64])
}

// laneSet is a tensor seen as [outer, n, inner] with the middle to be reduced,
// and the result, which has its shape only.
type laneSet struct {
	x               *Tensor
	outer, n, inner int
	out             *Tensor
}

// lanes arranges x for a reduction, moving the axes together when they are not.
func lanes(op string, x *Tensor, axes []int) laneSet {
	set, keep := reduction(op, axes, x.Dims())
	l := laneSet{x: x, outer: 1, n: 1, inner: 1, out: &Tensor{}}
	l.out.shape = l.out.dims[:0]
	for i, d := range x.shape {
		if !set.has(i) {
			l.out.shape = append(l.out.shape, d)
		} else if keep {
			l.out.shape = append(l.out.shape, 1)
		}
	}
	const (
		before = iota
		within
		after
	)
	state := before
	for i, d := range x.shape {
		switch {
		case d == 1: // belongs anywhere
		case set.has(i) && state == after:
			return moved(l, x, set)
		case set.has(i):
			state = within
			l.n *= d
		case state == before:
			l.outer *= d
		default:
			state = after
			l.inner *= d
		}
	}
	return l
}

// moved puts the reduced axes last.
func moved(l laneSet, x *Tensor, set axisSet) laneSet {
	var keep, drop []int
	l.outer, l.n, l.inner = 1, 1, 1
	for i, d := range x.shape {
		if set.has(i) {
			drop = append(drop, i)
			l.n *= d
		} else {
			keep = append(keep, i)
			l.outer *= d
		}
	}
	l.x = Permute(x, append(keep, drop...)...)
	return l
}

// reduce runs a kernel over lanes.
func reduce[D, T Element](l laneSet, f func(dst []D, x []T, outer, n, inner int)) *Tensor {
	dst := fill[D](l.out, false)
	if len(dst) > 0 {
		f(dst, Data[T](l.x), l.outer, l.n, l.inner)
	}
	return l.out
}

// ordered reduces numbers of any type but bool.
func ordered(op string, x *Tensor, axes []int, f32 func(dst, x []float32, outer, n, inner int),
	f64 func(dst, x []float64, outer, n, inner int), i64 func(dst, x []int64, outer, n, inner int)) *Tensor {
	l := lanes(op, x, axes)
	switch x.dtype {
	case Float32:
		return reduce(l, f32)
	case Float64:
		return reduce(l, f64)
	case Int64:
		return reduce(l, i64)
	}
	panic(Errorf(op, "%v %v has no order", x.dtype, x.shape))
}

// position reduces numbers of any type but bool to indices.
func position(op string, x *Tensor, axes []int, f32 func(dst []int64, x []float32, outer, n, inner int),
	f64 func(dst []int64, x []float64, outer, n, inner int), i64 func(dst, x []int64, outer, n, inner int)) *Tensor {
	needSome(op, x, axes)
	l := lanes(op, x, axes)
	switch x.dtype {
	case Float32:
		return reduce(l, f32)
	case Float64:
		return reduce(l, f64)
	case Int64:
		return reduce(l, i64)
	}
	panic(Errorf(op, "%v %v has no order", x.dtype, x.shape))
}

// alongAxis runs a kernel that keeps the shape along one axis of a float tensor.
func alongAxis(op string, x *Tensor, a int, f32 func(dst, x []float32, outer, n, inner int),
	f64 func(dst, x []float64, outer, n, inner int)) *Tensor {
	needFloat(op, x)
	l := lanes(op, x, []int{a})
	l.out.setShape(x.shape)
	if x.dtype == Float32 {
		return reduce(l, f32)
	}
	return reduce(l, f64)
}

func needFloat(op string, x *Tensor) {
	if !x.dtype.IsFloat() {
		panic(Errorf(op, "%v %v is not a float tensor", x.dtype, x.shape))
	}
}

// needSome panics when the reduction has results but no elements to take them from.
func needSome(op string, x *Tensor, axes []int) {
	if x.size > 0 {
		return
	}
	if l := lanes(op, x, axes); l.n == 0 && l.out.shape.Size() > 0 {
		panic(Errorf(op, "shape %v has no elements along axes %v", x.shape, slices.Clone(axes)))
	}
}
