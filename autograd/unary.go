package autograd

import (
	"math"

	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Functions of one Variable work element by element and are for floats.

// Neg returns −x. Gradient: −g.
func (x *Variable) Neg() *Variable {
	return record("Neg", tensor.Neg(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Neg() }))
}

// Abs returns |x|. Gradient: g·sign(x), 0 at 0.
func (x *Variable) Abs() *Variable {
	return record("Abs", tensor.Abs(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(Const(tensor.Sign(x.value))) }))
}

// Square returns x². Gradient: 2·g·x.
func (x *Variable) Square() *Variable {
	return record("Square", tensor.Square(x.value),
		wrt(x, func(y, g *Variable) *Variable {
			x := y.input(0)
			if gx, ok := squareSlope.of(g, x); ok {
				return gx
			}
			return g.Mul(x).MulScalar(2)
		}))
}

// Sqrt returns √x. Gradient: g/(2y), infinite at 0.
func (x *Variable) Sqrt() *Variable {
	return record("Sqrt", tensor.Sqrt(x.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Div(y.MulScalar(2)) }))
}

// Rsqrt returns 1/√x. Gradient: −g·y³/2.
func (x *Variable) Rsqrt() *Variable {
	return record("Rsqrt", tensor.Rsqrt(x.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Mul(y.PowScalar(3)).MulScalar(-0.5) }))
}

// Exp returns e to the power x. Gradient: g·y.
func (x *Variable) Exp() *Variable {
	return record("Exp", tensor.Exp(x.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Mul(y) }))
}

// Expm1 returns exp(x) − 1, accurate near 0. Gradient: g·(y + 1).
func (x *Variable) Expm1() *Variable {
	return record("Expm1", tensor.Expm1(x.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Mul(y.AddScalar(1)) }))
}

// Log returns the natural logarithm. Gradient: g/x.
func (x *Variable) Log() *Variable {
	return record("Log", tensor.Log(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Div(x) }))
}

// Log1p returns ln(1 + x), accurate near 0. Gradient: g/(1 + x).
func (x *Variable) Log1p() *Variable {
	return record("Log1p", tensor.Log1p(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Div(x.AddScalar(1)) }))
}

// Sin returns the sine of x in radians. Gradient: g·cos x.
func (x *Variable) Sin() *Variable {
	return record("Sin", tensor.Sin(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(x.Cos()) }))
}

// Cos returns the cosine of x in radians. Gradient: −g·sin x.
func (x *Variable) Cos() *Variable {
	return record("Cos", tensor.Cos(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(x.Sin()).Neg() }))
}

// Tan returns the tangent of x in radians. Gradient: g·(1 + y²).
func (x *Variable) Tan() *Variable {
	return record("Tan", tensor.Tan(x.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Add(g.Mul(y.Square())) }))
}

// Atan returns the angle in radians whose tangent is x. Gradient: g/(1 + x²).
func (x *Variable) Atan() *Variable {
	return record("Atan", tensor.Atan(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Div(x.Square().AddScalar(1)) }))
}

// Sinh returns the hyperbolic sine. Gradient: g·cosh x.
func (x *Variable) Sinh() *Variable {
	return record("Sinh", tensor.Sinh(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(x.Cosh()) }))
}

// Cosh returns the hyperbolic cosine. Gradient: g·sinh x.
func (x *Variable) Cosh() *Variable {
	return record("Cosh", tensor.Cosh(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(x.Sinh()) }))
}

// Tanh returns the hyperbolic tangent. Gradient: g·(1 − y²).
func (x *Variable) Tanh() *Variable {
	return record("Tanh", tensor.Tanh(x.value),
		wrt(x, func(y, g *Variable) *Variable {
			if gx, ok := tanhSlope.of(g, y); ok {
				return gx
			}
			return g.Sub(g.Mul(y.Square()))
		}))
}

// Sigmoid returns 1/(1 + exp(−x)). Gradient: g·y·(1 − y).
func (x *Variable) Sigmoid() *Variable {
	return record("Sigmoid", tensor.Sigmoid(x.value),
		wrt(x, func(y, g *Variable) *Variable {
			if gx, ok := sigmoidSlope.of(g, y); ok {
				return gx
			}
			return g.Mul(y.Sub(y.Square()))
		}))
}

