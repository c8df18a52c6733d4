package kernel

import "math"

// expCost is the cost of an exponential in simple operations.
const expCost = 8

// LogSumExpAxis sets dst[o,i] = ln Σ_k exp x[o,k,i], shifted by the maximum so
// that nothing overflows. All −Inf (or n = 0) gives −Inf, any +Inf gives +Inf.
func LogSumExpAxis[T Float](dst, x []T, outer, n, inner int) {
	if per := outerGrain(n * inner * expCost); outer > per {
		Parallel(outer, per, func(lo, hi int) {
			logSumExpPiece(dst[lo*inner:hi*inner], x[lo*n*inner:hi*n*inner], n, inner)
		})
		return
	}
	logSumExpPiece(dst, x, n, inner)
}

func logSumExpPiece[T Float](dst, x []T, n, inner int) {
	for ; len(dst) > 0; dst, x = dst[inner:], x[n*inner:] {
		for i := range inner {
			m, s := laneExpSum(x, i, n, inner)
			dst[i] = T(m + math.Log(s))
		}
	}
}

// SoftmaxAxis sets dst[o,k,i] = exp(x[o,k,i]) / Σ_k exp(x[o,k,i]). A lane
// whose greatest element is infinite has no softmax and holds NaN.
func SoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	if per := outerGrain(n * inner * expCost); outer > per {
		Parallel(outer, per, func(lo, hi int) {
			softmaxPiece(dst[lo*n*inner:hi*n*inner], x[lo*n*inner:hi*n*inner], n, inner)
		})
		return
	}
	softmaxPiece(dst, x, n, inner)
}

func softmaxPiece[T Float](dst, x []T, n, inner int) {
	for ; len(dst) > 0; dst, x = dst[n*inner:], x[n*inner:] {
		for i := range inner {
			m, s := laneExpSum(x, i, n, inner)
			for j := i; j < n*inner; j += inner {
				dst[j] = T(math.Exp(float64(x[j])-m) / s)
			}
		}
	}
}

// LogSoftmaxAxis sets dst[o,k,i] = x[o,k,i] − ln Σ_k exp(x[o,k,i]).
func LogSoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	if per := outerGrain(n * inner * expCost); outer > per {
		Parallel(outer, per, func(lo, hi int) {
			logSoftmaxPiece(dst[lo*n*inner:hi*n*inner], x[lo*n*inner:hi*n*inner], n, inner)
		})
		return
	}
	logSoftmaxPiece(dst, x, n, inner)
}

func logSoftmaxPiece[T Float](dst, x []T, n, inner int) {
	for ; len(dst) > 0; dst, x = dst[n*inner:], x[n*inner:] {
		for i := range inner {
			m, s := laneExpSum(x, i, n, inner)
			l := math.Log(s)
			for j := i; j < n*inner; j += inner {
				dst[j] = T(float64(x[j]) - m - l)
			}
		}
	}
}

// laneExpSum returns the maximum m of a lane and Σ exp(v − m). An infinite
// maximum is not subtracted, for Inf − Inf is NaN: m is then 0.
func laneExpSum[T Float](x []T, at, n, inner int) (m, s float64) {
	m = math.Inf(-1)
	for k := range n {
		m = max(m, float64(x[at+k*inner])) // max keeps NaN
	}
	if math.IsInf(m, 0) {
		m = 0
	}
	for k := range n {
		s += math.Exp(float64(x[at+k*inner]) - m)
	}
	return m, s
}

// eachLane calls f with the first index of every lane of the middle axis and
// the index of its result.
func eachLane(outer, n, inner int, f func(at, to int)) {
	Parallel(outer, outerGrain(n*inner*expCost), func(lo, hi int) {
		for o := lo; o < hi; o++ {
			for i := range inner {
				f(o*n*inner+i, o*inner+i)
			}
		}
	})
}
