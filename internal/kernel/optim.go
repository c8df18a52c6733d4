package kernel

import "math"

// Optimizer steps read and write a handful of buffers once. They are element
// by element, so however they are cut the bits are the same.

// stepGrain is the piece of a parameter that one worker updates at a time:
// long enough to outweigh waking a worker, short enough to share.
const stepGrain = 1 << 15

// SGD is one step of stochastic gradient descent over one parameter, as
// PyTorch 1.13 defines it.
type SGD struct {
	LR, Momentum, Dampening, WeightDecay float64
	Nesterov, Maximize                   bool
	First                                bool // the momentum buffer is still empty
}

// SGDStep updates the parameter p and its momentum buffer from gradient g:
//
//	d = ±g + weightDecay·p
//	b = momentum·b + (1−dampening)·d, or d in the first step
//	p = p − lr·(b, or d + momentum·b for Nesterov, or d without momentum)
//
// buf may be nil when momentum is 0.
func SGDStep[T Float](o SGD, p, g, buf []T) {
	if len(p) <= stepGrain {
		sgdPiece(o, p, g, buf)
		return
	}
	Parallel(len(p), stepGrain, func(lo, hi int) { sgdPiece(o, p[lo:hi], g[lo:hi], piece(buf, lo, hi)) })
}

func sgdPiece[T Float](o SGD, p, g, buf []T) {
	decay, lr, mu, keep := decayFor[T](Decay{o.WeightDecay, o.Maximize}), T(o.LR), T(o.Momentum), T(1-o.Dampening)
	g = g[:len(p)]
	if o.Momentum == 0 {
		buf = nil
		if decay.wd == 0 {
			Axpy(p, -lr*decay.sign, g)
			return
		}
	}
	if k := stepsFor[T](); k != nil && !(buf != nil && o.First) {
		c := [...]T{decay.sign, decay.wd, decay.wd, -lr, mu, keep, flag[T](o.Nesterov)}
		k.sgd(len(p), head(p), head(g), head(buf), head(c[:]))
		return
	}
	if buf == nil {
		for i, w := range p {
			p[i] = w - lr*decay.of(w, g[i])
		}
		return
	}
	buf = buf[:len(p)]
	for i := range p {
		d := decay.of(p[i], g[i])
		b := d
		if !o.First {
			b = mu*buf[i] + keep*d
		}
		buf[i] = b
		if o.Nesterov {
			b = d + mu*b
		}
		p[i] -= lr * b
	}
}

// Adam is one step of Adam or, with Decoupled, AdamW over one parameter, as
// PyTorch 1.13 defines it.
type Adam struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64
	Decoupled, Maximize                bool
	Bias1, Bias2                       float64 // 1−β₁ᵗ and 1−β₂ᵗ in step t, from 1
}

// AdamStep updates the parameter p and its moments m and v from gradient g:
//
//	d = ±g + weightDecay·p, or p = p·(1 − lr·weightDecay) and d = ±g when decoupled
//	m = β₁·m + (1−β₁)·d
//	v = β₂·v + (1−β₂)·d²
//	p = p − lr/(1−β₁ᵗ) · m / (√v / √(1−β₂ᵗ) + ε)
//
// vmax, the running maximum of v for AMSGrad, takes v's place in the last line
// unless it is nil.
func AdamStep[T Float](o Adam, p, g, m, v, vmax []T) {
	if len(p) <= stepGrain {
		adamPiece(o, p, g, m, v, vmax)
		return
	}
	Parallel(len(p), stepGrain, func(lo, hi int) {
		adamPiece(o, p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi], piece(vmax, lo, hi))
	})
}

func adamPiece[T Float](o Adam, p, g, m, v, vmax []T) {
	decay, shrink := Decay{o.WeightDecay, o.Maximize}, T(1)
	if o.Decoupled {
		decay.WeightDecay, shrink = 0, T(1-o.LR*o.WeightDecay)
	}
	s := momentsStep[T]{decayed: decayFor[T](decay), shares: sharesFor[T](Moments{Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps}),
		scale: 1 / T(math.Sqrt(o.Bias2)), shrink: shrink, rate: T(o.LR / o.Bias1)}
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	if k := stepsFor[T](); k != nil {
		s.run(k, p, g, m, v, vmax)
		return
	}
	for i, w := range p {
		mean, second := s.update(m[i], v[i], s.of(w, g[i]))
		m[i], v[i] = mean, second
		if vmax != nil {
			second = max(vmax[i], second)
			vmax[i] = second
		}
		p[i] = s.shrink*w - s.rate*mean/(root(second)*s.scale+s.eps)
	}
}

// direction returns the sign that turns descent into ascent.
func direction[T Float](maximize bool) T {
	if maximize {
		return -1
	}
	return 1
}

// piece returns x[lo:hi], or nil for a buffer that is not there.
func piece[T Float](x []T, lo, hi int) []T {
	if x == nil {
		return nil
	}
	return x[lo:hi]
}
