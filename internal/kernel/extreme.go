package kernel

// Max returns the greatest of at least one element; NaN if there is one.
func Max[T Float](x []T) T { return extremum(x, true) }

// Min returns the least of at least one element; NaN if there is one.
func Min[T Float](x []T) T { return extremum(x, false) }

// extremum returns the greatest element, or the least, in pieces where that
// pays.
func extremum[T Number](x []T, greatest bool) T {
	if len(x) <= simpleGrain {
		return extremeBlock(x, greatest)
	}
	long := lasting(x)
	parts := make([]T, (len(x)-1)/simpleGrain+1)
	Parallel(len(long), simpleGrain, func(lo, hi int) { parts[lo/simpleGrain] = extremeBlock(long[lo:hi], greatest) })
	return extremeBlock(parts, greatest)
}

func extremeBlock[T Number](x []T, greatest bool) T {
	m := x[0]
	switch k := assemblyFor[T](); {
	case k != nil && greatest:
		return k.max(len(x), head(x))
	case k != nil:
		return k.min(len(x), head(x))
	case greatest:
		for _, v := range x {
			m = max(m, v)
		}
	default:
		for _, v := range x {
			m = min(m, v)
		}
	}
	return m
}

// MaxAxis sets dst[o,i] = max_k x[o,k,i]; a NaN anywhere wins. n must not be 0.
func MaxAxis[T Number](dst, x []T, outer, n, inner int) { extremes(dst, x, n, inner, true) }

// MinAxis sets dst[o,i] = min_k x[o,k,i]; a NaN anywhere wins. n must not be 0.
func MinAxis[T Number](dst, x []T, outer, n, inner int) { extremes(dst, x, n, inner, false) }

func extremes[T Number](dst, x []T, n, inner int, greatest bool) {
	if len(dst) == 0 {
		return
	}
	outer, per := len(dst)/inner, max(1, simpleGrain/(n*inner))
	if outer <= per {
		extremesPiece(dst, x, n, inner, greatest)
		return
	}
	Parallel(outer, per, func(lo, hi int) {
		extremesPiece(dst[lo*inner:hi*inner], x[lo*n*inner:hi*n*inner], n, inner, greatest)
	})
}

func extremesPiece[T Number](dst, x []T, n, inner int, greatest bool) {
	if inner == 1 {
		for o := range dst {
			dst[o] = extremum(x[o*n:][:n], greatest)
		}
		return
	}
	for ; len(dst) > 0; dst, x = dst[inner:], x[n*inner:] {
		extremeRows(dst[:inner], x[:n*inner], greatest)
	}
}

// extremeRows sets dst to the extremes of the columns of x, whose rows are as
// long as dst. Narrow rows are compared as if several were one, then these.
func extremeRows[T Number](dst, x []T, greatest bool) {
	together := narrow / len(dst)
	if together < 2 || len(x) < 2*together*len(dst) {
		copy(dst, x)
		for x = x[len(dst):]; len(x) > 0; x = x[len(dst):] {
			keep(dst, x[:len(dst)], greatest)
		}
		return
	}
	var room [narrow]T
	wide := room[:together*len(dst)]
	copy(wide, x)
	for x = x[len(wide):]; len(x) > 0; {
		row := wide[:min(len(wide), len(x))]
		keep(row, x[:len(row)], greatest)
		x = x[len(row):]
	}
	extremeRows(dst, wide, greatest)
}

// keep sets dst[i] to the greater of dst[i] and x[i], or the lesser.
func keep[T Number](dst, x []T, greatest bool) {
	if greatest {
		Maximum(dst, dst, x)
	} else {
		Minimum(dst, dst, x)
	}
}

// ArgMaxAxis sets dst[o,i] to the first k with the greatest x[o,k,i], or to
// the first NaN. n must not be 0.
func ArgMaxAxis[T Number](dst []int64, x []T, outer, n, inner int) { places(dst, x, n, inner, true) }

// ArgMinAxis sets dst[o,i] to the first k with the least x[o,k,i], or to the
// first NaN. n must not be 0.
func ArgMinAxis[T Number](dst []int64, x []T, outer, n, inner int) { places(dst, x, n, inner, false) }

func places[T Number](dst []int64, x []T, n, inner int, greatest bool) {
	if len(dst) == 0 {
		return
	}
	outer, per := len(dst)/inner, max(1, simpleGrain/(n*inner))
	if outer <= per {
		placesPiece(dst, x, n, inner, greatest)
		return
	}
	Parallel(outer, per, func(lo, hi int) {
		placesPiece(dst[lo*inner:hi*inner], x[lo*n*inner:hi*n*inner], n, inner, greatest)
	})
}

func placesPiece[T Number](dst []int64, x []T, n, inner int, greatest bool) {
	for ; len(dst) > 0; dst, x = dst[inner:], x[n*inner:] {
		if inner == 1 {
			dst[0] = int64(place(x[:n], greatest))
		} else {
			columnPlaces(dst[:inner], x[:n*inner], greatest)
		}
	}
}

// place returns where the first extreme is: in the first block that no later
// one beats. NaN beats and is final.
func place[T Number](x []T, greatest bool) int {
	const by = 256
	first, m := 0, extremeBlock(x[:min(by, len(x))], greatest)
	for at := by; at < len(x) && m == m; at += by {
		v := extremeBlock(x[at:min(at+by, len(x))], greatest)
		if v != v || greatest && v > m || !greatest && v < m {
			first, m = at, v
		}
	}
	for i, v := range x[first:] {
		if v == m || v != v {
			return first + i
		}
	}
	return first
}

// columnPlaces is place for the columns of x, whose rows are as long as dst,
// reading a row at a time.
func columnPlaces[T Number](dst []int64, x []T, greatest bool) {
	inner := len(dst)
	clear(dst)
	for k := 1; k*inner < len(x); k++ {
		for i, v := range x[k*inner:][:inner] {
			b := x[int(dst[i])*inner+i]
			if b == b && (v != v || greatest && v > b || !greatest && v < b) {
				dst[i] = int64(k)
			}
		}
	}
}
