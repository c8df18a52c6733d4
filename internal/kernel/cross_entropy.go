package kernel

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

	// Kept from Forward for Backward, until Release, for each lane: the greatest
	// score m, Σ exp(x − m) and ln p[t].
	greatest, sum, logp []float64
}

// Forward sets dst, one element per lane.
func (l *CrossEntropy[T]) Forward(dst []float64, x []T) {
	count := len(dst)
	kept := Get[float64](3 * count)
	l.greatest, l.sum, l.logp = kept[:count], kept[count:2*count], kept[2*count:]
	if s, ok := oneStrip(nil, l.outer(), l.N, l.Inner, x); ok {
		l.losses(dst, &s)
		return
	}
	to := lasting(dst)
	eachStrip(nil, l.outer(), l.N, l.Inner, func(s strip[T]) { l.losses(to[s.first:][:s.count], &s) }, x)
}

func (l *CrossEntropy[T]) outer() int { return len(l.Class) / max(l.Inner, 1) }

// losses sets dst to the losses of a strip.
func (l *CrossEntropy[T]) losses(dst []float64, s *strip[T]) {
	greatest, sum, logp := l.greatest[s.first:][:s.count], l.sum[s.first:][:s.count], l.logp[s.first:][:s.count]
	s.stats(greatest, sum)
	s.logs(greatest, sum, dst)
	for i, t := range l.Class[s.first:][:s.count] {
		if t < 0 {
			dst[i], logp[i] = 0, 0
			continue
		}
		rest := dst[i]
		logp[i] = float64(s.x[0][i*s.lane+int(t)*s.step]) - greatest[i] - rest
		dst[i] = 0
		if w := l.weight(int(t)) * (1 - l.Smoothing); w != 0 {
			dst[i] = -w * logp[i]
		}
		if l.Smoothing != 0 {
			dst[i] += l.Smoothing / float64(l.N) * l.spread(s, i, greatest[i], rest)
		}
	}
}

// spread returns Σ_c w[c]·(lse − x[c]) of the i-th lane of a strip.
func (l *CrossEntropy[T]) spread(s *strip[T], i int, m, rest float64) (y float64) {
	x := s.x[0][i*s.lane:]
	if !s.columns() {
		if y = l.spreadOfRow(x[:l.N], m, rest); y == y {
			return y
		}
	}
	y = 0
	for k := range l.N { // one by one, for a weight of 0 makes nothing of Inf
		if w := l.weight(k); w != 0 {
			y += w * (m - float64(x[k*s.step]) + rest)
		}
	}
	return y
}

// spreadOfRow adds up x − m, all of one sign, where the sum of the x itself would
// cost digits of float64 that show.
func (l *CrossEntropy[T]) spreadOfRow(x []T, m, rest float64) float64 {
	room := Get[T](len(x))
	defer Put(room)
	Offset(room, x, T(-m))
	if l.Weight == nil {
		return float64(l.N)*rest - Sum64(room)
	}
	return Sum64(l.Weight)*rest - Dot(l.Weight, room)
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
	if s, ok := oneStrip(dst, l.outer(), l.N, l.Inner, x); ok {
		l.slopes(&s, g, total)
		return
	}
	up := lasting(g)
	eachStrip(dst, l.outer(), l.N, l.Inner, func(s strip[T]) { l.slopes(&s, up, total) }, x)
}

// slopes sets a strip to the gradient: to multiples of the exponentials, and then
// the classes themselves to p − 1 without cancellation.
func (l *CrossEntropy[T]) slopes(s *strip[T], g []float64, total float64) {
	room := Get[float64](3 * s.count)
	defer Put(room)
	factor, offset, less := room[:s.count], room[s.count:2*s.count], room[2*s.count:]
	class := l.Class[s.first:][:s.count]
	for i, t := range class {
		factor[i], offset[i] = 0, 0
		if t >= 0 {
			hard, soft := l.shares(t, of(g, s.first+i))
			factor[i] = (hard + soft*total) / l.sum[s.first+i]
			if l.Weight == nil && soft != 0 {
				offset[i] = -soft
			}
		}
	}
	s.exp(l.greatest[s.first:][:s.count], factor, offset)
	Expm1(less, l.logp[s.first:][:s.count])
	for i, t := range class {
		if t < 0 {
			s.clear(i)
			continue
		}
		hard, soft := l.shares(t, of(g, s.first+i))
		if hard != 0 {
			s.dst[i*s.lane+int(t)*s.step] = T(hard*less[i] + soft*total*(1+less[i]) + offset[i])
		}
		if l.Weight != nil && soft != 0 {
			for k, w := range l.Weight {
				s.dst[i*s.lane+k*s.step] -= T(soft) * w
			}
		}
	}
}

// Release gives back what Forward kept.
func (l *CrossEntropy[T]) Release() {
	Put(l.greatest) // which begins the buffer of all three
	l.greatest, l.sum, l.logp = nil, nil, nil
}

// of returns the i-th element, or the only one.
func of(g []float64, i int) float64 {
	if len(g) == 1 {
		return g[0]
	}
	return g[i]
}

// shares returns g·(1−ε)·w[t] and g·ε/N, or 0 where there is nothing to
// multiply: g may be infinite.
func (l *CrossEntropy[T]) shares(t int64, g float64) (hard, soft float64) {
	if l.Smoothing != 0 {
		soft = g * l.Smoothing / float64(l.N)
	}
	if w := l.weight(int(t)) * (1 - l.Smoothing); w != 0 {
		hard = g * w
	}
	return hard, soft
}

func (l *CrossEntropy[T]) weight(k int) float64 {
	if l.Weight == nil {
		return 1
	}
	return float64(l.Weight[k])
}

// clear sets the i-th lane of the result to 0.
func (s *strip[T]) clear(i int) {
	for k := range s.n {
		s.dst[i*s.lane+k*s.step] = 0
	}
}
