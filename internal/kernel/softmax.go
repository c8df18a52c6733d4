package kernel

import "math"

// LogSumExpAxis sets dst[o,i] = ln Σ_k exp x[o,k,i], shifted by the maximum so
// that nothing overflows. All −Inf (or n = 0) gives −Inf, any +Inf gives +Inf.
func LogSumExpAxis[T Float](dst, x []T, outer, n, inner int) {
	eachLane(outer, n, inner, func(at, to int) {
		m, s := laneExpSum(x, at, n, inner)
		dst[to] = T(m + math.Log(s))
	})
}

// SoftmaxAxis sets dst[o,k,i] = exp(x[o,k,i]) / Σ_k exp(x[o,k,i]). A lane
// whose greatest element is infinite has no softmax and holds NaN.
func SoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	eachLane(outer, n, inner, func(at, _ int) {
		m, s := laneExpSum(x, at, n, inner)
		for k := range n {
			j := at + k*inner
			dst[j] = T(math.Exp(float64(x[j])-m) / s)
		}
	})
}

// LogSoftmaxAxis sets dst[o,k,i] = x[o,k,i] − ln Σ_k exp(x[o,k,i]).
func LogSoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	eachLane(outer, n, inner, func(at, _ int) {
		m, s := laneExpSum(x, at, n, inner)
		l := math.Log(s)
		for k := range n {
			j := at + k*inner
			dst[j] = T(float64(x[j]) - m - l)
		}
	})
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
	const expCost = 8 // of one exponential in simple operations
	Parallel(outer, outerGrain(n*inner*expCost), func(lo, hi int) {
		for o := lo; o < hi; o++ {
			for i := range inner {
				f(o*n*inner+i, o*inner+i)
			}
		}
	})
}
