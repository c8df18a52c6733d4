package kernel

import "math"

// Slopes are derivatives of functions of one operand, times the gradient g of
// the result y. Each goes through memory once, in runs that stay in the
// first-level cache while several kernels pass over them.

// slopeRun is the length of such a run.
const slopeRun = 1024

// ReLUSlope sets dst[i] to g[i] where x[i] > 0, else 0.
func ReLUSlope[T Float](dst, g, x []T) { SelectPositive(dst, x, g, []T{0}) }

// SquareSlope sets dst[i] = 2·g[i]·x[i].
func SquareSlope[T Float](dst, g, x []T) {
	if len(dst) <= slopeRun { // a function of a generic type is made on the heap
		squareRun(dst, g, x)
		return
	}
	slope(dst, g, x, squareRun[T])
}

func squareRun[T Float](dst, g, x []T) {
	Mul(dst, g, x)
	Add(dst, dst, dst)
}

// TanhSlope sets dst[i] = g[i]·(1 − y[i]²).
func TanhSlope[T Float](dst, g, y []T) {
	if len(dst) <= slopeRun { // a function of a generic type is made on the heap
		tanhRun(dst, g, y)
		return
	}
	slope(dst, g, y, tanhRun[T])
}

func tanhRun[T Float](dst, g, y []T) {
	Mul(dst, y, y)
	Mul(dst, g, dst)
	Sub(dst, g, dst)
}

// SigmoidSlope sets dst[i] = g[i]·y[i]·(1 − y[i]).
func SigmoidSlope[T Float](dst, g, y []T) {
	if len(dst) <= slopeRun { // a function of a generic type is made on the heap
		sigmoidRun(dst, g, y)
		return
	}
	slope(dst, g, y, sigmoidRun[T])
}

func sigmoidRun[T Float](dst, g, y []T) {
	Mul(dst, y, y)
	Sub(dst, y, dst)
	Mul(dst, g, dst)
}

// slope calls f with runs of elements. dst is neither of the operands.
func slope[T Float](dst, g, x []T, f func(dst, g, x []T)) {
	if len(dst) <= grain {
		slopePiece(dst, g, x, f)
		return
	}
	Parallel(len(dst), grain, func(lo, hi int) { slopePiece(dst[lo:hi], g[lo:hi], x[lo:hi], f) })
}

func slopePiece[T Float](dst, g, x []T, f func(dst, g, x []T)) {
	for len(dst) > slopeRun {
		f(dst[:slopeRun], g[:slopeRun], x[:slopeRun])
		dst, g, x = dst[slopeRun:], g[slopeRun:], x[slopeRun:]
	}
	f(dst, g, x)
}

// GELUSlope sets dst[i] = g[i]·(Φ(x[i]) + x[i]·φ(x[i])).
func GELUSlope[T Float](dst, g, x []T) {
	if len(dst) <= slopeRun { // a function of a generic type is made on the heap
		geluRun(dst, g, x)
		return
	}
	slope(dst, g, x, geluRun[T])
}

func geluRun[T Float](dst, g, x []T) {
	transcend(dst, x, vectorsFor[T]().geluSlope, geluSlope)
	Mul(dst, dst, g)
}

// gelu is accurate far below 0 too, where Φ is next to nothing; its limit is 0.
func gelu(v float64) float64 {
	if math.IsInf(v, -1) {
		return 0
	}
	return v / 2 * math.Erfc(-v/math.Sqrt2)
}

// geluSlope has no Inf·0 at the ends.
func geluSlope(v float64) float64 {
	v = max(-100, min(v, 100))
	return math.Erfc(-v/math.Sqrt2)/2 + v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi)
}
