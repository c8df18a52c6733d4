package kernel

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

// Dot returns Σ x[i]·y[i] in float64, in which products of float32 are exact,
// along the tree that Sum has.
func Dot[T Float](x, y []T) float64 {
	if len(x) <= block {
		var s0, s1, s2, s3 float64
		for ; len(x) >= 4; x, y = x[4:], y[4:] {
			s0 += float64(x[0]) * float64(y[0])
			s1 += float64(x[1]) * float64(y[1])
			s2 += float64(x[2]) * float64(y[2])
			s3 += float64(x[3]) * float64(y[3])
		}
		for i, v := range x {
			s0 += float64(v) * float64(y[i])
		}
		return (s0 + s1) + (s2 + s3)
	}
	half := (len(x)/2 + block - 1) / block * block
	return Dot(x[:half], y[:half]) + Dot(x[half:], y[half:])
}
