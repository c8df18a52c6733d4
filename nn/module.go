package nn

import (
	"sync/atomic"

	"github.com/declive/declive/autograd"
)

// Module is a piece of a network: a function with parameters. Any type with
// this method is one. Its parameters are what its exported fields hold; see
// Parameters.
type Module interface {
	Forward(x *autograd.Variable) *autograd.Variable
}

// Func makes a Module of a function. Parameters that the function captures
// cannot be found, so it is for functions without any.
type Func func(x *autograd.Variable) *autograd.Variable

// Forward returns f(x).
func (f Func) Forward(x *autograd.Variable) *autograd.Variable { return f(x) }

// Switchable is a module that behaves differently in training and in
// evaluation, as Dropout does. Train and Eval find every one in a model. Embed
// a Mode to be one.
type Switchable interface {
	Training() bool
	SetTraining(on bool)
}

// Mode remembers whether a module is in training, which it is until told
// otherwise. A module that needs to know embeds it and asks Training in its
// Forward.
type Mode struct{ evaluating atomic.Bool }

var _ Switchable = (*Mode)(nil)

// Training reports whether the module is in training.
func (m *Mode) Training() bool { return !m.evaluating.Load() }

// SetTraining switches to training or to evaluation. Train and Eval call it.
func (m *Mode) SetTraining(on bool) { m.evaluating.Store(!on) }

// Train switches every module within m to training, the mode that modules are
// born in.
//
// Switching is safe at any time, but what a Forward that is under way in
// another goroutine does is then either mode's. Train panics like Parameters.
func Train(m any) { setTraining("nn.Train", m, true) }

// Eval switches every module within m to evaluation: Dropout lets everything
// pass, and so on. It does not stop recording; an autograd.Untracked input
// does. Eval panics like Parameters.
func Eval(m any) { setTraining("nn.Eval", m, false) }

func setTraining(op string, m any, on bool) {
	for _, s := range switchables(op, m) {
		s.SetTraining(on)
	}
}

func switchables(op string, m any) []Switchable {
	var found []Switchable
	walk(op, m, visitor{value: func(_ string, v any) {
		if s, ok := v.(Switchable); ok {
			found = append(found, s)
		}
	}})
	return found
}
