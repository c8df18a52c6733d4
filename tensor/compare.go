package tensor

import "github.com/declive/declive/internal/kernel"

// Equals returns, as a Bool tensor, where a = b; NaN equals nothing.
func Equals(a, b *Tensor) *Tensor {
	op := "tensor.Equals"
	if sameType(op, a, b) == Bool {
		return zip(op, a, b, kernel.Equal[bool])
	}
	return compare(op, a, b, kernel.Equal[float32], kernel.Equal[float64], kernel.Equal[int64])
}

// Less returns where a < b; false where either is NaN.
func Less(a, b *Tensor) *Tensor {
	return compare("tensor.Less", a, b, kernel.Less[float32], kernel.Less[float64], kernel.Less[int64])
}

// LessEqual returns where a <= b; false where either is NaN.
func LessEqual(a, b *Tensor) *Tensor {
	return compare("tensor.LessEqual", a, b, kernel.LessEqual[float32], kernel.LessEqual[float64], kernel.LessEqual[int64])
}

// Greater returns where a > b; false where either is NaN.
func Greater(a, b *Tensor) *Tensor {
	return compare("tensor.Greater", a, b, greater[float32], greater[float64], greater[int64])
}

// GreaterEqual returns where a >= b; false where either is NaN.
func GreaterEqual(a, b *Tensor) *Tensor {
	return compare("tensor.GreaterEqual", a, b, greaterEqual[float32], greaterEqual[float64], greaterEqual[int64])
}

func greater[T kernel.Number](dst []bool, a, b []T)      { kernel.Less(dst, b, a) }
func greaterEqual[T kernel.Number](dst []bool, a, b []T) { kernel.LessEqual(dst, b, a) }

// And returns where both Bool tensors hold.
func And(a, b *Tensor) *Tensor {
	needBool("tensor.And", a)
	needBool("tensor.And", b)
	return zip("tensor.And", a, b, kernel.And)
}

// Or returns where at least one of two Bool tensors holds.
func Or(a, b *Tensor) *Tensor {
	needBool("tensor.Or", a)
	needBool("tensor.Or", b)
	return zip("tensor.Or", a, b, kernel.Or)
}

// Not returns where a Bool tensor does not hold.
func Not(x *Tensor) *Tensor {
	needBool("tensor.Not", x)
	return mapped(x, kernel.Not)
}

func needBool(op string, x *Tensor) {
	if x.dtype != Bool {
		panic(Errorf(op, "%v %v is not a bool tensor", x.dtype, x.shape))
	}
}

// Where returns a where cond, a Bool tensor, holds and b elsewhere. All three
// broadcast together.
func Where(cond, a, b *Tensor) *Tensor {
	const op = "tensor.Where"
	if cond.dtype != Bool {
		panic(Errorf(op, "the condition is %v %v, not bool", cond.dtype, cond.shape))
	}
	sameType(op, a, b)
	out := a.shape
	if !b.shape.Equal(out) || !cond.shape.Equal(out) {
		out = broadcast(op, cond.shape, broadcast(op, a.shape, b.shape))
		cond, a, b = expandUnlessOne(cond, out), expandUnlessOne(a, out), expandUnlessOne(b, out)
	}
	switch a.dtype {
	case Float32:
		return where[float32](out, cond, a, b)
	case Float64:
		return where[float64](out, cond, a, b)
	case Int64:
		return where[int64](out, cond, a, b)
	}
	return where[bool](out, cond, a, b)
}

// expandUnlessOne leaves a single element alone: the kernel takes it as a constant.
func expandUnlessOne(x *Tensor, shape Shape) *Tensor {
	if x.size == 1 {
		return x
	}
	return Expand(x, shape...)
}

func where[T Element](shape Shape, cond, a, b *Tensor) *Tensor {
	out, dst := unset[T](shape)
	kernel.Where(dst, Data[bool](cond), Data[T](a), Data[T](b))
	return out
}

// compare is numbers with a Bool result.
func compare(op string, a, b *Tensor, f32 func(dst []bool, a, b []float32), f64 func(dst []bool, a, b []float64), i64 func(dst []bool, a, b []int64)) *Tensor {
	switch sameType(op, a, b) {
	case Float32:
		return zip(op, a, b, f32)
	case Float64:
		return zip(op, a, b, f64)
	case Int64:
		return zip(op, a, b, i64)
	}
	panic(Errorf(op, "%v %v has no order", a.dtype, a.shape))
}
