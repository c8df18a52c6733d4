package kernel

// Scale sets dst[i] = s · x[i].
func Scale[T Float](dst, x []T, s T) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = s * v
	}
}

// Offset sets dst[i] = x[i] + s.
func Offset[T Float](dst, x []T, s T) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = v + s
	}
}

// SelectPositive sets dst[i] to a[i] where mask[i] > 0 and to b[i] elsewhere,
// also where mask[i] is NaN.
func SelectPositive[T Float](dst, mask, a, b []T) {
	mask, a, b = mask[:len(dst)], a[:len(dst)], b[:len(dst)]
	for i, m := range mask {
		if m > 0 {
			dst[i] = a[i]
		} else {
			dst[i] = b[i]
		}
	}
}

// Sum64 returns the sum of x in float64, along the tree that Sum has.
func Sum64[T Float](x []T) float64 { return sum64(x) }

// Min returns the least of at least one element; NaN if there is one.
func Min[T Float](x []T) T {
	m := x[0]
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

// Max returns the greatest of at least one element; NaN if there is one.
func Max[T Float](x []T) T {
	m := x[0]
	for _, v := range x {
		m = max(m, v)
	}
	return m
}
