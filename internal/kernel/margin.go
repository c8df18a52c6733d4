package kernel

import "math"

// MultiMargin is the hinge loss of scores x, seen as rows of N classes, with one
// class t per row:
//
//	loss = w[t]/N · Σ_{c≠t} h[c]^P    h[c] = max(0, m − x[t] + x[c])
//
// The losses are float64, for they are few.
type MultiMargin[T Float] struct {
	N      int
	Class  []int64 // t of each row
	Weight []T     // w, or nil for ones
	P      int     // 1 or 2
	Margin T       // m
}

// Forward sets dst, one element per row.
func (l *MultiMargin[T]) Forward(dst []float64, x []T) {
	if per := outerGrain(l.N); len(dst) > per {
		to := lasting(dst)
		Parallel(len(dst), per, func(lo, hi int) { l.losses(to[lo:hi], x, lo) })
		return
	}
	l.losses(dst, x, 0)
}

// losses sets dst to the losses of rows from first on.
func (l *MultiMargin[T]) losses(dst []float64, x []T, first int) {
	room := Get[float64](3 * len(dst))
	defer Put(room)
	lead, power := room[:len(dst)], room[len(dst):]
	l.leads(lead, x, first)
	fast := hinges(x[first*l.N:], l.N, l.N, lead, power[:len(dst)], power[len(dst):])
	for i := range dst {
		row := x[(first+i)*l.N:][:l.N]
		own := float64(max(0, row[l.Class[first+i]]+T(lead[i])))
		sum := power[i]
		if l.P == 2 {
			own, sum = own*own, power[len(dst)+i]
		}
		dst[i] = sum - own
		if !fast || cancels(dst[i], own, own) {
			dst[i] = l.plainly(row, l.Class[first+i], T(lead[i]))
		}
		dst[i] *= l.share(first + i)
	}
}

// cancels reports whether so little is left of a sum, after some of its terms are
// taken off, that it lacks digits of float32 or is no number. Nothing left is
// right if what was taken is no more than usual.
func cancels(left, taken, usual float64) bool {
	return left-left != 0 || left < taken/(1<<27) && (left != 0 || taken > usual)
}

// leads sets lead to m − x[t].
func (l *MultiMargin[T]) leads(lead []float64, x []T, first int) {
	for i := range lead {
		lead[i] = float64(l.Margin - x[(first+i)*l.N+int(l.Class[first+i])])
	}
}

// share returns w[t]/N.
func (l *MultiMargin[T]) share(row int) float64 {
	if l.Weight == nil {
		return 1 / float64(l.N)
	}
	return float64(l.Weight[l.Class[row]]) / float64(l.N)
}

// plainly returns Σ_{c≠t} h^P.
func (l *MultiMargin[T]) plainly(x []T, t int64, lead T) float64 {
	h := Get[T](l.N)
	defer Put(h)
	hinge(h, x, lead)
	h[t] = 0
	if l.P == 2 {
		return SumSquares(h)
	}
	return Sum64(h)
}

// hinge sets h to max(0, x + lead).
func hinge[T Float](h, x []T, lead T) {
	Offset(h, x, lead)
	ReLU(h, h)
}

// hinges sets sum and squares to Σ h and Σ h² of rows that begin stride elements
// apart, h being max(0, x + lead), and reports whether there is assembly for it.
// float64, in which single terms cannot be taken off a sum again, has none.
func hinges[T Float](x []T, n, stride int, lead, sum, squares []float64) bool {
	y, ok := float32s(x)
	if ok {
		classes32.hinge(len(lead), n, head(y), stride, head(lead), head(sum), head(squares))
	}
	return ok
}

// Backward sets dst, of the size of x, to the gradient of Σ g·loss: for c≠t it
// is g·w[t]/N·P·h[c]^(P−1) where h[c] > 0, and for t the sum of these, negative.
// A g of one element is every row's.
func (l *MultiMargin[T]) Backward(dst []T, g []float64, x []T) {
	if per := outerGrain(l.N); len(l.Class) > per {
		up := lasting(g)
		Parallel(len(l.Class), per, func(lo, hi int) { l.slopes(dst, up, x, lo, hi) })
		return
	}
	l.slopes(dst, g, x, 0, len(l.Class))
}

func (l *MultiMargin[T]) slopes(dst []T, g []float64, x []T, lo, hi int) {
	room := Get[float64](3 * (hi - lo))
	defer Put(room)
	lead, step, sum := room[:hi-lo], room[hi-lo:2*(hi-lo)], room[2*(hi-lo):]
	l.leads(lead, x, lo)
	for i := range step {
		step[i] = of(g, lo+i) * l.share(lo+i) * float64(l.P)
	}
	to, from := dst[lo*l.N:hi*l.N], x[lo*l.N:hi*l.N]
	if y, ok := float32s(from); ok {
		kernel, d := classes32.hingeSteps, any(to).([]float32)
		if l.P == 2 {
			kernel = classes32.hingeTimes
		}
		kernel(hi-lo, l.N, head(d), head(y), l.N, head(lead), head(step), head(sum))
	} else {
		for i := range step {
			l.slope(to[i*l.N:][:l.N], from[i*l.N:][:l.N], T(lead[i]), T(step[i]))
			sum[i] = Sum64(to[i*l.N:][:l.N])
		}
	}
	for i := range step { // whatever the class itself got is none of the others'
		row, t := to[i*l.N:][:l.N], l.Class[lo+i]
		own := float64(row[t])
		sum[i] -= own
		if taken := math.Abs(own); cancels(math.Abs(sum[i]), taken, taken) {
			row[t] = 0
			sum[i] = Sum64(row)
		}
		row[t] = T(-sum[i])
	}
}

// slope sets d to step·h^(P−1) where h > 0.
func (l *MultiMargin[T]) slope(d, x []T, lead, step T) {
	hinge(d, x, lead)
	if l.P == 2 {
		Scale(d, d, step)
	} else {
		SelectPositive(d, d, []T{step}, []T{0})
	}
}
