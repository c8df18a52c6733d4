package kernel

import "unsafe"

// Equal sets dst[i] = a[i] == b[i]; NaN equals nothing.
func Equal[T comparable](dst []bool, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		comparison(dst, a, b, k.equal)
		return
	}
	zip(dst, a, b, func(x, y T) bool { return x == y })
}

// Less sets dst[i] = a[i] < b[i]; false where either is NaN.
func Less[T Number](dst []bool, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		comparison(dst, a, b, k.less)
		return
	}
	zip(dst, a, b, func(x, y T) bool { return x < y })
}

// LessEqual sets dst[i] = a[i] <= b[i]; false where either is NaN.
func LessEqual[T Number](dst []bool, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		comparison(dst, a, b, k.lessEqual)
		return
	}
	zip(dst, a, b, func(x, y T) bool { return x <= y })
}

// And sets dst[i] = a[i] && b[i].
func And(dst, a, b []bool) {
	zip(dst, a, b, func(x, y bool) bool { return x && y })
}

// Or sets dst[i] = a[i] || b[i].
func Or(dst, a, b []bool) {
	zip(dst, a, b, func(x, y bool) bool { return x || y })
}

// Not sets dst[i] = !x[i].
func Not(dst, x []bool) { apply(dst, x, func(v bool) bool { return !v }) }

// IsNaN sets dst[i] to whether x[i] is NaN.
func IsNaN[T Float](dst []bool, x []T) {
	if k := assemblyFor[T](); k != nil {
		x = x[:len(dst)]
		comparison(dst, x, x, k.unordered)
		return
	}
	apply(dst, x, func(v T) bool { return v != v })
}

// Where sets dst[i] to a[i] where c[i] holds and to b[i] elsewhere.
func Where[T any](dst []T, c []bool, a, b []T) {
	if len(dst) == 0 {
		return
	}
	if len(c) == 1 {
		if c[0] {
			b = a
		}
		spread(dst, b)
		return
	}
	c = c[:len(dst)]
	ia, ib := operand(a, len(dst)), operand(b, len(dst))
	if ok := whereFast(dst, c, a, b, ia, ib); ok {
		return
	}
	for i, yes := range c {
		if yes {
			dst[i] = a[i*ia]
		} else {
			dst[i] = b[i*ib]
		}
	}
}

// whereFast is Where by assembly, which moves any numbers of 32 or 64 bits. It
// reports whether there was some.
func whereFast[T any](dst []T, c []bool, a, b []T, sa, sb int) bool {
	switch any(dst).(type) {
	case []float32:
		if assembly32 == nil {
			return false
		}
		choose(dst, c, a, b, sa, sb, func(n int, d *T, c *bool, a *T, aStep int, b *T, bStep int) {
			assembly32.where(n, (*float32)(unsafe.Pointer(d)), c, (*float32)(unsafe.Pointer(a)), aStep, (*float32)(unsafe.Pointer(b)), bStep)
		})
	case []float64, []int64:
		if assembly64 == nil {
			return false
		}
		choose(dst, c, a, b, sa, sb, func(n int, d *T, c *bool, a *T, aStep int, b *T, bStep int) {
			assembly64.where(n, (*float64)(unsafe.Pointer(d)), c, (*float64)(unsafe.Pointer(a)), aStep, (*float64)(unsafe.Pointer(b)), bStep)
		})
	default:
		return false
	}
	return true
}

// choose runs a kernel of Where, in pieces where that pays.
func choose[T any](dst []T, c []bool, a, b []T, sa, sb int, f whereKernel[T]) {
	if len(dst) <= simpleGrain {
		f(len(dst), head(dst), head(c), head(a), sa, head(b), sb)
		return
	}
	to, mask, x, y := lasting(dst), lasting(c), lasting(a), lasting(b)
	Parallel(len(to), simpleGrain, func(lo, hi int) { f(hi-lo, &to[lo], &mask[lo], &x[lo*sa], sa, &y[lo*sb], sb) })
}

// spread copies x, or the constant x, to dst.
func spread[T any](dst, x []T) {
	if len(x) == 1 {
		Fill(dst, x[0])
		return
	}
	copy(dst, x[:len(dst)])
}

// Convert sets dst[i] = x[i] in dst's type. Floats are truncated to make
// integers; NaN and what int64 cannot hold give an arbitrary one.
func Convert[D, S Number](dst []D, x []S) {
	if len(dst) <= grain {
		convertPiece(dst, x[:len(dst)])
		return
	}
	to, from := lasting(dst), lasting(x)
	Parallel(len(to), grain, func(lo, hi int) { convertPiece(to[lo:hi], from[lo:hi]) })
}

func convertPiece[D, S Number](dst []D, x []S) {
	if convertFast(dst, x) {
		return
	}
	for i, v := range x {
		dst[i] = D(v)
	}
}

// Truth sets dst[i] = x[i] != 0.
func Truth[S Number](dst []bool, x []S) { apply(dst, x, func(v S) bool { return v != 0 }) }

// FromBool sets dst[i] to 1 where x[i] holds and to 0 elsewhere.
func FromBool[D Number](dst []D, x []bool) {
	apply(dst, x, func(v bool) D {
		if v {
			return 1
		}
		return 0
	})
}
