package nn

import (
	"math"

	"github.com/declive/declive/tensor"
)

// SinusoidalPositions returns numbers [length dim] that tell the positions of a
// sequence apart, to be added to what is at them: at position p they are
// sin(p·ω) and cos(p·ω) by turns, with ω = 10000^(−2i/dim) for the i-th pair. The
// result is of type d. It panics when a length is negative, or d is no float
// type.
//
// Source: https://arxiv.org/abs/1706.03762, section 3.5
func SinusoidalPositions(d tensor.DType, length, dim int) *tensor.Tensor {
	const op = "nn.SinusoidalPositions"
	switch {
	case length < 0 || dim < 0:
		panic(tensor.Errorf(op, "a length is negative: %d positions of %d", length, dim))
	case !d.IsFloat():
		panic(tensor.Errorf(op, "%v is not of floats", d))
	}
	x := tensor.Float64.Zeros(length, dim)
	data := tensor.Data[float64](x)
	for i := range dim {
		turn := [...]func(float64) float64{math.Sin, math.Cos}[i%2]
		frequency := math.Pow(10000, -float64(i-i%2)/float64(dim))
		for p := range length {
			data[p*dim+i] = turn(float64(p) * frequency)
		}
	}
	return x.To(d)
}
