package kernel

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

// SoftplusSlope sets dst[i] = g[i]·sigmoid(x[i]).
func SoftplusSlope[T Float](dst, g, x []T) {
	if len(dst) <= slopeRun { // a function of a generic type is made on the heap
		softplusRun(dst, g, x)
		return
	}
	slope(dst, g, x, softplusRun[T])
}

func softplusRun[T Float](dst, g, x []T) {
	Sigmoid(dst, x)
	Mul(dst, dst, g)
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

// GELUTanhSlope sets dst[i] = g[i] times the derivative of GELUTanh at x[i].
func GELUTanhSlope[T Float](dst, g, x []T) {
	if len(dst) <= slopeRun { // a function of a generic type is made on the heap
		geluTanhRun(dst, g, x)
		return
	}
	slope(dst, g, x, geluTanhRun[T])
}

func geluTanhRun[T Float](dst, g, x []T) {
	transcend(dst, x, vectorsFor[T]().geluTanhSlope, geluTanhSlope)
	Mul(dst, dst, g)
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
