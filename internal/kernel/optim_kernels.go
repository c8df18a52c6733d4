package kernel

// stepKernels are steps in assembly for a type. They round less often than the
// portable loops. Where a comment says so, a buffer may be nil; the last argument
// is the constants, by address.
type stepKernels[T Float] struct {
	sgd, adagrad, asgd, lion step3[T] // sgd: no momentum without b
	adamax, adadelta, rprop  step4[T]
	moments, lamb, rmsprop   step5[T] // moments: no maximum without c; rmsprop: not centered without b, no momentum without c
}

type (
	step3[T Float] func(n int, p, g, a, constants *T)
	step4[T Float] func(n int, p, g, a, b, constants *T)
	step5[T Float] func(n int, p, g, a, b, c, constants *T)
)

// stepsFor returns the kernels for T, or nil where there are none.
func stepsFor[T Float]() *stepKernels[T] {
	if k, ok := any(steps32).(*stepKernels[T]); ok {
		return k
	}
	k, _ := any(steps64).(*stepKernels[T])
	return k
}

// flag returns 1 for yes, as a kernel wants it.
func flag[T Float](yes bool) T {
	if yes {
		return 1
	}
	return 0
}

// momentsStep is the kernel that Adam and its kin share:
//
//	d = sign·g + decay·p
//	m = β₁·m + (1−β₁)·d
//	v = β₂·v + (1−β₂)·d²
//	p = shrink·p − (rate·m + ahead·d)/(√v·scale + ε), or without the division
//
// A running maximum, if there is one, takes v's place in the last line.
type momentsStep[T Float] struct {
	decayed[T]
	shares[T]
	scale, shrink, rate, ahead T
	plain                      bool
}

func (o momentsStep[T]) run(k *stepKernels[T], p, g, m, v, vmax []T) {
	if o.plain {
		o.eps = 1
	}
	c := [...]T{o.sign, o.wd, o.wd, o.nb1, o.b1, o.b2, o.nb2, o.scale, o.eps, o.shrink, -o.rate, -o.ahead, o.ahead, flag[T](!o.plain)}
	k.moments(len(p), head(p), head(g), head(m), head(v), head(vmax), head(c[:]))
}
