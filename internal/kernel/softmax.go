package kernel

import "math"

// expCost is the cost of an exponential in simple operations.
const expCost = 8

// LogSumExpAxis sets dst[o,i] = ln Σ_k exp x[o,k,i], shifted by the maximum so
// that nothing overflows, in float64, for the logarithm and the maximum may
// cancel. All −Inf (or n = 0) gives −Inf, any +Inf gives +Inf.
func LogSumExpAxis[T Float](dst, x []T, outer, n, inner int) {
	if n == 0 {
		Fill(dst, T(math.Inf(-1)))
	}
	eachLanes(nil, outer, n, inner, func(first, count int, _ []T, x [2][]T) {
		room := Get[float64](min(n, block))
		defer Put(room)
		for k := range count {
			lane := x[0][k*n:][:n]
			m := float64(shiftOf(lane))
			s := tree(0, n, func(lo, hi int) float64 {
				wide := room[:hi-lo]
				Convert(wide, lane[lo:hi])
				Offset(wide, wide, -m)
				Exp(wide, wide)
				return sumBlock(wide)
			})
			dst[first+k] = T(m + math.Log(s))
		}
	}, x)
}

// shiftOf returns the greatest element of a lane, or 0 where that is infinite,
// for Inf − Inf is NaN.
func shiftOf[T Float](x []T) T {
	m := Max(x)
	if math.IsInf(float64(m), 0) {
		return 0
	}
	return m
}

// SoftmaxAxis sets dst[o,k,i] = exp(x[o,k,i]) / Σ_k exp(x[o,k,i]). A lane
// whose elements are −Inf, or some +Inf, has no softmax: these are NaN.
func SoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	if s, ok := oneStrip(dst, outer, n, inner, x); ok {
		s.softmax()
		return
	}
	eachStrip(dst, outer, n, inner, func(s strip[T]) { s.softmax() }, x)
}

func (s *strip[T]) softmax() {
	if !s.columns() {
		softmaxRows(s.dst, s.x[0], s.n)
		for i := range s.count {
			if v := s.dst[i*s.n]; v != v {
				besideInf(s.dst[i*s.n:][:s.n], s.x[0][i*s.n:][:s.n])
			}
		}
		return
	}
	room := Get[float64](3 * s.count)
	defer Put(room)
	greatest, sum, none := room[:s.count], room[s.count:2*s.count], room[2*s.count:]
	s.stats(greatest, sum)
	for i, v := range sum {
		if math.IsInf(greatest[i], 1) {
			v = 1
		}
		sum[i], none[i] = 1/v, 0
	}
	s.exp(greatest, sum, none)
}

// besideInf mends the softmax of a row that is NaN: if +Inf is the greatest, all
// else has a share of 0.
func besideInf[T Float](y, x []T) {
	if !math.IsInf(float64(Max(x)), 1) {
		return
	}
	for i, v := range x {
		if !math.IsInf(float64(v), 1) {
			y[i] = 0
		}
	}
}

// LogSoftmaxAxis sets dst[o,k,i] = x[o,k,i] − ln Σ_k exp(x[o,k,i]).
func LogSoftmaxAxis[T Float](dst, x []T, outer, n, inner int) {
	if s, ok := oneStrip(dst, outer, n, inner, x); ok {
		s.logSoftmax()
		return
	}
	eachStrip(dst, outer, n, inner, func(s strip[T]) { s.logSoftmax() }, x)
}

// logSoftmax works on some rows at a time, so that their elements are still in
// the cache when their sums are known.
func (s *strip[T]) logSoftmax() {
	some := s.count
	if !s.columns() {
		some = min(some, max(1, tileSize/s.n))
	}
	room := Get[float64](3 * some)
	defer Put(room)
	for at := 0; at < s.count; at += some {
		count := min(some, s.count-at)
		greatest, sum, rest := room[:count], room[some:][:count], room[2*some:][:count]
		part := *s
		part.count, part.dst, part.x[0] = count, s.dst[at*s.lane:], s.x[0][at*s.lane:]
		part.stats(greatest, sum)
		part.logs(greatest, sum, rest)
		if s.columns() {
			columnShift(part.dst, part.x[0], s.n, s.step, greatest, rest)
		} else {
			rowShift(part.dst, part.x[0], s.n, greatest, rest)
		}
	}
}

// SoftmaxBackwardAxis sets dst = y·(g − Σ_k g·y), the gradient of a softmax y.
func SoftmaxBackwardAxis[T Float](dst, y, g []T, outer, n, inner int) {
	if s, ok := oneStrip(dst, outer, n, inner, y, g); ok {
		s.softmaxSlope()
		return
	}
	eachStrip(dst, outer, n, inner, func(s strip[T]) { s.softmaxSlope() }, y, g)
}

func (s *strip[T]) softmaxSlope() {
	if s.columns() {
		softmaxSlopeColumns(s.dst, s.x[0], s.x[1], s.n, s.step, s.count)
	} else {
		softmaxSlopeRows(s.dst, s.x[0], s.x[1], s.n)
	}
}

// LogSoftmaxBackwardAxis sets dst = g − exp(y)·Σ_k g, the gradient of a
// log-softmax y.
func LogSoftmaxBackwardAxis[T Float](dst, y, g []T, outer, n, inner int) {
	if s, ok := oneStrip(dst, outer, n, inner, y, g); ok {
		s.logSoftmaxSlope()
		return
	}
	eachStrip(dst, outer, n, inner, func(s strip[T]) { s.logSoftmaxSlope() }, y, g)
}

func (s *strip[T]) logSoftmaxSlope() {
	if s.columns() {
		logSoftmaxSlopeColumns(s.dst, s.x[0], s.x[1], s.n, s.step, s.count)
	} else {
		logSoftmaxSlopeRows(s.dst, s.x[0], s.x[1], s.n)
	}
}
