package kernel

import "math"

// Add sets dst[i] = a[i] + b[i].
func Add[T Number](dst, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		binary(dst, a, b, k.add)
		return
	}
	switch {
	case len(a) == 1 && len(dst) != 1:
		for i, s := 0, a[0]; i < len(dst); i++ {
			dst[i] = s + b[i]
		}
	case len(b) == 1 && len(dst) != 1:
		for i, s := 0, b[0]; i < len(dst); i++ {
			dst[i] = a[i] + s
		}
	default:
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] + b[i]
		}
	}
}

// Sub sets dst[i] = a[i] − b[i].
func Sub[T Number](dst, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		binary(dst, a, b, k.sub)
		return
	}
	switch {
	case len(a) == 1 && len(dst) != 1:
		for i, s := 0, a[0]; i < len(dst); i++ {
			dst[i] = s - b[i]
		}
	case len(b) == 1 && len(dst) != 1:
		for i, s := 0, b[0]; i < len(dst); i++ {
			dst[i] = a[i] - s
		}
	default:
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] - b[i]
		}
	}
}

// Mul sets dst[i] = a[i] · b[i].
func Mul[T Number](dst, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		binary(dst, a, b, k.mul)
		return
	}
	switch {
	case len(a) == 1 && len(dst) != 1:
		for i, s := 0, a[0]; i < len(dst); i++ {
			dst[i] = s * b[i]
		}
	case len(b) == 1 && len(dst) != 1:
		for i, s := 0, b[0]; i < len(dst); i++ {
			dst[i] = a[i] * s
		}
	default:
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] * b[i]
		}
	}
}

// Div sets dst[i] = a[i] / b[i]. Integers truncate; dividing them by zero
// panics, so the caller checks.
func Div[T Number](dst, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		binary(dst, a, b, k.div)
		return
	}
	switch {
	case len(a) == 1 && len(dst) != 1:
		for i, s := 0, a[0]; i < len(dst); i++ {
			dst[i] = s / b[i]
		}
	case len(b) == 1 && len(dst) != 1:
		for i, s := 0, b[0]; i < len(dst); i++ {
			dst[i] = a[i] / s
		}
	default:
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = a[i] / b[i]
		}
	}
}

// Maximum sets dst[i] = max(a[i], b[i]); a NaN on either side gives NaN.
func Maximum[T Number](dst, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		binary(dst, a, b, k.maximum)
		return
	}
	zip(dst, a, b, func(x, y T) T { return max(x, y) })
}

// Minimum sets dst[i] = min(a[i], b[i]); a NaN on either side gives NaN.
func Minimum[T Number](dst, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		binary(dst, a, b, k.minimum)
		return
	}
	zip(dst, a, b, func(x, y T) T { return min(x, y) })
}

// Pow sets dst[i] = a[i] to the power b[i].
func Pow[T Float](dst, a, b []T) {
	if len(b) == 1 && b[0] == 2 {
		Mul(dst, a, a)
		return
	}
	zip(dst, a, b, func(x, y T) T { return T(math.Pow(float64(x), float64(y))) })
}

// Scale sets dst[i] = s · x[i].
func Scale[T Number](dst, x []T, s T) { Mul(dst, x[:len(dst)], []T{s}) }

// Offset sets dst[i] = x[i] + s.
func Offset[T Number](dst, x []T, s T) { Add(dst, x[:len(dst)], []T{s}) }

// Axpy adds s · x[i] to dst[i].
func Axpy[T Number](dst []T, s T, x []T) {
	x = x[:len(dst)]
	if k := assemblyFor[T](); k != nil {
		ternary(dst, x, []T{s}, dst, k.mulAdd)
		return
	}
	for i := range dst {
		dst[i] += s * x[i]
	}
}

// MulAdd sets dst[i] = a[i]·b[i] + c[i], rounded once or twice.
func MulAdd[T Float](dst, a, b, c []T) {
	if k := assemblyFor[T](); k != nil {
		ternary(dst, a, b, c, k.mulAdd)
		return
	}
	ia, ib, ic := operand(a, len(dst)), operand(b, len(dst)), operand(c, len(dst))
	for i := range dst {
		dst[i] = a[i*ia]*b[i*ib] + c[i*ic]
	}
}

// SelectPositive sets dst[i] to a[i] where mask[i] > 0 and to b[i] elsewhere,
// also where mask[i] is NaN.
func SelectPositive[T Float](dst, mask, a, b []T) {
	if k := assemblyFor[T](); k != nil {
		ternary(dst, mask, a, b, k.selectPositive)
		return
	}
	ia, ib, im := operand(a, len(dst)), operand(b, len(dst)), operand(mask, len(dst))
	for i := range dst {
		if mask[i*im] > 0 {
			dst[i] = a[i*ia]
		} else {
			dst[i] = b[i*ib]
		}
	}
}

// Fill sets every element to s.
func Fill[T any](dst []T, s T) {
	const by = 256 // elements that are copied at a time
	first := dst[:min(len(dst), by)]
	for i := range first {
		first[i] = s
	}
	for n := by; n < len(dst); n += by {
		copy(dst[n:], first)
	}
}

// zip sets dst[i] = f(a[i], b[i]), an operand of length 1 being a constant.
func zip[D, T any](dst []D, a, b []T, f func(x, y T) D) {
	switch {
	case len(a) == 1 && len(dst) != 1:
		for i, s := 0, a[0]; i < len(dst); i++ {
			dst[i] = f(s, b[i])
		}
	case len(b) == 1 && len(dst) != 1:
		for i, s := 0, b[0]; i < len(dst); i++ {
			dst[i] = f(a[i], s)
		}
	default:
		a, b = a[:len(dst)], b[:len(dst)]
		for i := range dst {
			dst[i] = f(a[i], b[i])
		}
	}
}
