package kernel

import "math"

// expCost is the cost of an exponential in simple operations.
const expCost = 8

// LogSumExpAxis sets dst[o,i] = ln Σ_k exp x[o,k,i], shifted by the maximum so
// that nothing overflows, in float64, for the logarithm and the maximum may
// cancel. All −Inf (or n = 0) gives −Inf, any +Inf gives +Inf.
func LogSumExpAxis[T Float](dst, x []T, outer, n, inner int) {
	if n == 0 {
		Fill(dst, T(math.Inf(-1)))
	}
	eachLanes(nil, outer, n, inner, func(first, count int, _ []T, x [2][]T) {
		for k := range count {
			lane, s := x[0][k*n:][:n], 0.0
			m := float64(shiftOf(lane))
			for _, v := range lane {
				s += math.Exp(float64(v) - m)
			}
			dst[first+k] = T(m + math.Log(s))
		}
	}, x)
}

// SoftmaxAxis sets dst[o,k,i] = exp(x[o,k,i]) / Σ_k exp(x[o,k,i]). A lane
// whose greatest element is infinite has no softmax and holds NaN.
func SoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	if inner == 1 && outer <= outerGrain(n*expCost) {
		softmaxRows(dst, x, n)
		return
	}
	eachLanes(dst, outer, n, inner, func(_, _ int, dst []T, x [2][]T) { softmaxRows(dst, x[0], n) }, x)
}

func softmaxRows[T Float](dst, x []T, n int) {
	for ; len(x) > 0; dst, x = dst[n:], x[n:] {
		to := dst[:n]
		ExpShifted(to, x[:n], shiftOf(x[:n]), 0, 1)
		Scale(to, to, T(1/Sum64(to)))
	}
}

// LogSoftmaxAxis sets dst[o,k,i] = x[o,k,i] − ln Σ_k exp(x[o,k,i]).
func LogSoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	if inner == 1 && outer <= outerGrain(n*expCost) {
		logSoftmaxRows(dst, x, n)
		return
	}
	eachLanes(dst, outer, n, inner, func(_, _ int, dst []T, x [2][]T) { logSoftmaxRows(dst, x[0], n) }, x)
}

func logSoftmaxRows[T Float](dst, x []T, n int) {
	for ; len(x) > 0; dst, x = dst[n:], x[n:] {
		m := shiftOf(x[:n])
		s := SumExp(x[:n], m)
		if s < certain {
			_, s = expSumOfOthers(x[:n], m)
		} else {
			s = math.Log(s)
		}
		Offset(dst[:n], x[:n], -m)
		Offset(dst[:n], dst[:n], T(-s))
	}
}

// SoftmaxBackwardAxis sets dst = y·(g − Σ_k g·y), the gradient of a softmax y.
func SoftmaxBackwardAxis[T Float](dst, y, g []T, outer, n, inner int) {
	eachLanes(dst, outer, n, inner, func(_, count int, dst []T, x [2][]T) {
		for k := range count {
			y, g, to := x[0][k*n:][:n], x[1][k*n:][:n], dst[k*n:][:n]
			Offset(to, g, T(-Dot(y, g)))
			Mul(to, to, y)
		}
	}, y, g)
}

// LogSoftmaxBackwardAxis sets dst = g − exp(y)·Σ_k g, the gradient of a
// log-softmax y.
func LogSoftmaxBackwardAxis[T Float](dst, y, g []T, outer, n, inner int) {
	eachLanes(dst, outer, n, inner, func(_, count int, dst []T, x [2][]T) {
		for k := range count {
			y, g, to := x[0][k*n:][:n], x[1][k*n:][:n], dst[k*n:][:n]
			ExpShifted(to, y, 0, 0, T(-Sum64(g)))
			Add(to, to, g)
		}
	}, y, g)
}

// shiftOf returns the greatest element of a lane, or 0 where that is infinite,
// for Inf − Inf is NaN.
func shiftOf[T Float](x []T) T {
	m := Max(x)
	if math.IsInf(float64(m), 0) {
		return 0
	}
	return m
}

// certain is the sum of exponentials below which the greatest of them, which is
// 1, hides digits of the others.
const certain = 1.5

// expSumOfOthers returns the place of the greatest element m of a lane and
// ln Σ exp(v − m), in which the digits of the others count: log1p of their sum.
func expSumOfOthers[T Float](x []T, m T) (best int, rest float64) {
	for x[best] != m {
		if best++; best == len(x) { // m is a shift only, or NaN
			return -1, math.Log(SumExp(x, m))
		}
	}
	return best, math.Log1p(SumExp(x[:best], m) + SumExp(x[best+1:], m))
}

// expKernels are assembly for float32, where the machine has it: see SumExp and
// ExpShifted.
type expKernels struct {
	sum     func(n int, x *float32, shift float32) float64
	shifted func(n int, y, x *float32, shift, rest, factor float32)
}

// SumExp returns Σ exp(x[i] − shift) in float64.
func SumExp[T Float](x []T, shift T) float64 {
	if y, ok := any(x).([]float32); ok && exps.sum != nil {
		if len(y) <= block {
			return exps.sum(len(y), head(y), float32(shift))
		}
		return tree(0, len(x), func(lo, hi int) float64 { return exps.sum(hi-lo, head(y[lo:hi]), float32(shift)) })
	}
	return tree(0, len(x), func(lo, hi int) float64 {
		room := Get[T](hi - lo)
		defer Put(room)
		ExpShifted(room, x[lo:hi], shift, 0, 1)
		return Sum64(room)
	})
}

// ExpShifted sets dst[i] = factor·exp((x[i] − shift) − rest): two subtractions,
// for the sum of a great and a small shift would round the small one away.
func ExpShifted[T Float](dst, x []T, shift, rest, factor T) {
	if y, ok := any(dst).([]float32); ok && exps.shifted != nil {
		exps.shifted(len(y), head(y), head(any(x[:len(y)]).([]float32)), float32(shift), float32(rest), float32(factor))
		return
	}
	Offset(dst, x, -shift)
	if rest != 0 {
		Offset(dst, dst, -rest)
	}
	Exp(dst, dst)
	if factor != 1 {
		Scale(dst, dst, factor)
	}
}
