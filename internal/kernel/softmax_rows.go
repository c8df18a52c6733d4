package kernel

import "math"

// classKernels are assembly for what softmaxes and losses over classes do to
// rows of n float32, where the machine has it. Exponentials are within 1.5 units
// in the last place; sums of them are float64, but for sums of four, and begin
// with the exponentials of float32.
type classKernels struct {
	stats, others                         func(rows, n int, x *float32, greatest, sum *float64)
	softmax                               func(rows, n int, y, x *float32)
	exp                                   func(rows, n int, y, x *float32, greatest, factor, offset *float64)
	shift                                 func(rows, n int, y, x *float32, greatest, rest *float64)
	softmaxSlope, logSoftmaxSlope         func(rows, n int, dst, y, g *float32)
	hinge                                 func(rows, n int, x *float32, stride int, lead, sum, squares *float64)
	hingeSteps, hingeTimes, addHingeSteps func(rows, n int, dst, x *float32, stride int, lead, step, sum *float64)
}

// float32s returns x if that is what it is and there is assembly for it.
func float32s[T Float](x []T) ([]float32, bool) {
	y, ok := any(x).([]float32)
	return y, ok && classes32 != nil
}

// rowStats sets, for each row of n elements, greatest to the greatest element m
// and sum to Σ exp(x − m). Where a row holds NaN or m is infinite, sum is NaN.
func rowStats[T Float](x []T, n int, greatest, sum []float64) {
	if x, ok := float32s(x); ok {
		classes32.stats(len(sum), n, head(x), head(greatest), head(sum))
		return
	}
	room := Get[T](min(n, block))
	defer Put(room)
	for i := range sum {
		row := x[i*n:][:n]
		m := Max(row)
		greatest[i], sum[i] = float64(m), tree(0, n, func(lo, hi int) float64 {
			part := room[:hi-lo]
			Offset(part, row[lo:hi], -m)
			Exp(part, part)
			return sumBlock(part)
		})
	}
}

// rowOthers sets sum to Σ exp(x − greatest) over the elements of each row that
// are not the greatest.
func rowOthers[T Float](x []T, n int, greatest, sum []float64) {
	if x, ok := float32s(x); ok {
		classes32.others(len(sum), n, head(x), head(greatest), head(sum))
		return
	}
	for i := range sum {
		sum[i] = 0
		for _, v := range x[i*n:][:n] {
			if v := float64(v); v != greatest[i] {
				sum[i] += math.Exp(v - greatest[i])
			}
		}
	}
}

// softmaxRows sets each row of dst to exp(x)/Σ exp(x).
func softmaxRows[T Float](dst, x []T, n int) {
	if x, ok := float32s(x); ok {
		to, _ := float32s(dst)
		classes32.softmax(len(to)/n, n, head(to), head(x))
		return
	}
	for ; len(dst) > 0; dst, x = dst[n:], x[n:] {
		to := dst[:n]
		Offset(to, x[:n], -Max(x[:n]))
		Exp(to, to)
		Scale(to, to, T(1/Sum64(to)))
	}
}

// rowExp sets each row of dst to factor·exp(x − greatest) + offset.
func rowExp[T Float](dst, x []T, n int, greatest, factor, offset []float64) {
	if x, ok := float32s(x); ok {
		to, _ := float32s(dst)
		classes32.exp(len(factor), n, head(to), head(x), head(greatest), head(factor), head(offset))
		return
	}
	for i, m := range greatest {
		to := dst[i*n:][:n]
		Offset(to, x[i*n:][:n], T(-m))
		Exp(to, to)
		Scale(to, to, T(factor[i]))
		if offset[i] != 0 {
			Offset(to, to, T(offset[i]))
		}
	}
}

// rowShift sets each row of dst to (x − greatest) − rest: two subtractions, for
// the sum of a great and a small number would round the small one away.
func rowShift[T Float](dst, x []T, n int, greatest, rest []float64) {
	if x, ok := float32s(x); ok {
		to, _ := float32s(dst)
		classes32.shift(len(rest), n, head(to), head(x), head(greatest), head(rest))
		return
	}
	for i, m := range greatest {
		to := dst[i*n:][:n]
		Offset(to, x[i*n:][:n], T(-m))
		Offset(to, to, T(-rest[i]))
	}
}

// softmaxSlopeRows sets each row of dst to y·(g − Σ g·y).
func softmaxSlopeRows[T Float](dst, y, g []T, n int) {
	if to, ok := float32s(dst); ok {
		y, _ := float32s(y)
		g, _ := float32s(g)
		classes32.softmaxSlope(len(to)/n, n, head(to), head(y), head(g))
		return
	}
	for ; len(dst) > 0; dst, y, g = dst[n:], y[n:], g[n:] {
		Offset(dst[:n], g[:n], T(-Dot(y[:n], g[:n])))
		Mul(dst[:n], dst[:n], y[:n])
	}
}

// logSoftmaxSlopeRows sets each row of dst to g − exp(y)·Σ g.
func logSoftmaxSlopeRows[T Float](dst, y, g []T, n int) {
	if to, ok := float32s(dst); ok {
		y, _ := float32s(y)
		g, _ := float32s(g)
		classes32.logSoftmaxSlope(len(to)/n, n, head(to), head(y), head(g))
		return
	}
	for ; len(dst) > 0; dst, y, g = dst[n:], y[n:], g[n:] {
		to := dst[:n]
		Exp(to, y[:n])
		Scale(to, to, T(-Sum64(g[:n])))
		Add(to, to, g[:n])
	}
}

// LogSumExpRows sets, for every row of n elements, the greatest, the sum of
// exp(x − greatest), and rest, the logarithm of that: see strip.logs.
func LogSumExpRows[T Float](x []T, n int, greatest, sum, rest []float64) {
	s := strip[T]{count: len(greatest), n: n, lane: n, step: 1, x: [2][]T{x}}
	s.stats(greatest, sum)
	s.logs(greatest, sum, rest)
}

// ExpShifted sets dst to factor·exp(x − greatest); no element is greater.
func ExpShifted[T Float](dst, x []T, greatest, factor float64) {
	room := [3]float64{greatest, factor}
	rowExp(dst, x, len(x), room[:1], room[1:2], room[2:])
}
