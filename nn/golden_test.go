package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	reference "github.com/declive/declive/internal/golden"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// found is what the golden cases came to, for docs/layers.md.
var found = reference.Record{}

func TestMain(m *testing.M) { found.Main(m) }

// golden is one module run by PyTorch 1.13.1; see internal/torchref/nn.py.
type golden struct {
	Layer, DType    string
	Settings        json.RawMessage // by the names of our fields
	Shape, OutShape []int
	X, G, V         string
	Y, DX           string
	Second          *string // nil where PyTorch has none
	State           []struct {
		Name, Value, Grad string
		Shape             []int
	}
	Warm     []string // inputs before X, in training
	Evaluate bool     // switch to evaluation then
	Buffers  []struct {
		Name, DType, Before, After string
		Shape                      []int
	}
}

// makers makes the modules before their settings. Other test files add theirs.
var makers = map[string]func() nn.Module{
	"ReLU":       func() nn.Module { return nn.NewReLU() },
	"LeakyReLU":  func() nn.Module { return nn.NewLeakyReLU() },
	"Tanh":       func() nn.Module { return nn.NewTanh() },
	"Sigmoid":    func() nn.Module { return nn.NewSigmoid() },
	"GELU":       func() nn.Module { return nn.NewGELU() },
	"Softmax":    func() nn.Module { return nn.NewSoftmax(99) },
	"LogSoftmax": func() nn.Module { return nn.NewLogSoftmax(99) },
	"Flatten":    func() nn.Module { return nn.NewFlatten() },
	"Linear":     func() nn.Module { return nn.NewLinear(3, 2, source()) },
	"MLP": func() nn.Module {
		m := nn.Sequential{nn.NewLinear(3, 8, source()), nn.NewTanh(),
			nn.Sequential{nn.NewLinear(8, 6, source()), nn.NewGELU()},
			nn.NewLinear(6, 4, source()), nn.NewLogSoftmax(-1)}
		return &m
	},
}

// fits give modules parameters of the shapes of a case. Other test files add theirs.
var fits = map[string]func(m nn.Module, c golden){}

// readGolden returns the cases of every file, each of which one of
// internal/torchref/nn*.py writes.
func readGolden(t *testing.T) (cases []golden) {
	files, err := filepath.Glob("testdata/*.json.gz")
	require.NoError(t, err)
	for _, file := range files {
		some, err := reference.Read[golden](file)
		require.NoError(t, err)
		require.NotEmpty(t, some)
		cases = append(cases, some...)
	}
	return cases
}

func parse(t *testing.T, d tensor.DType, text string, shape []int) *tensor.Tensor {
	var data []float64
	for _, field := range strings.Fields(text) {
		v, err := strconv.ParseFloat(field, 64)
		require.NoError(t, err)
		data = append(data, v)
	}
	return tensor.Reshape(tensor.New(data), shape...).To(d)
}

// near compares relative to each element, and allows beside it for the
// rounding of sums whose terms are as large as the largest element: PyTorch
// rounds, too, and its GELU loses the digits far below 0. The first word of
// what is "value", "gradient" or "second", for a second derivative.
// Recurrent layers of float32 may be 1e-5 of the largest element off, for each
// step and layer adds rounding of its own.
func (c golden) near(t *testing.T, what string, want string, x *tensor.Tensor) {
	t.Helper()
	slack := 1.0 // in units of the usual rounding
	if x.DType() == tensor.Float32 && (c.Layer == "RNN" || c.Layer == "LSTM" || c.Layer == "GRU") {
		slack = 10
	}
	rtol, atol := 1e-9, 1e-14*slack
	if x.DType() == tensor.Float32 {
		rtol, atol = 1e-5, 1e-6*slack
	}
	w := parse(t, x.DType(), want, x.Shape())
	kind, _, _ := strings.Cut(what, " ")
	found.Note(c.Layer, kind, c.DType, reference.Off(x, w))
	for i, v := range x.Float64s() {
		want := w.Float64s()[i]
		limit := rtol*math.Abs(want) + atol*max(1, min(100, tensor.Norm(w, math.Inf(1)).Item()))
		assert.LessOrEqual(t, math.Abs(v-want), limit, "%s[%d] is %v, PyTorch has %v", what, i, v, want)
	}
}

