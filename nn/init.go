package nn

import (
	"math"
	"math/rand/v2"

	"github.com/declive/declive/tensor"
)

// Uniform fills t with numbers drawn evenly from lo to hi, in row-major order,
// and returns it. Like every initialiser it changes t itself; the tensor of a
// parameter p is p.Value(). It panics when t is not of floats, hi < lo, or rng
// is nil.
//
// Source of this and the following: https://pytorch.org/docs/1.13/nn.init.html
func Uniform(t *tensor.Tensor, lo, hi float64, rng *rand.Rand) *tensor.Tensor {
	if !(lo <= hi) {
		panic(tensor.Errorf("nn.Uniform", "there is nothing between %v and %v", lo, hi))
	}
	return fill("nn.Uniform", t, rng, func() float64 { return lo + (hi-lo)*rng.Float64() })
}

// Normal fills t with numbers drawn from the normal distribution of the given
// mean and standard deviation, and returns it. It panics when std < 0, t is
// not of floats, or rng is nil.
func Normal(t *tensor.Tensor, mean, std float64, rng *rand.Rand) *tensor.Tensor {
	if !(std >= 0) {
		panic(tensor.Errorf("nn.Normal", "standard deviation %v", std))
	}
	return fill("nn.Normal", t, rng, func() float64 { return mean + std*rng.NormFloat64() })
}

// Constant fills t with v, converted to its type, and returns it.
func Constant(t *tensor.Tensor, v float64) *tensor.Tensor {
	t.CopyFrom(t.DType().Full(v, t.Shape()...))
	return t
}

func fill(op string, t *tensor.Tensor, rng *rand.Rand, next func() float64) *tensor.Tensor {
	if rng == nil {
		panic(tensor.Errorf(op, "rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	switch t.DType() {
	case tensor.Float32:
		for i, data := 0, tensor.Data[float32](t); i < len(data); i++ {
			data[i] = float32(next())
		}
	case tensor.Float64:
		for i, data := 0, tensor.Data[float64](t); i < len(data); i++ {
			data[i] = next()
		}
	default:
		panic(tensor.Errorf(op, "%v %v cannot hold fractions", t.DType(), t.Shape()))
	}
	return t
}

// XavierUniform fills t with numbers drawn evenly from ±gain·√(6/(in + out)),
// in and out being the fans of t, and returns it. A layer that is linear near
// 0, such as one with Tanh, then keeps the variance of both values and
// gradients. It panics like Fans, or when rng is nil.
//
// Source: Glorot and Bengio, https://proceedings.mlr.press/v9/glorot10a.html
func XavierUniform(t *tensor.Tensor, gain float64, rng *rand.Rand) *tensor.Tensor {
	bound := math.Abs(gain) * math.Sqrt(3) * xavierStd(t)
	return Uniform(t, -bound, bound, rng)
}

// XavierNormal is XavierUniform with a normal distribution of standard
// deviation gain·√(2/(in + out)).
func XavierNormal(t *tensor.Tensor, gain float64, rng *rand.Rand) *tensor.Tensor {
	return Normal(t, 0, math.Abs(gain)*xavierStd(t), rng)
}

func xavierStd(t *tensor.Tensor) float64 {
	in, out := Fans(t.Shape())
	if in+out == 0 {
		return 0
	}
	return math.Sqrt(2 / float64(in+out))
}

// Fan says what a Kaiming initialiser keeps the variance of.
type Fan string

// FanIn keeps the variance of the values on the way forward, FanOut that of
// the gradients on the way back.
const (
	FanIn  Fan = "fan_in"
	FanOut Fan = "fan_out"
)

// KaimingUniform fills t with numbers drawn evenly from ±gain·√(3/fan), the
// gain being CalculateGain(nonlinearity, a), and returns it. a is the slope of
// "leaky_relu" and unused otherwise. It panics like Fans and CalculateGain,
// when mode is unknown, or rng is nil.
//
// Source: He et al., https://arxiv.org/abs/1502.01852
func KaimingUniform(t *tensor.Tensor, a float64, mode Fan, nonlinearity string, rng *rand.Rand) *tensor.Tensor {
	bound := math.Sqrt(3) * kaimingStd("nn.KaimingUniform", t, a, mode, nonlinearity)
	return Uniform(t, -bound, bound, rng)
}

// KaimingNormal is KaimingUniform with a normal distribution of standard
// deviation gain/√fan.
func KaimingNormal(t *tensor.Tensor, a float64, mode Fan, nonlinearity string, rng *rand.Rand) *tensor.Tensor {
	return Normal(t, 0, kaimingStd("nn.KaimingNormal", t, a, mode, nonlinearity), rng)
}

func kaimingStd(op string, t *tensor.Tensor, a float64, mode Fan, nonlinearity string) float64 {
	gain := CalculateGain(nonlinearity, a)
	fan, out := Fans(t.Shape())
	switch mode {
	case FanIn:
	case FanOut:
		fan = out
	default:
		panic(tensor.Errorf(op, "mode is %q, neither %q nor %q", string(mode), FanIn, FanOut))
	}
	if fan == 0 { // t is empty, or a length beside it is 0
		return 0
	}
	return gain / math.Sqrt(float64(fan))
}

// Fans returns how many inputs make one output of a weight of the given shape,
// [out in] or, for convolutions, [out in kernel…], and how many outputs one
// input reaches. It panics when there are fewer than two axes.
func Fans(shape tensor.Shape) (in, out int) {
	if len(shape) < 2 {
		panic(tensor.Errorf("nn.Fans", "a tensor of shape %v has no inputs and outputs: it needs 2 axes or more", shape))
	}
	field := shape[2:].Size()
	return shape[1] * field, shape[0] * field
}

// CalculateGain returns the factor by which a nonlinearity, under PyTorch's
// name, wants its weights larger: 1 for "linear", "sigmoid", "conv1d" to
// "conv_transpose3d", 5/3 for "tanh", √2 for "relu", √(2/(1 + param²)) for
// "leaky_relu" and 3/4 for "selu". param is for "leaky_relu" only. It panics
// for any other name.
func CalculateGain(nonlinearity string, param float64) float64 {
	switch nonlinearity {
	case "linear", "sigmoid", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d":
		return 1
	case "tanh":
		return 5.0 / 3
	case "relu":
		return math.Sqrt2
	case "leaky_relu":
		return math.Sqrt(2 / (1 + param*param))
	case "selu":
		return 0.75
	}
	panic(tensor.Errorf("nn.CalculateGain", "no gain is known for %q", nonlinearity))
}
