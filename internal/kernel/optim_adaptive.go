package kernel

import "math"

// Decay is what most optimizer steps do to a gradient before they use it:
// d = ±g + weightDecay·p.
type Decay struct {
	WeightDecay float64
	Maximize    bool
}

// decayed is Decay for one type.
type decayed[T Float] struct{ sign, wd T }

func decayFor[T Float](d Decay) decayed[T] {
	return decayed[T]{direction[T](d.Maximize), T(d.WeightDecay)}
}

func (d decayed[T]) of(p, g T) T {
	if g *= d.sign; d.wd != 0 { // else 0·Inf would make NaN of an infinite parameter
		g += d.wd * p
	}
	return g
}

// steps calls f on the pieces of a parameter of n elements.
func steps(n int, f func(lo, hi int)) {
	if n <= stepGrain {
		f(0, n)
		return
	}
	Parallel(n, stepGrain, f)
}

func root[T Float](x T) T { return T(math.Sqrt(float64(x))) }

// Adagrad is one step of Adagrad; LR is the decayed rate.
type Adagrad struct {
	Decay
	LR, Eps float64
}

// AdagradStep updates p and the sum of squares from gradient g:
//
//	sum = sum + d²
//	p = p − lr·d/(√sum + ε)
func AdagradStep[T Float](o Adagrad, p, g, sum []T) {
	steps(len(p), func(lo, hi int) { adagradPiece(o, p[lo:hi], g[lo:hi], sum[lo:hi]) })
}

func adagradPiece[T Float](o Adagrad, p, g, sum []T) {
	decay, lr, eps := decayFor[T](o.Decay), T(o.LR), T(o.Eps)
	g, sum = g[:len(p)], sum[:len(p)]
	if k := stepsFor[T](); k != nil {
		c := [...]T{decay.sign, decay.wd, decay.wd, eps, -lr}
		k.adagrad(len(p), head(p), head(g), head(sum), head(c[:]))
		return
	}
	for i, w := range p {
		d := decay.of(w, g[i])
		s := sum[i] + d*d
		sum[i] = s
		p[i] = w - lr*d/(root(s)+eps)
	}
}

// Adadelta is one step of Adadelta.
type Adadelta struct {
	Decay
	LR, Rho, Eps float64
}

// AdadeltaStep updates p and the averages of squared gradients, sq, and of
// squared changes, acc, from gradient g:
//
//	sq = ρ·sq + (1−ρ)·d²
//	Δ = √(acc + ε)/√(sq + ε)·d
//	acc = ρ·acc + (1−ρ)·Δ²
//	p = p − lr·Δ
func AdadeltaStep[T Float](o Adadelta, p, g, sq, acc []T) {
	steps(len(p), func(lo, hi int) { adadeltaPiece(o, p[lo:hi], g[lo:hi], sq[lo:hi], acc[lo:hi]) })
}

func adadeltaPiece[T Float](o Adadelta, p, g, sq, acc []T) {
	decay, lr, eps, rho, rest := decayFor[T](o.Decay), T(o.LR), T(o.Eps), T(o.Rho), T(1-o.Rho)
	g, sq, acc = g[:len(p)], sq[:len(p)], acc[:len(p)]
	if k := stepsFor[T](); k != nil {
		c := [...]T{decay.sign, decay.wd, decay.wd, rest, rho, eps, -lr}
		k.adadelta(len(p), head(p), head(g), head(sq), head(acc), head(c[:]))
		return
	}
	for i, w := range p {
		d := decay.of(w, g[i])
		s := rho*sq[i] + rest*d*d
		by := root(acc[i]+eps) / root(s+eps) * d
		sq[i], acc[i] = s, rho*acc[i]+rest*by*by
		p[i] = w - lr*by
	}
}

// RMSprop is one step of RMSprop.
type RMSprop struct {
	Decay
	LR, Alpha, Eps, Momentum float64
}

// RMSpropStep updates p and its averages from gradient g:
//
//	sq = α·sq + (1−α)·d²
//	mean = α·mean + (1−α)·d                    (centered: mean is not nil)
//	by = d/(√(sq − mean²) + ε)                 (mean 0 when not centered)
//	buf = momentum·buf + by, by = buf          (momentum: buf is not nil)
//	p = p − lr·by
func RMSpropStep[T Float](o RMSprop, p, g, sq, mean, buf []T) {
	steps(len(p), func(lo, hi int) {
		rmspropPiece(o, p[lo:hi], g[lo:hi], sq[lo:hi], piece(mean, lo, hi), piece(buf, lo, hi))
	})
}

