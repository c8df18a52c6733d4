package nn_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	reference "github.com/declive/declive/internal/golden"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/safetensors"
)

// save is where models of ours are left for internal/torchref/models.py --check.
var save = flag.String("save", "", "write models, with what they make of an input, into this `folder`")

type cnn struct {
	Conv1 *nn.Conv2d
	BN1   *nn.BatchNorm2d
	Conv2 *nn.Conv2d
	BN2   *nn.BatchNorm2d
	FC    *nn.Linear
}

func newCNN(rng *rand.Rand) *cnn {
	m := &cnn{
		Conv1: nn.NewConv2d(1, 4, nn.Square(3), rng), BN1: nn.NewBatchNorm2d(4),
		Conv2: nn.NewConv2d(4, 6, nn.Square(3), rng), BN2: nn.NewBatchNorm2d(6),
		FC: nn.NewLinear(24, 5, rng),
	}
	m.Conv1.Padding, m.Conv1.Bias, m.Conv2.Stride = nn.Square(1), nil, nn.Square(2)
	return m
}

func (m *cnn) Forward(x *autograd.Variable) *autograd.Variable {
	x = nn.NewMaxPool2d(nn.Square(2)).Forward(m.BN1.Forward(m.Conv1.Forward(x)).ReLU())
	x = m.BN2.Forward(m.Conv2.Forward(x)).ReLU()
	return m.FC.Forward(nn.NewFlatten().Forward(x))
}

type classifier struct {
	Embedding *nn.Embedding
	LSTM      *nn.LSTM
	Linear    *nn.Linear
}

func newClassifier(rng *rand.Rand) *classifier {
	o := nn.RecurrentOptions{NumLayers: 2, Bidirectional: true, BatchFirst: true}
	return &classifier{nn.NewPaddedEmbedding(20, 6, 0, rng), nn.NewLSTM(6, 5, o, rng), nn.NewLinear(10, 3, rng)}
}

func (m *classifier) Forward(x *autograd.Variable) *autograd.Variable {
	y := m.LSTM.Forward(m.Embedding.Forward(x))
	last := y.Shape()[1] - 1
	return m.Linear.Forward(y.Slice(1, last, last+1).Squeeze(1))
}

type textEncoder struct {
	Positions *tensor.Tensor // PyTorch names what a module holds itself before its children's
	Embedding *nn.Embedding
	Encoder   *nn.TransformerEncoder
	Linear    *nn.Linear
}

func newTextEncoder(rng *rand.Rand) *textEncoder {
	m := &textEncoder{nn.SinusoidalPositions(tensor.Float32, 7, 8), nn.NewEmbedding(20, 8, rng), nn.NewTransformerEncoder(), nn.NewLinear(8, 3, rng)}
	for range 2 {
		layer := nn.NewTransformerEncoderLayer(8, 2, 12, rng)
		layer.SelfAttn.BatchFirst = true
		m.Encoder.Layers = append(m.Encoder.Layers, layer)
	}
	return m
}

func (m *textEncoder) Forward(x *autograd.Variable) *autograd.Variable {
	x = m.Embedding.Forward(x).Add(autograd.Const(m.Positions))
	return m.Linear.Forward(m.Encoder.Forward(x).Mean(1))
}

// wholeModels are those of internal/torchref/models.py.
var wholeModels = map[string]func(rng *rand.Rand) nn.Module{
	"mlp": func(rng *rand.Rand) nn.Module {
		return nn.Sequential{nn.NewLinear(6, 16, rng), nn.NewReLU(), nn.NewLinear(16, 8, rng), nn.NewTanh(), nn.NewLinear(8, 3, rng)}
	},
	"cnn":     func(rng *rand.Rand) nn.Module { return newCNN(rng) },
	"lstm":    func(rng *rand.Rand) nn.Module { return newClassifier(rng) },
	"encoder": func(rng *rand.Rand) nn.Module { return newTextEncoder(rng) },
}

// titles are their names in docs/layers.md.
var titles = map[string]string{
	"mlp":     "MLP in a file of PyTorch's",
	"cnn":     "CNN in a file of PyTorch's: convolutions, batch norm, max pooling, linear",
	"lstm":    "LSTM in a file of PyTorch's: embedding, two bidirectional layers, linear",
	"encoder": "Transformer encoder in a file of PyTorch's: embedding, positions, two layers, mean, linear",
}

// closeness is what is asked of the outputs of whole models.
var closeness = map[tensor.DType]reference.Tolerance{
	tensor.Float64: {Rel: 1e-9, Abs: 1e-14}, tensor.Float32: {Rel: 1e-5, Abs: 1e-6},
}

