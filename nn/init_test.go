package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// deviations is how many standard errors a sample's moment may be off. The
// sources are fixed, so a test that passes once passes always.
const deviations = 4

func moments(xs []float64) (mean, variance float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		variance += (x - mean) * (x - mean) / float64(len(xs))
	}
	return mean, variance
}

// assertUniform checks bounds and moments. For a uniform distribution of width
// w the variance is w²/12 and the fourth central moment w⁴/80, so the variance
// of the sample variance is about (1/80 − 1/144)·w⁴/n.
func assertUniform(t *testing.T, x *tensor.Tensor, lo, hi float64) {
	t.Helper()
	xs, width, n := x.Float64s(), hi-lo, float64(x.Size())
	eps := 1e-6 * width // rounding to float32
	for i, v := range xs {
		require.True(t, v >= lo-eps && v <= hi+eps, "element %d is %v, outside [%v, %v]", i, v, lo, hi)
	}
	mean, variance := moments(xs)
	assert.InDelta(t, (lo+hi)/2, mean, deviations*width/math.Sqrt(12*n), "mean")
	assert.InDelta(t, width*width/12, variance, deviations*width*width*math.Sqrt((1.0/80-1.0/144)/n), "variance")
}

// assertNormal checks moments: the fourth central one is 3σ⁴, so the variance
// of the sample variance is 2σ⁴/n. Within σ lie 68.27 %, which a uniform
// distribution (57.7 %) does not have.
func assertNormal(t *testing.T, x *tensor.Tensor, mean, std float64) {
	t.Helper()
	xs, n := x.Float64s(), float64(x.Size())
	m, variance := moments(xs)
	assert.InDelta(t, mean, m, deviations*std/math.Sqrt(n), "mean")
	assert.InDelta(t, std*std, variance, deviations*std*std*math.Sqrt(2/n), "variance")
	within := 0.0
	for _, v := range xs {
		if math.Abs(v-mean) <= std {
			within++
		}
	}
	share := math.Erf(1 / math.Sqrt2)
	assert.InDelta(t, share, within/n, deviations*math.Sqrt(share*(1-share)/n), "share within one deviation")
}

func TestInitialisers(t *testing.T) {
	rng := source()
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		assertUniform(t, nn.Uniform(d.Zeros(100, 200), -3, 5, rng), -3, 5)
		assertNormal(t, nn.Normal(d.Zeros(100, 200), -3, 5, rng), -3, 5)
		assert.True(t, tensor.Equal(d.Full(2.5, 3, 4), nn.Constant(d.Zeros(3, 4), 2.5)))

		// [64 16 3 5] is in 16·15 = 240, out 64·15 = 960.
		conv := d.Zeros(64, 16, 3, 5)
		bound := 2 * math.Sqrt(6.0/1200)
		assertUniform(t, nn.XavierUniform(conv, 2, rng), -bound, bound)
		assertNormal(t, nn.XavierNormal(conv, 2, rng), 0, 2*math.Sqrt(2.0/1200))
		bound = math.Sqrt(2) * math.Sqrt(3.0/240)
		assertUniform(t, nn.KaimingUniform(conv, 0, nn.FanIn, "relu", rng), -bound, bound)
		assertNormal(t, nn.KaimingNormal(conv, 0.5, nn.FanOut, "leaky_relu", rng), 0, math.Sqrt(2/1.25)/math.Sqrt(960))
	}
	x := tensor.Zeros(2)
	assert.Same(t, x, nn.Uniform(x, 0, 1, rng), "filled in place")
	nn.Constant(tensor.Int64.Zeros(2), 3)
	assert.Equal(t, 0, nn.XavierUniform(tensor.Zeros(0, 0), 1, rng).Size())
	assert.Equal(t, 0, nn.KaimingNormal(tensor.Zeros(5, 0), 0, nn.FanIn, "relu", rng).Size())
}

func TestFansAndGains(t *testing.T) {
	for _, c := range []struct {
		shape   tensor.Shape
		in, out int
	}{{tensor.Shape{7, 3}, 3, 7}, {tensor.Shape{7, 3, 2}, 6, 14}, {tensor.Shape{7, 3, 2, 5}, 30, 70}, {tensor.Shape{7, 0}, 0, 7}} {
		in, out := nn.Fans(c.shape)
		assert.Equal(t, []int{c.in, c.out}, []int{in, out}, "%v", c.shape)
	}
	// As torch.nn.init.calculate_gain of PyTorch 1.13.1 gives them.
	for name, want := range map[string]float64{"linear": 1, "conv2d": 1, "sigmoid": 1, "tanh": 1.6666666666666667,
		"relu": 1.4142135623730951, "selu": 0.75} {
		assert.Equal(t, want, nn.CalculateGain(name, 0.3), name)
	}
	assert.Equal(t, 1.3545709229571927, nn.CalculateGain("leaky_relu", 0.3))
	assert.InDelta(t, 1.4141428569978354, nn.CalculateGain("leaky_relu", 0.01), 1e-15)
}

func TestInitialiserErrors(t *testing.T) {
	rng := source()
	for want, f := range map[string]func(){
		"nn.Fans: a tensor of shape [3] has no inputs and outputs: it needs 2 axes or more": func() { nn.KaimingUniform(tensor.Zeros(3), 0, nn.FanIn, "relu", rng) },
		"nn.Fans: a tensor of shape [] has no inputs and outputs: it needs 2 axes or more":  func() { nn.XavierNormal(tensor.Scalar(3), 1, rng) },
		"nn.KaimingUniform: mode is \"fan\", neither \"fan_in\" nor \"fan_out\"":            func() { nn.KaimingUniform(tensor.Zeros(3, 3), 0, "fan", "relu", rng) },
		"nn.CalculateGain: no gain is known for \"swish\"":                                  func() { nn.KaimingNormal(tensor.Zeros(3, 3), 0, nn.FanIn, "swish", rng) },
		"nn.Uniform: there is nothing between 2 and 1":                                      func() { nn.Uniform(tensor.Zeros(3), 2, 1, rng) },
		"nn.Normal: standard deviation -1":                                                  func() { nn.Normal(tensor.Zeros(3), 0, -1, rng) },
		"nn.Normal: int64 [3] cannot hold fractions":                                        func() { nn.Normal(tensor.Int64.Zeros(3), 0, 1, rng) },
		"nn.Uniform: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":         func() { nn.Uniform(tensor.Zeros(3), 0, 1, nil) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}
