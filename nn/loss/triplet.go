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

func (f triplet[T]) term(_ int, r *row[T], saved []float64) float64 {
	distance := func(pair int) float64 {
		f.between(r.s, r, pair)
		saved[pair] = kernel.Norm(r.s, 2)
		return saved[pair]
	}
	near, far := distance(0), distance(1)
	if f.swap {
		far = min(far, distance(2))
	}
	lead := near + f.margin - far
	if lead >= 0 {
		saved[3] = 1
	}
	return max(lead, 0)
}

// between sets dst to the difference of a pair, with ε.
func (f triplet[T]) between(dst []T, r *row[T], pair int) {
	of := tripletPairs[pair]
	kernel.Sub(dst, r.x[of[0]], r.x[of[1]])
	kernel.Offset(dst, dst, f.eps)
}

func (f triplet[T]) slopes(g float64, dst [3][]T, r *row[T], saved []float64) {
	for _, d := range dst {
		kernel.Fill(d, 0)
	}
	g *= saved[3]
	if g == 0 {
		return
	}
	weights := [3]float64{g, -g, 0}
	switch {
	case !f.swap || saved[1] < saved[2]:
	case saved[1] > saved[2]:
		weights = [3]float64{g, 0, -g}
	default:
		weights = [3]float64{g, -g / 2, -g / 2}
	}
	for pair, w := range weights {
		if w == 0 || saved[pair] == 0 {
			continue
		}
		f.between(r.s, r, pair)
		w /= saved[pair]
		for side, sign := range [2]float64{1, -1} {
			if d := dst[tripletPairs[pair][side]]; d != nil {
				kernel.Axpy(d, T(sign*w), r.s)
			}
		}
	}
}
