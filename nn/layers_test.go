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

func init() {
	makers["Identity"] = func() nn.Module { return nn.NewIdentity() }
	makers["Unflatten"] = func() nn.Module { return nn.NewUnflatten(99) }
	makers["PixelShuffle"] = func() nn.Module { return nn.NewPixelShuffle(99) }
	makers["PixelUnshuffle"] = func() nn.Module { return nn.NewPixelUnshuffle(99) }
	makers["Upsample"] = func() nn.Module { return nn.NewUpsample(99) }
	makers["Embedding"] = func() nn.Module { return &rounded{nn.NewEmbedding(5, 3, source())} }
	makers["EmbeddingBag"] = func() nn.Module { return &bags{EmbeddingBag: nn.NewEmbeddingBag(5, 3, source())} }
	makers["Bilinear"] = func() nn.Module { return &bilinear{nn.NewBilinear(3, 3, 4, source())} }
	makers["CosineSimilarity"] = func() nn.Module { return &cosine{nn.NewCosineSimilarity()} }
	makers["PairwiseDistance"] = func() nn.Module { return &distance{nn.NewPairwiseDistance()} }
	fits["Bilinear"] = func(m nn.Module, c golden) {
		if len(c.State) == 1 {
			m.(*bilinear).Bias = nil
		}
	}
	align := &nn.Upsample{Size: []int{3, 7}, Mode: "bilinear", AlignCorners: true}
	for name, d := range map[string]derivative{
		"Identity":           {through(nn.NewIdentity()), [][]int{{2, 3}}},
		"Unflatten":          {through(nn.NewUnflatten(1, 3, 2)), [][]int{{2, 6}}},
		"PixelShuffle":       {through(nn.NewPixelShuffle(2)), [][]int{{4, 2, 2}}},
		"PixelUnshuffle":     {through(nn.NewPixelUnshuffle(2)), [][]int{{1, 2, 4}}},
		"Upsample":           {through(nn.NewUpsample(1.7)), [][]int{{1, 2, 3, 2}}},
		"Upsample bilinear":  {through(align), [][]int{{1, 2, 3, 2}}},
		"Dropout1d":          {dropping(func() nn.Module { return nn.NewDropout1d(0.4, source()) }), [][]int{{2, 3, 2}}},
		"Dropout2d":          {dropping(func() nn.Module { return nn.NewDropout2d(0.4, source()) }), [][]int{{2, 3, 2, 2}}},
		"AlphaDropout":       {dropping(func() nn.Module { return nn.NewAlphaDropout(0.4, source()) }), [][]int{{3, 4}}},
		"Embedding":          {embedded, [][]int{{5, 3}}},
		"EmbeddingBag":       {bagged("sum"), [][]int{{5, 3}, {6}}},
		"EmbeddingBag mean":  {bagged("mean"), [][]int{{5, 3}}},
		"EmbeddingBag max":   {bagged("max"), [][]int{{5, 3}}},
		"Bilinear":           {twisted, [][]int{{2, 3}, {2, 2}, {4, 3, 2}, {4}}},
		"CosineSimilarity":   {similar, [][]int{{2, 3}, {2, 3}}},
		"PairwiseDistance":   {apart(2), [][]int{{2, 3}, {2, 3}}},
		"PairwiseDistance 3": {apart(3), [][]int{{2, 3}, {2, 3}}},
	} {
		derivatives[name] = d
	}
}

// rounded is an Embedding of numbers that come as floats. Like the following it
// is what its namesake in internal/torchref/nn_layers.py is.
type rounded struct{ *nn.Embedding }

func (m *rounded) Forward(x *autograd.Variable) *autograd.Variable {
	y := m.Embedding.Forward(autograd.Const(x.Value().To(tensor.Int64)))
	return y.Add(x.Sum().MulScalar(0))
}

type bags struct {
	*nn.EmbeddingBag
	Offsets []int64
}

func (m *bags) Forward(x *autograd.Variable) *autograd.Variable {
	index, nothing := x.Value().To(tensor.Int64), x.Sum().MulScalar(0)
	if m.Offsets == nil {
		return m.EmbeddingBag.Forward(autograd.Const(index)).Add(nothing)
	}
	var weights *autograd.Variable
	if m.Mode == "sum" {
		weights = x.MulScalar(0.25)
	}
	return m.Bags(index, tensor.New(m.Offsets), weights).Add(nothing)
}

