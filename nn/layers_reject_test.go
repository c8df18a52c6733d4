package nn_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func TestLayersReject(t *testing.T) {
	x := func(shape ...int) *autograd.Variable { return autograd.Const(tensor.Zeros(shape...)) }
	offsets := func(o ...int64) func() {
		return func() {
			nn.NewEmbeddingBag(3, 2, source()).Bags(tensor.New([]int64{0, 1}), tensor.New(o), nil)
		}
	}
	bag := func(mode string) *nn.EmbeddingBag {
		l := nn.NewEmbeddingBag(3, 2, source())
		l.Mode = mode
		return l
	}
	for want, f := range map[string]func(){
		"nn.Embedding: there is no row 3 among 3":                                                      func() { nn.NewEmbedding(3, 2, source()).Forward(numbers(0, 3)) },
		"nn.Embedding: there is no row -1 among 3":                                                     func() { nn.NewEmbedding(3, 2, source()).Forward(numbers(-1)) },
		"nn.Embedding: input float32 [2] is not of int64":                                              func() { nn.NewEmbedding(3, 2, source()).Forward(x(2)) },
		"nn.Embedding: there is no Weight [number dim]; make the layer with NewEmbedding":              func() { (&nn.Embedding{}).Forward(numbers(0)) },
		"nn.NewEmbedding: a length is negative: -1 rows of 2":                                          func() { nn.NewEmbedding(-1, 2, source()) },
		"nn.NewEmbedding: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":               func() { nn.NewEmbedding(1, 2, nil) },
		"nn.NewPaddedEmbedding: PaddingIdx 3 is not among 3 rows":                                      func() { nn.NewPaddedEmbedding(3, 2, 3, source()) },
		"nn.EmbeddingBag: input [2] is not [N length]; for bags of other lengths use Bags":             func() { bag("sum").Forward(numbers(0, 1)) },
		"nn.EmbeddingBag: offsets [1] do not rise from 0 to at most 2":                                 offsets(1),
		"nn.EmbeddingBag: offsets [0 2 1] do not rise from 0 to at most 2":                             offsets(0, 2, 1),
		"nn.EmbeddingBag: offsets [0 3] do not rise from 0 to at most 2":                               offsets(0, 3),
		"nn.EmbeddingBag: weights are for Mode \"sum\", not \"mean\"":                                  func() { bag("mean").Bags(tensor.New([]int64{0}), tensor.New([]int64{0}), x(1)) },
		"nn.EmbeddingBag: weights [2] are not one for each of 1 numbers":                               func() { bag("sum").Bags(tensor.New([]int64{0}), tensor.New([]int64{0}), x(2)) },
		"nn.EmbeddingBag: Mode is \"min\", not \"sum\", \"mean\" or \"max\"":                           func() { bag("min").Bags(tensor.New([]int64{0}), tensor.New([]int64{0}), nil) },
		"nn.EmbeddingBag: index [1] and offsets float32 [1] are not int64 [n] and [bags]":              func() { bag("sum").Bags(tensor.New([]int64{0}), tensor.Zeros(1), nil) },
		"nn.Bilinear: inputs [2 3] and [4 2] differ before the last axis":                              func() { nn.NewBilinear(3, 2, 1, source()).Forward(x(2, 3), x(4, 2)) },
		"nn.Bilinear: input [2 4] does not end in the normalized shape [3]":                            func() { nn.NewBilinear(3, 2, 1, source()).Forward(x(2, 4), x(2, 2)) },
		"nn.Bilinear: there is no Weight [out in1 in2]; make the layer with NewBilinear":               func() { (&nn.Bilinear{}).Forward(x(1), x(1)) },
		"nn.NewBilinear: a length of [3 0 1] is less than 1":                                           func() { nn.NewBilinear(3, 0, 1, source()) },
		"nn.CosineSimilarity: input [3] has no axis 1":                                                 func() { nn.NewCosineSimilarity().Forward(x(3), x(3)) },
		"nn.CosineSimilarity: inputs float32 [3] and float32 [4] are not vectors of floats, or differ": func() { nn.NewCosineSimilarity().Forward(x(3), x(4)) },
		"nn.PairwiseDistance: inputs float32 [3] and float32 [1] are not vectors of floats, or differ": func() { nn.NewPairwiseDistance().Forward(x(3), x(1)) },
		"nn.Unflatten: input [2 6] has no axis 2":                                                      func() { nn.NewUnflatten(2, 3, 2).Forward(x(2, 6)) },
		"nn.Unflatten: axis 1 of input [2 6] does not make [4 -1]":                                     func() { nn.NewUnflatten(1, 4, -1).Forward(x(2, 6)) },
		"nn.Unflatten: lengths [-1 -1] are negative":                                                   func() { nn.NewUnflatten(1, -1, -1).Forward(x(2, 6)) },
		"nn.PixelShuffle: input [6 2 2] is not [… C·2² H W]":                                           func() { nn.NewPixelShuffle(2).Forward(x(6, 2, 2)) },
		"nn.PixelUnshuffle: input [6 2 3] is not [… C H·2 W·2]":                                        func() { nn.NewPixelUnshuffle(2).Forward(x(6, 2, 3)) },
		"nn.Upsample: Mode is \"cubic\", not \"nearest\", \"linear\" or \"bilinear\"":                  func() { (&nn.Upsample{Size: []int{2}, Mode: "cubic"}).Forward(x(1, 1, 2)) },
		"nn.Upsample: input [1 1 2] has not the axes of Mode \"bilinear\"":                             func() { (&nn.Upsample{Size: []int{2}, Mode: "bilinear"}).Forward(x(1, 1, 2)) },
		"nn.Upsample: AlignCorners is not for Mode \"nearest\"":                                        func() { (&nn.Upsample{Size: []int{2}, Mode: "nearest", AlignCorners: true}).Forward(x(1, 1, 2)) },
		"nn.Upsample: one of Size and ScaleFactor must be given":                                       func() { (&nn.Upsample{Mode: "nearest"}).Forward(x(1, 1, 2)) },
		"nn.Upsample: there are 2 lengths or factors for input [1 1 2]":                                func() { (&nn.Upsample{Size: []int{2, 2}, Mode: "nearest"}).Forward(x(1, 1, 2)) },
		"nn.Upsample: axis 2 of input [1 1 2] becomes 0 long":                                          func() { nn.NewUpsample(0.3).Forward(x(1, 1, 2)) },
		"nn.Dropout1d: input [3] is neither [N C L] nor [C L]":                                         func() { nn.NewDropout1d(0.5, source()).Forward(x(3)) },
		"nn.Dropout1d: P is 2, not a probability":                                                      func() { nn.NewDropout1d(2, source()).Forward(x(3, 3)) },
		"nn.Dropout2d: input [3 2 2] is not [N C H W]":                                                 func() { nn.NewDropout2d(0.5, source()).Forward(x(3, 2, 2)) },
		"nn.AlphaDropout: Rand is nil; give a source such as rand.New(rand.NewPCG(1, 2))":              func() { nn.NewAlphaDropout(0.5, nil).Forward(x(3)) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func TestPerAxisReadsJSON(t *testing.T) {
	var l nn.Upsample
	require.NoError(t, json.Unmarshal([]byte(`{"size": 3, "scale_factor": [1, 2.5]}`), &l))
	assert.Equal(t, nn.PerAxis[int]{3}, l.Size)
	assert.Equal(t, nn.PerAxis[float64]{1, 2.5}, l.ScaleFactor)
	require.NoError(t, json.Unmarshal([]byte(`{"size": null}`), &l))
	assert.Nil(t, l.Size)
	require.Error(t, json.Unmarshal([]byte(`{"size": "3"}`), &l))
}
