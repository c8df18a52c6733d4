package kernel

import "math"

// strip is some lanes of the middle axis of [outer, n, inner] side by side:
// rows, or columns of a wider block.
type strip[T Float] struct {
	first, count int // lanes, counted in the order of a result without the middle axis
	n            int // elements of each
	lane, step   int // element k of the i-th lane is at i·lane + k·step
	dst          []T // may be nil
	x            [2][]T
}

const (
	// wideFrom is how many lanes side by side are worth working on as columns;
	// fewer are gathered as rows.
	wideFrom = 16
	// stripWidth is how many columns a strip has at most.
	stripWidth = 512
)

// columns reports whether the elements of a lane lie apart.
func (s *strip[T]) columns() bool { return s.step > 1 }

// oneStrip returns all of x as rows, if that is not worth more than one
// goroutine.
func oneStrip[T Float](dst []T, outer, n, inner int, x ...[]T) (s strip[T], ok bool) {
	if inner != 1 || n == 0 || outer > outerGrain(n*expCost) {
		return s, false
	}
	s = strip[T]{count: outer, n: n, lane: n, step: 1, dst: dst}
	copy(s.x[:], x)
	return s, true
}

// eachStrip calls f with all lanes, on several goroutines where that pays.
func eachStrip[T Float](dst []T, outer, n, inner int, f func(s strip[T]), x ...[]T) {
	if inner < wideFrom {
		eachLanes(dst, outer, n, inner, func(first, count int, dst []T, x [2][]T) {
			f(strip[T]{first: first, count: count, n: n, lane: n, step: 1, dst: dst, x: x})
		}, x...)
		return
	}
	if n == 0 {
		return
	}
	across := (inner + stripWidth - 1) / stripWidth
	var in [2][]T
	copy(in[:], x)
	Parallel(outer*across, outerGrain(min(inner, stripWidth)*n*expCost), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			o, i := t/across, t%across*stripWidth
			at := o*n*inner + i
			f(strip[T]{first: o*inner + i, count: min(stripWidth, inner-i), n: n, lane: 1, step: inner,
				dst: from(dst, at), x: [2][]T{from(in[0], at), from(in[1], at)}})
		}
	})
}

// from returns x[at:], or nil of nothing.
func from[T any](x []T, at int) []T {
	if x == nil {
		return nil
	}
	return x[at:]
}

// stats is rowStats.
func (s *strip[T]) stats(greatest, sum []float64) {
	if s.columns() {
		columnStats(s.x[0], s.n, s.step, greatest, sum)
	} else {
		rowStats(s.x[0], s.n, greatest, sum)
	}
}

// exp is rowExp.
func (s *strip[T]) exp(greatest, factor, offset []float64) {
	if s.columns() {
		columnExp(s.dst, s.x[0], s.n, s.step, greatest, factor, offset)
	} else {
		rowExp(s.dst, s.x[0], s.n, greatest, factor, offset)
	}
}

// certain is the sum of exponentials below which the greatest of them, which is
// 1, hides digits of the others.
const certain = 1.5

// logs sets rest to ln Σ exp(x − greatest), given what stats found. The greatest
// itself adds exactly 1 to a sum, which log1p adds without rounding: the
// log-probability of a class that is all but certain keeps its digits. Where the
// greatest is +Inf, rest is 0 and sum becomes 1, whatever the others are.
func (s *strip[T]) logs(greatest, sum, rest []float64) {
	Log(rest, sum)
	for i := 0; i < len(sum); i++ {
		switch {
		case sum[i] < certain:
			i += s.surely(greatest[i:], sum[i:], rest[i:], i) - 1
		case math.IsInf(greatest[i], 1) && !s.holdsNaN(i):
			sum[i], rest[i] = 1, 0
		}
	}
}

// holdsNaN reports whether NaN is in a lane; rowStats may overlook one in search
// of the greatest.
func (s *strip[T]) holdsNaN(i int) bool {
	for k := range s.n {
		if v := s.x[0][i*s.lane+k*s.step]; v != v {
			return true
		}
	}
	return false
}

// surely does for the lanes from i on what logs does, until one is not certain,
// and returns how many are.
func (s *strip[T]) surely(greatest, sum, rest []float64, i int) (count int) {
	for count < len(sum) && sum[count] < certain {
		count++
	}
	rest = rest[:count]
	if s.columns() {
		for k := range rest {
			rest[k] = s.others(i+k, greatest[k])
		}
	} else {
		rowOthers(s.x[0][i*s.n:], s.n, greatest[:count], rest)
	}
	Log1p(rest, rest)
	return count
}

// others returns Σ exp(x − m) over the elements of a column that are not m.
func (s *strip[T]) others(i int, m float64) (sum float64) {
	for k := range s.n {
		if v := float64(s.x[0][i*s.lane+k*s.step]); v != m {
			sum += math.Exp(v - m)
		}
	}
	return sum
}
