package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
)

// GRU is a recurrent network of gated units. Each step makes of its input x and
// the hidden state h before it, 0 at first, with the three parts a of
// x·W_ihᵀ + b_ih and b of h·W_hhᵀ + b_hh,
//
//	r = σ(a₁ + b₁), z = σ(a₂ + b₂), n = tanh(a₃ + r·b₃)
//	h' = (1 − z)·n + z·h
//
// which is its output, and the input of the next layer.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GRU.html,
// https://arxiv.org/abs/1406.1078
type GRU struct{ Recurrence }

// NewGRU returns a float32 GRU with parameters drawn evenly from ±1/√hidden. It
// panics when a length is less than 1, rng is nil or options are wrong.
func NewGRU(in, hidden int, o RecurrentOptions, rng *rand.Rand) *GRU {
	l := &GRU{}
	l.init("nn.NewGRU", kernel.GRUCell, in, hidden, o, rng)
	return l
}

// Forward returns the outputs of all steps, from states 0: [T N in] becomes
// [T N directions·hidden], and with BatchFirst the first axes are N and T; one
// sequence may come as [T in]. It panics when x has another shape or type, or
// no step.
func (l *GRU) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	y, _, _ := l.sequence("nn.GRU", kernel.GRUCell, x, nil, nil, false)
	return y
}

// Run is Forward from given states, nil for 0, and returns the last states,
// too: [layers·directions N hidden], or [layers·directions hidden] for one
// sequence, layer after layer and forward before reverse. It panics when a
// shape or type does not fit.
func (l *GRU) Run(x, h *autograd.Variable) (y, last *autograd.Variable) {
	defer enter(l, x).leave(&y)
	y, last, _ = l.sequence("nn.GRU", kernel.GRUCell, x, h, nil, true)
	return y, last
}

// RunPacked is Run for sequences of different lengths. States are those after
// each sequence's own last step, in the order that PackPadded was given.
func (l *GRU) RunPacked(x *PackedSequence, h *autograd.Variable) (y *PackedSequence, last *autograd.Variable) {
	defer enter(l, nil).leavePacked(&y)
	y, last, _ = l.packed("nn.GRU", kernel.GRUCell, x, h, nil)
	return y, last
}

// GRUCell is one step of a GRU of one layer.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GRUCell.html
type GRUCell struct{ RecurrentWeights }

// NewGRUCell returns a float32 GRUCell with parameters drawn evenly from
// ±1/√hidden; without bias set both to nil. It panics when a length is less
// than 1 or rng is nil.
func NewGRUCell(in, hidden int, rng *rand.Rand) *GRUCell {
	checkRecurrent("nn.NewGRUCell", in, hidden, rng)
	return &GRUCell{*newRecurrentWeights(kernel.GRUCell, in, hidden, true, "", rng)}
}

// Forward returns the hidden state after x, [N in] or [in], from state 0.
func (l *GRUCell) Forward(x *autograd.Variable) *autograd.Variable { return l.Step(x, nil) }

// Step returns the hidden state after x, [N in] or [in], from the state h,
// [N hidden] or [hidden], nil for 0. It panics when a shape or type does not fit.
func (l *GRUCell) Step(x, h *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	after, _ := l.step("nn.GRUCell", kernel.GRUCell, x, h, nil)
	return after
}

func init() {
	register(func(o *options) *GRU {
		in, hidden, r := o.recurrentOptions()
		l := NewGRU(in, hidden, r, o.rng)
		l.Rand = ownRand(o.rng)
		return l
	})
	register(func(o *options) *GRUCell {
		in, hidden := o.recurrentLengths()
		l := NewGRUCell(in, hidden, o.rng)
		l.biases(o)
		return l
	})
}
