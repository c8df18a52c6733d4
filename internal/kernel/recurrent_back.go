package kernel

// RecurrentGradients are where Backward puts gradients; what is nil is not
// computed. H and C hold those of the last states before and those of the
// first states after; they are always there, but C of an LSTM only.
type RecurrentGradients[T Float] struct {
	X, IH, HH, BIH, BHH, H, C []T
}

// Backward sets d, from the gradient dy of y and those of the states after the
// last steps. x is what Forward had.
func (r *Recurrent[T]) Backward(d RecurrentGradients[T], dy, x []T) {
	w, hidden := r.width(), r.Hidden
	in := Get[T](r.rows * w) // gradients of x·IHᵀ + bIH
	defer Put(in)
	own := in // and of h·HHᵀ + bHH
	if r.Cell == GRUCell {
		own = Get[T](r.rows * w)
		defer Put(own)
	}
	r.walk(!r.Reverse, func(at, n int) {
		dh := d.H[:n*hidden]
		Add(dh, dh, dy[at*hidden:(at+n)*hidden])
		beta := T(0)
		switch r.Cell {
		case TanhCell:
			TanhSlope(in[at*w:(at+n)*w], dh, r.gates[at*w:(at+n)*w])
		case ReLUCell:
			ReLUSlope(in[at*w:(at+n)*w], dh, r.gates[at*w:(at+n)*w])
		case LSTMCell:
			r.each(n, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					r.lstmBack(at+i, row(in, at+i, w), row(dh, i, hidden), row(d.C, i, hidden))
				}
			})
		case GRUCell:
			beta = 1
			r.each(n, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					r.gruBack(at+i, row(in, at+i, w), row(own, at+i, w), row(dh, i, hidden))
				}
			})
		}
		Gemm(false, false, n, hidden, w, 1, own[at*w:(at+n)*w], r.HH, beta, dh)
	})
	r.parameters(d, in, own, x)
}

// Release gives back what Forward kept.
func (r *Recurrent[T]) Release() {
	for _, b := range [...][]T{r.gates, r.before, r.cell, r.kept} {
		Put(b)
	}
	r.gates, r.before, r.cell, r.kept = nil, nil, nil, nil
}

// parameters makes products and sums over the whole sequence.
func (r *Recurrent[T]) parameters(d RecurrentGradients[T], in, own, x []T) {
	w := r.width()
	if d.X != nil {
		Gemm(false, false, r.rows, r.In, w, 1, in, r.IH, 0, d.X)
	}
	if d.IH != nil {
		Gemm(true, false, w, r.In, r.rows, 1, in, x, 0, d.IH)
	}
	if d.HH != nil {
		Gemm(true, false, w, r.Hidden, r.rows, 1, own, r.before, 0, d.HH)
	}
	if d.BIH != nil {
		SumAxis(d.BIH, in, 1, r.rows, w)
	}
	switch {
	case d.BHH == nil:
	case d.BIH != nil && r.Cell != GRUCell:
		copy(d.BHH, d.BIH)
	default:
		SumAxis(d.BHH, own, 1, r.rows, w)
	}
}

// lstmBack sets d to the gradients before the activations of a row, and dc to
// that of the cell state before.
func (r *Recurrent[T]) lstmBack(at int, d, dh, dc []T) {
	n := r.Hidden
	gates, tanh, before := row(r.gates, at, 4*n), row(r.kept, at, n), row(r.cell, at, n)
	i, f, g, o := row(gates, 0, n), row(gates, 1, n), row(gates, 2, n), row(gates, 3, n)
	di, df, dg, do := row(d, 0, n), row(d, 1, n), row(d, 2, n), row(d, 3, n)
	lstmOut(dc, do, dh, o, tanh)
	lstmIn(dc, di, df, dg, i, f, g, before)
}

// gruBack sets din and down to the gradients of the two products of a row, and
// dh to what reaches the hidden state before past them.
func (r *Recurrent[T]) gruBack(at int, din, down, dh []T) {
	n := r.Hidden
	gates, kept, before := row(r.gates, at, 3*n), row(r.kept, at, n), row(r.before, at, n)
	reset, z, fresh := row(gates, 0, n), row(gates, 1, n), row(gates, 2, n)
	room, other := row(down, 0, n), row(down, 1, n)
	dreset, dz, dfresh := row(din, 0, n), row(din, 1, n), row(din, 2, n)
	Sub(room, before, fresh)
	Mul(room, room, dh)
	SigmoidSlope(dz, room, z)
	Mul(room, dh, z)
	Sub(other, dh, room)
	copy(dh, room)
	TanhSlope(dfresh, other, fresh)
	Mul(room, dfresh, kept)
	SigmoidSlope(dreset, room, reset)
	copy(down[:2*n], din[:2*n])
	Mul(down[2*n:], dfresh, reset)
}
