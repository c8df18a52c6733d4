package nn_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	makers["WeightNorm"] = func() nn.Module { return &parametrised{} }
	fits["WeightNorm"] = func(m nn.Module, c golden) {
		p := m.(*parametrised)
		p.Module = nn.NewWeightNorm(p.layer(c, "weight_v"), p.Dim)
	}
	for name, d := range map[string]derivative{
		"WeightNorm":                 {normed(&nn.Linear{}, 0), [][]int{{5, 3}, {4, 1}, {4, 3}}},
		"WeightNorm dim 1":           {normed(&nn.Linear{}, 1), [][]int{{5, 3}, {1, 3}, {4, 3}}},
		"WeightNorm of all":          {normed(&nn.Linear{}, nn.AllAxes), [][]int{{5, 3}, {}, {4, 3}}},
		"WeightNorm Conv1d":          {normed(&nn.Conv1d{Stride: 1, Dilation: 1, Groups: 1}, 0), [][]int{{2, 2, 5}, {3, 1, 1}, {3, 2, 2}}},
		"WeightNorm ConvTranspose1d": {normed(&nn.ConvTranspose1d{Stride: 2, Dilation: 1, Groups: 1}, 1), [][]int{{2, 2, 3}, {1, 3, 1}, {2, 3, 2}}},
		"WeightNorm of one axis":     {normed(&scale{}, 0), [][]int{{2, 3}, {3}, {3}}},
	} {
		derivatives[name] = d
	}
}

// normed is a layer with a weight norm as a function of its input, lengths and directions.
func normed(layer any, dim int) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable {
		return (&nn.WeightNorm{Layer: layer, G: x[1], V: x[2], Dim: dim}).Forward(x[0]).Tanh()
	}
}

// scale is a layer of a user's, with a weight of one axis.
type scale struct{ Weight *autograd.Variable }

func (l *scale) Forward(x *autograd.Variable) *autograd.Variable { return x.Mul(l.Weight) }

// parametrised is what a case of internal/torchref/nn_parametrised.py is about.
type parametrised struct {
	nn.Module
	Kind       string
	Options    json.RawMessage
	Dim, Steps int
	Eps        *float64
}

// layer returns the layer of a case, before its norm, with parameters of the right shapes.
func (p *parametrised) layer(c golden, weight string) any {
	var w, bias *autograd.Variable
	for _, s := range c.State {
		zeros := autograd.New(tensor.Zeros(s.Shape...))
		switch s.Name {
		case weight:
			w = zeros
		case "bias":
			bias = zeros
		}
	}
	var layer any
	switch p.Kind {
	case "Linear":
		layer = &nn.Linear{Weight: w, Bias: bias}
	case "Bilinear":
		layer = &nn.Bilinear{Weight: w, Bias: bias}
	case "Embedding":
		layer = &nn.Embedding{Weight: w, NormType: 2}
	case "Conv1d":
		l := nn.NewConv1d(1, 1, 1, source())
		l.Weight, l.Bias, layer = w, bias, l
	case "Conv2d":
		l := nn.NewConv2d(1, 1, nn.Square(1), source())
		l.Weight, l.Bias, layer = w, bias, l
	case "ConvTranspose1d":
		l := nn.NewConvTranspose1d(1, 1, 1, source())
		l.Weight, l.Bias, layer = w, bias, l
	case "ConvTranspose2d":
		l := nn.NewConvTranspose2d(1, 1, nn.Square(1), source())
		l.Weight, l.Bias, layer = w, bias, l
	}
	if err := json.Unmarshal(p.Options, layer); err != nil {
		panic(err)
	}
	return layer
}

func (p *parametrised) Forward(x *autograd.Variable) *autograd.Variable {
	switch p.Kind {
	case "Embedding":
		return p.Module.Forward(autograd.Const(x.Value().To(tensor.Int64))).Add(x.Sum().MulScalar(0))
	case "Bilinear":
		return p.Module.(interface{ Weighted() any }).Weighted().(*nn.Bilinear).Forward(half(x, 0), half(x, 1))
	}
	return p.Module.Forward(x)
}

func values(x *autograd.Variable) []float64 { return x.Value().Float64s() }

