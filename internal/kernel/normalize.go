package kernel

import "math"

// RowNorm normalises rows of N elements, each by its own mean and deviation:
// y = (x − mean)/√(variance + Eps)·weight + bias. Inner elements in a row share
// a weight; after Groups rows the weights begin again. So one layer norm, group
// norm and instance norm are all this. What it keeps of Forward is for Backward.
type RowNorm[T Float] struct {
	N, Inner, Groups int
	Eps              float64
	Uncentred        bool // mean is 0, so the variance is the mean square
	Weight, Bias     []T  // Groups·N/Inner; nil for 1 and 0

	Mean, Rstd []float64 // of each row

	weight, bias []T // with 1 and 0 for nil
}

// exactRows is how many rows of gradients are added in the type of the elements
// before their sum goes on in float64.
const exactRows = 16

// weights returns how many weights a row has, and where those of row r begin.
func (l *RowNorm[T]) weights(r int) (count, at int) {
	count = l.N / l.Inner
	return count, r % l.Groups * count
}

// grain is how many rows make a piece.
func (l *RowNorm[T]) grain() int { return max(1, simpleGrain/max(l.N, 1)) }

// Forward sets dst to the normalised rows of x, and Mean and Rstd.
func (l *RowNorm[T]) Forward(dst, x []T) {
	rows, size := len(x)/l.N, l.Groups*l.N/l.Inner
	l.Mean, l.Rstd = make([]float64, rows), make([]float64, rows)
	l.weight, l.bias = orConstant(l.Weight, size, 1), orConstant(l.Bias, size, 0)
	Parallel(rows, l.grain(), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			l.forwardRow(r, dst[r*l.N:][:l.N], x[r*l.N:][:l.N])
		}
	})
}

func (l *RowNorm[T]) forwardRow(r int, dst, x []T) {
	var mean, squares float64
	if l.Uncentred {
		squares = Dot(x, x)
	} else {
		mean = Sum64(x) / float64(l.N)
		squares = deviations(x, mean)
	}
	l.Mean[r], l.Rstd[r] = mean, 1/math.Sqrt(squares/float64(l.N)+l.Eps)
	count, at := l.weights(r)
	if l.Inner == 1 {
		rowForward(dst, x, l.weight[at:], l.bias[at:], T(mean), T(l.Rstd[r]))
		return
	}
	for k := at; k < at+count; k++ {
		runForward(dst[:l.Inner], x, T(mean), T(l.Rstd[r]*float64(l.weight[k])), l.bias[k])
		dst, x = dst[l.Inner:], x[l.Inner:]
	}
}

// orConstant returns x, or n times v where there is none.
func orConstant[T Float](x []T, n int, v T) []T {
	if x == nil {
		x = make([]T, n)
		Fill(x, v)
	}
	return x
}

// Backward sets the gradients of x, weight and bias, each unless it is nil, for
// the gradient g of the result: with x̂ = (x − mean)·rstd and h = g·weight these
// are rstd·(h − mean h − x̂·mean(h·x̂)), Σ g·x̂ and Σ g.
func (l *RowNorm[T]) Backward(dx, dweight, dbias, g, x []T) {
	rows, size := len(x)/l.N, l.Groups*l.N/l.Inner
	per := l.grain()
	pieces := (rows + per - 1) / per
	sums := Zeroed[float64](2 * pieces * size)
	defer Put(sums)
	Parallel(rows, per, func(lo, hi int) {
		room := Zeroed[T](2*l.N + 2*size)
		defer Put(room)
		b := rowBack[T]{l, room[:l.N], room[l.N:][:l.N], room[2*l.N:], sums[lo/per*2*size:][:2*size]}
		for r := lo; r < hi; r++ {
			b.row(r, part(dx, r*l.N, (r+1)*l.N), g[r*l.N:][:l.N], x[r*l.N:][:l.N])
			if (r-lo)%exactRows == exactRows-1 || r == hi-1 {
				b.flush()
			}
		}
	})
	foldParts(dweight, sums, 2*size)
	foldParts(dbias, sums[min(size, len(sums)):], 2*size)
}

// foldParts sets dst to the sums of the parts, which lie stride apart.
func foldParts[T Float](dst []T, parts []float64, stride int) {
	for i := range dst {
		s := 0.0
		for k := i; k < len(parts); k += stride {
			s += parts[k]
		}
		dst[i] = T(s)
	}
}

// rowBack is Backward for one piece.
type rowBack[T Float] struct {
	*RowNorm[T]
	hat, h []T
	recent []T       // the gradients of weight and bias, of a few rows
	sums   []float64 // and of those before
}

// flush moves the recent gradients to the sums.
func (b *rowBack[T]) flush() {
	if b.Inner == 1 {
		addRow(b.sums, b.recent, nil)
		clear(b.recent)
	}
}

func (b *rowBack[T]) row(r int, dx, g, x []T) {
	count, at := b.weights(r)
	weights, size := b.weight[at:][:count], len(b.sums)/2
	mean, rstd, n := T(b.Mean[r]), b.Rstd[r], float64(b.N)
	var sum, dot float64 // Σ h and Σ h·x̂
	if b.Inner == 1 {
		rowProducts(b.hat, b.h, b.recent[at:], b.recent[size+at:], x, g, weights, mean, T(rstd))
		if dx != nil {
			sum, dot = Sum64(b.h), Dot(b.h, b.hat)
		}
	} else {
		runForward(b.hat, x, mean, T(rstd), 0)
		for k, w := range weights {
			lo, hi := k*b.Inner, (k+1)*b.Inner
			s, d := Sum64(g[lo:hi]), Dot(g[lo:hi], b.hat[lo:hi])
			b.sums[at+k] += d
			b.sums[size+at+k] += s
			sum, dot = sum+float64(w)*s, dot+float64(w)*d
		}
	}
	if dx == nil {
		return
	}
	slope, shift := T(-rstd*dot/n), T(-rstd*sum/n)
	if b.Uncentred {
		shift = 0
	}
	if b.Inner == 1 {
		runBackward(dx, b.hat, b.h, 0, slope, shift, T(rstd))
		return
	}
	for k, w := range weights {
		lo, hi := k*b.Inner, (k+1)*b.Inner
		runBackward(dx[lo:hi], b.hat[lo:hi], g[lo:hi], 0, slope, shift, T(rstd*float64(w)))
	}
}
