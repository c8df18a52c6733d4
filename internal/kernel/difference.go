package kernel

import "math"

// What losses of a difference need, in one pass each. The sums are for blocks:
// they are taken in a few partial sums, not along a tree.

// differenceKernels is what there is of it in assembly for a type.
type differenceKernels[T Float] struct {
	sumSquare, sumAbs func(n int, x, y *T) float64
	sumBend           func(n int, x, y *T, knee float64) float64
	sumSquareShifted  func(n int, x, y *T, shift float64) float64
	scaled, sign      ternaryKernel[T]
	clamped, shifted  func(n int, dst, a *T, aStep int, b *T, bStep int, k *T, kStep int, c *T, cStep int)
}

// differencesFor returns the kernels for T, or nil where there are none.
func differencesFor[T Float]() *differenceKernels[T] {
	if k, ok := any(differences32).(*differenceKernels[T]); ok {
		return k
	}
	k, _ := any(differences64).(*differenceKernels[T])
	return k
}

// SumSquareDifference returns Σ (x[i] − y[i])² in float64.
func SumSquareDifference[T Float](x, y []T) (s float64) {
	y = y[:len(x)]
	if k := differencesFor[T](); k != nil {
		return k.sumSquare(len(x), head(x), head(y))
	}
	for i, v := range x {
		d := float64(v) - float64(y[i])
		s += d * d
	}
	return s
}

// SumAbsDifference returns Σ |x[i] − y[i]| in float64.
func SumAbsDifference[T Float](x, y []T) (s float64) {
	y = y[:len(x)]
	if k := differencesFor[T](); k != nil {
		return k.sumAbs(len(x), head(x), head(y))
	}
	for i, v := range x {
		s += max(float64(v)-float64(y[i]), float64(y[i])-float64(v))
	}
	return s
}

// SumBend returns Σ q·(a − q/2) in float64, a being |x[i] − y[i]| and q
// min(a, knee).
func SumBend[T Float](x, y []T, knee float64) (s float64) {
	y = y[:len(x)]
	if k := differencesFor[T](); k != nil {
		return k.sumBend(len(x), head(x), head(y), knee)
	}
	for i, v := range x {
		a := max(float64(v)-float64(y[i]), float64(y[i])-float64(v))
		q := min(a, knee)
		s += q * (a - q/2)
	}
	return s
}

// ScaledDifference sets dst[i] = (a[i] − b[i])·c.
func ScaledDifference[T Float](dst, a, b []T, c T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if k := differencesFor[T](); k != nil {
		k.scaled(len(dst), head(dst), head(a), 1, head(b), 1, head([]T{c}), 0)
		return
	}
	for i := range dst {
		dst[i] = (a[i] - b[i]) * c
	}
}

// SignOfDifference sets dst[i] to c, −c or 0 by the sign of a[i] − b[i].
func SignOfDifference[T Float](dst, a, b []T, c T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if k := differencesFor[T](); k != nil {
		k.sign(len(dst), head(dst), head(a), 1, head(b), 1, head([]T{c}), 0)
		return
	}
	Sub(dst, a, b)
	Sign(dst, dst)
	Scale(dst, dst, c)
}

// ClampedDifference sets dst[i] = (a[i] − b[i])·c, the difference being kept
// between −bound and bound.
func ClampedDifference[T Float](dst, a, b []T, bound, c T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if k := differencesFor[T](); k != nil {
		k.clamped(len(dst), head(dst), head(a), 1, head(b), 1, head([]T{bound}), 0, head([]T{c}), 0)
		return
	}
	Sub(dst, a, b)
	Clamp(dst, dst, -bound, bound)
	Scale(dst, dst, c)
}

// NormOfDifference returns the Euclidean norm of x − y + shift, in float64. It
// neither over- nor underflows in between.
func NormOfDifference[T Float](x, y []T, shift T) float64 {
	y = y[:len(x)]
	if k := differencesFor[T](); k != nil {
		if s := k.sumSquareShifted(len(x), head(x), head(y), float64(shift)); 1e-280 < s && s < 1e300 {
			return math.Sqrt(s)
		}
	}
	room := Get[T](len(x))
	defer Put(room)
	Sub(room, x, y)
	Offset(room, room, shift)
	return Norm(room, 2)
}

// ShiftedDifference sets dst[i] = (a[i] − b[i] + shift)·c.
func ShiftedDifference[T Float](dst, a, b []T, shift, c T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if k := differencesFor[T](); k != nil {
		k.shifted(len(dst), head(dst), head(a), 1, head(b), 1, head([]T{shift}), 0, head([]T{c}), 0)
		return
	}
	Sub(dst, a, b)
	Offset(dst, dst, shift)
	Scale(dst, dst, c)
}
