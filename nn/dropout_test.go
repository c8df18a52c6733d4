package nn_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func TestDropoutDropsTheGivenShare(t *testing.T) {
	const n = 100_000
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		for _, p := range []float64{0.1, 0.5, 0.9} {
			x := autograd.New(d.Ones(100, n/100))
			y := nn.NewDropout(p, source()).Forward(x)
			zeros, scaled := 0, d.Scalar(1/(1-p)).Item()
			for _, v := range y.Value().Float64s() {
				if v == 0 {
					zeros++
				} else {
					require.InDelta(t, scaled, v, 1e-6*scaled)
				}
			}
			// The standard error of a share of n is √(p(1−p)/n).
			assert.InDelta(t, p, float64(zeros)/n, deviations*math.Sqrt(p*(1-p)/n))
			y.Sum().Backward()
			assert.True(t, tensor.Equal(y.Value(), x.Grad().Value()), "of ones, value and gradient are the mask")
		}
	}
}

func TestDropoutEnds(t *testing.T) {
	x := autograd.New(tensor.FromSlice([]float64{1, math.Inf(1), math.NaN(), -2}))
	all := nn.NewDropout(1, source()).Forward(x)
	assert.Equal(t, []float64{0, 0, 0, 0}, all.Value().Float64s(), "even what is infinite")
	all.Sum().Backward()
	assert.Equal(t, []float64{0, 0, 0, 0}, x.Grad().Value().Float64s())
	assert.Same(t, x, nn.NewDropout(0, nil).Forward(x))
	d := nn.NewDropout(0.5, source())
	nn.Eval(d)
	assert.Same(t, x, d.Forward(x))
	nn.Train(d)
	untracked := d.Forward(autograd.Untracked(tensor.Ones(1000)))
	assert.True(t, untracked.IsUntracked())
	assert.Equal(t, 0.0, tensor.Min(untracked.Value()).Item(), "untracked inputs do not switch to evaluation")
	assert.Equal(t, 0, d.Forward(autograd.Const(tensor.Zeros(0, 3))).Size())
	assert.Equal(t, tensor.Shape{}, d.Forward(autograd.Const(tensor.Scalar(1))).Shape())
}

func TestDropoutRepeats(t *testing.T) {
	x := autograd.Const(tensor.Ones(64))
	a, b := nn.NewDropout(0.5, source()), nn.NewDropout(0.5, source())
	first := a.Forward(x)
	assert.True(t, tensor.Equal(first.Value(), b.Forward(x).Value()), "equal sources, equal masks")
	assert.False(t, tensor.Equal(first.Value(), a.Forward(x).Value()), "every Forward draws anew")
}

func TestDropoutIsAsDefined(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		y := nn.NewDropout(0.3, source()).Forward(autograd.New(d.Randn(source(), 7, 50)))
		defined, ok := autograd.Defined(y)
		require.True(t, ok)
		assert.True(t, tensor.Equal(defined.Value(), y.Value()))
	}
}

func TestDropoutDerivatives(t *testing.T) {
	f := func(x []*autograd.Variable) *autograd.Variable {
		return nn.NewDropout(0.3, source()).Forward(x[0]).Square().Tanh()
	}
	require.NoError(t, gradcheck.CheckGrad(f, tensor.Float64.Randn(source(), 3, 4)))
}

func TestGoroutinesShareAModel(t *testing.T) {
	m := nn.Sequential{nn.NewLinear(4, 8, source()), nn.NewDropout(0.5, source()), nn.NewLinear(8, 1, source())}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			x := tensor.Randn(rand.New(rand.NewPCG(1, uint64(i))), 16, 4)
			for range 20 {
				m.Forward(autograd.Const(x)).Sum().Backward()
				m.Forward(autograd.Untracked(x))
				nn.Parameters(m)
				if i == 0 {
					nn.Eval(m)
					nn.Train(m)
				}
			}
		})
	}
	wg.Wait()
	assert.NotNil(t, nn.Parameters(m)[0].Grad())
}

// noise joins Train and Eval by embedding a Mode.
type noise struct{ nn.Mode }

func (n *noise) Forward(x *autograd.Variable) *autograd.Variable {
	if n.Training() {
		return x.AddScalar(1)
	}
	return x
}

type withNoise struct {
	*noise2
	Direct  noise
	Pointer *noise
	ByName  map[string]nn.Module
	fn      nn.Func
}

type noise2 struct{ Inner *noise }

func TestTrainAndEvalReachEverything(t *testing.T) {
	m := &withNoise{noise2: &noise2{&noise{}}, Pointer: &noise{}, ByName: map[string]nn.Module{"a": nn.Sequential{&noise{}}},
		fn: func(x *autograd.Variable) *autograd.Variable { return x }}
	all := func() []bool {
		return []bool{m.Inner.Training(), m.Direct.Training(), m.Pointer.Training(),
			m.ByName["a"].(nn.Sequential)[0].(*noise).Training()}
	}
	assert.Equal(t, []bool{true, true, true, true}, all(), "modules are born in training")
	nn.Eval(m)
	assert.Equal(t, []bool{false, false, false, false}, all())
	nn.Train(m.ByName)
	assert.Equal(t, []bool{false, false, false, true}, all())
	nn.Train(m)
	assert.Equal(t, []bool{true, true, true, true}, all())
}