// A norm changes nothing as yet, taking it away neither, and the layer that was
// given is left as it is.
func TestWeightNormStartsAndEndsAsTheLayer(t *testing.T) {
	x := autograd.Const(tensor.Randn(source(), 4, 3))
	for _, dim := range []int{0, 1, nn.AllAxes} {
		l := nn.NewLinear(3, 5, source())
		before := l.Weight
		want := values(l.Forward(x))
		n := nn.NewWeightNorm(l, dim)
		assert.Same(t, before, l.Weight)
		assert.InDeltaSlice(t, want, values(n.Forward(x)), 1e-6)
		assert.Equal(t, []string{"bias", "weight_g", "weight_v"}, parameterNames(n), "PyTorch's order")

		n.G.SetValue(tensor.MulScalar(n.G.Value(), 2))
		plain := n.Remove().(*nn.Linear)
		assert.Equal(t, values(n.Forward(x)), values(plain.Forward(x)))
		assert.Equal(t, []string{"weight", "bias"}, parameterNames(plain))
		assert.InDeltaSlice(t, values(before.MulScalar(2)), values(plain.Weight), 1e-6)
		assert.InDeltaSlice(t, want, values(l.Forward(x)), 0, "nothing of l has changed")
		assert.Equal(t, []string{"bias", "weight_g", "weight_v"}, parameterNames(n))
	}
}

func TestWeightNormOfFrozenLayersIsFrozen(t *testing.T) {
	l := nn.NewConv1d(2, 3, 2, source())
	nn.Freeze(l)
	n := nn.NewWeightNorm(l, 0)
	for _, p := range append(nn.Parameters(n), nn.Parameters(n.Remove())...) {
		assert.False(t, p.WantsGrad(), p.Name)
	}
	nn.Unfreeze(n)
	assert.True(t, n.Remove().(*nn.Conv1d).Weight.WantsGrad())
}

func TestWeightNormConvertsAndLoads(t *testing.T) {
	a := nn.Sequential{nn.NewWeightNorm(nn.NewLinear(3, 4, source()), 0), nn.NewTanh(), nn.NewSpectralNorm(nn.NewLinear(4, 2, source()), source())}
	b := nn.Sequential{nn.NewWeightNorm(nn.NewLinear(3, 4, rand.New(rand.NewPCG(3, 4))), 0), nn.NewTanh(),
		nn.NewSpectralNorm(nn.NewLinear(4, 2, source()), rand.New(rand.NewPCG(3, 4)))}
	nn.To(a, tensor.Float64)
	nn.To(b, tensor.Float64)
	var names []string
	for _, n := range nn.StateDict(a) {
		names = append(names, n.Name)
	}
	assert.Equal(t, []string{"0.bias", "0.weight_g", "0.weight_v", "2.bias", "2.weight_orig", "2.weight_u", "2.weight_v"}, names)
	require.NoError(t, nn.LoadStateDict(b, nn.StateDict(a)))
	x := autograd.Const(tensor.Float64.Randn(source(), 5, 3))
	assert.Equal(t, values(a.Forward(x)), values(b.Forward(x)))
}

// A shared layer is only read: run with -race.
func TestNormsAreForManyGoroutines(t *testing.T) {
	net := nn.Sequential{nn.NewWeightNorm(nn.NewLinear(3, 4, source()), 0), nn.NewSpectralNorm(nn.NewLinear(4, 2, source()), source())}
	net[1].Forward(autograd.Const(tensor.Zeros(1, 4))) // one step
	nn.Eval(net)
	x := autograd.Untracked(tensor.Randn(source(), 5, 3))
	want := values(net.Forward(x))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				assert.Equal(t, want, values(net.Forward(x)))
			}
		})
	}
	wait.Wait()
}

