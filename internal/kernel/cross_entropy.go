package kernel

import "math"

// CrossEntropy is the cross entropy of scores x, seen as lanes [outer, N, Inner]
// of N classes, with one class per lane:
//
//	loss = (1−ε)·w[t]·(lse − x[t]) + ε/N·Σ_c w[c]·(lse − x[c])
//
// lse being ln Σ_c exp(x[c]). Exponentials are T's, all else is computed in
// float64, and the losses stay float64, for they are few: whoever reduces them
// rounds once.
type CrossEntropy[T Float] struct {
	N, Inner  int
	Class     []int64 // t of each lane; a negative one is ignored: loss and gradient 0
	Weight    []T     // w, or nil for ones; a class of weight 0 costs nothing, however unlikely
	Smoothing float64 // ε

	// lse of each lane in two parts, kept from Forward for Backward: the
	// greatest score and ln Σ exp(x − greatest). Their sum would round the
	// second part away.
	greatest []T
	rest     []float64
}

// Forward sets dst, one element per lane.
func (l *CrossEntropy[T]) Forward(dst []float64, x []T) {
	l.greatest, l.rest = make([]T, len(dst)), make([]float64, len(dst))
	eachLanes(nil, l.outer(), l.N, l.Inner, func(first, count int, _ []T, x [2][]T) {
		for k := range count {
			if lane := first + k; l.Class[lane] < 0 {
				dst[lane] = 0
			} else {
				dst[lane] = l.loss(lane, x[0][k*l.N:][:l.N])
			}
		}
	}, x)
}

func (l *CrossEntropy[T]) outer() int { return len(l.Class) / max(l.Inner, 1) }

// LogSumExp returns the greatest score of a lane and ln Σ exp(x − greatest).
// The greatest itself adds exactly 1, which log1p adds without rounding: the
// loss of a class that is all but certain keeps its digits.
func LogSumExp[T Float](x []T) (greatest T, rest float64) {
	m := Max(x)
	if math.IsInf(float64(m), 1) {
		return m, 0 // whatever the others are
	}
	if s := SumExp(x, m); !(s < certain) {
		return m, math.Log(s)
	}
	_, rest = expSumOfOthers(x, m)
	return m, rest
}

func (l *CrossEntropy[T]) loss(lane int, x []T) float64 {
	greatest, r := LogSumExp(x)
	l.greatest[lane], l.rest[lane] = greatest, r
	t, m := l.Class[lane], float64(greatest)
	var y float64
	if w := l.weight(int(t)) * (1 - l.Smoothing); w != 0 {
		y = w * (m - float64(x[t]) + r)
	}
	if l.Smoothing == 0 {
		return y
	}
	return y + l.Smoothing/float64(l.N)*l.spread(x, greatest, r)
}

// spread returns Σ_c w[c]·(lse − x[c]).
func (l *CrossEntropy[T]) spread(x []T, greatest T, r float64) (s float64) {
	m, room := float64(greatest), Get[T](len(x))
	defer Put(room)
	Offset(room, x, -greatest) // first, so that what is added is all of one sign
	if l.Weight == nil {
		s = float64(l.N)*r - Sum64(room)
	} else {
		s = Sum64(l.Weight)*r - Dot(l.Weight, room)
	}
	if s == s {
		return s
	}
	s = 0
	for k, v := range x { // one by one, for a weight of 0 makes nothing of Inf
		if w := l.weight(k); w != 0 {
			s += w * (m - float64(v) + r)
		}
	}
	return s
}

// Backward sets dst, of the size of x, to the gradient of Σ g·loss:
//
//	dst[c] = g·((1−ε)·w[t]·(p[c] − [c=t]) + ε/N·(p[c]·Σ w − w[c]))
//
// p being softmax(x). A g of one element is every lane's.
func (l *CrossEntropy[T]) Backward(dst []T, g []float64, x []T) {
	total := float64(l.N)
	if l.Weight != nil {
		total = Sum64(l.Weight)
	}
	eachLanes(dst, l.outer(), l.N, l.Inner, func(first, count int, dst []T, x [2][]T) {
		for k := range count {
			lane, to := first+k, dst[k*l.N:][:l.N]
			if l.Class[lane] < 0 {
				clear(to)
				continue
			}
			up := g[0]
			if len(g) > 1 {
				up = g[lane]
			}
			l.gradient(to, x[0][k*l.N:][:l.N], lane, up, total)
		}
	}, x)
}

func (l *CrossEntropy[T]) gradient(dst, x []T, lane int, g, total float64) {
	t, m, r := int(l.Class[lane]), l.greatest[lane], l.rest[lane]
	hard, soft := 0.0, 0.0 // unless there is something to multiply: g may be infinite
	if l.Smoothing != 0 {
		soft = g * l.Smoothing / float64(l.N)
	}
	if w := l.weight(t) * (1 - l.Smoothing); w != 0 {
		hard = g * w
	}
	both := hard + soft*total
	ExpShifted(dst, x, m, T(r), T(both))
	if both != 0 {
		p := float64(dst[t]) / both
		dst[t] = 0
		dst[t] = T(soft*total*p - hard*(Sum64(dst)/both)) // p − 1 is minus all other p: nothing cancels
	}
	switch {
	case soft == 0:
	case l.Weight == nil:
		Offset(dst, dst, T(-soft))
	default:
		Axpy(dst, T(-soft), l.Weight)
	}
}

func (l *CrossEntropy[T]) weight(k int) float64 {
	if l.Weight == nil {
		return 1
	}
	return float64(l.Weight[k])
}
