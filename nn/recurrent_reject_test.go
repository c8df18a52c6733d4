package nn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func TestRecurrentRejects(t *testing.T) {
	x := func(shape ...int) *autograd.Variable { return autograd.Const(tensor.Zeros(shape...)) }
	lstm, gru := nn.NewLSTM(3, 4, nn.RecurrentOptions{}, source()), nn.NewGRU(3, 4, nn.RecurrentOptions{BatchFirst: true}, source())
	lopsided := nn.NewRNNCell(3, 4, source())
	lopsided.BiasIH = nil
	for want, f := range map[string]func(){
		"nn.NewLSTM: ProjSize is 2, but projections are not supported; put a Linear behind the layer": func() { nn.NewLSTM(3, 4, nn.RecurrentOptions{ProjSize: 2}, source()) },
		"nn.NewLSTM: Dropout is 2, not a probability":                                                 func() { nn.NewLSTM(3, 4, nn.RecurrentOptions{Dropout: 2}, source()) },
		"nn.NewGRU: NumLayers is -1":                                                                  func() { nn.NewGRU(3, 4, nn.RecurrentOptions{NumLayers: -1}, source()) },
		"nn.NewRNN: a length is less than 1: in 3, hidden 0":                                          func() { nn.NewRNN(3, 0, nn.RecurrentOptions{}, source()) },
		"nn.NewGRUCell: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":                func() { nn.NewGRUCell(3, 4, nil) },
		"nn.LSTM: there are 0 weights for 0 layers in 1 directions; make the layer with NewLSTM":      func() { (&nn.LSTM{}).Forward(x(2, 1, 3)) },
		"nn.LSTMCell: there are no weights; make the layer with NewLSTMCell":                          func() { (&nn.LSTMCell{}).Forward(x(1, 3)) },
		"nn.LSTM: input [2 1 5] does not end in the 3 features that weight_ih_l0 [16 3] takes":        func() { lstm.Forward(x(2, 1, 5)) },
		"nn.LSTM: input [3] is neither [T N in] nor [T in]":                                           func() { lstm.Forward(x(3)) },
		"nn.GRU: input [1 1 1 3] is neither [N T in] nor [T in]":                                      func() { gru.Forward(x(1, 1, 1, 3)) },
		"nn.GRU: input [0 1 3] has no steps":                                                          func() { gru.Forward(x(1, 0, 3)) },
		"nn.LSTM: only one of the states h and c is given":                                            func() { lstm.Run(x(2, 1, 3), x(1, 1, 4), nil) },
		"nn.LSTM: state c float32 [1 2 4] is not float32 [1 1 4]: [layers·directions N hidden]":       func() { lstm.Run(x(2, 1, 3), x(1, 1, 4), x(1, 2, 4)) },
		"nn.LSTM: state h [1 1 4] is not [layers hidden], as is due to input [T in]":                  func() { lstm.Run(x(2, 3), x(1, 1, 4), x(1, 4)) },
		"nn.LSTM: input float64 [2 1 3], but bias float32; convert one, with To or nn.To":             func() { lstm.Forward(autograd.Const(tensor.Float64.Zeros(2, 1, 3))) },
		"nn.LSTM: input int64 [2 1 3] is not of floats":                                               func() { lstm.Forward(autograd.Const(tensor.Int64.Zeros(2, 1, 3))) },
		"nn.RNN: Nonlinearity is \"\", not \"tanh\" or \"relu\"":                                      func() { (&nn.RNN{}).Forward(x(1, 1, 1)) },
		"nn.RNNCell: only one of bias_ih and bias_hh is there":                                        func() { lopsided.Forward(x(1, 3)) },
		"nn.GRUCell: input [1 1 3] is neither [N in] nor [in]":                                        func() { nn.NewGRUCell(3, 4, source()).Forward(x(1, 1, 3)) },
		"nn.GRUCell: state h float32 [2 4] is not float32 [1 4]":                                      func() { nn.NewGRUCell(3, 4, source()).Step(x(1, 3), x(2, 4)) },
		"nn.PackPadded: input [2 3] is not [T N features] with N = 1, one for each length":            func() { nn.PackPadded(x(2, 3), []int{1}) },
		"nn.PackPadded: length[1] = 3 is not from 1 to the 2 steps of input [2 2 3]":                  func() { nn.PackPadded(x(2, 2, 3), []int{1, 3}) },
		"nn.LSTM: batch sizes [1 2] are not falling counts":                                           func() { lstm.RunPacked(&nn.PackedSequence{Data: x(3, 3), BatchSizes: []int{1, 2}}, nil, nil) },
		"nn.LSTM: the packed data is not [3 features], as batch sizes [2 1] demand":                   func() { lstm.RunPacked(&nn.PackedSequence{Data: x(4, 3), BatchSizes: []int{2, 1}}, nil, nil) },
		"nn.PackedSequence: order [1 1] is not one of 2 sequences":                                    func() { (&nn.PackedSequence{x(3, 3), []int{2, 1}, []int{1, 1}}).Padded() },
		"nn.GRU: state [1 3 4] is not [layers·directions 2 hidden]":                                   func() { gru.RunPacked(nn.PackPadded(x(2, 2, 3), []int{1, 2}), x(1, 3, 4)) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func ExampleLSTM() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewLSTM(8, 16, nn.RecurrentOptions{NumLayers: 2, Dropout: 0.1}, rng)
	x := autograd.Const(tensor.Randn(rng, 5, 3, 8)) // 5 steps of 3 sequences
	y := l.Forward(x)
	fmt.Println(y.Shape())
	y, h, c := l.Run(x, nil, nil)
	fmt.Println(y.Shape(), h.Shape(), c.Shape())
	fmt.Println(nn.Parameters(l)[4].Name)
	// Output:
	// [5 3 16]
	// [5 3 16] [2 3 16] [2 3 16]
	// weight_ih_l1
}

// A sequence can be run in parts.
func ExampleGRU() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewGRU(2, 3, nn.RecurrentOptions{}, rng)
	x := autograd.Untracked(tensor.Randn(rng, 4, 2)) // one sequence
	whole, _ := l.Run(x, nil)
	_, h := l.Run(x.Slice(0, 0, 2), nil)
	rest, _ := l.Run(x.Slice(0, 2, 4), h)
	fmt.Println(tensor.Equal(whole.Slice(0, 2, 4).Value(), rest.Value()))
	// Output: true
}

// Sequences of different lengths are packed, and states are those after each one's end.
func ExampleRNN_RunPacked() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewRNN(2, 3, nn.RecurrentOptions{Bidirectional: true}, rng)
	x := autograd.Const(tensor.Randn(rng, 4, 2, 2))
	packed, h := l.RunPacked(nn.PackPadded(x, []int{2, 4}), nil)
	y, lengths := packed.Padded()
	fmt.Println(y.Shape(), lengths, h.Shape())
	fmt.Println(y.Slice(0, 2, 4).Slice(1, 0, 1).Abs().Sum())
	// Output:
	// [4 2 6] [2 4] [2 2 3]
	// 0.
}

