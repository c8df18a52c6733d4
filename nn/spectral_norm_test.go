package nn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	makers["SpectralNorm"] = func() nn.Module { return &parametrised{} }
	fits["SpectralNorm"] = func(m nn.Module, c golden) {
		p := m.(*parametrised)
		layer := p.layer(c, "weight_orig")
		n := nn.NewSpectralNorm(layer, source()) // along the axis that PyTorch takes by default
		if p.Eps != nil {
			n = nn.NewSpectralNormAlong(layer, p.Dim, source())
			n.Eps = *p.Eps
		}
		n.NPowerIterations = p.Steps
		p.Module = n
	}
	derivatives["SpectralNorm"] = derivative{spectral(&nn.Linear{}, 0), [][]int{{5, 3}, {4, 3}}}
	derivatives["SpectralNorm dim 1"] = derivative{spectral(&nn.Linear{}, 1), [][]int{{5, 3}, {4, 3}}}
	derivatives["SpectralNorm ConvTranspose1d"] = derivative{spectral(&nn.ConvTranspose1d{Stride: 2, Dilation: 1, Groups: 1}, 1), [][]int{{2, 2, 3}, {2, 3, 2}}}
}

// spectral is a layer with a spectral norm of fixed directions as a function of
// its input and weight.
func spectral(layer any, dim int) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable {
		rows := x[1].Shape()[dim]
		n := &nn.SpectralNorm{Layer: layer, Weight: x[1], Dim: dim, NPowerIterations: 1, Eps: 1e-12,
			U: tensor.Float64.Randn(source(), rows), V: tensor.Float64.Randn(source(), x[1].Size()/rows)}
		nn.Eval(n)
		return n.Forward(x[0]).Tanh()
	}
}

// Steps lead to the largest singular value, which the weight then has as 1.
func TestSpectralNormFindsTheLargestSingularValue(t *testing.T) {
	q := nn.Orthogonal(tensor.Float64.Zeros(4, 4), 1, source())
	r := nn.Orthogonal(tensor.Float64.Zeros(4, 4), 1, rand.New(rand.NewPCG(3, 4)))
	d := tensor.Float64.Zeros(4, 4)
	for i, s := range []float64{5, 2, 1, 0.5} {
		d.Set(s, i, i)
	}
	n := nn.NewSpectralNorm(&nn.Linear{Weight: autograd.New(tensor.MatMul(q, tensor.MatMul(d, r)))}, source())
	n.NPowerIterations = 40
	n.Forward(autograd.Const(tensor.Float64.Zeros(1, 4)))
	want := tensor.MulScalar(n.Weight.Value(), 0.2)
	before := n.U.Clone()
	assert.InDeltaSlice(t, want.Float64s(), values(n.Remove().(*nn.Linear).Weight), 1e-12)
	assert.Equal(t, before.Float64s(), n.U.Float64s(), "Remove takes no step")
}

// A graph that waits for its walk keeps its u and v, whatever else is done.
func TestSpectralNormGraphsKeepTheirDirections(t *testing.T) {
	x := autograd.Const(tensor.Float64.Randn(source(), 5, 3))
	once := func(between func(n *nn.SpectralNorm)) []float64 {
		l := nn.NewLinear(3, 4, source())
		nn.To(l, tensor.Float64)
		n := nn.NewSpectralNorm(l, source())
		nn.Eval(n)
		y := n.Forward(x).Sum()
		between(n)
		y.Backward()
		return values(n.Weight.Grad())
	}
	want := once(func(*nn.SpectralNorm) {})
	got := once(func(n *nn.SpectralNorm) {
		nn.Train(n)
		before := n.U.Clone()
		n.Forward(x)
		require.NotEqual(t, before.Float64s(), n.U.Float64s(), "a step was taken")
	})
	assert.Equal(t, want, got)
}

func TestSpectralNormRejects(t *testing.T) {
	x := autograd.Const(tensor.Zeros(1, 2))
	of := func(change func(n *nn.SpectralNorm)) func() {
		n := nn.NewSpectralNorm(linear(), source())
		change(n)
		return func() { n.Forward(x) }
	}
	for want, f := range map[string]func(){
		"nn.NewSpectralNorm: the layer is <nil>, not a pointer to a struct":                                          func() { nn.NewSpectralNorm(nil, source()) },
		"nn.NewSpectralNorm: *nn.WeightNorm has no field Weight of type *autograd.Variable":                          func() { nn.NewSpectralNorm(nn.NewWeightNorm(linear(), 0), source()) },
		"nn.NewSpectralNorm: weight [3 2] has no axis 2":                                                             func() { nn.NewSpectralNormAlong(linear(), 2, source()) },
		"nn.NewSpectralNorm: weight [0 2] is empty":                                                                  func() { nn.NewSpectralNorm(nn.NewLinear(2, 0, source()), source()) },
		"nn.NewSpectralNorm: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":                          func() { nn.NewSpectralNorm(linear(), nil) },
		"nn.SpectralNorm: weight_u is not float32 [2], as weight [3 2] and Dim 1 have it":                            of(func(n *nn.SpectralNorm) { n.Dim = 1 }),
		"nn.SpectralNorm: weight_v is not float32 [2], as weight [3 2] and Dim 0 have it":                            of(func(n *nn.SpectralNorm) { n.V = nil }),
		"nn.SpectralNorm: NPowerIterations is 0":                                                                     of(func(n *nn.SpectralNorm) { n.NPowerIterations = 0 }),
		"nn.SpectralNorm: there is no Weight; make one with NewSpectralNorm":                                         of(func(n *nn.SpectralNorm) { n.Weight = nil }),
		"nn.SpectralNorm: *nn.Bilinear does not take one input: call Weighted, and the Forward of what that returns": func() { nn.NewSpectralNorm(nn.NewBilinear(3, 2, 1, source()), source()).Forward(x) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func ExampleSpectralNorm() {
	rng := rand.New(rand.NewPCG(1, 2))
	critic := nn.Sequential{
		nn.NewSpectralNorm(nn.NewLinear(2, 16, rng), rng),
		nn.NewLeakyReLU(),
		nn.NewSpectralNorm(nn.NewLinear(16, 1, rng), rng),
	}
	fmt.Println(critic.Forward(autograd.Const(tensor.Ones(8, 2))).Shape())
	for _, n := range nn.StateDict(critic[:1]) {
		fmt.Println(n.Name, n.Tensor.Shape())
	}
	// Output:
	// [8 1]
	// 0.bias [16]
	// 0.weight_orig [16 2]
	// 0.weight_u [16]
	// 0.weight_v [2]
}

// The norm of diag(2, 4) is 4.
func ExampleNewSpectralNorm() {
	l := &nn.Linear{Weight: autograd.New(tensor.FromSlice([][]float32{{2, 0}, {0, 4}}))}
	n := nn.NewSpectralNorm(l, rand.New(rand.NewPCG(1, 2)))
	n.NPowerIterations = 20
	n.Forward(autograd.Const(tensor.Ones(1, 2)))
	fmt.Println(n.Remove().(*nn.Linear).Weight)
	// Output:
	// [[0.5000 0.0000]
	//  [0.0000 1.0000]]
}

// Rows of the matrix are what axis 1 of the weight counts.
func ExampleNewSpectralNormAlong() {
	rng := rand.New(rand.NewPCG(1, 2))
	n := nn.NewSpectralNormAlong(nn.NewConv1d(2, 4, 3, rng), 1, rng)
	fmt.Println(n.U.Shape(), n.V.Shape())
	// Output: [2] [12]
}
