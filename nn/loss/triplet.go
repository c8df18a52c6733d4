package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// tripletLoss returns max(0, d(a, p) − d(a, n) + m), reduced. With Euclidean
// distances kernels do it.
func tripletLoss(op string, r Reduction, d Distance, margin float64, swap bool, operands ...*autograd.Variable) *autograd.Variable {
	definition := func(x []*autograd.Variable) *autograd.Variable {
		near, far := distances(d, swap, x[0], x[1], x[2])
		same(op, "distance to the positive", near, "distance to the negative", far)
		return r.each(hinge(near.AddScalar(margin).Sub(far)))
	}
	p, eps := d.pairwise()
	switch {
	case p != 2:
		return definition(operands)
	case operands[0].DType() == tensor.Float32:
		return fuseRows(op, r, triplet[float32]{float32(eps), margin, swap}, definition, operands...)
	}
	return fuseRows(op, r, triplet[float64]{eps, margin, swap}, definition, operands...)
}

// distances returns how far the anchor is from the positive and the negative
// example.
func distances(d Distance, swap bool, anchor, positive, negative *autograd.Variable) (near, far *autograd.Variable) {
	near, far = d.Between(anchor, positive), d.Between(anchor, negative)
	if swap {
		far = far.Minimum(d.Between(positive, negative))
	}
	return near, far
}

// checkTriplet panics unless the three are vectors, or batches of them, of one
// shape and type.
func checkTriplet(op string, anchor, positive, negative *autograd.Variable) {
	same(op, "anchor", anchor, "positive", positive)
	same(op, "anchor", anchor, "negative", negative)
	vectors(op, "anchor", anchor)
}

// triplet is max(0, ‖a − p + ε‖ − ‖a − n + ε‖ + m) of rows a, p, n; with swap
// ‖p − n + ε‖ takes the place of the second norm where it is less. A norm's
// gradient is its vector over the norm, and 0 where that is 0.
type triplet[T kernel.Float] struct {
	eps    T
	margin float64
	swap   bool
}

// The pairs of a triplet, by the operands they are of.
var tripletPairs = [3][2]int{{0, 1}, {0, 2}, {1, 2}}

func (f triplet[T]) term(_ int, r row[T], saved []float64) float64 {
	for pair, of := range tripletPairs {
		if pair < 2 || f.swap {
			saved[pair] = kernel.NormOfDifference(r.x[of[0]], r.x[of[1]], f.eps)
		}
	}
	near, far := saved[0], saved[1]
	if f.swap {
		far = min(far, saved[2])
	}
	lead := near + f.margin - far
	if lead >= 0 {
		saved[3] = 1
	}
	return max(lead, 0)
}

func (f triplet[T]) slopes(g float64, dst [3][]T, r row[T], saved []float64) {
	g *= saved[3]
	if g == 0 {
		for _, d := range dst {
			kernel.Fill(d, 0)
		}
		return
	}
	w := [3]float64{g, -g, 0}
	switch {
	case !f.swap || saved[1] < saved[2]:
	case saved[1] > saved[2]:
		w = [3]float64{g, 0, -g}
	default:
		w = [3]float64{g, -g / 2, -g / 2}
	}
	for pair := range w {
		if saved[pair] == 0 {
			w[pair] = 0
		} else {
			w[pair] /= saved[pair]
		}
	}
	a, p, n := r.x[0], r.x[1], r.x[2]
	dp, dn := f.or(dst[1], r.s), f.or(dst[2], r.t)
	f.pull(dp, a, p, -w[0])
	f.pull(dn, a, n, -w[1])
	if dst[0] != nil {
		kernel.Add(dst[0], dp, dn)
		kernel.Neg(dst[0], dst[0])
	}
	if w[2] != 0 {
		pn := r.s // which is no longer needed
		f.pull(pn, p, n, w[2])
		kernel.Add(dp, dp, pn)
		kernel.Sub(dn, dn, pn)
	}
}

// pull sets dst to the difference of a pair, with ε, times w; of no weight it is
// 0, even if infinite.
func (f triplet[T]) pull(dst, x, y []T, w float64) {
	if w == 0 {
		kernel.Fill(dst, 0)
		return
	}
	kernel.ShiftedDifference(dst, x, y, f.eps, T(w))
}

// or returns where a gradient goes, or room if nobody wants it.
func (triplet[T]) or(dst, room []T) []T {
	if dst != nil {
		return dst
	}
	return room
}
