package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// RecurrentOptions are the arguments of NewRNN, NewLSTM and NewGRU. The zero
// value has PyTorch's defaults.
type RecurrentOptions struct {
	NumLayers     int     `json:"num_layers"` // one above the other; 0 is 1
	NoBias        bool    `json:"-"`          // bias=False in PyTorch
	BatchFirst    bool    `json:"batch_first"`
	Dropout       float64 `json:"dropout"` // of what one layer gives to the next, in training
	Bidirectional bool    `json:"bidirectional"`
	ProjSize      int     `json:"proj_size"` // must be 0: projections are not there
}

// RecurrentWeights are the parameters of one layer in one direction, or of a
// cell; gates is 1, 4 (LSTM: i, f, g, o) or 3 (GRU: r, z, n).
type RecurrentWeights struct {
	WeightIH *autograd.Variable // [gates·hidden in]
	WeightHH *autograd.Variable // [gates·hidden hidden]
	BiasIH   *autograd.Variable // [gates·hidden]; nil for none
	BiasHH   *autograd.Variable // [gates·hidden]; nil for none
	Suffix   string             // what their names end in, as "_l0_reverse"
}

// Recurrence is what RNN, LSTM and GRU have in common.
type Recurrence struct {
	Mode
	RecurrentOptions
	Rand    *rand.Rand          // two numbers are drawn per dropout
	Weights []*RecurrentWeights // layer after layer, in each forward before reverse

	mu sync.Mutex // guards Rand
}

// init makes the weights, which names begin with op.
func (l *Recurrence) init(op string, kind kernel.CellKind, in, hidden int, o RecurrentOptions, rng *rand.Rand) {
	if o.NumLayers == 0 {
		o.NumLayers = 1
	}
	checkRecurrent(op, in, hidden, rng)
	switch {
	case o.NumLayers < 0:
		panic(tensor.Errorf(op, "NumLayers is %d", o.NumLayers))
	case !(o.Dropout >= 0 && o.Dropout <= 1):
		panic(tensor.Errorf(op, "Dropout is %v, not a probability", o.Dropout))
	case o.ProjSize != 0:
		panic(tensor.Errorf(op, "ProjSize is %d, but projections are not supported; put a Linear behind the layer", o.ProjSize))
	}
	l.RecurrentOptions, l.Rand = o, rng
	for layer := range o.NumLayers {
		if layer > 0 {
			in = l.directions() * hidden
		}
		for d := range l.directions() {
			suffix := fmt.Sprintf("_l%d%s", layer, [...]string{"", "_reverse"}[d])
			l.Weights = append(l.Weights, newRecurrentWeights(kind, in, hidden, !o.NoBias, suffix, rng))
		}
	}
}

func checkRecurrent(op string, in, hidden int, rng *rand.Rand) {
	if in < 1 || hidden < 1 {
		panic(tensor.Errorf(op, "a length is less than 1: in %d, hidden %d", in, hidden))
	}
	if rng == nil {
		panic(tensor.Errorf(op, "rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
}

// newRecurrentWeights draws all evenly from ±1/√hidden.
func newRecurrentWeights(kind kernel.CellKind, in, hidden int, bias bool, suffix string, rng *rand.Rand) *RecurrentWeights {
	bound, rows := 1/math.Sqrt(float64(hidden)), kind.Gates()*hidden
	draw := func(shape ...int) *autograd.Variable {
		t := tensor.Zeros(shape...)
		Uniform(t, -bound, bound, rng)
		return autograd.New(t)
	}
	w := &RecurrentWeights{WeightIH: draw(rows, in), WeightHH: draw(rows, hidden), Suffix: suffix}
	if bias {
		w.BiasIH, w.BiasHH = draw(rows), draw(rows)
	}
	return w
}

// directions is 2 of what is bidirectional, else 1.
func (l *Recurrence) directions() int {
	if l.Bidirectional {
		return 2
	}
	return 1
}

// check panics unless the weights are there and fit each other and x.
func (w *RecurrentWeights) check(op string, kind kernel.CellKind, x *autograd.Variable) {
	if w == nil || w.WeightIH == nil || w.WeightHH == nil {
		panic(tensor.Errorf(op, "there are no weights; make the layer with New%s", op[len("nn."):]))
	}
	hh, gates := w.WeightHH.Shape(), kind.Gates()
	if len(hh) != 2 || hh[0] != gates*hh[1] {
		panic(tensor.Errorf(op, "weight_hh%s %v is not [%d·hidden hidden]", w.Suffix, hh, gates))
	}
	if ih := w.WeightIH.Shape(); len(ih) != 2 || ih[0] != hh[0] {
		panic(tensor.Errorf(op, "weight_ih%s %v is not [%d in]", w.Suffix, ih, hh[0]))
	}
	if (w.BiasIH == nil) != (w.BiasHH == nil) {
		panic(tensor.Errorf(op, "only one of bias_ih%s and bias_hh%[1]s is there", w.Suffix))
	}
	if x.Dims() == 0 || x.Shape()[x.Dims()-1] != w.WeightIH.Shape()[1] {
		panic(tensor.Errorf(op, "input %v does not end in the %d features that weight_ih%s %v takes",
			x.Shape(), w.WeightIH.Shape()[1], w.Suffix, w.WeightIH.Shape()))
	}
	checkAffine(op, x, nil, w.BiasIH, hh[0])
	checkAffine(op, x, nil, w.BiasHH, hh[0])
	for _, p := range [...]*autograd.Variable{w.WeightIH, w.WeightHH} {
		if p.DType() != x.DType() {
			panic(tensor.Errorf(op, "input %v %v, but weight %v %v; convert one, with To or nn.To",
				x.DType(), x.Shape(), p.DType(), p.Shape()))
		}
	}
}

// hidden is the length of the hidden state.
func (w *RecurrentWeights) hidden() int { return w.WeightHH.Shape()[1] }

// recurrentOptions reads the arguments of RNN, LSTM and GRU.
func (o *options) recurrentOptions() (in, hidden int, r RecurrentOptions) {
	in, hidden = o.recurrentLengths()
	r.NumLayers = 1
	o.take("num_layers", &r.NumLayers)
	o.least("num_layers", 1, &r.NumLayers)
	r.NoBias = !o.flag("bias", true)
	o.take("batch_first", &r.BatchFirst)
	o.probability("dropout", &r.Dropout)
	o.take("bidirectional", &r.Bidirectional)
	return in, hidden, r
}

// recurrentLengths reads the lengths of an input and of a hidden state.
func (o *options) recurrentLengths() (in, hidden int) {
	o.length("input_size", 1, &in)
	o.length("hidden_size", 1, &hidden)
	return in, hidden
}

// biases reads whether a cell has biases.
func (w *RecurrentWeights) biases(o *options) {
	if !o.flag("bias", true) {
		w.BiasIH, w.BiasHH = nil, nil
	}
}
