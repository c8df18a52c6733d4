package kernel

// MaxAxis sets dst[o,i] = max_k x[o,k,i]; a NaN anywhere wins. n must not be 0.
func MaxAxis[T Number](dst, x []T, outer, n, inner int) {
	fold(dst, x, outer, n, inner, 0, func(acc, v T) T { return max(acc, v) })
}

// MinAxis sets dst[o,i] = min_k x[o,k,i]; a NaN anywhere wins. n must not be 0.
func MinAxis[T Number](dst, x []T, outer, n, inner int) {
	fold(dst, x, outer, n, inner, 0, func(acc, v T) T { return min(acc, v) })
}

// ArgMaxAxis sets dst[o,i] to the first k with the greatest x[o,k,i], or to
// the first NaN. n must not be 0.
func ArgMaxAxis[T Number](dst []int64, x []T, outer, n, inner int) {
	place(dst, x, outer, n, inner, func(v, b T) bool { return v > b || v != v })
}

// ArgMinAxis sets dst[o,i] to the first k with the least x[o,k,i], or to the
// first NaN. n must not be 0.
func ArgMinAxis[T Number](dst []int64, x []T, outer, n, inner int) {
	place(dst, x, outer, n, inner, func(v, b T) bool { return v < b || v != v })
}

// place finds the first element that no later one beats, reading a row at a
// time; NaN beats and is final.
func place[T Number](dst []int64, x []T, outer, n, inner int, beats func(v, b T) bool) {
	for range outer {
		at := dst[:inner]
		Fill(at, 0)
		for k := 1; k < n; k++ {
			for i, v := range x[k*inner:][:inner] {
				if b := x[int(at[i])*inner+i]; b == b && beats(v, b) {
					at[i] = int64(k)
				}
			}
		}
		dst, x = dst[inner:], x[n*inner:]
	}
}
