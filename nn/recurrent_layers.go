package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// sequence runs the layers over x, [T N in], [N T in] or, of one sequence,
// [T in], and returns the output in the same form and, if wanted, the last states.
func (l *Recurrence) sequence(op string, kind kernel.CellKind, x, h, c *autograd.Variable, last bool) (y, hn, cn *autograd.Variable) {
	l.check(op, kind, x)
	if x.Dims() != 2 && x.Dims() != 3 {
		form := "[T N in]"
		if l.BatchFirst {
			form = "[N T in]"
		}
		panic(tensor.Errorf(op, "input %v is neither %s nor [T in]", x.Shape(), form))
	}
	single := x.Dims() == 2
	swap := l.BatchFirst && !single
	switch {
	case single:
		x, h, c = x.Unsqueeze(1), l.batched(op, "h", h), l.batched(op, "c", c)
	case swap:
		x = x.Transpose(0, 1)
	}
	steps := make([]int, x.Shape()[0])
	if len(steps) == 0 {
		panic(tensor.Errorf(op, "input %v has no steps", x.Shape()))
	}
	n := x.Shape()[1]
	for t := range steps {
		steps[t] = n
	}
	y, hn, cn = l.layers(op, kind, x.Reshape(len(steps)*n, x.Shape()[2]), h, c, steps, last)
	y = y.Reshape(len(steps), n, y.Shape()[1])
	switch {
	case single:
		y = y.Squeeze(1)
		if last {
			hn = hn.Squeeze(1)
		}
		if cn != nil {
			cn = cn.Squeeze(1)
		}
	case swap:
		y = y.Transpose(0, 1)
	}
	return y, hn, cn
}

// packed is sequence for sequences of different lengths, with states in the
// order that the sequences were packed from.
func (l *Recurrence) packed(op string, kind kernel.CellKind, p *PackedSequence, h, c *autograd.Variable) (y *PackedSequence, hn, cn *autograd.Variable) {
	p.check(op)
	l.check(op, kind, p.Data)
	out, hn, cn := l.layers(op, kind, p.Data, p.sorted(op, h), p.sorted(op, c), p.BatchSizes, true)
	return &PackedSequence{Data: out, BatchSizes: p.BatchSizes, Order: p.Order}, p.unsorted(hn), p.unsorted(cn)
}

func (l *Recurrence) check(op string, kind kernel.CellKind, x *autograd.Variable) {
	if len(l.Weights) == 0 || len(l.Weights) != l.NumLayers*l.directions() {
		panic(tensor.Errorf(op, "there are %d weights for %d layers in %d directions; make the layer with New%s",
			len(l.Weights), l.NumLayers, l.directions(), op[len("nn."):]))
	}
	l.Weights[0].check(op, kind, x)
}

// batched gives the state of one sequence an axis for the batch.
func (l *Recurrence) batched(op, name string, state *autograd.Variable) *autograd.Variable {
	if state == nil {
		return nil
	}
	if state.Dims() != 2 {
		panic(tensor.Errorf(op, "state %s %v is not [layers hidden], as is due to input [T in]", name, state.Shape()))
	}
	return state.Unsqueeze(1)
}

// layers runs the layers over rows that lie step after step.
func (l *Recurrence) layers(op string, kind kernel.CellKind, x, h, c *autograd.Variable, steps []int, last bool) (y, hn, cn *autograd.Variable) {
	if kind == kernel.LSTMCell && (h == nil) != (c == nil) {
		panic(tensor.Errorf(op, "only one of the states h and c is given"))
	}
	n, hidden := steps[0], l.Weights[0].hidden()
	l.checkState(op, "h", x, h, n, hidden)
	l.checkState(op, "c", x, c, n, hidden)
	var hs, cs []*autograd.Variable
	for layer := range l.NumLayers {
		if layer > 0 {
			x = l.dropped(x)
		}
		var ys []*autograd.Variable
		for d := range l.directions() {
			i := layer*l.directions() + d
			l.Weights[i].check(op, kind, x)
			s := &scan{op: op[len("nn."):], kind: kind, steps: steps, reverse: d == 1, last: last, weights: l.Weights[i],
				h: stateOf(h, i), c: stateOf(c, i)}
			y, hi, ci := s.run(x)
			ys, hs, cs = append(ys, y), append(hs, hi), append(cs, ci)
		}
		x = ys[0]
		if len(ys) == 2 {
			x = autograd.Concat(1, ys...)
		}
	}
	if last {
		hn = autograd.Stack(0, hs...)
		if kind == kernel.LSTMCell {
			cn = autograd.Stack(0, cs...)
		}
	}
	return x, hn, cn
}

func (l *Recurrence) checkState(op, name string, x, state *autograd.Variable, n, hidden int) {
	if want := (tensor.Shape{len(l.Weights), n, hidden}); state != nil && (!state.Shape().Equal(want) || state.DType() != x.DType()) {
		panic(tensor.Errorf(op, "state %s %v %v is not %v %v: [layers·directions N hidden]",
			name, state.DType(), state.Shape(), x.DType(), want))
	}
}

// stateOf returns entry i of a state, or nil of nil.
func stateOf(state *autograd.Variable, i int) *autograd.Variable {
	if state == nil {
		return nil
	}
	return state.Slice(0, i, i+1).Squeeze(0)
}

// dropped is what one layer gives to the next, after the dropout.
func (l *Recurrence) dropped(x *autograd.Variable) *autograd.Variable {
	if l.Dropout == 0 || !l.Training() {
		return x
	}
	d := &Dropout{P: l.Dropout}
	if l.Rand != nil {
		l.mu.Lock()
		d.Rand = rand.New(rand.NewPCG(l.Rand.Uint64(), l.Rand.Uint64()))
		l.mu.Unlock()
	}
	return d.Forward(x)
}
