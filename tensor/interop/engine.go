package interop

import (
	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/internal/kernel"
)

// Engine computes for gorgonia on this module's kernels. It does MatMul,
// MatVecMul, Inner, Outer and Dot of two vectors, Add, Sub, Mul, Div and Pow of
// tensors and with scalars, Neg, Abs, Sign, Square, Sqrt, InvSqrt, Inv, Exp,
// Log, Tanh and Clamp, for float32 and float64 tensors of every layout: slices,
// transposed and column-major ones are read and written where they lie. The
// options WithReuse, WithIncr and UseUnsafe mean what they mean to gorgonia.
//
// Everything else (other element types, masked and sparse tensors, reductions,
// comparisons) is left to gorgonia's StdEng, as are the errors for operands
// that do not fit. A new result is row-major whatever its operands are.
//
// The zero value is ready, and any number of goroutines may use it.
type Engine struct{ gorgonia.StdEng }

// Interfaces by which gorgonia finds out what an engine can do.
var (
	_ gorgonia.Engine      = Engine{}
	_ gorgonia.MatMuler    = Engine{}
	_ gorgonia.MatVecMuler = Engine{}
	_ gorgonia.InnerProder = Engine{}
	_ gorgonia.OuterProder = Engine{}
	_ gorgonia.Dotter      = Engine{}
	_ gorgonia.Adder       = Engine{}
	_ gorgonia.Suber       = Engine{}
	_ gorgonia.Muler       = Engine{}
	_ gorgonia.Diver       = Engine{}
	_ gorgonia.Power       = Engine{}
	_ gorgonia.Neger       = Engine{}
	_ gorgonia.Abser       = Engine{}
	_ gorgonia.Signer      = Engine{}
	_ gorgonia.Squarer     = Engine{}
	_ gorgonia.Sqrter      = Engine{}
	_ gorgonia.InvSqrter   = Engine{}
	_ gorgonia.Inver       = Engine{}
	_ gorgonia.Exper       = Engine{}
	_ gorgonia.Loger       = Engine{}
	_ gorgonia.Tanher      = Engine{}
	_ gorgonia.Clamper     = Engine{}
)

// Add computes a + b.
func (e Engine) Add(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return binary(a, b, opts, e.StdEng.Add, kernel.Add[float32], kernel.Add[float64])
}

// AddScalar computes a + b, or b + a unless leftTensor.
func (e Engine) AddScalar(a gorgonia.Tensor, b any, leftTensor bool, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return scalar(a, b, leftTensor, opts, e.StdEng.AddScalar, kernel.Add[float32], kernel.Add[float64])
}

// Sub computes a − b.
func (e Engine) Sub(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return binary(a, b, opts, e.StdEng.Sub, kernel.Sub[float32], kernel.Sub[float64])
}

// SubScalar computes a − b, or b − a unless leftTensor.
func (e Engine) SubScalar(a gorgonia.Tensor, b any, leftTensor bool, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return scalar(a, b, leftTensor, opts, e.StdEng.SubScalar, kernel.Sub[float32], kernel.Sub[float64])
}

// Mul computes a · b, element by element.
func (e Engine) Mul(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return binary(a, b, opts, e.StdEng.Mul, kernel.Mul[float32], kernel.Mul[float64])
}

// MulScalar computes a · b.
func (e Engine) MulScalar(a gorgonia.Tensor, b any, leftTensor bool, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return scalar(a, b, leftTensor, opts, e.StdEng.MulScalar, kernel.Mul[float32], kernel.Mul[float64])
}

// Div computes a / b.
func (e Engine) Div(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return binary(a, b, opts, e.StdEng.Div, kernel.Div[float32], kernel.Div[float64])
}

// DivScalar computes a / b, or b / a unless leftTensor.
func (e Engine) DivScalar(a gorgonia.Tensor, b any, leftTensor bool, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return scalar(a, b, leftTensor, opts, e.StdEng.DivScalar, kernel.Div[float32], kernel.Div[float64])
}

// Pow computes a to the power b.
func (e Engine) Pow(a, b gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return binary(a, b, opts, e.StdEng.Pow, kernel.Pow[float32], kernel.Pow[float64])
}

// PowScalar computes a to the power b, or b to the power a unless leftTensor.
func (e Engine) PowScalar(a gorgonia.Tensor, b any, leftTensor bool, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return scalar(a, b, leftTensor, opts, e.StdEng.PowScalar, kernel.Pow[float32], kernel.Pow[float64])
}

// Neg computes −a.
func (e Engine) Neg(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Neg, kernel.Neg[float32], kernel.Neg[float64])
}

// Abs computes |a|.
func (e Engine) Abs(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Abs, kernel.Abs[float32], kernel.Abs[float64])
}

// Sign computes −1, 0 or 1 by the sign of a; NaN stays NaN.
func (e Engine) Sign(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Sign, kernel.Sign[float32], kernel.Sign[float64])
}

// Square computes a².
func (e Engine) Square(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Square, kernel.Square[float32], kernel.Square[float64])
}

// Sqrt computes √a.
func (e Engine) Sqrt(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Sqrt, kernel.Sqrt[float32], kernel.Sqrt[float64])
}

// InvSqrt computes 1/√a.
func (e Engine) InvSqrt(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.InvSqrt, kernel.Rsqrt[float32], kernel.Rsqrt[float64])
}

// Inv computes 1/a.
func (e Engine) Inv(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Inv, inverse[float32], inverse[float64])
}

func inverse[T kernel.Float](dst, x []T) { kernel.Div(dst, []T{1}, x) }

// Exp computes e to the power a.
func (e Engine) Exp(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Exp, kernel.Exp[float32], kernel.Exp[float64])
}

// Log computes the natural logarithm of a.
func (e Engine) Log(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Log, kernel.Log[float32], kernel.Log[float64])
}

// Tanh computes the hyperbolic tangent of a.
func (e Engine) Tanh(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	return unary(a, opts, e.StdEng.Tanh, kernel.Tanh[float32], kernel.Tanh[float64])
}

// Clamp computes min(max(a, lo), hi); NaN stays NaN.
func (e Engine) Clamp(a gorgonia.Tensor, lo, hi any, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
	std := func(a gorgonia.Tensor, opts ...gorgonia.FuncOpt) (gorgonia.Tensor, error) {
		return e.StdEng.Clamp(a, lo, hi, opts...)
	}
	switch a.Dtype() {
	case gorgonia.Float32:
		if lo, ok := lo.(float32); ok {
			if hi, ok := hi.(float32); ok {
				return unary(a, opts, std, func(dst, x []float32) { kernel.Clamp(dst, x, lo, hi) }, nil)
			}
		}
	case gorgonia.Float64:
		if lo, ok := lo.(float64); ok {
			if hi, ok := hi.(float64); ok {
				return unary(a, opts, std, nil, func(dst, x []float64) { kernel.Clamp(dst, x, lo, hi) })
			}
		}
	}
	return std(a, opts...)
}
