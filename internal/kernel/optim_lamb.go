package kernel

import "math"

// LAMBStep updates p and its moments m and v from gradient g:
//
//	m = β₁·m + (1−β₁)·g
//	v = β₂·v + (1−β₂)·g²
//	by = gradRate·m/(√v/bias2 + ε) + weightDecay·p
//	p = p − rate·‖p‖/‖by‖·by, without the ratio where a norm is 0
//
// Every norm is a sum of pieces in order, so its bits are the same for any
// number of workers.
func LAMBStep[T Float](o Moments, p, g, m, v []T) {
	if len(p) == 0 {
		return
	}
	by := Get[T](len(p))
	defer Put(by)
	pieces := (len(p) + stepGrain - 1) / stepGrain
	squares := make([][2]float64, pieces)
	steps(len(p), func(lo, hi int) {
		squares[lo/stepGrain] = lambPiece(o, p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi], by[lo:hi])
	})
	var size, length float64
	for _, s := range squares {
		size, length = size+s[0], length+s[1]
	}
	rate := o.Rate
	if size > 0 && length > 0 {
		rate *= math.Sqrt(size) / math.Sqrt(length)
	}
	steps(len(p), func(lo, hi int) { Axpy(p[lo:hi], T(-rate), by[lo:hi]) })
}

// lambRun is how many elements lambPiece updates before it adds up.
const lambRun = 1 << 11

// lambPiece finds the direction, and returns the sums of squares of p and by.
func lambPiece[T Float](o Moments, p, g, m, v, by []T) (squares [2]float64) {
	c, sign, wd := sharesFor[T](o), direction[T](o.Maximize), T(o.WeightDecay)
	scale, rate := T(1/o.Bias2), T(o.GradRate)
	g, m, v, by = g[:len(p)], m[:len(p)], v[:len(p)], by[:len(p)]
	if k := stepsFor[T](); k != nil {
		constants := [...]T{sign, wd, wd, c.nb1, c.b1, c.b2, c.nb2, scale, c.eps, rate}
		for len(p) > 0 { // the sums find a short run in the cache
			n := min(len(p), lambRun)
			k.lamb(n, head(p), head(g), head(m), head(v), head(by), head(constants[:]))
			squares[0] += SumSquares(p[:n])
			squares[1] += SumSquares(by[:n])
			p, g, m, v, by = p[n:], g[n:], m[n:], v[n:], by[n:]
		}
		return squares
	}
	for i, w := range p {
		mean, second := c.update(m[i], v[i], sign*g[i])
		m[i], v[i] = mean, second
		d := rate * (mean / (root(second)*scale + c.eps))
		if wd != 0 { // else 0·Inf would make NaN of an infinite parameter
			d += wd * w
		}
		by[i] = d
		squares[0] += float64(w) * float64(w)
		squares[1] += float64(d) * float64(d)
	}
	return squares
}
