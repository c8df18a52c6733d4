package kernel

// Reductions see their operand as [outer, n, inner] and reduce the middle:
// dst has outer·inner elements. n may be 0 where a neutral element exists.

const (
	// columns is how many columns are summed at a time: few enough that their
	// sums stay in the first cache.
	columns = 2048
	// narrow is the length below which rows are not worth a call each: several
	// are taken together.
	narrow = 64
)

// SumAxis sets dst[o,i] = Σ_k x[o,k,i].
func SumAxis[T Float](dst, x []T, outer, n, inner int) { moments(dst, x, n, inner, 1, false) }

// MeanAxis sets dst[o,i] = Σ_k x[o,k,i] / n, rounded once; NaN when n is 0.
func MeanAxis[T Float](dst, x []T, outer, n, inner int) {
	moments(dst, x, n, inner, float64(n), false)
}

// VarAxis sets dst[o,i] = Σ_k (x[o,k,i] − mean)² / divisor in two passes, all
// in float64.
func VarAxis[T Float](dst, x []T, outer, n, inner int, divisor float64) {
	moments(dst, x, n, inner, divisor, true)
}

// moments sets dst to sums, or to sums of squared deviations from the mean,
// over divisor. Work is cut into lanes, or into tiles of columns.
func moments[T Float](dst, x []T, n, inner int, divisor float64, squared bool) {
	if len(dst) == 0 {
		return
	}
	units, cost := len(dst), n
	if inner > 1 {
		units, cost = len(dst)/inner*tilesOf(inner), n*min(inner, columns)
	}
	per := max(1, simpleGrain/max(cost, 1))
	if units <= per {
		momentsPiece(dst, x, n, inner, divisor, squared, 0, units)
		return
	}
	Parallel(units, per, func(lo, hi int) { momentsPiece(dst, x, n, inner, divisor, squared, lo, hi) })
}

// tilesOf returns how many tiles a row is cut into.
func tilesOf(inner int) int { return (inner-1)/columns + 1 }

func momentsPiece[T Float](dst, x []T, n, inner int, divisor float64, squared bool, lo, hi int) {
	if inner == 1 {
		for o := lo; o < hi; o++ {
			lane := x[o*n:][:n]
			s := Sum64(lane)
			if squared {
				s = deviations(lane, s/float64(n))
			}
			dst[o] = T(s / divisor)
		}
		return
	}
	width := min(inner, columns)
	acc, mean := Get[float64](width), Get[float64](width)
	defer Put(acc)
	defer Put(mean)
	for u := lo; u < hi; u++ {
		o, c := u/tilesOf(inner), u%tilesOf(inner)*columns
		w := min(columns, inner-c)
		acc, mean := acc[:w], mean[:w]
		var rows []T
		if n > 0 {
			rows = x[o*n*inner+c:]
		}
		sumColumns(acc, rows, n, inner, nil)
		if squared {
			for i, s := range acc {
				mean[i] = s / float64(n)
			}
			sumColumns(acc, rows, n, inner, mean)
		}
		for i, s := range acc {
			dst[o*inner+c+i] = T(s / divisor)
		}
	}
}

// sumColumns sets acc to the sums over n rows, which lie stride apart, of x or,
// where there is a mean, of (x − mean)². Many rows go in pieces.
func sumColumns[T Float](acc []float64, x []T, n, stride int, mean []float64) {
	width := len(acc)
	per := simpleGrain / width
	if n < 2*per {
		sumRows(acc, x, n, stride, mean)
		return
	}
	parts := Get[float64](((n-1)/per + 1) * width)
	defer Put(parts)
	Parallel(n, per, func(lo, hi int) {
		sumRows(parts[lo/per*width:][:width], x[lo*stride:], hi-lo, stride, mean)
	})
	sumRows(acc, parts, len(parts)/width, width, nil)
}

// sumRows is sumColumns in one piece. Narrow rows that touch are summed as if
// several were one, then these.
func sumRows[T Float](acc []float64, x []T, n, stride int, mean []float64) {
	width := len(acc)
	clear(acc)
	together := narrow / width
	if stride != width || together < 2 || n < 2*together {
		for k := range n {
			addRow(acc, x[k*stride:][:width], mean)
		}
		return
	}
	wide := Get[float64](2 * together * width)
	defer Put(wide)
	sums, means := wide[:together*width], mean
	clear(sums)
	if mean != nil {
		means = wide[len(sums):]
		for k := range together {
			copy(means[k*width:], mean)
		}
	}
	for x = x[:n*width]; len(x) > 0; {
		row := x[:min(len(sums), len(x))]
		addRow(sums, row, means)
		x = x[len(row):]
	}
	for k := range together {
		addRow(acc, sums[k*width:][:width], nil)
	}
}

// addRow adds a row, or its squared deviations from the mean, to acc.
func addRow[T Float](acc []float64, row []T, mean []float64) {
	k := assemblyFor[T]()
	switch {
	case k != nil && mean == nil:
		k.addTo(len(row), head(acc), head(row))
	case k != nil:
		k.addDeviation(len(row), head(acc), head(row), head(mean))
	case mean == nil:
		for i, v := range row {
			acc[i] += float64(v)
		}
	default:
		for i, v := range row {
			d := float64(v) - mean[i]
			acc[i] += d * d
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
