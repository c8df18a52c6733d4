package kernel

import "math"

// Add sets dst[i] = a[i] + b[i].
func Add[T Number](dst, a, b []T) {
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
func Maximum[T Number](dst, a, b []T) { zip(dst, a, b, func(x, y T) T { return max(x, y) }) }

// Minimum sets dst[i] = min(a[i], b[i]); a NaN on either side gives NaN.
func Minimum[T Number](dst, a, b []T) { zip(dst, a, b, func(x, y T) T { return min(x, y) }) }

// Pow sets dst[i] = a[i] to the power b[i].
func Pow[T Float](dst, a, b []T) {
	if len(b) == 1 && b[0] == 2 {
		Mul(dst, a, a)
		return
	}
	zip(dst, a, b, func(x, y T) T { return T(math.Pow(float64(x), float64(y))) })
}

// Axpy adds s · x[i] to dst[i].
func Axpy[T Number](dst []T, s T, x []T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += s * x[i]
	}
}

// Fill sets every element to s.
func Fill[T any](dst []T, s T) {
	for i := range dst {
		dst[i] = s
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
