package tensor

import "github.com/declive/declive/internal/kernel"

// AddScalar returns x + s, s taken in x's type. It panics when x is Int64 and
// s is not a whole number.
func AddScalar(x *Tensor, s float64) *Tensor {
	const op = "tensor.AddScalar"
	if x.dtype == Int64 {
		return withConstant(x, whole(op, s), kernel.Offset[int64])
	}
	return floatConstant(op, x, s, kernel.Offset[float32], kernel.Offset[float64])
}

// MulScalar returns x · s, s taken in x's type. It panics when x is Int64 and
// s is not a whole number.
func MulScalar(x *Tensor, s float64) *Tensor {
	const op = "tensor.MulScalar"
	if x.dtype == Int64 {
		return withConstant(x, whole(op, s), kernel.Scale[int64])
	}
	return floatConstant(op, x, s, kernel.Scale[float32], kernel.Scale[float64])
}

// PowScalar returns x to the power p. It panics unless x is a float.
func PowScalar(x *Tensor, p float64) *Tensor {
	return floatConstant("tensor.PowScalar", x, p, power[float32], power[float64])
}

func power[T kernel.Float](dst, x []T, p T) { kernel.Pow(dst, x, []T{p}) }

// floatConstant applies a float kernel to x and a constant.
func floatConstant(op string, x *Tensor, s float64, f32 func(dst, x []float32, s float32), f64 func(dst, x []float64, s float64)) *Tensor {
	switch x.dtype {
	case Float32:
		return withConstant(x, float32(s), f32)
	case Float64:
		return withConstant(x, s, f64)
	}
	panic(Errorf(op, "%v %v is not a float tensor", x.dtype, x.shape))
}

func withConstant[T Element](x *Tensor, s T, f func(dst, x []T, s T)) *Tensor {
	out, dst := unset[T](x.shape)
	f(dst, Data[T](x), s)
	return out
}

// whole returns s as an integer, or panics.
func whole(op string, s float64) int64 {
	if s != float64(int64(s)) {
		panic(Errorf(op, "%g is not a whole number and the tensor is int64", s))
	}
	return int64(s)
}
