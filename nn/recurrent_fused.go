package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// scan is one layer in one direction, over rows that lie step after step; see
// kernel.Recurrent.
type scan struct {
	op      string
	kind    kernel.CellKind
	steps   []int // rows in each step, no more than in the one before
	reverse bool
	last    bool // wanted are the last states, too
	weights *RecurrentWeights
	h, c    *autograd.Variable // states before, [rows of the first step, hidden]; nil for zeros
}

// run returns the hidden states after each row of x and, if wanted, those after
// each row's last and, of an LSTM, its cell states.
func (s *scan) run(x *autograd.Variable) (y, h, c *autograd.Variable) {
	var all *autograd.Variable
	if x.DType() == tensor.Float32 {
		all = fusedScan[float32](s, x)
	} else {
		all = fusedScan[float64](s, x)
	}
	if !s.last {
		return all, nil, nil
	}
	rows, n := x.Shape()[0], s.steps[0]
	y, h = all.Slice(0, 0, rows), all.Slice(0, rows, rows+n)
	if s.kind == kernel.LSTMCell {
		c = all.Slice(0, rows+n, rows+2*n)
	}
	return y, h, c
}

// states is how many states of [n, hidden] the cell has.
func (s *scan) states() int {
	if s.kind == kernel.LSTMCell {
		return 2
	}
	return 1
}

// inputs are those of the operation; what is not there is nil.
func (s *scan) inputs(x *autograd.Variable) []*autograd.Variable {
	w := s.weights
	return []*autograd.Variable{x, w.WeightIH, w.WeightHH, w.BiasIH, w.BiasHH, s.h, s.c}
}

// fusedScan records one operation whose result has the rows of y and then, if
// wanted, those of the last states.
func fusedScan[T kernel.Float](s *scan, x *autograd.Variable) *autograd.Variable {
	all := s.inputs(x)
	rows, hidden, n := x.Shape()[0], s.weights.hidden(), s.steps[0]
	k := &kernel.Recurrent[T]{Cell: s.kind, In: x.Shape()[1], Hidden: hidden, Steps: s.steps, Reverse: s.reverse,
		IH: dataOf[T](all[1]), HH: dataOf[T](all[2]), BIH: dataOf[T](all[3]), BHH: dataOf[T](all[4])}
	length := rows
	if s.last {
		length += s.states() * n
	}
	y := x.DType().Empty(length, hidden)
	data, size := tensor.Data[T](y), n*hidden
	state := kernel.Zeroed[T](s.states() * size)
	defer kernel.Put(state)
	copy(state[:size], dataOf[T](s.h))
	copy(state[size:], dataOf[T](s.c))
	in := tensor.Data[T](x.Value())
	k.Forward(data[:rows*hidden], state[:size], state[size:], in)
	if s.last {
		copy(data[rows*hidden:], state)
	}
	backward := func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
		return scanBack(k, s, all, tensor.Data[T](g), in, needed)
	}
	result := autograd.Fused(s.op, y, func(x []*autograd.Variable) *autograd.Variable { return s.define(all, x) }, backward, present(all...)...)
	ownership.WhenFreed(result, k.Release)
	return result
}

// scanBack returns the gradient of each input that is there.
func scanBack[T kernel.Float](k *kernel.Recurrent[T], s *scan, all []*autograd.Variable, g, x []T, needed []bool) []*tensor.Tensor {
	size, end := s.steps[0]*k.Hidden, len(x)/k.In*k.Hidden
	state := kernel.Zeroed[T](s.states() * size)
	defer kernel.Put(state)
	copy(state, g[end:])
	out, grads := gradientsLike[T](all, needed)
	k.Backward(kernel.RecurrentGradients[T]{X: grads[0], IH: grads[1], HH: grads[2], BIH: grads[3], BHH: grads[4],
		H: state[:size], C: state[size:]}, g[:end], x)
	copy(grads[5], state[:size])
	copy(grads[6], state[size:])
	return out
}

// define composes the operation of recorded ones. all says which inputs there are.
func (s *scan) define(all, given []*autograd.Variable) *autograd.Variable {
	in := restored(all, given)
	x, hh, bhh := in[0], in[2], in[4]
	n, hidden := s.steps[0], hh.Shape()[1]
	state := [2]*autograd.Variable{in[5], in[6]}
	for i := range s.states() {
		if state[i] == nil {
			state[i] = autograd.Const(x.DType().Zeros(n, hidden))
		}
	}
	projected := autograd.Linear(x, in[1], in[3])
	ys := make([]*autograd.Variable, len(s.steps))
	starts, at := make([]int, len(s.steps)), 0
	for t, rows := range s.steps {
		starts[t], at = at, at+rows
	}
	for k := range s.steps {
		t := k
		if s.reverse {
			t = len(s.steps) - 1 - k
		}
		rows := s.steps[t]
		h, c := s.cell(projected.Slice(0, starts[t], starts[t]+rows), firstRows(state[0], rows), firstRows(state[1], rows), hh, bhh)
		ys[t] = h
		state[0], state[1] = withRows(state[0], h, rows), withRows(state[1], c, rows)
	}
	if s.last {
		ys = append(ys, state[:s.states()]...)
	}
	return autograd.Concat(0, ys...)
}

func firstRows(state *autograd.Variable, rows int) *autograd.Variable {
	if state == nil || state.Shape()[0] == rows {
		return state
	}
	return state.Slice(0, 0, rows)
}

// withRows returns state with its first rows replaced.
func withRows(state, by *autograd.Variable, rows int) *autograd.Variable {
	if state == nil || state.Shape()[0] == rows {
		return by
	}
	return autograd.Concat(0, by, state.Slice(0, rows, state.Shape()[0]))
}

// cell is one step: the states after those given.
func (s *scan) cell(projected, h, c, hh, bhh *autograd.Variable) (after, cell *autograd.Variable) {
	own := autograd.Linear(h, hh, bhh)
	if s.kind == kernel.GRUCell {
		a, b := projected.Split(1, h.Shape()[1]), own.Split(1, h.Shape()[1])
		r, z := a[0].Add(b[0]).Sigmoid(), a[1].Add(b[1]).Sigmoid()
		n := a[2].Add(r.Mul(b[2])).Tanh()
		return n.Add(z.Mul(h.Sub(n))), nil
	}
	sum := projected.Add(own)
	switch s.kind {
	case kernel.TanhCell:
		return sum.Tanh(), nil
	case kernel.ReLUCell:
		return sum.ReLU(), nil
	}
	gates := sum.Split(1, h.Shape()[1])
	cell = gates[1].Sigmoid().Mul(c).Add(gates[0].Sigmoid().Mul(gates[2].Tanh()))
	return gates[3].Sigmoid().Mul(cell.Tanh()), cell
}
