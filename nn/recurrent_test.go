package nn_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// recurring is a recurrent layer or cell as internal/torchref/nn_recurrent.py
// has it: from states that are parameters, and with all that comes out joined.
type recurring struct {
	nn.Module
	H0, C0 *autograd.Variable
	given  struct {
		nn.RecurrentOptions
		Bias         bool
		Lengths      []int
		Nonlinearity string
	}
}

// UnmarshalJSON keeps the settings; fit makes the module.
func (m *recurring) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &m.given) }

func (m *recurring) fit(c golden) {
	o := m.given.RecurrentOptions
	o.NoBias = !m.given.Bias
	cell := func(w *nn.RecurrentWeights) {
		if o.NoBias {
			w.BiasIH, w.BiasHH = nil, nil
		}
	}
	switch c.Layer {
	case "RNN":
		l := nn.NewRNN(3, 3, o, source())
		l.Nonlinearity = m.given.Nonlinearity
		m.Module = l
	case "LSTM":
		m.Module = nn.NewLSTM(3, 3, o, source())
	case "GRU":
		m.Module = nn.NewGRU(3, 3, o, source())
	case "RNNCell":
		l := nn.NewRNNCell(3, 4, source())
		l.Nonlinearity = m.given.Nonlinearity
		cell(&l.RecurrentWeights)
		m.Module = l
	case "LSTMCell":
		l := nn.NewLSTMCell(3, 4, source())
		cell(&l.RecurrentWeights)
		m.Module = l
	case "GRUCell":
		l := nn.NewGRUCell(3, 4, source())
		cell(&l.RecurrentWeights)
		m.Module = l
	}
	for _, p := range c.State {
		switch p.Name {
		case "h0":
			m.H0 = autograd.New(tensor.Zeros(p.Shape...))
		case "c0":
			m.C0 = autograd.New(tensor.Zeros(p.Shape...))
		}
	}
}

func (m *recurring) Forward(x *autograd.Variable) *autograd.Variable {
	var packed *nn.PackedSequence
	if m.given.Lengths != nil {
		packed = nn.PackPadded(x, m.given.Lengths)
	}
	var out [3]*autograd.Variable
	switch l := m.Module.(type) {
	case *nn.RNN:
		if packed != nil {
			packed, out[1] = l.RunPacked(packed, m.H0)
		} else {
			out[0], out[1] = l.Run(x, m.H0)
		}
	case *nn.GRU:
		if packed != nil {
			packed, out[1] = l.RunPacked(packed, m.H0)
		} else {
			out[0], out[1] = l.Run(x, m.H0)
		}
	case *nn.LSTM:
		if packed != nil {
			packed, out[1], out[2] = l.RunPacked(packed, m.H0, m.C0)
		} else {
			out[0], out[1], out[2] = l.Run(x, m.H0, m.C0)
		}
	case *nn.RNNCell:
		out[0] = l.Step(x, m.H0)
	case *nn.GRUCell:
		out[0] = l.Step(x, m.H0)
	case *nn.LSTMCell:
		out[0], out[1] = l.Step(x, m.H0, m.C0)
	}
	if packed != nil {
		out[0], _ = packed.Padded()
	}
	var parts []*autograd.Variable
	for _, y := range out {
		if y != nil {
			parts = append(parts, y.Reshape(-1))
		}
	}
	return autograd.Concat(0, parts...)
}

func init() {
	for _, name := range []string{"RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"} {
		makers[name] = func() nn.Module { return new(recurring) }
		fits[name] = func(m nn.Module, c golden) { m.(*recurring).fit(c) }
		gates := map[byte]int{'R': 1, 'L': 4, 'G': 3}[name[0]]
		weights := [][]int{{gates * 2, 3}, {gates * 2, 2}, {gates * 2}, {gates * 2}}
		if strings.HasSuffix(name, "Cell") {
			derivatives[name] = derivative{stepping(name), append([][]int{{2, 3}, {2, 2}, {2, 2}}, weights...)}
			continue
		}
		derivatives[name] = derivative{running(name), append([][]int{{3, 3, 3}, {2, 3, 2}, {2, 3, 2}}, append(weights, weights...)...)}
	}
}

// stepping is a cell as a function of input, states and parameters.
func stepping(name string) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable {
		w := nn.RecurrentWeights{WeightIH: x[3], WeightHH: x[4], BiasIH: x[5], BiasHH: x[6]}
		switch name {
		case "RNNCell":
			return (&nn.RNNCell{RecurrentWeights: w, Nonlinearity: "tanh"}).Step(x[0], x[1]).Add(x[2].MulScalar(0))
		case "GRUCell":
			return (&nn.GRUCell{RecurrentWeights: w}).Step(x[0], x[1]).Add(x[2].MulScalar(0))
		}
		h, c := (&nn.LSTMCell{RecurrentWeights: w}).Step(x[0], x[1], x[2])
		return h.Add(c)
	}
}

