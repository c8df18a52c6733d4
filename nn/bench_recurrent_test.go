package nn_test

import (
	"testing"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// Forward and backward of two layers over 50 steps of 32 sequences.
func BenchmarkRecurrent(b *testing.B) {
	o := nn.RecurrentOptions{NumLayers: 2}
	for name, m := range map[string]nn.Module{
		"RNN":  nn.NewRNN(128, 128, o, source()),
		"LSTM": nn.NewLSTM(128, 128, o, source()),
		"GRU":  nn.NewGRU(128, 128, o, source()),
	} {
		x, seed := autograd.Const(tensor.Randn(source(), 50, 32, 128)), autograd.Const(tensor.Randn(source(), 50, 32, 128))
		params := nn.Parameters(m)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				autograd.Walk{Seeds: []*autograd.Variable{seed}}.Backward(m.Forward(x))
				for _, p := range params {
					p.ZeroGrad()
				}
			}
		})
	}
}
