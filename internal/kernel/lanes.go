package kernel

// tileSize is how many elements of strided lanes are gathered at a time.
const tileSize = 1 << 12

// eachLanes calls f with runs of lanes of the middle axis of [outer, n, inner],
// in which the n elements of a lane lie together, one lane after the other:
// the elements themselves where inner is 1, else a copy. Lanes are counted from
// first in the order of a result without the middle axis. What f writes to dst,
// which may be nil, is copied to where it belongs.
func eachLanes[T Float](dst []T, outer, n, inner int, f func(first, count int, dst []T, x [2][]T), x ...[]T) {
	if n == 0 || inner == 0 {
		return
	}
	s := strided[T]{dst: dst, n: n, inner: inner}
	copy(s.x[:], x)
	if inner == 1 {
		Parallel(outer, outerGrain(n*expCost), func(lo, hi int) { f(lo, hi-lo, part(s.dst, lo*n, hi*n), s.lie(lo*n, hi*n)) })
		return
	}
	width := min(inner, max(1, tileSize/n))
	across := (inner + width - 1) / width
	Parallel(outer*across, outerGrain(width*n*expCost), func(lo, hi int) {
		room := Get[T](3 * width * n)
		defer Put(room)
		for t := lo; t < hi; t++ {
			o, i := t/across, t%across*width
			s.tile(o, i, min(width, inner-i), room, f)
		}
	})
}

// strided is what eachLanes works on.
type strided[T Float] struct {
	dst      []T
	x        [2][]T
	n, inner int
}

func (s *strided[T]) lie(lo, hi int) [2][]T {
	return [2][]T{part(s.x[0], lo, hi), part(s.x[1], lo, hi)}
}

// part returns x[lo:hi], or nil of nothing.
func part[T any](x []T, lo, hi int) []T {
	if x == nil {
		return nil
	}
	return x[lo:hi]
}

// tile gathers count lanes, calls f and scatters what it has written.
func (s *strided[T]) tile(o, i, count int, room []T, f func(first, count int, dst []T, x [2][]T)) {
	at, size := o*s.n*s.inner+i, count*s.n
	var lanes [2][]T
	for k, x := range s.x {
		if x == nil {
			continue
		}
		lanes[k] = room[k*size:][:size]
		for j := range s.n {
			for c, v := range x[at+j*s.inner:][:count] {
				lanes[k][c*s.n+j] = v
			}
		}
	}
	if s.dst == nil {
		f(o*s.inner+i, count, nil, lanes)
		return
	}
	out := room[2*size:][:size]
	f(o*s.inner+i, count, out, lanes)
	for j := range s.n {
		for c := range s.dst[at+j*s.inner:][:count] {
			s.dst[at+j*s.inner+c] = out[c*s.n+j]
		}
	}
}