// running is a layer, there and back over sequences of different lengths, as a
// function of input, states and parameters.
func running(name string) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable {
		o := nn.RecurrentOptions{NumLayers: 1, Bidirectional: true}
		w := nn.Recurrence{RecurrentOptions: o, Weights: []*nn.RecurrentWeights{
			{WeightIH: x[3], WeightHH: x[4], BiasIH: x[5], BiasHH: x[6]},
			{WeightIH: x[7], WeightHH: x[8], BiasIH: x[9], BiasHH: x[10]},
		}}
		p := nn.PackPadded(x[0], []int{2, 3, 1})
		c := x[2]
		var h *autograd.Variable
		switch name {
		case "RNN":
			l := &nn.RNN{Nonlinearity: "tanh"}
			l.RecurrentOptions, l.Weights = w.RecurrentOptions, w.Weights
			p, h = l.RunPacked(p, x[1])
		case "GRU":
			l := &nn.GRU{}
			l.RecurrentOptions, l.Weights = w.RecurrentOptions, w.Weights
			p, h = l.RunPacked(p, x[1])
		default:
			l := &nn.LSTM{}
			l.RecurrentOptions, l.Weights = w.RecurrentOptions, w.Weights
			p, h, c = l.RunPacked(p, x[1], x[2])
		}
		return p.Data.Sum().Add(h.Mul(h.AddScalar(1)).Sum()).Add(c.Square().Sum())
	}
}

// Forward is Run from no states, in PyTorch's every form.
func TestRecurrentForwardIsRun(t *testing.T) {
	o := nn.RecurrentOptions{NumLayers: 2, Bidirectional: true, BatchFirst: true}
	for _, m := range []nn.Module{nn.NewRNN(3, 4, o, source()), nn.NewLSTM(3, 4, o, source()), nn.NewGRU(3, 4, o, source())} {
		for _, shape := range [][]int{{2, 5, 3}, {5, 3}, {0, 5, 3}} {
			x := autograd.Const(tensor.Randn(source(), shape...))
			var want *autograd.Variable
			switch l := m.(type) {
			case *nn.RNN:
				want, _ = l.Run(x, nil)
			case *nn.LSTM:
				want, _, _ = l.Run(x, nil, nil)
			case *nn.GRU:
				want, _ = l.Run(x, nil)
			}
			y := m.Forward(x)
			assert.Equal(t, tensor.Shape(append(shape[:len(shape)-1:len(shape)-1], 8)), y.Shape())
			assert.True(t, tensor.Equal(want.Value(), y.Value()))
		}
	}
}

// The kernels' gradients are the definition's, at lengths that fill vectors and
// not, and walking back twice gives the same.
func TestRecurrentKernelsEqualDefinition(t *testing.T) {
	o := nn.RecurrentOptions{Bidirectional: true}
	for _, hidden := range []int{1, 7, 16, 67} {
		for _, m := range []nn.Module{nn.NewRNN(5, hidden, o, source()), nn.NewLSTM(5, hidden, o, source()), nn.NewGRU(5, hidden, o, source())} {
			nn.To(m, tensor.Float64)
			x := autograd.New(tensor.Float64.Randn(source(), 6, 3, 5))
			inputs := []*autograd.Variable{x}
			for _, p := range nn.Parameters(m) {
				inputs = append(inputs, p.Variable)
			}
			y := []*autograd.Variable{m.Forward(x).Square().Sum()}
			fast := autograd.Walk{RetainGraph: true}.Grad(y, inputs)
			again := autograd.Walk{RetainGraph: true}.Grad(y, inputs)
			for i, g := range (autograd.Walk{CreateGraph: true}).Grad(y, inputs) {
				assert.True(t, tensor.AllClose(fast[i].Value(), g.Value(), 1e-10, 1e-12), "%T %d: gradient %d", m, hidden, i)
				assert.True(t, tensor.Equal(fast[i].Value(), again[i].Value()))
			}
		}
	}
}

// Between layers some is dropped, in training only, and seeds repeat it.
func TestRecurrentDropout(t *testing.T) {
	make := func() *nn.GRU {
		return nn.NewGRU(3, 4, nn.RecurrentOptions{NumLayers: 2, Dropout: 0.5}, source())
	}
	a, b, x := make(), make(), autograd.Const(tensor.Randn(source(), 5, 2, 3))
	y := a.Forward(x).Value()
	assert.True(t, tensor.Equal(y, b.Forward(x).Value()))
	assert.False(t, tensor.Equal(y, a.Forward(x).Value()), "drawn anew")
	nn.Eval(a)
	b.Dropout = 0
	assert.True(t, tensor.Equal(a.Forward(x).Value(), b.Forward(x).Value()))
}

func TestPackedSequence(t *testing.T) {
	x := tensor.Float64.Arange(0, 12, 1)
	p := nn.PackPadded(autograd.Const(tensor.Reshape(x, 3, 4, 1)), []int{1, 3, 2, 3})
	assert.Equal(t, []int{4, 3, 2}, p.BatchSizes)
	assert.Equal(t, []int{1, 3, 2, 0}, p.Order)
	assert.Equal(t, []float64{1, 3, 2, 0, 5, 7, 6, 9, 11}, p.Data.Value().Float64s())
	padded, lengths := p.Padded()
	assert.Equal(t, []int{1, 3, 2, 3}, lengths)
	assert.Equal(t, []float64{0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 0, 11}, padded.Value().Float64s())
	ordered := &nn.PackedSequence{Data: p.Data, BatchSizes: p.BatchSizes}
	_, lengths = ordered.Padded()
	assert.Equal(t, []int{3, 3, 2, 1}, lengths)
}
