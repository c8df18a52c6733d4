package kernel

// CellKind is the cell of a recurrent layer.
type CellKind int

const (
	TanhCell CellKind = iota
	ReLUCell
	LSTMCell
	GRUCell
)

// Gates returns how many times as long as the hidden state the gates are.
func (k CellKind) Gates() int { return [...]int{1, 1, 4, 3}[k] }

// Recurrent is one layer of a recurrent network in one direction, over a
// sequence that lies step after step: Steps[t] rows in step t, no more than in
// the step before. With the gates of PyTorch in PyTorch's order a row becomes
//
//	tanh, ReLU: h' = f(x·IHᵀ + bIH + h·HHᵀ + bHH)
//	LSTM:       i, f, o = σ(…), g = tanh(…); c' = f·c + i·g; h' = o·tanh(c')
//	GRU:        r, z = σ(…); n = tanh(x·IHᵀ + bIH + r·(h·HHᵀ + bHH)); h' = n + z·(h − n)
//
// Row i of a step goes on from row i of the step before it, or after it in
// Reverse; the products with the input, and those that make the gradients of
// weights, are one each for the whole sequence. What it keeps of Forward is for
// Backward, which may be called many times, until Release.
type Recurrent[T Float] struct {
	Cell       CellKind
	In, Hidden int
	Steps      []int
	Reverse    bool
	IH, HH     []T // [gates·hidden, in] and [gates·hidden, hidden]
	BIH, BHH   []T // nil for 0

	rows   int
	gates  []T // what the activations made, [rows, gates·hidden]
	before []T // the hidden state before, [rows, hidden]
	cell   []T // LSTM: the cell state before
	kept   []T // LSTM: tanh of the cell state; GRU: h·HHᵀ + bHH of n
}

// width is the length of a row of gates.
func (r *Recurrent[T]) width() int { return r.Cell.Gates() * r.Hidden }

// walk calls f with the first row and the number of rows of each step, in the
// order of time or against it.
func (r *Recurrent[T]) walk(backward bool, f func(at, n int)) {
	if backward {
		at := r.rows
		for t := len(r.Steps) - 1; t >= 0; t-- {
			at -= r.Steps[t]
			f(at, r.Steps[t])
		}
		return
	}
	at := 0
	for _, n := range r.Steps {
		f(at, n)
		at += n
	}
}

// each calls f with runs of rows long enough for a worker.
func (r *Recurrent[T]) each(n int, f func(lo, hi int)) { Parallel(n, max(1, 8192/r.width()), f) }

// Forward sets y to the hidden state after each row of x and takes h and, of an
// LSTM, c from the states before the first step to those after each row's last.
func (r *Recurrent[T]) Forward(y, h, c, x []T) {
	for _, n := range r.Steps {
		r.rows += n
	}
	w, hidden := r.width(), r.Hidden
	r.gates, r.before = Get[T](r.rows*w), Get[T](r.rows*hidden)
	switch r.Cell {
	case LSTMCell:
		r.cell, r.kept = Get[T](r.rows*hidden), Get[T](r.rows*hidden)
	case GRUCell:
		r.kept = Get[T](r.rows * hidden)
	}
	bias := r.BIH
	if bias != nil && r.Cell != GRUCell { // whose n has a bias within
		bias = Get[T](w)
		defer Put(bias)
		Add(bias, r.BIH, r.BHH)
	}
	Affine(r.gates, r.rows, w, r.In, x, r.IH, bias)
	hh := Get[T](w * hidden) // turned once, as it is multiplied in every step
	defer Put(hh)
	Transpose(hh, r.HH, w, hidden)
	r.walk(r.Reverse, func(at, n int) {
		copy(r.before[at*hidden:], h[:n*hidden])
		r.step(at, n, y[at*hidden:(at+n)*hidden], h[:n*hidden], c, hh)
	})
}

// step makes the rows of one step.
func (r *Recurrent[T]) step(at, n int, y, h, c, hh []T) {
	w, hidden := r.width(), r.Hidden
	gates := r.gates[at*w : (at+n)*w]
	if r.Cell == GRUCell {
		product := Get[T](n * w)
		defer Put(product)
		for i := range n {
			copy(product[i*w:(i+1)*w], r.BHH)
		}
		beta := T(1)
		if r.BHH == nil {
			beta = 0
		}
		Gemm(false, false, n, w, hidden, 1, h, hh, beta, product)
		r.each(n, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				r.gruRow(at+i, product[i*w:(i+1)*w], h[i*hidden:(i+1)*hidden])
			}
		})
		copy(y, h)
		return
	}
	Gemm(false, false, n, w, hidden, 1, h, hh, 1, gates)
	switch r.Cell {
	case TanhCell:
		Tanh(gates, gates)
		copy(h, gates)
	case ReLUCell:
		ReLU(gates, gates)
		copy(h, gates)
	case LSTMCell:
		copy(r.cell[at*hidden:], c[:n*hidden])
		r.each(n, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				r.lstmRow(at+i, h[i*hidden:(i+1)*hidden], c[i*hidden:(i+1)*hidden])
			}
		})
	}
	copy(y, h)
}

// row returns row i of x, n long.
func row[T Float](x []T, i, n int) []T { return x[i*n : (i+1)*n : (i+1)*n] }

// lstmRow takes h and c one step further.
func (r *Recurrent[T]) lstmRow(at int, h, c []T) {
	n := r.Hidden
	gates, tanh := row(r.gates, at, 4*n), row(r.kept, at, n)
	i, f, g, o := row(gates, 0, n), row(gates, 1, n), row(gates, 2, n), row(gates, 3, n)
	Sigmoid(gates[:2*n], gates[:2*n])
	Tanh(g, g)
	Sigmoid(o, o)
	Mul(c, c, f)
	MulAdd(c, i, g, c)
	Tanh(tanh, c)
	Mul(h, o, tanh)
}

// gruRow takes h one step further; product is h·HHᵀ + bHH.
func (r *Recurrent[T]) gruRow(at int, product, h []T) {
	n := r.Hidden
	gates, kept := row(r.gates, at, 3*n), row(r.kept, at, n)
	reset, z, fresh := row(gates, 0, n), row(gates, 1, n), row(gates, 2, n)
	Add(gates[:2*n], gates[:2*n], product[:2*n])
	Sigmoid(gates[:2*n], gates[:2*n])
	copy(kept, product[2*n:])
	MulAdd(fresh, reset, kept, fresh)
	Tanh(fresh, fresh)
	Sub(h, h, fresh)
	MulAdd(h, z, h, fresh)
}
