package tensor

import "github.com/declive/declive/internal/kernel"

// Operations on two tensors broadcast as NumPy does and panic when the shapes
// do not combine or the types differ; types are never converted in silence.

// Add returns a + b.
func Add(a, b *Tensor) *Tensor {
	return numbers("tensor.Add", a, b, kernel.Add[float32], kernel.Add[float64], kernel.Add[int64])
}

// Sub returns a − b.
func Sub(a, b *Tensor) *Tensor {
	return numbers("tensor.Sub", a, b, kernel.Sub[float32], kernel.Sub[float64], kernel.Sub[int64])
}

// Mul returns a · b, element by element.
func Mul(a, b *Tensor) *Tensor {
	return numbers("tensor.Mul", a, b, kernel.Mul[float32], kernel.Mul[float64], kernel.Mul[int64])
}

// Div returns a / b. It is for floats only: integers have no exact quotient.
func Div(a, b *Tensor) *Tensor {
	return floats("tensor.Div", a, b, kernel.Div[float32], kernel.Div[float64])
}

// Pow returns a to the power b.
func Pow(a, b *Tensor) *Tensor {
	return floats("tensor.Pow", a, b, kernel.Pow[float32], kernel.Pow[float64])
}

// Maximum returns the greater of a and b; NaN on either side gives NaN.
func Maximum(a, b *Tensor) *Tensor {
	return numbers("tensor.Maximum", a, b, kernel.Maximum[float32], kernel.Maximum[float64], kernel.Maximum[int64])
}

// Minimum returns the lesser of a and b; NaN on either side gives NaN.
func Minimum(a, b *Tensor) *Tensor {
	return numbers("tensor.Minimum", a, b, kernel.Minimum[float32], kernel.Minimum[float64], kernel.Minimum[int64])
}

// AddScalar returns x + s, s taken in x's type.
func AddScalar(x *Tensor, s float64) *Tensor { return Add(x, x.dtype.Scalar(s)) }

// MulScalar returns x · s, s taken in x's type.
func MulScalar(x *Tensor, s float64) *Tensor { return Mul(x, x.dtype.Scalar(s)) }

// PowScalar returns x to the power p.
func PowScalar(x *Tensor, p float64) *Tensor { return Pow(x, x.dtype.Scalar(p)) }

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
func Greater(a, b *Tensor) *Tensor { return Less(b, a) }

// GreaterEqual returns where a >= b; false where either is NaN.
func GreaterEqual(a, b *Tensor) *Tensor { return LessEqual(b, a) }

// And returns where both Bool tensors hold.
func And(a, b *Tensor) *Tensor { return zip("tensor.And", a, b, kernel.And) }

// Or returns where at least one of two Bool tensors holds.
func Or(a, b *Tensor) *Tensor { return zip("tensor.Or", a, b, kernel.Or) }

// Not returns where a Bool tensor does not hold.
func Not(x *Tensor) *Tensor {
	if x.dtype != Bool {
		panic(Errorf("tensor.Not", "%v is not bool", x.dtype))
	}
	return mapped(x, kernel.Not)
}

// Where returns a where cond, a Bool tensor, holds and b elsewhere. All three
// broadcast together.
func Where(cond, a, b *Tensor) *Tensor {
	const op = "tensor.Where"
	if cond.dtype != Bool {
		panic(Errorf(op, "the condition is %v, not bool", cond.dtype))
	}
	sameType(op, a, b)
	out := broadcast(op, cond.shape, broadcast(op, a.shape, b.shape))
	cond = Expand(cond, out...)
	if a.size != 1 {
		a = Expand(a, out...)
	}
	if b.size != 1 {
		b = Expand(b, out...)
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

func where[T Element](shape Shape, cond, a, b *Tensor) *Tensor {
	out, dst := empty[T](shape)
	kernel.Where(dst, Data[bool](cond), Data[T](a), Data[T](b))
	return out
}

// numbers applies the kernel of the operands' type; bool has none.
func numbers(op string, a, b *Tensor, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64), i64 func(dst, a, b []int64)) *Tensor {
	switch sameType(op, a, b) {
	case Float32:
		return zip(op, a, b, f32)
	case Float64:
		return zip(op, a, b, f64)
	case Int64:
		return zip(op, a, b, i64)
	}
	panic(Errorf(op, "%v has no arithmetic", a.dtype))
}

// floats is numbers for operations that only floats have.
func floats(op string, a, b *Tensor, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) *Tensor {
	switch sameType(op, a, b) {
	case Float32:
		return zip(op, a, b, f32)
	case Float64:
		return zip(op, a, b, f64)
	}
	panic(Errorf(op, "%v is not a float type", a.dtype))
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
	panic(Errorf(op, "%v has no order", a.dtype))
}

// sameType returns the type both tensors have, or panics.
func sameType(op string, a, b *Tensor) DType {
	if a.dtype != b.dtype {
		panic(Errorf(op, "types %v %v and %v %v differ; convert one with To", a.dtype, a.shape, b.dtype, b.shape))
	}
	return a.dtype
}

// broadcast returns the common shape, or panics.
func broadcast(op string, a, b Shape) Shape {
	out, ok := Broadcast(a, b)
	if !ok {
		panic(Errorf(op, "shapes %v and %v do not broadcast", a, b))
	}
	return out
}
