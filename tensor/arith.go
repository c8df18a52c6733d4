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
	panic(Errorf(op, "%v %v has no arithmetic", a.dtype, a.shape))
}

// floats is numbers for operations that only floats have.
func floats(op string, a, b *Tensor, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64)) *Tensor {
	switch sameType(op, a, b) {
	case Float32:
		return zip(op, a, b, f32)
	case Float64:
		return zip(op, a, b, f64)
	}
	panic(Errorf(op, "%v %v is not a float type", a.dtype, a.shape))
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