func ExamplePackPadded() {
	x := autograd.Const(tensor.Reshape(tensor.Arange(0, 6, 1), 3, 2, 1)) // 0 2 4 and 1 3 5
	p := nn.PackPadded(x, []int{1, 3})
	fmt.Println(p.BatchSizes, p.Data.Reshape(-1))
	// Output: [2 1 1] [1. 0. 3. 5.]
}

func ExampleLSTMCell() {
	l := nn.NewLSTMCell(2, 3, rand.New(rand.NewPCG(1, 2)))
	var h, c *autograd.Variable
	for range 4 {
		h, c = l.Step(autograd.Const(tensor.Ones(2)), h, c)
	}
	fmt.Println(h.Shape(), c.Shape())
	// Output: [3] [3]
}

func ExampleGRUCell() {
	l := nn.NewGRUCell(2, 3, rand.New(rand.NewPCG(1, 2)))
	x := autograd.Const(tensor.Ones(5, 2))
	h := l.Forward(x)
	fmt.Println(l.Step(x, h).Shape())
	// Output: [5 3]
}

func ExampleRNNCell() {
	l := nn.NewRNNCell(2, 3, rand.New(rand.NewPCG(1, 2)))
	l.BiasIH, l.BiasHH = nil, nil
	fmt.Println(l.Step(autograd.Const(tensor.Zeros(2)), nil))
	// Output: [0. 0. 0.]
}
