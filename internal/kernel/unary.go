package kernel

import "math"

// grain is how many elements are worth handing to another goroutine.
const grain = 1 << 15

// apply sets dst[i] = f(x[i]).
func apply[D, T any](dst []D, x []T, f func(T) D) {
	if len(dst) <= grain {
		applyPiece(dst, x, f)
		return
	}
	Parallel(len(dst), grain, func(lo, hi int) { applyPiece(dst[lo:hi], x[lo:hi], f) })
}

func applyPiece[D, T any](dst []D, x []T, f func(T) D) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = f(v)
	}
}

// viaMath applies a float64 function of package math to either float type, so
// that float32 results are correctly rounded but for one double rounding.
func viaMath[T Float](dst, x []T, f func(float64) float64) {
	if len(dst) <= grain {
		viaMathPiece(dst, x, f)
		return
	}
	Parallel(len(dst), grain, func(lo, hi int) { viaMathPiece(dst[lo:hi], x[lo:hi], f) })
}

func viaMathPiece[T Float](dst, x []T, f func(float64) float64) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = T(f(float64(v)))
	}
}

// Neg sets dst[i] = −x[i].
func Neg[T Number](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.neg)
		return
	}
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = -v
	}
}

// Abs sets dst[i] = |x[i]|.
func Abs[T Number](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.abs)
		return
	}
	x = x[:len(dst)]
	for i, v := range x {
		if v <= 0 {
			v = 0 - v // 0−v turns −0 into +0
		}
		dst[i] = v
	}
}

// Sign sets dst[i] to −1, 0 or 1; −0 gives 0 and NaN stays NaN.
func Sign[T Number](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.sign)
		return
	}
	x = x[:len(dst)]
	for i, v := range x {
		switch {
		case v > 0:
			v = 1
		case v < 0:
			v = -1
		case v == 0:
			v = 0 // not −0
		}
		dst[i] = v
	}
}

// Square sets dst[i] = x[i]².
func Square[T Number](dst, x []T) { Mul(dst, x, x) }

// Sqrt sets dst[i] = √x[i].
func Sqrt[T Float](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.sqrt)
		return
	}
	viaMath(dst, x, math.Sqrt)
}

// Rsqrt sets dst[i] = 1/√x[i].
func Rsqrt[T Float](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.rsqrt)
		return
	}
	viaMath(dst, x, func(v float64) float64 { return 1 / math.Sqrt(v) })
}

// Exp sets dst[i] = e to the power x[i].
func Exp[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().exp, math.Exp) }

// Expm1 sets dst[i] = exp(x[i]) − 1 without cancellation near 0.
func Expm1[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().expm1, math.Expm1) }

// Log sets dst[i] = ln x[i].
func Log[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().log, logarithm) }

// Log1p sets dst[i] = ln(1 + x[i]) without cancellation near 0.
func Log1p[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().log1p, math.Log1p) }

// Sin sets dst[i] = sin x[i].
func Sin[T Float](dst, x []T) { circle(dst, x, vectorsFor[T]().sin, math.Sin) }

// Cos sets dst[i] = cos x[i].
func Cos[T Float](dst, x []T) { circle(dst, x, vectorsFor[T]().cos, math.Cos) }

// Tan sets dst[i] = tan x[i].
func Tan[T Float](dst, x []T) { viaMath(dst, x, math.Tan) }

// Sinh sets dst[i] = sinh x[i].
func Sinh[T Float](dst, x []T) { viaMath(dst, x, math.Sinh) }

// Cosh sets dst[i] = cosh x[i].
func Cosh[T Float](dst, x []T) { viaMath(dst, x, math.Cosh) }

// Tanh sets dst[i] = tanh x[i].
func Tanh[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().tanh, math.Tanh) }

// Atan sets dst[i] = atan x[i].
func Atan[T Float](dst, x []T) { viaMath(dst, x, math.Atan) }

// Erf sets dst[i] = erf x[i].
func Erf[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().erf, math.Erf) }

// Erfc sets dst[i] = 1 − erf x[i] without cancellation.
func Erfc[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().erfc, math.Erfc) }

// GELU sets dst[i] = x[i]·Φ(x[i]), Φ being the normal distribution function.
func GELU[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().gelu, gelu) }

// GELUTanh sets dst[i] = x[i]/2·(1 + tanh(√(2/π)·(x[i] + 0.044715·x[i]³))).
func GELUTanh[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().geluTanh, geluTanh) }

// Sigmoid sets dst[i] = 1/(1 + exp(−x[i])).
func Sigmoid[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().sigmoid, sigmoid) }

// Softplus sets dst[i] = ln(1 + exp(x[i])).
func Softplus[T Float](dst, x []T) { transcend(dst, x, vectorsFor[T]().softplus, softplus) }

// ReLU sets dst[i] = max(x[i], 0); NaN stays NaN.
func ReLU[T Float](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.relu)
		return
	}
	x = x[:len(dst)]
	for i, v := range x {
		if v < 0 {
			v = 0
		}
		dst[i] = v
	}
}

// Floor sets dst[i] to the greatest whole number not above x[i].
func Floor[T Float](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.floor)
		return
	}
	viaMath(dst, x, math.Floor)
}

// Ceil sets dst[i] to the least whole number not below x[i].
func Ceil[T Float](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.ceil)
		return
	}
	viaMath(dst, x, math.Ceil)
}

// Round sets dst[i] to the nearest whole number, halves to even.
func Round[T Float](dst, x []T) {
	if k := assemblyFor[T](); k != nil {
		unary(dst, x, k.round)
		return
	}
	viaMath(dst, x, math.RoundToEven)
}

// Clamp sets dst[i] = min(max(x[i], lo), hi); NaN stays NaN.
func Clamp[T Number](dst, x []T, lo, hi T) {
	x = x[:len(dst)]
	if k := assemblyFor[T](); k != nil {
		ternary(dst, x, []T{lo}, []T{hi}, k.clamp)
		return
	}
	for i, v := range x {
		if v < lo {
			v = lo
		}
		if v > hi {
			v = hi
		}
		dst[i] = v
	}
}

// logarithm is math.Log, which is wrong for subnormals on amd64.
func logarithm(v float64) float64 {
	if 0 < v && v < 0x1p-1022 {
		return math.Log(v*0x1p54) - 54*math.Ln2
	}
	return math.Log(v)
}

// sigmoid never lets exp overflow: exp(−|v|) is at most 1.
func sigmoid(v float64) float64 {
	if v >= 0 {
		return 1 / (1 + math.Exp(-v))
	}
	e := math.Exp(v)
	return e / (1 + e)
}

// softplus uses ln(1+exp(v)) = max(v,0) + log1p(exp(−|v|)), exact at both ends.
func softplus(v float64) float64 {
	return max(v, 0) + math.Log1p(math.Exp(-math.Abs(v)))
}
