package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// QᵀQ is gain²·I, or QQᵀ where there are more columns than rows.
func TestOrthogonalIsOrthogonal(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		for _, shape := range [][]int{{5, 5}, {40, 7}, {7, 40}, {6, 2, 3, 2}, {1, 1}, {0, 3}} {
			q := nn.Orthogonal(d.Zeros(shape...), 1.5, source())
			matrix := tensor.Reshape(q, shape[0], tensor.Shape(shape[1:]).Size())
			product := tensor.MatMul(matrix, matrix, tensor.TransA)
			if matrix.Len(0) < matrix.Len(1) {
				product = tensor.MatMul(matrix, matrix, tensor.TransB)
			}
			want := tensor.MulScalar(d.Eye(product.Len(0)), 1.5*1.5)
			tolerance := map[tensor.DType]float64{tensor.Float32: 1e-5, tensor.Float64: 1e-13}[d]
			assert.True(t, tensor.AllClose(want, product, 0, tolerance), "%v", shape)
		}
	}
}

// Of random orthogonal matrices every element has mean 0 and variance 1/n, and
// the sign of the diagonal is chance.
func TestOrthogonalIsEven(t *testing.T) {
	const n, times = 4, 2000
	rng, first := source(), []float64{}
	for range times {
		first = append(first, nn.Orthogonal(tensor.Float64.Zeros(n, n), 1, rng).At(0, 0))
	}
	mean, variance := moments(first)
	assert.InDelta(t, 0, mean, deviations*math.Sqrt(1.0/n/times))
	// The fourth moment of an element of a random unit vector is 3/(n(n+2)).
	assert.InDelta(t, 1.0/n, variance, deviations*math.Sqrt((3.0/(n*(n+2))-1.0/(n*n))/times))
}

func TestTruncNormal(t *testing.T) {
	const n = 100_000
	for _, c := range []struct{ mean, std, lo, hi float64 }{{0, 1, -2, 2}, {1, 0.5, 0, 1.2}, {0, 1, 3, 4}, {0, 1, 0.5, 0.5}, {-1, 2, math.Inf(-1), 0}} {
		x := nn.TruncNormal(tensor.Float64.Zeros(n), c.mean, c.std, c.lo, c.hi, source()).Float64s()
		density := func(v float64) float64 { return math.Exp(-v*v/2) / math.Sqrt(2*math.Pi) }
		a, b := (c.lo-c.mean)/c.std, (c.hi-c.mean)/c.std
		for _, v := range x {
			if !assert.True(t, c.lo <= v && v <= c.hi, "%v", v) {
				break
			}
		}
		if c.lo == c.hi {
			continue
		}
		// The moments of a truncated normal distribution.
		share := (math.Erfc(a/math.Sqrt2) - math.Erfc(b/math.Sqrt2)) / 2
		times := func(v float64) float64 {
			if math.IsInf(v, 0) {
				return 0
			}
			return v * density(v)
		}
		shift := (density(a) - density(b)) / share
		wantVariance := c.std * c.std * (1 + (times(a)-times(b))/share - shift*shift)
		mean, variance := moments(x)
		assert.InDelta(t, c.mean+c.std*shift, mean, deviations*math.Sqrt(wantVariance/n), "%v", c)
		assert.InDelta(t, wantVariance, variance, deviations*wantVariance*math.Sqrt(8.0/n), "%v", c)
	}
}

func TestSparse(t *testing.T) {
	x := nn.Sparse(tensor.Float64.Zeros(200, 300), 0.301, 0.5, source())
	var rest []float64
	byRow := make([]float64, 200)
	for c := range 300 {
		zeros := 0
		for r := range 200 {
			if v := x.At(r, c); v != 0 {
				rest = append(rest, v)
			} else {
				zeros++
				byRow[r]++
			}
		}
		assert.Equal(t, 61, zeros, "0.301·200, rounded up, in each column")
	}
	mean, variance := moments(rest)
	n := float64(len(rest))
	assert.InDelta(t, 0, mean, deviations*0.5/math.Sqrt(n))
	assert.InDelta(t, 0.25, variance, deviations*0.25*math.Sqrt(2/n))
	perRow, _ := moments(byRow)
	assert.InDelta(t, 61*300.0/200, perRow, 1e-9)
	for _, k := range byRow {
		assert.InDelta(t, perRow, k, 6*math.Sqrt(perRow), "every row is as likely")
	}
}

