package nn

import (
	"math"
	"math/rand/v2"

	"github.com/declive/declive/tensor"
)

// Zeros fills t with 0 and returns it.
func Zeros(t *tensor.Tensor) *tensor.Tensor { return Constant(t, 0) }

// Ones fills t with 1 and returns it.
func Ones(t *tensor.Tensor) *tensor.Tensor { return Constant(t, 1) }

// Eye fills t with the identity matrix, cut or continued by 0 where t is not
// square, and returns it: a Linear of it passes on what it can. It panics when t
// has not two axes.
func Eye(t *tensor.Tensor) *tensor.Tensor {
	if t.Dims() != 2 {
		panic(tensor.Errorf("nn.Eye", "%v is not a matrix", t.Shape()))
	}
	Zeros(t)
	for i := range min(t.Len(0), t.Len(1)) {
		t.Set(1, i, i)
	}
	return t
}

// Dirac fills a weight of convolutions, [out in kernel…], with 1 in the middle of
// the kernels of equal channels and 0 elsewhere, and returns it: a convolution
// of it passes on as many channels as it can, in each of groups. It panics when
// t has not three to five axes, or groups does not divide out.
func Dirac(t *tensor.Tensor, groups int) *tensor.Tensor {
	const op = "nn.Dirac"
	if t.Dims() < 3 || t.Dims() > 5 {
		panic(tensor.Errorf(op, "%v is not [out in kernel…]", t.Shape()))
	}
	out := t.Len(0)
	if groups < 1 || out%groups != 0 {
		panic(tensor.Errorf(op, "%d output channels do not make %d groups", out, groups))
	}
	Zeros(t)
	for _, n := range t.Shape() {
		if n == 0 {
			return t
		}
	}
	at := make([]int, t.Dims())
	for axis := 2; axis < t.Dims(); axis++ {
		at[axis] = t.Len(axis) / 2
	}
	per := out / groups
	for o := range out {
		if o%per < t.Len(1) {
			at[0], at[1] = o, o%per
			t.Set(1, at...)
		}
	}
	return t
}

// Sparse fills a matrix with numbers drawn from the normal distribution of mean
// 0 and the given standard deviation, but in each column a share of the
// elements, rounded up and at random places, with 0, and returns it. It panics
// when t has not two axes, the share is not in [0, 1], or like Normal.
//
// Source: Martens, https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf
func Sparse(t *tensor.Tensor, share, std float64, rng *rand.Rand) *tensor.Tensor {
	const op = "nn.Sparse"
	if t.Dims() != 2 {
		panic(tensor.Errorf(op, "%v is not a matrix", t.Shape()))
	}
	if !(share >= 0 && share <= 1) {
		panic(tensor.Errorf(op, "the share of zeros is %v", share))
	}
	if !(std >= 0) {
		panic(tensor.Errorf(op, "standard deviation %v", std))
	}
	fill(op, t, rng, func() float64 { return std * rng.NormFloat64() })
	rows := t.Len(0)
	zeros := int(math.Ceil(share * float64(rows)))
	for c := range t.Len(1) {
		for _, r := range rng.Perm(rows)[:zeros] {
			t.Set(0, r, c)
		}
	}
	return t
}

// TruncNormal fills t with numbers drawn from the normal distribution of the
// given mean and standard deviation, drawn again while they are outside of
// [lo, hi], and returns it. It does so by the inverse of the distribution, so
// that it takes as long for any bounds:
//
//	mean + std·√2·erf⁻¹(2u − 1), u evenly between Φ((lo − mean)/std) and Φ((hi − mean)/std)
//
// It panics when lo > hi, std is not positive, t is not of floats, or rng is nil.
func TruncNormal(t *tensor.Tensor, mean, std, lo, hi float64, rng *rand.Rand) *tensor.Tensor {
	const op = "nn.TruncNormal"
	if !(lo <= hi) {
		panic(tensor.Errorf(op, "there is nothing between %v and %v", lo, hi))
	}
	if !(std > 0) {
		panic(tensor.Errorf(op, "standard deviation %v", std))
	}
	below := func(x float64) float64 { return math.Erfc((mean-x)/(std*math.Sqrt2)) / 2 }
	from, to := below(lo), below(hi)
	return fill(op, t, rng, func() float64 {
		u := from + (to-from)*rng.Float64()
		return max(lo, min(hi, mean-std*math.Sqrt2*math.Erfcinv(2*u)))
	})
}

// Orthogonal fills t, seen as a matrix of its first axis by all others, with
// gain times a random matrix whose rows, or whose columns where there are more
// rows, are orthonormal, and returns it. All such matrices are equally likely: it
// is Q of the QR decomposition of normal numbers with the signs of R's diagonal.
// It panics when t has fewer than two axes, is not of floats, or rng is nil.
//
// Source: Saxe et al., https://arxiv.org/abs/1312.6120
func Orthogonal(t *tensor.Tensor, gain float64, rng *rand.Rand) *tensor.Tensor {
	const op = "nn.Orthogonal"
	if t.Dims() < 2 {
		panic(tensor.Errorf(op, "a tensor of shape %v is no matrix: it needs 2 axes or more", t.Shape()))
	}
	if rng == nil || !t.DType().IsFloat() {
		fill(op, t, rng, nil) // which panics, as there may be nothing to draw
	}
	rows, columns := t.Len(0), t.Shape()[1:].Size()
	long, short := max(rows, columns), min(rows, columns)
	vectors := make([][]float64, short)
	for i := range vectors {
		vectors[i] = make([]float64, long)
		for !orthonormalise(vectors[i], vectors[:i], rng) {
		}
	}
	k := 0
	fill(op, t, rng, func() float64 {
		r, c := k/columns, k%columns
		k++
		if rows < columns {
			return gain * vectors[r][c]
		}
		return gain * vectors[c][r]
	})
	return t
}

// orthonormalise draws x, makes it orthogonal to others, twice because once
// leaves what rounding has, and of length 1. It reports whether that went well.
func orthonormalise(x []float64, others [][]float64, rng *rand.Rand) bool {
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	for range 2 {
		for _, q := range others {
			along := 0.0
			for i, v := range q {
				along += v * x[i]
			}
			for i, v := range q {
				x[i] -= along * v
			}
		}
	}
	square := 0.0
	for _, v := range x {
		square += v * v
	}
	for i := range x {
		x[i] /= math.Sqrt(square)
	}
	return square > 1e-20
}
