package kernel

// BCE is the binary cross entropy of logits x with targets y:
//
//	loss = w·(p·y·softplus(−x) + (1−y)·softplus(x))
//
// Weight and PosWeight, w and p, may be nil for ones, or shorter than x and
// then start over.
type BCE[T Float] struct{ Weight, PosWeight []T }

// Forward sets dst[i] to the loss, in float64 for the caller to round when it
// has been reduced. Both terms are positive for y in [0, 1], so
// nothing cancels; a term whose factor is 0 is left out, however great the other.
func (l BCE[T]) Forward(dst []float64, x, y []T) {
	l.pieces(len(dst), func(i int) {
		v, t := float64(x[i]), float64(y[i])
		w, p := at(l.Weight, i), at(l.PosWeight, i)
		dst[i] = w * (scaled(p*t, softplus(-v)) + scaled(1-t, softplus(v)))
	})
}

// BackwardInput sets dst to the gradient of Σ g·loss with respect to x:
// g·w·((1−y)·sigmoid(x) − p·y·sigmoid(−x)).
func (l BCE[T]) BackwardInput(dst []T, g []float64, x, y []T) {
	l.pieces(len(dst), func(i int) {
		v, t := float64(x[i]), float64(y[i])
		w, p := at(l.Weight, i), at(l.PosWeight, i)
		dst[i] = T(g[i] * w * ((1-t)*sigmoid(v) - p*t*sigmoid(-v)))
	})
}

// BackwardTarget sets dst to the gradient of Σ g·loss with respect to y:
// g·w·(p·softplus(−x) − softplus(x)), which is −g·w·x when p is 1.
func (l BCE[T]) BackwardTarget(dst []T, g []float64, x []T) {
	l.pieces(len(dst), func(i int) {
		v := float64(x[i])
		w, p := at(l.Weight, i), at(l.PosWeight, i)
		dst[i] = T(g[i] * w * (scaled(p-1, softplus(-v)) - v))
	})
}

func (BCE[T]) pieces(n int, f func(i int)) {
	const cost = 16 // of two transcendentals in simple operations
	Parallel(n, grain/cost, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i)
		}
	})
}

// at returns the element of a weight that belongs to index i.
func at[T Float](w []T, i int) float64 {
	switch len(w) {
	case 0:
		return 1
	case 1:
		return float64(w[0])
	}
	return float64(w[i%len(w)])
}

// scaled returns c·v, and 0 when c is 0 though v be infinite.
func scaled(c, v float64) float64 {
	if c == 0 {
		return 0
	}
	return c * v
}
