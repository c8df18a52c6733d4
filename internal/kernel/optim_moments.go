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
	decay, c := decayFor[T](o.Decay), sharesFor[T](o)
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	byGrad, byMean, scale := T(o.GradRate), T(o.Rate), T(1/o.Bias2)
	for i, w := range p {
		d := decay.of(w, g[i])
		mean, second := c.update(m[i], v[i], d)
		m[i], v[i] = mean, second
		by := root(second)*scale + c.eps
		p[i] = w - byGrad*(d/by) - byMean*(mean/by)
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
	decay, c, rate := decayFor[T](o.Decay), sharesFor[T](o), T(o.Rate)
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	for i, w := range p {
		mean, second := c.update(m[i], v[i], decay.of(w, g[i]))
		m[i], v[i] = mean, second
		if !o.Plain {
			mean /= root(second) + c.eps
		}
		p[i] = w - rate*mean
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
//	m = m + (1−β₁)·(g − m)
//	v = v + (1−β₂)·(g² − v)
//	p = p − rate·m/(√v + ε)
func SparseAdamStep[T Float](o Moments, width int, p, g, m, v []T) {
	if len(p) == 0 {
		return
	}
	width = max(width, 1)
	Parallel(len(p)/width, max(stepGrain/width, 1), func(lo, hi int) {
		for ; lo < hi; lo++ {
			from, to := lo*width, lo*width+width
			if !allZero(g[from:to]) {
				sparseAdamRow(o, p[from:to], g[from:to], m[from:to], v[from:to])
			}
		}
	})
}

func sparseAdamRow[T Float](o Moments, p, g, m, v []T) {
	c, sign, rate := sharesFor[T](o), direction[T](o.Maximize), T(o.Rate)
	for i, w := range p {
		d := sign * g[i]
		mean := m[i] + c.nb1*(d-m[i])
		second := v[i] + c.nb2*(d*d-v[i])
		m[i], v[i] = mean, second
		p[i] = w - rate*(mean/(root(second)+c.eps))
	}
}

func allZero[T Float](x []T) bool {
	for _, v := range x {
		if v != 0 {
			return false
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