func half(x *autograd.Variable, k int) *autograd.Variable { return x.Slice(0, k, k+1).Squeeze(0) }

type bilinear struct{ *nn.Bilinear }

func (m *bilinear) Forward(x *autograd.Variable) *autograd.Variable {
	return m.Bilinear.Forward(half(x, 0), half(x, 1))
}

type cosine struct{ *nn.CosineSimilarity }

func (m *cosine) Forward(x *autograd.Variable) *autograd.Variable {
	return m.CosineSimilarity.Forward(half(x, 0), half(x, 1))
}

type distance struct{ *nn.PairwiseDistance }

func (m *distance) Forward(x *autograd.Variable) *autograd.Variable {
	return m.PairwiseDistance.Forward(half(x, 0), half(x, 1))
}

func dropping(make func() nn.Module) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable { return make().Forward(x[0]).Tanh() }
}

func numbers(v ...int64) *autograd.Variable { return autograd.Const(tensor.New(v)) }

func embedded(x []*autograd.Variable) *autograd.Variable {
	return (&nn.Embedding{Weight: x[0]}).Forward(numbers(3, 0, 3)).Tanh()
}

func bagged(mode string) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable {
		var weights *autograd.Variable
		if len(x) > 1 {
			weights = x[1]
		}
		l := &nn.EmbeddingBag{Weight: x[0], Mode: mode}
		return l.Bags(tensor.New([]int64{3, 0, 3, 1, 4, 4}), tensor.New([]int64{0, 2, 2}), weights).Tanh()
	}
}

func twisted(x []*autograd.Variable) *autograd.Variable {
	return (&nn.Bilinear{Weight: x[2], Bias: x[3]}).Forward(x[0], x[1])
}

func similar(x []*autograd.Variable) *autograd.Variable {
	return nn.NewCosineSimilarity().Forward(x[0], x[1])
}

func apart(p float64) func(x []*autograd.Variable) *autograd.Variable {
	return func(x []*autograd.Variable) *autograd.Variable {
		return (&nn.PairwiseDistance{P: p, Eps: 1e-6}).Forward(x[0], x[1])
	}
}

// The row for padding begins at 0 and learns nothing, however often it is used.
func TestPaddingLearnsNothing(t *testing.T) {
	l := nn.NewPaddedEmbedding(4, 3, -1, source())
	y := l.Forward(autograd.Const(tensor.New([]int64{3, 1, 3, 1}, 2, 2)))
	assert.Equal(t, tensor.Shape{2, 2, 3}, y.Shape())
	y.Sum().Backward()
	assert.Equal(t, []float64{0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 0}, l.Weight.Grad().Value().Float64s())
	assert.Equal(t, []float64{0, 0, 0}, tensor.Slice(l.Weight.Value(), 0, 3, 4).Float64s())
}

// A model that begins with a table of rows records nothing either when what it
// is fed is untracked.
func TestRowsOfUntrackedNumbersAreUntracked(t *testing.T) {
	x := tensor.New([]int64{3, 1, 3, 0}, 2, 2)
	embedding := nn.NewPaddedEmbedding(4, 3, 0, source())
	embedding.ScaleGradByFreq = true
	modules := map[string]nn.Module{"Embedding": embedding}
	for _, mode := range []string{"sum", "mean", "max"} {
		bag := nn.NewEmbeddingBag(4, 3, source())
		bag.Mode = mode
		modules["EmbeddingBag "+mode] = bag
	}
	for name, m := range modules {
		y, recorded := m.Forward(autograd.Untracked(x)), m.Forward(autograd.Const(x))
		assert.True(t, y.IsUntracked(), name)
		assert.True(t, recorded.WantsGrad(), name)
		assert.True(t, tensor.Equal(recorded.Value(), y.Value()), name)
	}
}

