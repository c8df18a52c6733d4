package kernel

// Reductions see their operand as [outer, n, inner] and reduce the middle:
// dst has outer·inner elements. n may be 0 where a neutral element exists.

// block is the leaf of the summation tree.
const block = 256

// Sum returns the sum of x: blocks are summed in order, then pairwise, all in
// float64, so the error grows with log n and float32 input loses nothing that
// shows. The tree depends on len(x) alone.
func Sum[T Float](x []T) T { return T(sum64(x)) }

func sum64[T Float](x []T) float64 {
	if len(x) <= grain {
		return sumTree(x)
	}
	parts := Get[float64]((len(x)-1)/grain + 1)
	defer Put(parts)
	Parallel(len(x), grain, func(lo, hi int) { parts[lo/grain] = sumTree(x[lo:hi]) })
	return sumTree(parts)
}

func sumTree[T Float](x []T) float64 {
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
	return sumTree(x[:half]) + sumTree(x[half:])
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
func SumAxis[T Float](dst, x []T, outer, n, inner int) { sumOver(dst, x, outer, n, inner, 1) }

// MeanAxis sets dst[o,i] = Σ_k x[o,k,i] / n, rounded once; NaN when n is 0.
func MeanAxis[T Float](dst, x []T, outer, n, inner int) {
	sumOver(dst, x, outer, n, inner, float64(n))
}

// sumOver sets dst[o,i] = Σ_k x[o,k,i] / divisor.
func sumOver[T Float](dst, x []T, outer, n, inner int, divisor float64) {
	if per := outerGrain(n * inner); outer > per {
		Parallel(outer, per, func(lo, hi int) {
			sumPiece(dst[lo*inner:hi*inner], x[lo*n*inner:hi*n*inner], n, inner, divisor)
		})
		return
	}
	sumPiece(dst, x, n, inner, divisor)
}

func sumPiece[T Float](dst, x []T, n, inner int, divisor float64) {
	if inner == 1 {
		for o := range dst {
			dst[o] = T(sum64(x[o*n:][:n]) / divisor)
		}
		return
	}
	acc := Get[float64](inner)
	defer Put(acc)
	for ; len(dst) > 0; dst, x = dst[inner:], x[n*inner:] {
		sumColumns(acc, x[:n*inner])
		for i, s := range acc {
			dst[i] = T(s / divisor)
		}
	}
}

// sumColumns sets acc to the sums of the columns of x, whose rows are as long
// as acc, going a row at a time so that memory is read in order.
func sumColumns[T Float](acc []float64, x []T) {
	Fill(acc, 0)
	for ; len(x) > 0; x = x[len(acc):] {
		row := x[:len(acc)]
		for i, v := range row {
			acc[i] += float64(v)
		}
	}
}

// VarAxis sets dst[o,i] = Σ_k (x[o,k,i] − mean)² / divisor in two passes, all
// in float64.
func VarAxis[T Float](dst, x []T, outer, n, inner int, divisor float64) {
	if per := outerGrain(n * inner * 2); outer > per {
		Parallel(outer, per, func(lo, hi int) {
			varPiece(dst[lo*inner:hi*inner], x[lo*n*inner:hi*n*inner], n, inner, divisor)
		})
		return
	}
	varPiece(dst, x, n, inner, divisor)
}

func varPiece[T Float](dst, x []T, n, inner int, divisor float64) {
	if inner == 1 {
		for o := range dst {
			lane := x[o*n:][:n]
			mean, s := sum64(lane)/float64(n), 0.0
			for _, v := range lane {
				d := float64(v) - mean
				s += d * d
			}
			dst[o] = T(s / divisor)
		}
		return
	}
	mean, acc := Get[float64](inner), Get[float64](inner)
	defer Put(mean)
	defer Put(acc)
	for ; len(dst) > 0; dst, x = dst[inner:], x[n*inner:] {
		lanes := x[:n*inner]
		sumColumns(mean, lanes)
		for i := range mean {
			mean[i] /= float64(n)
		}
		Fill(acc, 0)
		for ; len(lanes) > 0; lanes = lanes[inner:] {
			for i, m := range mean {
				d := float64(lanes[i]) - m
				acc[i] += d * d
			}
		}
		for i, s := range acc {
			dst[i] = T(s / divisor)
		}
	}
}

// SumAxisInt is SumAxis for integers.
func SumAxisInt(dst, x []int64, outer, n, inner int) {
	fold(dst, x, outer, n, inner, 0, func(acc, v int64) int64 { return acc + v })
}

// ProdAxis sets dst[o,i] = Π_k x[o,k,i].
func ProdAxis[T Number](dst, x []T, outer, n, inner int) {
	fold(dst, x, outer, n, inner, 1, func(acc, v T) T { return acc * v })
}

// fold combines the middle axis in order, a row at a time; none is neutral,
// the result of no elements at all.
func fold[T Number](dst, x []T, outer, n, inner int, neutral T, f func(acc, v T) T) {
	if n == 0 {
		Fill(dst[:outer*inner], neutral)
		return
	}
	for range outer {
		acc := dst[:inner]
		copy(acc, x)
		for k := 1; k < n; k++ {
			for i, v := range x[k*inner:][:inner] {
				acc[i] = f(acc[i], v)
			}
		}
		dst, x = dst[inner:], x[n*inner:]
	}
}

// outerGrain returns how many outer entries, each of the given cost in simple
// operations, are worth handing to another goroutine.
func outerGrain(cost int) int { return max(1, grain/max(cost, 1)) }