func rmspropPiece[T Float](o RMSprop, p, g, sq, mean, buf []T) {
	decay, lr, eps, alpha, rest, mu := decayFor[T](o.Decay), T(o.LR), T(o.Eps), T(o.Alpha), T(1-o.Alpha), T(o.Momentum)
	g, sq = g[:len(p)], sq[:len(p)]
	if k := stepsFor[T](); k != nil {
		c := [...]T{decay.sign, decay.wd, decay.wd, rest, alpha, eps, mu, -lr}
		k.rmsprop(len(p), head(p), head(g), head(sq), head(mean), head(buf), head(c[:]))
		return
	}
	for i, w := range p {
		d := decay.of(w, g[i])
		s := alpha*sq[i] + rest*d*d
		sq[i] = s
		if mean != nil {
			m := alpha*mean[i] + rest*d
			mean[i] = m
			s -= m * m
		}
		by := d / (root(s) + eps)
		if buf != nil {
			by += mu * buf[i]
			buf[i] = by
		}
		p[i] = w - lr*by
	}
}

// Rprop is one step of resilient backpropagation.
type Rprop struct {
	Maximize                      bool
	Shrink, Grow, Least, Greatest float64
}

// RpropStep updates p, the last gradient and the size of the step of every
// element from gradient g:
//
//	size = size·(grow where g·last > 0, shrink where < 0), kept in [least, greatest]
//	g = 0 where g·last < 0
//	p = p − sign(g)·size
func RpropStep[T Float](o Rprop, p, g, last, size []T) {
	steps(len(p), func(lo, hi int) { rpropPiece(o, p[lo:hi], g[lo:hi], last[lo:hi], size[lo:hi]) })
}

func rpropPiece[T Float](o Rprop, p, g, last, size []T) {
	sign, shrink, grow, least, greatest := direction[T](o.Maximize), T(o.Shrink), T(o.Grow), T(o.Least), T(o.Greatest)
	g, last, size = g[:len(p)], last[:len(p)], size[:len(p)]
	if k := stepsFor[T](); k != nil {
		c := [...]T{sign, grow, shrink, least, greatest}
		k.rprop(len(p), head(p), head(g), head(last), head(size), head(c[:]))
		return
	}
	for i, w := range p {
		d, s := sign*g[i], size[i]
		switch by := d * last[i]; {
		case by > 0:
			s *= grow
		case by < 0:
			s *= shrink
			d = 0
		}
		s = min(max(s, least), greatest)
		last[i], size[i] = d, s
		switch {
		case d > 0:
			p[i] = w - s
		case d < 0:
			p[i] = w + s
		}
	}
}

// ASGD is one step of averaged gradient descent with rate Eta.
type ASGD struct {
	Decay
	Eta, Shrink, Share float64
}

// ASGDStep updates p and its average ax from gradient g:
//
//	p = shrink·p − η·d
//	ax = ax + share·(p − ax), or p when share is 1
func ASGDStep[T Float](o ASGD, p, g, ax []T) {
	steps(len(p), func(lo, hi int) { asgdPiece(o, p[lo:hi], g[lo:hi], ax[lo:hi]) })
}

func asgdPiece[T Float](o ASGD, p, g, ax []T) {
	decay, eta, shrink, share := decayFor[T](o.Decay), T(o.Eta), T(o.Shrink), T(o.Share)
	g, ax = g[:len(p)], ax[:len(p)]
	if k := stepsFor[T](); k != nil {
		c := [...]T{decay.sign, decay.wd, decay.wd, shrink, -eta, share, flag[T](share == 1)}
		k.asgd(len(p), head(p), head(g), head(ax), head(c[:]))
		return
	}
	for i, w := range p {
		w = shrink*w - eta*decay.of(w, g[i])
		p[i] = w
		if share == 1 { // exact, and rid of an average that is not finite
			ax[i] = w
		} else {
			ax[i] += share * (w - ax[i])
		}
	}
}
