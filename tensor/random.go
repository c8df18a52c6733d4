package tensor

import "math/rand/v2"

// Rand returns numbers drawn evenly from [0, 1) in row-major order. Equal
// sources give equal tensors:
//
//	rng := rand.New(rand.NewPCG(seed, 0))
//
// It panics when the type is not a float.
func (d DType) Rand(rng *rand.Rand, shape ...int) *Tensor {
	next := rng.Float64
	if d == Float32 { // a float64 just below 1 would round up to it
		next = func() float64 { return float64(rng.Float32()) }
	}
	return d.draw("tensor.Rand", shape, next)
}

// Randn returns numbers drawn from the normal distribution with mean 0 and
// variance 1, like Rand.
func (d DType) Randn(rng *rand.Rand, shape ...int) *Tensor {
	return d.draw("tensor.Randn", shape, rng.NormFloat64)
}

func (d DType) draw(op string, shape Shape, next func() float64) *Tensor {
	if !d.IsFloat() {
		panic(Errorf(op, "%v cannot hold fractions", d))
	}
	checkLengths(op, shape)
	t := d.Zeros(shape...)
	if d == Float32 {
		for i, buf := 0, Data[float32](t); i < len(buf); i++ {
			buf[i] = float32(next())
		}
		return t
	}
	for i, buf := 0, Data[float64](t); i < len(buf); i++ {
		buf[i] = next()
	}
	return t
}

// Rand returns float32 numbers drawn evenly from [0, 1).
func Rand(rng *rand.Rand, shape ...int) *Tensor { return Float32.Rand(rng, shape...) }

// Randn returns float32 numbers drawn from the standard normal distribution.
func Randn(rng *rand.Rand, shape ...int) *Tensor { return Float32.Randn(rng, shape...) }

// Randint returns int64 numbers drawn evenly from [low, high). It panics when
// there is none.
func Randint(rng *rand.Rand, low, high int64, shape ...int) *Tensor {
	if low >= high {
		panic(Errorf("tensor.Randint", "no number lies in [%d, %d)", low, high))
	}
	checkLengths("tensor.Randint", shape)
	t, buf := empty[int64](shape)
	for i := range buf {
		buf[i] = low + int64(rng.Uint64N(uint64(high)-uint64(low))) // the span may exceed int64
	}
	return t
}