func TestModulesEqualPyTorch(t *testing.T) {
	covered := map[string]bool{}
	for i, c := range readGolden(t) {
		t.Run(fmt.Sprintf("%d_%s_%s", i, c.Layer, c.DType), func(t *testing.T) {
			covered[c.Layer] = true
			found.Case(c.Layer, c.DType)
			d := tensor.Float64
			if c.DType == "float32" {
				d = tensor.Float32
			}
			m := makers[c.Layer]()
			if string(c.Settings) != "{}" {
				require.NoError(t, json.Unmarshal(c.Settings, m))
			}
			if l, ok := m.(*nn.Linear); ok && len(c.State) == 1 {
				l.Bias = nil
			}
			if l, ok := m.(*nn.PReLU); ok {
				*l = *nn.NewPReLU(c.State[0].Shape[0])
			}
			if fit := fits[c.Layer]; fit != nil {
				fit(m, c)
			}
			nn.To(m, d)
			var state []tensor.Named
			for _, p := range c.State {
				state = append(state, tensor.Named{Name: p.Name, Tensor: parse(t, d, p.Value, p.Shape)})
			}
			for _, b := range c.Buffers {
				var kind tensor.DType
				require.NoError(t, kind.UnmarshalText([]byte(b.DType)))
				state = append(state, tensor.Named{Name: b.Name, Tensor: parse(t, kind, b.Before, b.Shape)})
			}
			require.NoError(t, nn.LoadStateDict(m, state), "PyTorch's names load")
			for _, x := range c.Warm {
				m.Forward(autograd.Const(parse(t, d, x, c.Shape)))
			}
			if c.Evaluate {
				nn.Eval(m)
			}
			compareWith(t, c, m, d)
			for i, b := range nn.Buffers(m) {
				require.Equal(t, c.Buffers[i].Name, b.Name, "PyTorch's order")
				if !b.Tensor.DType().IsFloat() {
					b.Tensor = b.Tensor.To(tensor.Float64)
				}
				c.near(t, "value of "+b.Name, c.Buffers[i].After, b.Tensor)
			}
		})
	}
	for name := range makers {
		assert.True(t, covered[name], "no case for %s", name)
	}
}

func compareWith(t *testing.T, c golden, m nn.Module, d tensor.DType) {
	x := autograd.New(parse(t, d, c.X, c.Shape))
	y := m.Forward(x)
	require.Equal(t, tensor.Shape(c.OutShape), y.Shape())
	c.near(t, "value", c.Y, y.Value())

	params := nn.Parameters(m)
	require.Len(t, params, len(c.State))
	inputs := []*autograd.Variable{x}
	for _, p := range params {
		inputs = append(inputs, p.Variable)
	}
	seed := []*autograd.Variable{autograd.Const(parse(t, d, c.G, c.OutShape))}
	fast := autograd.Walk{Seeds: seed, RetainGraph: true}.Grad([]*autograd.Variable{y}, inputs)
	grads := autograd.Walk{Seeds: seed, CreateGraph: true}.Grad([]*autograd.Variable{y}, inputs)
	c.near(t, "gradient", c.DX, fast[0].Value())
	c.near(t, "gradient as recorded", c.DX, grads[0].Value())
	for i, p := range c.State {
		require.Equal(t, p.Name, params[i].Name, "PyTorch's order")
		c.near(t, "gradient of "+p.Name, p.Grad, fast[i+1].Value())
		c.near(t, "gradient as recorded of "+p.Name, p.Grad, grads[i+1].Value())
	}
	if c.Second == nil {
		return
	}
	dot := grads[0].Mul(autograd.Const(parse(t, d, c.V, c.Shape))).Sum()
	if second := (autograd.Walk{AllowUnused: true}.Grad([]*autograd.Variable{dot}, []*autograd.Variable{x}))[0]; second != nil {
		c.near(t, "second", *c.Second, second.Value())
	} else {
		c.near(t, "second", *c.Second, d.Zeros(c.Shape...))
	}
}
