package kernel

import "math"

// Optimizer steps read and write a handful of buffers once. They are element
// by element, so however they are cut the bits are the same.

// stepGrain is the piece of a parameter that one worker updates at a time:
// long enough to outweigh waking a worker, short enough to share.
const stepGrain = 1 << 15

// stepKernels are steps in assembly for a type: by whether there is weight decay
// and, of SGD, whether Nesterov's momentum. They round less often than the
// portable loops.
type stepKernels[T Float] struct {
	sgd  [2][2]sgdKernel[T]
	adam [2]adamKernel[T]
}

type (
	sgdKernel[T Float]  func(n int, p, g, b, c *T)
	adamKernel[T Float] func(n int, p, g, m, v, c *T)
)

// stepsFor returns the kernels for T, or nil where there are none.
func stepsFor[T Float]() *stepKernels[T] {
	if k, ok := any(steps32).(*stepKernels[T]); ok {
		return k
	}
	k, _ := any(steps64).(*stepKernels[T])
	return k
}

// which returns 1 for yes.
func which(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

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
	lr, mu, keep, wd := T(o.LR), T(o.Momentum), T(1-o.Dampening), T(o.WeightDecay)
	sign := direction[T](o.Maximize)
	g = g[:len(p)]
	if o.Momentum == 0 && wd == 0 {
		Axpy(p, -lr*sign, g)
		return
	}
	if k := stepsFor[T](); k != nil && o.Momentum != 0 && !o.First && !o.Maximize {
		c := [...]T{-lr, mu, keep, wd}
		k.sgd[which(wd != 0)][which(o.Nesterov)](len(p), head(p), head(g), head(buf[:len(p)]), head(c[:]))
		return
	}
	if o.Momentum == 0 {
		for i := range p {
			d := sign * g[i]
			if wd != 0 { // else 0·Inf would make NaN of an infinite parameter
				d += wd * p[i]
			}
			p[i] -= lr * d
		}
		return
	}
	buf = buf[:len(p)]
	for i := range p {
		d := sign * g[i]
		if wd != 0 {
			d += wd * p[i]
		}
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
	root := T(math.Sqrt(o.Bias2))
	b1, b2, nb1, nb2 := T(o.Beta1), T(o.Beta2), T(1-o.Beta1), T(1-o.Beta2)
	step, eps, wd, shrink := T(o.LR/o.Bias1), T(o.Eps), T(o.WeightDecay), T(1)
	if o.Decoupled {
		wd, shrink = 0, T(1-o.LR*o.WeightDecay)
	}
	sign := direction[T](o.Maximize)
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	if k := stepsFor[T](); k != nil && vmax == nil && !o.Maximize {
		c := [...]T{b1, nb1, b2, nb2, 1 / root, eps, shrink, -step, wd}
		k.adam[which(wd != 0)](len(p), head(p), head(g), head(m), head(v), head(c[:]))
		return
	}
	for i, w := range p {
		d := sign * g[i]
		if wd != 0 { // else 0·Inf would make NaN of an infinite parameter
			d += wd * w
		}
		mean := b1*m[i] + nb1*d
		second := b2*v[i] + nb2*d*d
		m[i], v[i] = mean, second
		if vmax != nil {
			second = max(vmax[i], second)
			vmax[i] = second
		}
		p[i] = shrink*w - step*mean/(T(math.Sqrt(float64(second)))/root+eps)
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
