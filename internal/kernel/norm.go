package kernel

import "math"

// NormAxis sets dst[o,i] = (Σ_k |x[o,k,i]|^p)^(1/p); p may be 0 or infinite.
// Lanes are scaled by their greatest magnitude, so squares cannot overflow.
func NormAxis[T Float](dst, x []T, outer, n, inner int, p float64) {
	if per := outerGrain(n * inner * expCost); outer > per {
		Parallel(outer, per, func(lo, hi int) {
			normPiece(dst[lo*inner:hi*inner], x[lo*n*inner:hi*n*inner], n, inner, p)
		})
		return
	}
	normPiece(dst, x, n, inner, p)
}

func normPiece[T Float](dst, x []T, n, inner int, p float64) {
	for ; len(dst) > 0; dst, x = dst[inner:], x[n*inner:] {
		switch {
		case inner == 1:
			dst[0] = T(Norm(x[:n], p))
		case p == 2:
			columnNorms(dst[:inner], x[:n*inner])
		default:
			for i := range inner {
				dst[i] = T(laneNorm(x, i, n, inner, p))
			}
		}
	}
}

// columnNorms sets dst to the Euclidean norms of the columns of x, whose rows
// are as long as dst.
func columnNorms[T Float](dst, x []T) {
	inner := len(dst)
	squares := Get[float64](inner)
	defer Put(squares)
	columnSquares(squares, x)
	for i, s := range squares {
		if harmless(s) {
			dst[i] = T(math.Sqrt(s))
		} else {
			dst[i] = T(laneNorm(x, i, len(x)/inner, inner, 2))
		}
	}
}

// columnSquares sets dst to the sums of squares of the columns of x, whose rows
// are as long as dst, some columns at a time.
func columnSquares[T Float](dst []float64, x []T) {
	inner := len(dst)
	zero := Zeroed[float64](min(inner, columns))
	defer Put(zero)
	for c := 0; c < inner; c += columns {
		width := min(columns, inner-c)
		sumColumns(dst[c:c+width], x[c:], len(x)/inner, inner, zero[:width])
	}
}

// harmless reports whether nothing that matters in a sum of squares has over-
// or underflowed.
func harmless(s float64) bool { return 1e-280 < s && s < 1e300 }

// Norm returns (Σ|x|^p)^(1/p) in float64; p may be 0 or infinite. Without
// scaling, where that is safe.
func Norm[T Float](x []T, p float64) float64 {
	switch {
	case p == 2:
		if s := SumSquares(x); harmless(s) {
			return math.Sqrt(s)
		}
	case p == 1:
		if s := SumAbs(x); s <= math.MaxFloat64 {
			return s
		}
	case math.IsInf(p, 1) && len(x) > 0:
		return max(float64(Max(x)), -float64(Min(x)))
	}
	return laneNorm(x, 0, len(x), 1, p)
}

func laneNorm[T Float](x []T, at, n, inner int, p float64) float64 {
	low, high, count := math.Inf(1), 0.0, 0.0
	for k := range n {
		v := math.Abs(float64(x[at+k*inner]))
		low, high = min(low, v), max(high, v)
		if v != 0 {
			count++
		}
	}
	switch {
	case p == 0:
		return count
	case math.IsInf(p, -1):
		return low
	case math.IsInf(p, 1) || math.IsInf(high, 0) && p > 0 || high == 0 && p > 0 || high != high:
		return high
	}
	scale := high
	if p < 0 {
		scale = low
	}
	if scale == 0 || math.IsInf(scale, 0) {
		return scale
	}
	var s float64
	for k := range n {
		s += powAbs(float64(x[at+k*inner])/scale, p)
	}
	switch p {
	case 1:
		return scale * s
	case 2:
		return scale * math.Sqrt(s)
	}
	return scale * math.Pow(s, 1/p)
}

// powAbs returns |v|^p, without math.Pow for the usual p.
func powAbs(v, p float64) float64 {
	switch p {
	case 1:
		return math.Abs(v)
	case 2:
		return v * v
	}
	return math.Pow(math.Abs(v), p)
}
