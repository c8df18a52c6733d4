package kernel

// Moments is one step of an optimizer with two moments of the gradient.
type Moments struct {
	Decay
	Beta1, Beta2, Eps float64
	Rate              float64 // of the first moment
	GradRate          float64 // of the gradient itself, NAdam's
	Bias2             float64 // √(1−β₂ᵗ), by which the root of the second moment is divided
	Plain             bool    // do not divide by the second moment, RAdam's early steps
}

// NAdamStep updates p and its moments m and v from gradient g:
//
//	m = β₁·m + (1−β₁)·d
//	v = β₂·v + (1−β₂)·d²
//	p = p − (gradRate·d + rate·m)/(√v/bias2 + ε)
func NAdamStep[T Float](o Moments, p, g, m, v []T) {
	steps(len(p), func(lo, hi int) { nadamPiece(o, p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
}

func nadamPiece[T Float](o Moments, p, g, m, v []T) {
	s := momentsStep[T]{decayed: decayFor[T](o.Decay), shares: sharesFor[T](o),
		scale: T(1 / o.Bias2), shrink: 1, rate: T(o.Rate), ahead: T(o.GradRate)}
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	if k := stepsFor[T](); k != nil {
		s.run(k, p, g, m, v, nil)
		return
	}
	for i, w := range p {
		d := s.of(w, g[i])
		mean, second := s.update(m[i], v[i], d)
		m[i], v[i] = mean, second
		by := root(second)*s.scale + s.eps
		p[i] = w - s.ahead*(d/by) - s.rate*(mean/by)
	}
}

// RAdamStep updates p and its moments m and v from gradient g:
//
//	m = β₁·m + (1−β₁)·d
//	v = β₂·v + (1−β₂)·d²
//	p = p − rate·m/(√v + ε), or p − rate·m when plain
func RAdamStep[T Float](o Moments, p, g, m, v []T) {
	steps(len(p), func(lo, hi int) { radamPiece(o, p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
}

func radamPiece[T Float](o Moments, p, g, m, v []T) {
	s := momentsStep[T]{decayed: decayFor[T](o.Decay), shares: sharesFor[T](o),
		scale: 1, shrink: 1, rate: T(o.Rate), plain: o.Plain}
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	if k := stepsFor[T](); k != nil {
		s.run(k, p, g, m, v, nil)
		return
	}
	for i, w := range p {
		mean, second := s.update(m[i], v[i], s.of(w, g[i]))
		m[i], v[i] = mean, second
		if !o.Plain {
			mean /= root(second) + s.eps
		}
		p[i] = w - s.rate*mean
	}
}

// AdamaxStep updates p, its first moment m and the fading maximum u of |d|
// from gradient g:
//
//	m = β₁·m + (1−β₁)·d
//	u = max(β₂·u, |d| + ε)
//	p = p − rate·m/u
func AdamaxStep[T Float](o Moments, p, g, m, u []T) {
	steps(len(p), func(lo, hi int) { adamaxPiece(o, p[lo:hi], g[lo:hi], m[lo:hi], u[lo:hi]) })
}

func adamaxPiece[T Float](o Moments, p, g, m, u []T) {
	decay, c, rate := decayFor[T](o.Decay), sharesFor[T](o), T(o.Rate)
	g, m, u = g[:len(p)], m[:len(p)], u[:len(p)]
	if k := stepsFor[T](); k != nil {
		constants := [...]T{decay.sign, decay.wd, decay.wd, c.nb1, c.b1, c.b2, c.eps, -rate}
		k.adamax(len(p), head(p), head(g), head(m), head(u), head(constants[:]))
		return
	}
	for i, w := range p {
		d := decay.of(w, g[i])
		mean := c.b1*m[i] + c.nb1*d
		if d < 0 {
			d = -d
		}
		most := max(c.b2*u[i], d+c.eps)
		m[i], u[i] = mean, most
		p[i] = w - rate*(mean/most)
	}
}

// shares are those of Moments for one type.
type shares[T Float] struct{ b1, nb1, b2, nb2, eps T }

func sharesFor[T Float](o Moments) shares[T] {
	return shares[T]{T(o.Beta1), T(1 - o.Beta1), T(o.Beta2), T(1 - o.Beta2), T(o.Eps)}
}

func (c shares[T]) update(m, v, d T) (mean, second T) {
	return c.b1*m + c.nb1*d, c.b2*v + c.nb2*d*d
}

// SparseAdamStep is a step of Adam for rows of width elements; it leaves those
// rows alone, with their moments, whose gradient is all zero:
//
//	m = β₁·m + (1−β₁)·g
//	v = β₂·v + (1−β₂)·g²
//	p = p − rate·m/(√v + ε)
func SparseAdamStep[T Float](o Moments, width int, p, g, m, v []T) {
	if len(p) == 0 {
		return
	}
	width = max(width, 1)
	Parallel(len(p)/width, max(stepGrain/width, 1), func(lo, hi int) {
		for lo < hi {
			from := lo // a run of rows with gradients
			for lo < hi && !allZero(g[lo*width:][:width]) {
				lo++
			}
			radamPiece(o, p[from*width:lo*width], g[from*width:lo*width], m[from*width:lo*width], v[from*width:lo*width])
			for lo < hi && allZero(g[lo*width:][:width]) {
				lo++
			}
		}
	})
}

func allZero[T Float](x []T) bool {
	for i, v := range x {
		if v != 0 {
			return false
		}
		if i == 8 { // likely, then
			return SumAbs(x[i:]) == 0
		}
	}
	return true
}

// LionStep updates p and its moment m from gradient g, which it follows by its
// sign alone:
//
//	p = p·(1 − rate·weightDecay) − rate·sign(β₁·m + (1−β₁)·g)
//	m = β₂·m + (1−β₂)·g
func LionStep[T Float](o Moments, p, g, m []T) {
	steps(len(p), func(lo, hi int) { lionPiece(o, p[lo:hi], g[lo:hi], m[lo:hi]) })
}

func lionPiece[T Float](o Moments, p, g, m []T) {
	c, sign, rate, shrink := sharesFor[T](o), direction[T](o.Maximize), T(o.Rate), T(1-o.Rate*o.WeightDecay)
	g, m = g[:len(p)], m[:len(p)]
	if k := stepsFor[T](); k != nil {
		constants := [...]T{sign, c.nb1, c.b1, c.b2, c.nb2, shrink, -rate}
		k.lion(len(p), head(p), head(g), head(m), head(constants[:]))
		return
	}
	for i, w := range p {
		d := sign * g[i]
		w *= shrink
		switch by := c.b1*m[i] + c.nb1*d; {
		case by > 0:
			w -= rate
		case by < 0:
			w += rate
		case by != by:
			w = by
		}
		p[i], m[i] = w, c.b2*m[i]+c.nb2*d
	}
}
