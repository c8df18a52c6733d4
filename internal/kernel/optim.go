package kernel

import "math"

// SGD is one step of stochastic gradient descent over one parameter, as
// PyTorch defines it. buf may be nil when momentum is 0.
type SGD struct {
	LR, Momentum, Dampening, WeightDecay float64
	Nesterov, Maximize                   bool
	First                                bool // the momentum buffer is still empty
}

// SGDStep updates the parameter p and its momentum buffer from gradient g.
func SGDStep[T Float](o SGD, p, g, buf []T) {
	lr, mu, keep, wd := T(o.LR), T(o.Momentum), T(1-o.Dampening), T(o.WeightDecay)
	g = g[:len(p)]
	for i := range p {
		d := g[i]
		if o.Maximize {
			d = -d
		}
		d += wd * p[i]
		if o.Momentum != 0 {
			b := d
			if !o.First {
				b = mu*buf[i] + keep*d
			}
			buf[i] = b
			if o.Nesterov {
				d += mu * b
			} else {
				d = b
			}
		}
		p[i] -= lr * d
	}
}

// Adam is one step of Adam or, with Decoupled, AdamW over one parameter.
type Adam struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64
	Decoupled, Maximize                bool
	Step                               int // 1 for the first
}

// AdamStep updates the parameter p and its moments m and v from gradient g.
// vmax is the running maximum of v for AMSGrad, or nil.
func AdamStep[T Float](o Adam, p, g, m, v, vmax []T) {
	c1 := 1 - math.Pow(o.Beta1, float64(o.Step))
	c2 := math.Sqrt(1 - math.Pow(o.Beta2, float64(o.Step)))
	b1, b2, nb1, nb2 := T(o.Beta1), T(o.Beta2), T(1-o.Beta1), T(1-o.Beta2)
	step, eps, root, wd := T(o.LR/c1), T(o.Eps), T(c2), T(o.WeightDecay)
	shrink := T(1 - o.LR*o.WeightDecay)
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	for i := range p {
		d := g[i]
		if o.Maximize {
			d = -d
		}
		if o.Decoupled {
			p[i] *= shrink
		} else {
			d += wd * p[i]
		}
		m[i] = b1*m[i] + nb1*d
		v[i] = b2*v[i] + nb2*d*d
		second := v[i]
		if vmax != nil {
			second = max(vmax[i], second)
			vmax[i] = second
		}
		p[i] -= step * m[i] / (T(math.Sqrt(float64(second)))/root + eps)
	}
}
