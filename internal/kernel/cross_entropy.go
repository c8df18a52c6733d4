package kernel

import "math"

// CrossEntropy is the cross entropy of scores x, seen as lanes [outer, N, Inner]
// of N classes, with one class per lane:
//
//	loss = (1−ε)·w[t]·(lse − x[t]) + ε/N·Σ_c w[c]·(lse − x[c])
//
// lse being ln Σ_c exp(x[c]). All of it is computed in float64, and the losses
// stay float64, for they are few: whoever reduces them rounds once.
type CrossEntropy[T Float] struct {
	N, Inner  int
	Class     []int64 // t of each lane; a negative one is ignored: loss and gradient 0
	Weight    []T     // w, or nil for ones; a class of weight 0 costs nothing, however unlikely
	Smoothing float64 // ε

	// lse of each lane in two parts, kept from Forward for Backward: the
	// greatest score and ln Σ exp(x − greatest). Their sum would round the
	// second part away.
	greatest, rest []float64
}

// Forward sets dst, one element per lane.
func (l *CrossEntropy[T]) Forward(dst []float64, x []T) {
	l.greatest, l.rest = make([]float64, len(dst)), make([]float64, len(dst))
	l.eachLane(func(lane, at int) {
		t := int(l.Class[lane])
		if t < 0 {
			dst[lane] = 0
			return
		}
		m, r := l.logSumExp(x[at:])
		l.greatest[lane], l.rest[lane] = m, r
		dst[lane] = l.loss(x[at:], t, m, r)
	})
}

// logSumExp returns the greatest score of a lane and ln Σ exp(x − greatest).
// The greatest itself adds exactly 1, which log1p adds without rounding: the
// loss of a class that is all but certain keeps its digits.
func (l *CrossEntropy[T]) logSumExp(x []T) (greatest, rest float64) {
	best := 0
	for k := 1; k < l.N; k++ {
		if v := x[k*l.Inner]; v > x[best*l.Inner] || v != v {
			best = k
		}
	}
	m, s := float64(x[best*l.Inner]), 0.0
	for k := range l.N {
		if k != best {
			s += math.Exp(float64(x[k*l.Inner]) - m)
		}
	}
	return m, math.Log1p(s)
}

func (l *CrossEntropy[T]) loss(x []T, t int, m, r float64) float64 {
	var y float64
	if w := l.weight(t) * (1 - l.Smoothing); w != 0 {
		y = w * (m - float64(x[t*l.Inner]) + r)
	}
	if l.Smoothing == 0 {
		return y
	}
	var smooth float64
	for k := range l.N {
		if w := l.weight(k); w != 0 {
			smooth += w * (m - float64(x[k*l.Inner]) + r)
		}
	}
	return y + l.Smoothing/float64(l.N)*smooth
}

// Backward sets dst, of the size of x, to the gradient of Σ g·loss:
//
//	dst[c] = g·((1−ε)·w[t]·(p[c] − [c=t]) + ε/N·(p[c]·Σ w − w[c]))
//
// p being softmax(x).
func (l *CrossEntropy[T]) Backward(dst []T, g []float64, x []T) {
	total := 0.0
	for k := range l.N {
		total += l.weight(k)
	}
	l.eachLane(func(lane, at int) {
		t := int(l.Class[lane])
		if t < 0 {
			for k := range l.N {
				dst[at+k*l.Inner] = 0
			}
			return
		}
		l.gradient(dst[at:], x[at:], t, g[lane], total, l.greatest[lane], l.rest[lane])
	})
}

func (l *CrossEntropy[T]) gradient(dst, x []T, t int, g, total, m, r float64) {
	hard, soft := 0.0, g*l.Smoothing/float64(l.N)
	if w := l.weight(t) * (1 - l.Smoothing); w != 0 {
		hard = g * w
	}
	for k := range l.N {
		log := float64(x[k*l.Inner]) - m - r
		p := math.Exp(log)
		d := hard * p
		if k == t {
			d = hard * math.Expm1(log) // p − 1 without cancellation
		}
		if l.Smoothing != 0 {
			d += soft * (p*total - l.weight(k))
		}
		dst[k*l.Inner] = T(d)
	}
}

func (l *CrossEntropy[T]) weight(k int) float64 {
	if l.Weight == nil {
		return 1
	}
	return float64(l.Weight[k])
}

// eachLane calls f with every lane's number and first index.
func (l *CrossEntropy[T]) eachLane(f func(lane, at int)) {
	if l.Inner == 0 {
		return
	}
	eachLane(len(l.Class)/l.Inner, l.N, l.Inner, func(at, lane int) { f(lane, at) })
}
