package tensor

import "github.com/declive/declive/internal/kernel"

// Functions of one tensor work element by element and panic when the type has
// no such function: transcendental functions are for floats.

// Neg returns −x.
func Neg(x *Tensor) *Tensor {
	return number("tensor.Neg", x, kernel.Neg[float32], kernel.Neg[float64], kernel.Neg[int64])
}

// Abs returns |x|.
func Abs(x *Tensor) *Tensor {
	return number("tensor.Abs", x, kernel.Abs[float32], kernel.Abs[float64], kernel.Abs[int64])
}

// Sign returns −1, 0 or 1 by the sign of x; NaN stays NaN.
func Sign(x *Tensor) *Tensor {
	return number("tensor.Sign", x, kernel.Sign[float32], kernel.Sign[float64], kernel.Sign[int64])
}

// Square returns x².
func Square(x *Tensor) *Tensor {
	return number("tensor.Square", x, kernel.Square[float32], kernel.Square[float64], kernel.Square[int64])
}

// Sqrt returns √x; NaN below 0.
func Sqrt(x *Tensor) *Tensor {
	return float("tensor.Sqrt", x, kernel.Sqrt[float32], kernel.Sqrt[float64])
}

// Rsqrt returns 1/√x.
func Rsqrt(x *Tensor) *Tensor {
	return float("tensor.Rsqrt", x, kernel.Rsqrt[float32], kernel.Rsqrt[float64])
}

// Exp returns e to the power x.
func Exp(x *Tensor) *Tensor {
	return float("tensor.Exp", x, kernel.Exp[float32], kernel.Exp[float64])
}

// Expm1 returns exp(x) − 1, accurate near 0.
func Expm1(x *Tensor) *Tensor {
	return float("tensor.Expm1", x, kernel.Expm1[float32], kernel.Expm1[float64])
}

// Log returns the natural logarithm of x; −Inf at 0, NaN below.
func Log(x *Tensor) *Tensor {
	return float("tensor.Log", x, kernel.Log[float32], kernel.Log[float64])
}

// Log1p returns ln(1 + x), accurate near 0.
func Log1p(x *Tensor) *Tensor {
	return float("tensor.Log1p", x, kernel.Log1p[float32], kernel.Log1p[float64])
}

// Sin returns the sine of x in radians.
func Sin(x *Tensor) *Tensor {
	return float("tensor.Sin", x, kernel.Sin[float32], kernel.Sin[float64])
}

// Cos returns the cosine of x in radians.
func Cos(x *Tensor) *Tensor {
	return float("tensor.Cos", x, kernel.Cos[float32], kernel.Cos[float64])
}

// Tan returns the tangent of x in radians.
func Tan(x *Tensor) *Tensor {
	return float("tensor.Tan", x, kernel.Tan[float32], kernel.Tan[float64])
}

// Atan returns the angle in radians whose tangent is x.
func Atan(x *Tensor) *Tensor {
	return float("tensor.Atan", x, kernel.Atan[float32], kernel.Atan[float64])
}

// Sinh returns the hyperbolic sine.
func Sinh(x *Tensor) *Tensor {
	return float("tensor.Sinh", x, kernel.Sinh[float32], kernel.Sinh[float64])
}

// Cosh returns the hyperbolic cosine.
func Cosh(x *Tensor) *Tensor {
	return float("tensor.Cosh", x, kernel.Cosh[float32], kernel.Cosh[float64])
}

// Tanh returns the hyperbolic tangent.
func Tanh(x *Tensor) *Tensor {
	return float("tensor.Tanh", x, kernel.Tanh[float32], kernel.Tanh[float64])
}

// Sigmoid returns 1/(1 + exp(−x)) without overflow.
func Sigmoid(x *Tensor) *Tensor {
	return float("tensor.Sigmoid", x, kernel.Sigmoid[float32], kernel.Sigmoid[float64])
}

// Softplus returns ln(1 + exp(x)) without overflow.
func Softplus(x *Tensor) *Tensor {
	return float("tensor.Softplus", x, kernel.Softplus[float32], kernel.Softplus[float64])
}

// ReLU returns max(x, 0); NaN stays NaN.
func ReLU(x *Tensor) *Tensor {
	return float("tensor.ReLU", x, kernel.ReLU[float32], kernel.ReLU[float64])
}

// Erf returns the error function 2/√π ∫₀ˣ exp(−t²) dt.
func Erf(x *Tensor) *Tensor {
	return float("tensor.Erf", x, kernel.Erf[float32], kernel.Erf[float64])
}

// Erfc returns 1 − erf(x), accurate where erf is near 1.
func Erfc(x *Tensor) *Tensor {
	return float("tensor.Erfc", x, kernel.Erfc[float32], kernel.Erfc[float64])
}

// Floor returns the greatest whole number not above x.
func Floor(x *Tensor) *Tensor {
	return float("tensor.Floor", x, kernel.Floor[float32], kernel.Floor[float64])
}

// Ceil returns the least whole number not below x.
func Ceil(x *Tensor) *Tensor {
	return float("tensor.Ceil", x, kernel.Ceil[float32], kernel.Ceil[float64])
}

// Round returns the nearest whole number; halves go to the even one, as in PyTorch.
func Round(x *Tensor) *Tensor {
	return float("tensor.Round", x, kernel.Round[float32], kernel.Round[float64])
}

// Clamp returns min(max(x, lo), hi); NaN stays NaN. An infinite bound is no bound.
func Clamp(x *Tensor, lo, hi float64) *Tensor {
	return float("tensor.Clamp", x,
		func(dst, x []float32) { kernel.Clamp(dst, x, float32(lo), float32(hi)) },
		func(dst, x []float64) { kernel.Clamp(dst, x, lo, hi) })
}

// IsNaN returns, as a Bool tensor, where x is NaN.
func IsNaN(x *Tensor) *Tensor {
	switch x.dtype {
	case Float32:
		return mapped(x, kernel.IsNaN[float32])
	case Float64:
		return mapped(x, kernel.IsNaN[float64])
	}
	return Bool.Zeros(x.shape...)
}

// number applies the kernel of x's type; bool has none.
func number(op string, x *Tensor, f32 func(dst, x []float32), f64 func(dst, x []float64), i64 func(dst, x []int64)) *Tensor {
	if x.dtype == Int64 {
		return mapped(x, i64)
	}
	return float(op, x, f32, f64)
}

// float applies the kernel of x's type, which must be a float.
func float(op string, x *Tensor, f32 func(dst, x []float32), f64 func(dst, x []float64)) *Tensor {
	switch x.dtype {
	case Float32:
		return mapped(x, f32)
	case Float64:
		return mapped(x, f64)
	}
	panic(Errorf(op, "%v %v is not a type this operation knows", x.dtype, x.shape))
}