// Softplus returns ln(1 + exp(x)) without overflow. Gradient: g·sigmoid(x).
func (x *Variable) Softplus() *Variable {
	return record("Softplus", tensor.Softplus(x.value),
		wrt(x, func(y, g *Variable) *Variable {
			x := y.input(0)
			if gx, ok := softplusSlope.of(g, x); ok {
				return gx
			}
			return g.Mul(x.Sigmoid())
		}))
}

// LogSigmoid returns ln sigmoid(x) = −softplus(−x). Gradient: g·sigmoid(−x).
func (x *Variable) LogSigmoid() *Variable { return x.Neg().Softplus().Neg() }

// Erf returns the error function. Gradient: g·2/√π·exp(−x²).
func (x *Variable) Erf() *Variable {
	return record("Erf", tensor.Erf(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(bell(x)) }))
}

// Erfc returns 1 − erf(x), accurate where erf is near 1. Gradient: −g·2/√π·exp(−x²).
func (x *Variable) Erfc() *Variable {
	return record("Erfc", tensor.Erfc(x.value),
		wrt(x, func(_, g *Variable) *Variable { return g.Mul(bell(x)).Neg() }))
}

// bell returns 2/√π·exp(−x²).
func bell(x *Variable) *Variable { return x.Square().Neg().Exp().MulScalar(2 / math.SqrtPi) }

// ReLU returns max(x, 0). Gradient: g where x > 0, else 0.
func (x *Variable) ReLU() *Variable {
	return record("ReLU", tensor.ReLU(x.value),
		wrt(x, func(y, g *Variable) *Variable {
			x := y.input(0)
			if gx, ok := reluSlope.of(g, x); ok {
				return gx
			}
			return Where(tensor.Greater(x.value, like(x, 0)), g, Const(like(g, 0)))
		}))
}

// LeakyReLU returns x where x > 0 and slope·x elsewhere. Gradient: g or slope·g.
func (x *Variable) LeakyReLU(slope float64) *Variable {
	return Where(tensor.Greater(x.value, like(x, 0)), x, x.MulScalar(slope))
}

// GELU returns x·Φ(x), Φ being the normal distribution function, as
// x/2·erfc(−x/√2), which is accurate far below 0 too.
// Gradient: g·(Φ(x) + x·φ(x)), φ being Φ's derivative.
// Source: https://arxiv.org/abs/1606.08415
func (x *Variable) GELU() *Variable {
	return x.fusedUnary("GELU", kernel.GELU[float32], kernel.GELU[float64], &geluSlope,
		func(x *Variable) *Variable { return x.Mul(x.MulScalar(-math.Sqrt2 / 2).Erfc()).MulScalar(0.5) })
}

// GELUTanh returns the approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
// With w twice the argument of tanh that is x·sigmoid(w), which is accurate far
// below 0 too. Gradient: g·s·(1 + x·(1 − s)·w′) with s = sigmoid(w).
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GELU.html
func (x *Variable) GELUTanh() *Variable {
	return x.fusedUnary("GELUTanh", kernel.GELUTanh[float32], kernel.GELUTanh[float64], &geluTanhSlope,
		func(x *Variable) *Variable {
			w := x.Add(x.PowScalar(3).MulScalar(0.044715)).MulScalar(math.Sqrt(8 / math.Pi))
			return x.Mul(w.Sigmoid())
		})
}

// Clamp returns min(max(x, lo), hi). Gradient: g where lo ≤ x ≤ hi, else 0.
func (x *Variable) Clamp(lo, hi float64) *Variable {
	return record("Clamp", tensor.Clamp(x.value, lo, hi),
		wrt(x, func(_, g *Variable) *Variable {
			in := tensor.And(tensor.LessEqual(like(x, lo), x.value), tensor.LessEqual(x.value, like(x, hi)))
			return g.Mul(Const(in.To(x.DType())))
		}))
}

// To returns x with elements of another type, x itself when it has that type.
// Gradient: g in x's type. It panics when x wants a gradient and the type is
// not a float; convert the Value then.
func (x *Variable) To(d tensor.DType) *Variable {
	if x.DType() == d {
		return x
	}
	if x.wants && !d.IsFloat() {
		panic(tensor.Errorf("autograd.To", "%v has no derivatives and %v of shape %v wants them: convert its Value", d, x.DType(), x.Shape()))
	}
	return record("To", x.value.To(d),
		wrt(x, func(_, g *Variable) *Variable { return g.To(x.DType()) }))
}
