package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
)

// LSTM is a recurrent network with long short-term memory. Each step makes of
// its input x and the states h and c before it, 0 at first,
//
//	i, f, g, o = the four parts of x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh
//	c' = σ(f)·c + σ(i)·tanh(g)
//	h' = σ(o)·tanh(c')
//
// h' is its output, and the input of the next layer.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.LSTM.html,
// https://doi.org/10.1162/neco.1997.9.8.1735
type LSTM struct{ Recurrence }

// NewLSTM returns a float32 LSTM with parameters drawn evenly from ±1/√hidden.
// It panics when a length is less than 1, rng is nil or options are wrong.
func NewLSTM(in, hidden int, o RecurrentOptions, rng *rand.Rand) *LSTM {
	l := &LSTM{}
	l.init("nn.NewLSTM", kernel.LSTMCell, in, hidden, o, rng)
	return l
}

// Forward returns the outputs of all steps, from states 0: [T N in] becomes
// [T N directions·hidden], and with BatchFirst the first axes are N and T; one
// sequence may come as [T in]. It panics when x has another shape or type, or
// no step.
func (l *LSTM) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	y, _, _ := l.sequence("nn.LSTM", kernel.LSTMCell, x, nil, nil, false)
	return y
}

// Run is Forward from given states, both nil for 0, and returns the last
// states, too: [layers·directions N hidden], or [layers·directions hidden] for
// one sequence, layer after layer and forward before reverse. It panics when a
// shape or type does not fit.
func (l *LSTM) Run(x, h, c *autograd.Variable) (y, lastH, lastC *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return l.sequence("nn.LSTM", kernel.LSTMCell, x, h, c, true)
}

// RunPacked is Run for sequences of different lengths. States are those after
// each sequence's own last step, in the order that PackPadded was given.
func (l *LSTM) RunPacked(x *PackedSequence, h, c *autograd.Variable) (y *PackedSequence, lastH, lastC *autograd.Variable) {
	defer enter(l, nil).leavePacked(&y)
	return l.packed("nn.LSTM", kernel.LSTMCell, x, h, c)
}

// LSTMCell is one step of an LSTM of one layer.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.LSTMCell.html
type LSTMCell struct{ RecurrentWeights }

// NewLSTMCell returns a float32 LSTMCell with parameters drawn evenly from
// ±1/√hidden; without bias set both to nil. It panics when a length is less
// than 1 or rng is nil.
func NewLSTMCell(in, hidden int, rng *rand.Rand) *LSTMCell {
	checkRecurrent("nn.NewLSTMCell", in, hidden, rng)
	return &LSTMCell{*newRecurrentWeights(kernel.LSTMCell, in, hidden, true, "", rng)}
}

// Forward returns the hidden state after x, [N in] or [in], from states 0.
func (l *LSTMCell) Forward(x *autograd.Variable) *autograd.Variable {
	h, _ := l.Step(x, nil, nil)
	return h
}

// Step returns the states after x, [N in] or [in], from the states h and c,
// [N hidden] or [hidden], both nil for 0. It panics when a shape or type does
// not fit.
func (l *LSTMCell) Step(x, h, c *autograd.Variable) (afterH, afterC *autograd.Variable) {
	defer enter(l, x).leave(&afterH)
	return l.step("nn.LSTMCell", kernel.LSTMCell, x, h, c)
}

func init() {
	register(func(o *options) *LSTM {
		in, hidden, r := o.recurrentOptions()
		o.only("proj_size", "0")
		l := NewLSTM(in, hidden, r, o.rng)
		l.Rand = ownRand(o.rng)
		return l
	})
	register(func(o *options) *LSTMCell {
		in, hidden := o.recurrentLengths()
		l := NewLSTMCell(in, hidden, o.rng)
		l.biases(o)
		return l
	})
}