func TestModelsGoToPyTorchAndBack(t *testing.T) {
	for name, build := range wholeModels {
		for d, tolerance := range closeness {
			stem := name + "_" + d.String()
			t.Run(stem, func(t *testing.T) {
				theirs := readTensors(t, filepath.Join("testdata", "models", stem+".safetensors"))
				told := readTensors(t, filepath.Join("testdata", "models", stem+"_run.safetensors"))

				// PyTorch's model computes here what it did there, and goes back as it came.
				m := build(source())
				nn.To(m, d)
				require.NoError(t, nn.LoadStateDict(m, theirs.Tensors))
				nn.Eval(m)
				y := m.Forward(autograd.Untracked(told.Tensor("input"))).Value()
				require.NoError(t, tolerance.Compare(y, told.Tensor("output")))
				found.Case(titles[name], d.String())
				found.Note(titles[name], "value", d.String(), reference.Off(y, told.Tensor("output")))
				folder := t.TempDir()
				back := writeModel(t, folder, stem, m, told.Tensor("input"))
				require.Equal(t, shapes(theirs), shapes(back), "PyTorch's names in its order")
				for _, n := range theirs.Tensors {
					assert.True(t, tensor.Equal(n.Tensor, back.Tensor(n.Name)), n.Name)
				}

				// A model made and trained here is one that PyTorch takes.
				ours := trained(build, d, told.Tensor("input"))
				if *save != "" {
					folder = *save
				}
				written := writeModel(t, folder, stem, ours, told.Tensor("input"))
				require.Equal(t, shapes(theirs), shapes(written))
				again := build(rand.New(rand.NewPCG(5, 6)))
				nn.To(again, d)
				require.NoError(t, nn.LoadStateDict(again, written.Tensors))
				nn.Eval(again)
				want := readTensors(t, filepath.Join(folder, stem+"_run.safetensors")).Tensor("output")
				assert.True(t, tensor.Equal(want, again.Forward(autograd.Untracked(told.Tensor("input"))).Value()))
			})
		}
	}
}

// trained returns a model after a step in which its parameters and running
// statistics move.
func trained(build func(*rand.Rand) nn.Module, d tensor.DType, x *tensor.Tensor) nn.Module {
	m := build(rand.New(rand.NewPCG(3, 4)))
	nn.To(m, d)
	m.Forward(autograd.Const(x)).Square().Sum().Backward()
	for _, p := range nn.Parameters(m) {
		p.Value().CopyFrom(tensor.Sub(p.Value(), tensor.MulScalar(p.Grad().Value(), 0.01)))
	}
	return m
}

func readTensors(t *testing.T, path string) safetensors.File {
	t.Helper()
	f, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	return f
}

// writeModel writes a state dict and what the model makes of x, and returns what
// the first file then holds.
func writeModel(t *testing.T, folder, stem string, m nn.Module, x *tensor.Tensor) safetensors.File {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o777))
	nn.Eval(m)
	y := m.Forward(autograd.Untracked(x)).Value()
	path := filepath.Join(folder, stem+".safetensors")
	require.NoError(t, safetensors.WriteFile(path, safetensors.File{Tensors: nn.StateDict(m), Metadata: map[string]string{"format": "pt"}}))
	require.NoError(t, safetensors.WriteFile(filepath.Join(folder, stem+"_run.safetensors"), safetensors.File{
		Tensors: []tensor.Named{{Name: "input", Tensor: x}, {Name: "output", Tensor: y}}}))
	return readTensors(t, path)
}

// shape is what must agree for PyTorch to load a tensor.
type shape struct {
	name  string
	dtype tensor.DType
	shape string
}

func shapes(f safetensors.File) (all []shape) {
	for _, n := range f.Tensors {
		all = append(all, shape{n.Name, n.Tensor.DType(), fmt.Sprint(n.Tensor.Shape())})
	}
	return all
}

// Files that lack something or have more are told apart name by name.
func TestModelsListWhatDoesNotMatch(t *testing.T) {
	f := readTensors(t, "testdata/models/lstm_float32.safetensors")
	state := []tensor.Named{{Name: "head.weight", Tensor: tensor.Zeros(2)}}
	for _, n := range f.Tensors {
		if n.Name != "lstm.weight_hh_l1_reverse" && n.Name != "linear.bias" {
			state = append(state, n)
		}
	}
	m := newClassifier(source())
	err := nn.LoadStateDict(m, state)
	require.EqualError(t, err, "nn.LoadStateDict: missing: lstm.weight_hh_l1_reverse, linear.bias; unexpected: head.weight")
	assert.False(t, tensor.Equal(f.Tensor("linear.weight"), m.Linear.Weight.Value()), "nothing is loaded")

	missing, unexpected, err := nn.LoadMatching(m, state)
	require.NoError(t, err)
	assert.Equal(t, []string{"lstm.weight_hh_l1_reverse", "linear.bias"}, missing)
	assert.Equal(t, []string{"head.weight"}, unexpected)
	assert.True(t, tensor.Equal(f.Tensor("linear.weight"), m.Linear.Weight.Value()))
}

// The positions that PyTorch wrote are those we make.
func TestModelsPositions(t *testing.T) {
	for d, tolerance := range closeness {
		f := readTensors(t, "testdata/models/encoder_"+d.String()+".safetensors")
		assert.NoError(t, tolerance.Compare(nn.SinusoidalPositions(d, 7, 8), f.Tensor("positions")))
	}
}
