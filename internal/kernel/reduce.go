package kernel

import "math"

// Sums are taken in float64, so float32 input loses nothing that shows. Blocks
// are summed in a few partial sums, then pairwise, so the error grows with log n.
// The tree depends on the length alone.

// block is the leaf of the summation tree.
const block = 1024

// Sum returns the sum of x, rounded once.
func Sum[T Float](x []T) T { return T(Sum64(x)) }

// Sum64 returns the sum of x in float64.
func Sum64[T Float](x []T) float64 {
	if len(x) <= block {
		return sumBlock(x)
	}
	if len(x) <= simpleGrain {
		return tree(0, len(x), func(lo, hi int) float64 { return sumBlock(x[lo:hi]) })
	}
	long := lasting(x)
	return longTree(len(long), func(lo, hi int) float64 { return sumBlock(long[lo:hi]) })
}

func sumBlock[T Float](x []T) float64 {
	if k := assemblyFor[T](); k != nil {
		return k.sum(len(x), head(x))
	}
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

// SumAbs returns Σ|x[i]| in float64.
func SumAbs[T Float](x []T) float64 {
	if len(x) <= simpleGrain {
		return tree(0, len(x), func(lo, hi int) float64 { return absBlock(x[lo:hi]) })
	}
	long := lasting(x)
	return longTree(len(long), func(lo, hi int) float64 { return absBlock(long[lo:hi]) })
}

func absBlock[T Float](x []T) (s float64) {
	if k := assemblyFor[T](); k != nil {
		return k.sumAbs(len(x), head(x))
	}
	for _, v := range x {
		s += math.Abs(float64(v))
	}
	return s
}

// SumSquares returns Σ x[i]² in float64.
func SumSquares[T Float](x []T) float64 { return Dot(x, x) }

// Dot returns Σ x[i]·y[i] in float64, in which products of float32 are exact.
func Dot[T Float](x, y []T) float64 {
	y = y[:len(x)]
	if len(x) <= simpleGrain {
		return tree(0, len(x), func(lo, hi int) float64 { return dotBlock(x[lo:hi], y[lo:hi]) })
	}
	a, b := lasting(x), lasting(y)
	return longTree(len(a), func(lo, hi int) float64 { return dotBlock(a[lo:hi], b[lo:hi]) })
}

func dotBlock[T Float](x, y []T) float64 {
	if k := assemblyFor[T](); k != nil {
		return k.dot(len(x), head(x), head(y))
	}
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4; x, y = x[4:], y[4:] {
		s0 += float64(x[0]) * float64(y[0])
		s1 += float64(x[1]) * float64(y[1])
		s2 += float64(x[2]) * float64(y[2])
		s3 += float64(x[3]) * float64(y[3])
	}
	for i, v := range x {
		s0 += float64(v) * float64(y[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// deviations returns Σ (x[i] − mean)² in float64.
func deviations[T Float](x []T, mean float64) float64 {
	return tree(0, len(x), func(lo, hi int) float64 { return deviationBlock(x[lo:hi], mean) })
}

func deviationBlock[T Float](x []T, mean float64) (s float64) {
	if k := assemblyFor[T](); k != nil {
		return k.deviation(len(x), head(x), mean)
	}
	for _, v := range x {
		d := float64(v) - mean
		s += d * d
	}
	return s
}

// tree sums leaves, blocks of [lo, hi), in pairs.
func tree(lo, hi int, leaf func(lo, hi int) float64) float64 {
	if hi-lo <= block {
		return leaf(lo, hi)
	}
	mid := lo + ((hi-lo)/2+block-1)/block*block
	return tree(lo, mid, leaf) + tree(mid, hi, leaf)
}

// longTree is tree over [0, n) in pieces worth a goroutine.
func longTree(n int, leaf func(lo, hi int) float64) float64 {
	parts := Get[float64]((n-1)/simpleGrain + 1)
	defer Put(parts)
	Parallel(n, simpleGrain, func(lo, hi int) { parts[lo/simpleGrain] = tree(lo, hi, leaf) })
	return Sum64(parts)
}

// SumInt returns the sum of x, wrapping around as Go does.
func SumInt(x []int64) int64 {
	var s int64
	for _, v := range x {
		s += v
	}
	return s
}
