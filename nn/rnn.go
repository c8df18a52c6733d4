package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// RNN is a recurrent network of Elman's kind. Each step makes of its input x
// and the hidden state h before it, 0 at first,
//
//	h' = f(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh)
//
// which is its output, and the input of the next layer.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.RNN.html
type RNN struct {
	Recurrence
	Nonlinearity string `json:"nonlinearity"` // "tanh" by default, or "relu"
}

// NewRNN returns a float32 RNN with parameters drawn evenly from ±1/√hidden. It
// panics when a length is less than 1, rng is nil or options are wrong.
func NewRNN(in, hidden int, o RecurrentOptions, rng *rand.Rand) *RNN {
	l := &RNN{Nonlinearity: "tanh"}
	l.init("nn.NewRNN", kernel.TanhCell, in, hidden, o, rng)
	return l
}

// rnnKind returns the kind of cell for a nonlinearity.
func rnnKind(op, nonlinearity string) kernel.CellKind {
	switch nonlinearity {
	case "tanh":
		return kernel.TanhCell
	case "relu":
		return kernel.ReLUCell
	}
	panic(tensor.Errorf(op, "Nonlinearity is %q, not \"tanh\" or \"relu\"", nonlinearity))
}

// Forward returns the outputs of all steps, from states 0: [T N in] becomes
// [T N directions·hidden], and with BatchFirst the first axes are N and T; one
// sequence may come as [T in]. It panics when x has another shape or type, or
// no step.
func (l *RNN) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	y, _, _ := l.sequence("nn.RNN", rnnKind("nn.RNN", l.Nonlinearity), x, nil, nil, false)
	return y
}

// Run is Forward from given states, nil for 0, and returns the last states,
// too: [layers·directions N hidden], or [layers·directions hidden] for one
// sequence, layer after layer and forward before reverse. It panics when a
// shape or type does not fit.
func (l *RNN) Run(x, h *autograd.Variable) (y, last *autograd.Variable) {
	defer enter(l, x).leave(&y)
	y, last, _ = l.sequence("nn.RNN", rnnKind("nn.RNN", l.Nonlinearity), x, h, nil, true)
	return y, last
}

// RunPacked is Run for sequences of different lengths. States are those after
// each sequence's own last step, in the order that PackPadded was given.
func (l *RNN) RunPacked(x *PackedSequence, h *autograd.Variable) (y *PackedSequence, last *autograd.Variable) {
	defer enter(l, nil).leavePacked(&y)
	y, last, _ = l.packed("nn.RNN", rnnKind("nn.RNN", l.Nonlinearity), x, h, nil)
	return y, last
}

// RNNCell is one step of an RNN of one layer.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.RNNCell.html
type RNNCell struct {
	RecurrentWeights
	Nonlinearity string `json:"nonlinearity"` // "tanh" by default, or "relu"
}

// NewRNNCell returns a float32 RNNCell with parameters drawn evenly from
// ±1/√hidden; without bias set both to nil. It panics when a length is less
// than 1 or rng is nil.
func NewRNNCell(in, hidden int, rng *rand.Rand) *RNNCell {
	checkRecurrent("nn.NewRNNCell", in, hidden, rng)
	return &RNNCell{*newRecurrentWeights(kernel.TanhCell, in, hidden, true, "", rng), "tanh"}
}

// Forward returns the hidden state after x, [N in] or [in], from state 0.
func (l *RNNCell) Forward(x *autograd.Variable) *autograd.Variable { return l.Step(x, nil) }

// Step returns the hidden state after x, [N in] or [in], from the state h,
// [N hidden] or [hidden], nil for 0. It panics when a shape or type does not fit.
func (l *RNNCell) Step(x, h *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	after, _ := l.step("nn.RNNCell", rnnKind("nn.RNNCell", l.Nonlinearity), x, h, nil)
	return after
}

// step runs a cell.
func (w *RecurrentWeights) step(op string, kind kernel.CellKind, x, h, c *autograd.Variable) (after, cell *autograd.Variable) {
	w.check(op, kind, x)
	if x.Dims() > 2 {
		panic(tensor.Errorf(op, "input %v is neither [N in] nor [in]", x.Shape()))
	}
	if kind == kernel.LSTMCell && (h == nil) != (c == nil) {
		panic(tensor.Errorf(op, "only one of the states h and c is given"))
	}
	shape := append(x.Shape()[:x.Dims()-1:x.Dims()-1], w.hidden())
	for i, state := range [...]*autograd.Variable{h, c} {
		if state != nil && (!state.Shape().Equal(shape) || state.DType() != x.DType()) {
			panic(tensor.Errorf(op, "state %s %v %v is not %v %v", [...]string{"h", "c"}[i], state.DType(), state.Shape(), x.DType(), shape))
		}
	}
	n, s := 1, &scan{op: op[len("nn."):], kind: kind, last: kind == kernel.LSTMCell, weights: w}
	if x.Dims() == 2 {
		n = x.Shape()[0]
	}
	s.steps = []int{n}
	if h != nil {
		s.h = h.Reshape(n, w.hidden())
	}
	if c != nil {
		s.c = c.Reshape(n, w.hidden())
	}
	after, _, cell = s.run(x.Reshape(n, x.Shape()[x.Dims()-1]))
	if cell != nil {
		cell = cell.Reshape(shape...)
	}
	return after.Reshape(shape...), cell
}

func init() {
	register(func(o *options) *RNN {
		in, hidden, r := o.recurrentOptions()
		l := NewRNN(in, hidden, r, o.rng)
		l.Rand = ownRand(o.rng)
		word(o, "nonlinearity", &l.Nonlinearity, "tanh", "relu")
		return l
	})
	register(func(o *options) *RNNCell {
		in, hidden := o.recurrentLengths()
		l := NewRNNCell(in, hidden, o.rng)
		l.biases(o)
		word(o, "nonlinearity", &l.Nonlinearity, "tanh", "relu")
		return l
	})
}
