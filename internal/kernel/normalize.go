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
}

// weights returns how many weights a row has, and where those of row r begin.
func (l *RowNorm[T]) weights(r int) (count, at int) {
	count = l.N / l.Inner
	return count, r % l.Groups * count
}

// grain is how many rows make a piece.
func (l *RowNorm[T]) grain() int { return max(1, simpleGrain/max(l.N, 1)) }

// Forward sets dst to the normalised rows of x, and Mean and Rstd.
func (l *RowNorm[T]) Forward(dst, x []T) {
	rows := len(x) / l.N
	l.Mean, l.Rstd = make([]float64, rows), make([]float64, rows)
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
	l.standard(r, dst, x)
	count, at := l.weights(r)
	if l.Inner == 1 {
		scaleShift(dst, part(l.Weight, at, at+count), part(l.Bias, at, at+count))
		return
	}
	for k := at; k < at+count; k++ {
		scaleShift(dst[:l.Inner], part(l.Weight, k, k+1), part(l.Bias, k, k+1))
		dst = dst[l.Inner:]
	}
}

// standard sets dst = (x − mean)·rstd: subtracted first, so that nothing is left
// of what is constant.
func (l *RowNorm[T]) standard(r int, dst, x []T) {
	if !l.Uncentred {
		Offset(dst, x, T(-l.Mean[r]))
		x = dst
	}
	Scale(dst, x, T(l.Rstd[r]))
}

// scaleShift sets dst = dst·weight + bias, either of which may be nil.
func scaleShift[T Float](dst, weight, bias []T) {
	switch {
	case weight != nil && bias != nil:
		MulAdd(dst, dst, weight, bias)
	case weight != nil:
		Mul(dst, dst, weight)
	case bias != nil:
		Add(dst, dst, bias)
	}
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
		room := Get[T](2 * l.N)
		defer Put(room)
		b := rowBack[T]{l, room[:l.N], room[l.N:], nil, nil}
		of := sums[lo/per*2*size:][:2*size]
		if dweight != nil {
			b.weight = of[:size]
		}
		if dbias != nil {
			b.bias = of[size:]
		}
		for r := lo; r < hi; r++ {
			b.row(r, part(dx, r*l.N, (r+1)*l.N), g[r*l.N:][:l.N], x[r*l.N:][:l.N])
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
	hat, h       []T
	weight, bias []float64 // sums; nil for none
}

func (b *rowBack[T]) row(r int, dx, g, x []T) {
	count, at := b.weights(r)
	b.standard(r, b.hat, x)
	if b.Inner == 1 {
		b.sumRow(at, count, g)
	} else {
		b.sumSegments(at, count, g)
	}
	if dx == nil {
		return
	}
	h := b.weighted(at, count, g)
	n, rstd := float64(b.N), b.Rstd[r]
	slope, shift := []T{T(-rstd * Dot(h, b.hat) / n)}, []T{0}
	if !b.Uncentred {
		shift[0] = T(-rstd * Sum64(h) / n)
	}
	MulAdd(b.hat, b.hat, slope, shift)
	MulAdd(dx, h, []T{T(rstd)}, b.hat)
}

// sumRow adds g·x̂ and g where each element has its weight.
func (b *rowBack[T]) sumRow(at, count int, g []T) {
	if b.weight != nil {
		Mul(b.h, g, b.hat)
		addRow(b.weight[at:][:count], b.h, nil)
	}
	if b.bias != nil {
		addRow(b.bias[at:][:count], g, nil)
	}
}

// sumSegments adds g·x̂ and g where Inner elements share a weight.
func (b *rowBack[T]) sumSegments(at, count int, g []T) {
	for k := range count {
		lo, hi := k*b.Inner, (k+1)*b.Inner
		if b.weight != nil {
			b.weight[at+k] += Dot(g[lo:hi], b.hat[lo:hi])
		}
		if b.bias != nil {
			b.bias[at+k] += Sum64(g[lo:hi])
		}
	}
}

// weighted returns g·weight.
func (b *rowBack[T]) weighted(at, count int, g []T) []T {
	switch {
	case b.Weight == nil:
		return g
	case b.Inner == 1:
		Mul(b.h, g, b.Weight[at:][:count])
	default:
		for k := range count {
			lo, hi := k*b.Inner, (k+1)*b.Inner
			Scale(b.h[lo:hi], g[lo:hi], b.Weight[at+k])
		}
	}
	return b.h
}
