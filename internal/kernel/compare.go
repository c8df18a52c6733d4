package kernel

// Equal sets dst[i] = a[i] == b[i]; NaN equals nothing.
func Equal[T comparable](dst []bool, a, b []T) {
	zip(dst, a, b, func(x, y T) bool { return x == y })
}

// Less sets dst[i] = a[i] < b[i]; false where either is NaN.
func Less[T Number](dst []bool, a, b []T) {
	zip(dst, a, b, func(x, y T) bool { return x < y })
}

// LessEqual sets dst[i] = a[i] <= b[i]; false where either is NaN.
func LessEqual[T Number](dst []bool, a, b []T) {
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
func IsNaN[T Float](dst []bool, x []T) { apply(dst, x, func(v T) bool { return v != v }) }

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
	ia, ib := stride(a, dst), stride(b, dst)
	c = c[:len(dst)]
	for i, yes := range c {
		if yes {
			dst[i] = a[i*ia]
		} else {
			dst[i] = b[i*ib]
		}
	}
}

// stride returns 0 for an operand that is a constant, 1 for one in step with dst.
func stride[T any](x, dst []T) int {
	if len(x) == 1 && len(dst) != 1 {
		return 0
	}
	return 1
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
func Convert[D, S Number](dst []D, x []S) { apply(dst, x, func(v S) D { return D(v) }) }

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