func TestWeightNormRejects(t *testing.T) {
	limit := 1.0
	limited := nn.NewEmbedding(3, 2, source())
	limited.MaxNorm = &limit
	odd := nn.NewWeightNorm(nn.NewLinear(3, 2, source()), 0)
	odd.G = param()
	empty := nn.NewWeightNorm(linear(), 0)
	empty.Layer = nil
	late := nn.NewWeightNorm(nn.NewEmbedding(3, 2, source()), 0)
	late.Layer.(*nn.Embedding).MaxNorm = &limit
	x := autograd.Const(tensor.Zeros(1, 3))
	for want, f := range map[string]func(){
		"nn.NewWeightNorm: the layer is <nil>, not a pointer to a struct":                                          func() { nn.NewWeightNorm(nil, 0) },
		"nn.NewWeightNorm: the layer is nn.Linear, not a pointer to a struct":                                      func() { nn.NewWeightNorm(nn.Linear{}, 0) },
		"nn.NewWeightNorm: the layer is *nn.Linear, not a pointer to a struct":                                     func() { nn.NewWeightNorm((*nn.Linear)(nil), 0) },
		"nn.NewWeightNorm: *nn.ReLU has no field Weight of type *autograd.Variable":                                func() { nn.NewWeightNorm(nn.NewReLU(), 0) },
		"nn.NewWeightNorm: *nn.BatchNorm1d has no field Weight of type *autograd.Variable":                         func() { nn.NewWeightNorm(nn.NewBatchNorm1d(2), 0) },
		"nn.NewWeightNorm: *nn.SpectralNorm switches between training and evaluation, so it cannot be copied":      func() { nn.NewWeightNorm(nn.NewSpectralNorm(linear(), source()), 0) },
		"nn.NewWeightNorm: the Weight of *nn.Linear is nil or a single number":                                     func() { nn.NewWeightNorm(&nn.Linear{}, 0) },
		"nn.NewWeightNorm: weight [3 2] has no axis 2; AllAxes stands for one norm of all of it":                   func() { nn.NewWeightNorm(linear(), 2) },
		"nn.NewWeightNorm: weight [3 2] has no axis -2; AllAxes stands for one norm of all of it":                  func() { nn.NewWeightNorm(linear(), -2) },
		"nn.NewWeightNorm: MaxNorm of *nn.Embedding changes weights in place, but these are computed":              func() { nn.NewWeightNorm(limited, 0) },
		"nn.WeightNorm: MaxNorm of *nn.Embedding changes weights in place, but these are computed":                 func() { late.Forward(numbers(0)) },
		"nn.WeightNorm: weight_g float32 [1] is not float32 [2 1], as weight_v [2 3] and Dim 0 have it":            func() { odd.Forward(x) },
		"nn.WeightNorm: there is no G or no V; make one with NewWeightNorm":                                        func() { (&nn.WeightNorm{Layer: linear()}).Forward(x) },
		"nn.WeightNorm: there is no Layer; make one with NewWeightNorm":                                            func() { empty.Forward(x) },
		"nn.WeightNorm: *nn.Bilinear does not take one input: call Weighted, and the Forward of what that returns": func() { nn.NewWeightNorm(nn.NewBilinear(3, 2, 1, source()), 0).Forward(x) },
		"nn.Linear: input [1 3] does not end in the 2 features that weight [3 2] takes":                            func() { nn.NewWeightNorm(linear(), 0).Forward(x) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func ExampleWeightNorm() {
	rng := rand.New(rand.NewPCG(1, 2))
	net := nn.Sequential{
		nn.NewWeightNorm(nn.NewConv1d(2, 4, 3, rng), 0),
		nn.NewReLU(),
		nn.NewFlatten(),
		nn.NewWeightNorm(nn.NewLinear(4*6, 1, rng), nn.AllAxes),
	}
	fmt.Println(net.Forward(autograd.Const(tensor.Ones(16, 2, 8))).Shape())
	for _, p := range nn.Parameters(net) {
		fmt.Println(p.Name, p.Shape())
	}
	// Output:
	// [16 1]
	// 0.bias [4]
	// 0.weight_g [4 1 1]
	// 0.weight_v [4 2 3]
	// 3.bias [1]
	// 3.weight_g []
	// 3.weight_v [1 24]
}

// Lengths are parameters of their own.
func ExampleNewWeightNorm() {
	l := &nn.Linear{Weight: autograd.New(tensor.FromSlice([][]float32{{3, 4}, {6, 8}}))}
	n := nn.NewWeightNorm(l, 0)
	fmt.Println(n.G)
	n.G.SetValue(tensor.FromSlice([][]float32{{1}, {10}}))
	fmt.Println(n.Weighted().(*nn.Linear).Weight)
	// Output:
	// [[ 5.]
	//  [10.]]
	// [[0.6000 0.8000]
	//  [6.0000 8.0000]]
}

// When training is over, the weight is put back.
func ExampleWeightNorm_Remove() {
	n := nn.NewWeightNorm(nn.NewLinear(3, 2, rand.New(rand.NewPCG(1, 2))), 0)
	plain := n.Remove().(*nn.Linear)
	fmt.Println(plain.Weight.Shape(), plain.Weight.IsLeaf())
	// Output: [2 3] true
}

// A layer of two inputs.
func ExampleWeightNorm_Weighted() {
	n := nn.NewWeightNorm(nn.NewBilinear(2, 3, 4, rand.New(rand.NewPCG(1, 2))), 0)
	y := n.Weighted().(*nn.Bilinear).Forward(autograd.Const(tensor.Ones(5, 2)), autograd.Const(tensor.Ones(5, 3)))
	y.Sum().Backward()
	fmt.Println(y.Shape(), n.G.Grad().Shape(), n.V.Grad().Shape())
	// Output: [5 4] [4 1 1] [4 2 3]
}