// Only rows that are used and too long change.
func TestEmbeddingLimitsInPlace(t *testing.T) {
	l, limit := nn.NewEmbedding(3, 2, source()), 1.0
	l.MaxNorm = &limit
	copy(tensor.Data[float32](l.Weight.Value()), []float32{3, 4, 0.3, 0.4, 3, 4})
	l.Forward(numbers(0, 1, 0))
	w := l.Weight.Value().Float64s()
	assert.InDeltaSlice(t, []float64{0.6, 0.8, 0.3, 0.4, 3, 4}, w, 1e-6)
}

func TestChannelsDropAsOne(t *testing.T) {
	const n, p = 20000, 0.3
	for _, m := range []nn.Module{nn.NewDropout1d(p, source()), nn.NewDropout2d(p, source())} {
		shape := []int{n / 10, 10, 4}
		if _, images := m.(*nn.Dropout2d); images {
			shape = []int{n / 10, 10, 2, 2}
		}
		y, zeros := m.Forward(autograd.Const(tensor.Full(2, shape...))).Value().Float64s(), 0
		for c := range n {
			for _, v := range y[c*4:][:4] {
				require.Equal(t, y[c*4], v, "a channel is of one piece")
			}
			if y[c*4] == 0 {
				zeros++
			} else {
				require.InDelta(t, 2/(1-p), y[c*4], 1e-6)
			}
		}
		assert.InDelta(t, p, float64(zeros)/n, deviations*math.Sqrt(p*(1-p)/n))
		nn.Eval(m)
		x := autograd.Const(tensor.Zeros(shape...))
		assert.Same(t, x, m.Forward(x))
	}
}

// Mean 0 and variance 1 stay, and what is dropped has one value.
func TestAlphaDropoutKeepsMoments(t *testing.T) {
	const n = 200_000
	x := autograd.Const(tensor.Float64.Randn(source(), n))
	l := nn.NewAlphaDropout(0.2, source())
	y := l.Forward(x).Value().Float64s()
	mean, variance := moments(y)
	assert.InDelta(t, 0, mean, deviations/math.Sqrt(n))
	assert.InDelta(t, 1, variance, deviations*math.Sqrt(3.0/n))
	counts := map[float64]int{}
	for _, v := range y {
		counts[v]++
	}
	// As PyTorch 1.13.1 gives it: alpha_dropout of 0.2, the least of its values for x of 0.
	a := 1 / math.Sqrt(0.8*(1+0.2*1.7580993408473766*1.7580993408473766))
	most := 0
	for v, k := range counts {
		if k > most {
			most = k
			assert.True(t, k == 1 || math.Abs(v+0.8*a*1.7580993408473766) < 1e-12)
		}
	}
	assert.InDelta(t, 0.2, float64(most)/n, deviations*math.Sqrt(0.16/n))
	l.P = 1
	assert.Equal(t, 0.0, tensor.Norm(l.Forward(x).Value(), 1).Item())
	nn.Eval(l)
	assert.Same(t, x, l.Forward(x))
}

// TestPixelsOfNoImages has shapes of which −1 in a Reshape cannot be told.
func TestPixelsOfNoImages(t *testing.T) {
	for _, c := range []struct {
		m        nn.Module
		in, want []int
	}{
		{nn.NewPixelShuffle(2), []int{3, 0, 2, 5}, []int{3, 0, 4, 10}},
		{nn.NewPixelShuffle(2), []int{0, 4, 2, 5}, []int{0, 1, 4, 10}},
		{nn.NewPixelUnshuffle(2), []int{1, 3, 0, 2, 6}, []int{1, 3, 0, 1, 3}},
		{nn.NewPixelUnshuffle(2), []int{2, 0, 4}, []int{8, 0, 2}},
	} {
		x := autograd.New(tensor.Zeros(c.in...))
		y := c.m.Forward(x)
		assert.Equal(t, tensor.Shape(c.want), y.Shape())
		assert.Equal(t, tensor.Shape(c.in), autograd.Grad(y.Sum(), x)[0].Shape())
	}
}

// TestHardswishBends tells which slopes the corners have.
func TestHardswishBends(t *testing.T) {
	x := autograd.New(tensor.New([]float64{-3, 3}))
	y := nn.NewHardswish().Forward(x)
	assert.Equal(t, []float64{0, 3}, y.Value().Float64s())
	assert.InDeltaSlice(t, []float64{-0.5, 1}, autograd.Grad(y.Sum(), x)[0].Value().Float64s(), 1e-15)
}
