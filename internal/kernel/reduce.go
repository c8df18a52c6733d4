package kernel

import "math"

// Reductions see their operand as [outer, n, inner] and reduce the middle:
// dst has outer·inner elements. n may be 0 where a neutral element exists.

// block is the leaf of the summation tree.
const block = 256

// Sum returns the sum of x: blocks are summed in order, then pairwise, all in
// float64, so the error grows with log n and float32 input loses nothing that
// shows. The tree depends on len(x) alone.
func Sum[T Float](x []T) T { return T(sum64(x)) }

func sum64[T Float](x []T) float64 {
	if len(x) <= block {
		var s0, s1, s2, s3 float64
		for ; len(x) >= 4; x = x[4:] {
			s0 += float64(x[0])
			s1 += float64(x[1])
			s2 += float64(x[2])
			s3 += float64(x[3])
		}
		for _, v := range x {
			s0 += float64(v)
		}
		return (s0 + s1) + (s2 + s3)
	}
	half := (len(x)/2 + block - 1) / block * block
	return sum64(x[:half]) + sum64(x[half:])
}

// SumInt returns the sum of x, wrapping around as Go does.
func SumInt(x []int64) int64 {
	var s int64
	for _, v := range x {
		s += v
	}
	return s
}

// SumAxis sets dst[o,i] = Σ_k x[o,k,i].
func SumAxis[T Float](dst, x []T, outer, n, inner int) {
	if inner == 1 {
		rows(outer, n, func(o int) { dst[o] = Sum(x[o*n : (o+1)*n]) })
		return
	}
	// Columns are summed in float64 a row at a time, so memory is read in order.
	rows(outer, n*inner, func(o int) {
		acc := Get[float64](inner)
		Fill(acc, 0)
		for k := range n {
			row := x[(o*n+k)*inner:][:inner]
			for i, v := range row {
				acc[i] += float64(v)
			}
		}
		Convert(dst[o*inner:][:inner], acc)
		Put(acc)
	})
}

// SumAxisInt is SumAxis for integers.
func SumAxisInt(dst, x []int64, outer, n, inner int) {
	fold(dst, x, outer, n, inner, 0, func(acc, v int64) int64 { return acc + v })
}

// ProdAxis sets dst[o,i] = Π_k x[o,k,i].
func ProdAxis[T Number](dst, x []T, outer, n, inner int) {
	fold(dst, x, outer, n, inner, 1, func(acc, v T) T { return acc * v })
}

// MaxAxis sets dst[o,i] = max_k x[o,k,i]; a NaN anywhere wins. n must not be 0.
func MaxAxis[T Number](dst, x []T, outer, n, inner int) {
	best(dst, nil, x, outer, n, inner, func(v, b T) bool { return v > b || v != v })
}

// MinAxis sets dst[o,i] = min_k x[o,k,i]; a NaN anywhere wins. n must not be 0.
func MinAxis[T Number](dst, x []T, outer, n, inner int) {
	best(dst, nil, x, outer, n, inner, func(v, b T) bool { return v < b || v != v })
}

// ArgMaxAxis sets dst[o,i] to the first k with the greatest x[o,k,i], or to
// the first NaN. n must not be 0.
func ArgMaxAxis[T Number](dst []int64, x []T, outer, n, inner int) {
	best(nil, dst, x, outer, n, inner, func(v, b T) bool { return v > b || v != v })
}

// ArgMinAxis sets dst[o,i] to the first k with the least x[o,k,i], or to the
// first NaN. n must not be 0.
func ArgMinAxis[T Number](dst []int64, x []T, outer, n, inner int) {
	best(nil, dst, x, outer, n, inner, func(v, b T) bool { return v < b || v != v })
}

// best finds the first element that no later one beats; NaN beats and is final.
func best[T Number](val []T, arg []int64, x []T, outer, n, inner int, beats func(v, b T) bool) {
	rows(outer, n*inner, func(o int) {
		for i := range inner {
			at := o*n*inner + i
			b, where := x[at], 0
			for k := 1; k < n && b == b; k++ {
				if v := x[at+k*inner]; beats(v, b) {
					b, where = v, k
				}
			}
			if val != nil {
				val[o*inner+i] = b
			}
			if arg != nil {
				arg[o*inner+i] = int64(where)
			}
		}
	})
}

// fold combines the middle axis from start, in order.
func fold[T Number](dst, x []T, outer, n, inner int, start T, f func(acc, v T) T) {
	for o := range outer {
		for i := range inner {
			acc := start
			for k := range n {
				acc = f(acc, x[(o*n+k)*inner+i])
			}
			dst[o*inner+i] = acc
		}
	}
}

// LogSumExpAxis sets dst[o,i] = ln Σ_k exp x[o,k,i], shifted by the maximum so
// that nothing overflows. All −Inf (or n = 0) gives −Inf, any +Inf gives +Inf.
func LogSumExpAxis[T Float](dst, x []T, outer, n, inner int) {
	eachLane(outer, n, inner, func(at, to int) {
		m, s := laneExpSum(x, at, n, inner)
		dst[to] = T(m + math.Log(s))
	})
}

// SoftmaxAxis sets dst[o,k,i] = exp(x[o,k,i]) / Σ_k exp(x[o,k,i]).
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
	rows(outer, n*inner*8, func(o int) {
		for i := range inner {
			f(o*n*inner+i, o*inner+i)
		}
	})
}

// rows calls f for every outer index, in parallel when the rows, each of the
// given cost in simple operations, are worth it.
func rows(outer, cost int, f func(o int)) {
	Parallel(outer, max(1, grain/max(cost, 1)), func(lo, hi int) {
		for o := lo; o < hi; o++ {
			f(o)
		}
	})
}