// A convolution of Dirac, and a Linear of Eye, pass their input on.
func TestWhatPassesOn(t *testing.T) {
	rng := source()
	conv := nn.NewGroupedConv2d(4, 6, 2, nn.Pair{3, 3}, rng)
	nn.Dirac(conv.Weight.Value(), 2)
	conv.Bias, conv.Padding = nil, nn.Pair{1, 1}
	x := tensor.Randn(rng, 2, 4, 5, 5)
	y := conv.Forward(autograd.Const(x)).Value()
	for out, in := range []int{0, 1, -1, 2, 3, -1} {
		want := tensor.Zeros(2, 1, 5, 5)
		if in >= 0 {
			want = tensor.Slice(x, 1, in, in+1)
		}
		assert.True(t, tensor.Equal(want, tensor.Slice(y, 1, out, out+1)), "channel %d", out)
	}
	for _, shape := range [][]int{{2, 2, 3}, {3, 2, 4}, {2, 2, 3, 3, 3}} {
		d := nn.Dirac(tensor.Ones(shape...), 1)
		assert.Equal(t, 2.0, tensor.Sum(d).Item(), "%v", shape)
	}
	assert.Equal(t, []float64{1, 0, 0, 0, 1, 0}, nn.Eye(tensor.Full(7, 2, 3)).Float64s())
	assert.Equal(t, []float64{1, 0, 0, 1, 0, 0}, nn.Eye(tensor.Float64.Full(7, 3, 2)).Float64s())
	assert.Equal(t, []float64{1, 1}, nn.Ones(tensor.Zeros(2)).Float64s())
	assert.Equal(t, []float64{0, 0}, nn.Zeros(tensor.Ones(2)).Float64s())
}

func TestStructuredInitialisersReject(t *testing.T) {
	rng := source()
	for want, f := range map[string]func(){
		"nn.Eye: [2] is not a matrix":                                                  func() { nn.Eye(tensor.Zeros(2)) },
		"nn.Dirac: [2 2] is not [out in kernel…]":                                      func() { nn.Dirac(tensor.Zeros(2, 2), 1) },
		"nn.Dirac: 3 output channels do not make 2 groups":                             func() { nn.Dirac(tensor.Zeros(3, 2, 1), 2) },
		"nn.Sparse: [2] is not a matrix":                                               func() { nn.Sparse(tensor.Zeros(2), 0.5, 1, rng) },
		"nn.Sparse: the share of zeros is 1.5":                                         func() { nn.Sparse(tensor.Zeros(2, 2), 1.5, 1, rng) },
		"nn.Sparse: standard deviation -1":                                             func() { nn.Sparse(tensor.Zeros(2, 2), 0.5, -1, rng) },
		"nn.Sparse: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":     func() { nn.Sparse(tensor.Zeros(2, 2), 0.5, 1, nil) },
		"nn.TruncNormal: there is nothing between 2 and 1":                             func() { nn.TruncNormal(tensor.Zeros(2), 0, 1, 2, 1, rng) },
		"nn.TruncNormal: standard deviation 0":                                         func() { nn.TruncNormal(tensor.Zeros(2), 0, 0, 1, 2, rng) },
		"nn.Orthogonal: a tensor of shape [2] is no matrix: it needs 2 axes or more":   func() { nn.Orthogonal(tensor.Zeros(2), 1, rng) },
		"nn.Orthogonal: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))": func() { nn.Orthogonal(tensor.Zeros(2, 2), 1, nil) },
		"nn.Orthogonal: int64 [2 2] cannot hold fractions":                             func() { nn.Orthogonal(tensor.Int64.Zeros(2, 2), 1, rng) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}
