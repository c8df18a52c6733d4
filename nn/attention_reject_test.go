package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func TestAttentionRejects(t *testing.T) {
	x := func(shape ...int) *autograd.Variable { return autograd.Const(tensor.Zeros(shape...)) }
	attend := func(q, k, v *autograd.Variable, mask nn.AttentionMask) func() {
		return func() { nn.NewMultiheadAttention(4, 2, source()).Attend(q, k, v, mask) }
	}
	products := func(q, k, v *autograd.Variable) func() {
		return func() { nn.ScaledDotProductAttention(q, k, v, nil, nil) }
	}
	wide := autograd.Const(tensor.Float64.Zeros(3, 4))
	for want, f := range map[string]func(){
		"nn.ScaledDotProductAttention: query [4], key [3 4] or value [3 4] has fewer than 2 axes":       products(x(4), x(3, 4), x(3, 4)),
		"nn.ScaledDotProductAttention: query [2 5] and key [3 4] differ in their last axis":             products(x(2, 5), x(3, 4), x(3, 4)),
		"nn.ScaledDotProductAttention: key [3 4] and value [2 4] differ in their number":                products(x(2, 4), x(3, 4), x(2, 4)),
		"nn.ScaledDotProductAttention: query float64, key float32 and value float32 differ in type":     products(wide, x(3, 4), x(3, 4)),
		"nn.CausalMask: the length -1 is negative":                                                      func() { nn.CausalMask(-1) },
		"nn.SinusoidalPositions: a length is negative: -1 positions of 2":                               func() { nn.SinusoidalPositions(tensor.Float32, -1, 2) },
		"nn.SinusoidalPositions: int64 is not of floats":                                                func() { nn.SinusoidalPositions(tensor.Int64, 1, 2) },
		"nn.NewMultiheadAttention: 5 features cannot be shared by 2 heads":                              func() { nn.NewMultiheadAttention(5, 2, source()) },
		"nn.NewMultiheadAttention: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":       func() { nn.NewMultiheadAttention(4, 2, nil) },
		"nn.NewCrossAttention: a length is less than 1: keys of 0, values of 2":                         func() { nn.NewCrossAttention(4, 2, 0, 2, source()) },
		"nn.NewTransformerEncoderLayer: 5 features cannot be shared by 2 heads":                         func() { nn.NewTransformerEncoderLayer(5, 2, 3, source()) },
		"nn.NewTransformerDecoderLayer: 5 features cannot be shared by 2 heads":                         func() { nn.NewTransformerDecoderLayer(5, 2, 3, source()) },
		"nn.NewTransformerEncoder: layer 0 is nil":                                                      func() { nn.NewTransformerEncoder(nil) },
		"nn.NewTransformerDecoder: layer 0 is nil":                                                      func() { nn.NewTransformerDecoder(nil) },
		"nn.MultiheadAttention: there are no weights; make the layer with NewMultiheadAttention":        func() { (&nn.MultiheadAttention{}).Forward(x(3, 4)) },
		"nn.MultiheadAttention: query [4] is not of 3 axes, nor are all inputs of 2":                    attend(x(4), x(4), x(4), nn.AttentionMask{}),
		"nn.MultiheadAttention: key [3 1 4] is not of 3 axes, nor are all inputs of 2":                  attend(x(3, 4), x(3, 1, 4), x(3, 4), nn.AttentionMask{}),
		"nn.MultiheadAttention: value [3 5] does not end in 4 features":                                 attend(x(3, 4), x(3, 4), x(3, 5), nn.AttentionMask{}),
		"nn.MultiheadAttention: query float64 [3 4], but weight float32; convert one, with To or nn.To": attend(wide, wide, wide, nn.AttentionMask{}),
		"nn.MultiheadAttention: key [3 4] and value [2 4] differ in number":                             attend(x(3, 4), x(3, 4), x(2, 4), nn.AttentionMask{}),
		"nn.MultiheadAttention: query [3 1 4] and key [3 2 4] differ in axis 1, the batch":              attend(x(3, 1, 4), x(3, 2, 4), x(3, 2, 4), nn.AttentionMask{}),
		"nn.MultiheadAttention: mask [2 2] is neither [3 3] nor [2 3 3]":                                attend(x(3, 4), x(3, 4), x(3, 4), nn.AttentionMask{Attn: nn.CausalMask(2)}),
		"nn.MultiheadAttention: key padding mask [2] is not [1 3]":                                      attend(x(3, 4), x(3, 4), x(3, 4), nn.AttentionMask{KeyPadding: tensor.Bool.Zeros(2)}),
		"nn.TransformerEncoderLayer: Activation \"tanh\" is neither \"relu\" nor \"gelu\"": func() {
			l := nn.NewTransformerEncoderLayer(4, 2, 3, source())
			l.Activation = "tanh"
			l.Forward(x(3, 4))
		},
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

// Found by running PyTorch: who may look at nothing gets NaN, and nobody else.
func TestAttentionWithoutKeys(t *testing.T) {
	mask := tensor.FromSlice([][]bool{{true, true}, {false, true}})
	l := nn.NewMultiheadAttention(4, 2, source())
	x := autograd.Const(tensor.Randn(source(), 2, 4))
	y, weights := l.Attend(x, x, x, nn.AttentionMask{Attn: mask})
	for i := range 4 {
		assert.True(t, math.IsNaN(y.Value().At(0, i)))
		assert.False(t, math.IsNaN(y.Value().At(1, i)))
	}
	assert.True(t, math.IsNaN(weights.Value().At(0, 0, 1)))
	assert.Equal(t, []float64{1, 0}, weights.Value().Float64s()[2:4])
	err := autograd.Try(func() { l.Attend(autograd.New(x.Value()).Watch(), x, x, nn.AttentionMask{Attn: mask}) })
	assert.ErrorContains(t, err, "Softmax")
}

// Weights that are dropped are 0, the others grow, and Eval ends it.
func TestAttentionDropout(t *testing.T) {
	l := nn.NewMultiheadAttention(4, 2, source())
	l.Dropout.P = 0.5
	x := autograd.Const(tensor.Zeros(50, 4))
	_, weights := l.Attend(x, x, x, nn.AttentionMask{})
	zeros := 0
	for _, w := range weights.Value().Float64s() {
		if w == 0 {
			zeros++
		} else {
			assert.InDelta(t, 2.0/50, w, 1e-6)
		}
	}
	assert.InDelta(t, 2500, zeros, 200)
	nn.Eval(l)
	_, weights = l.Attend(x, x, x, nn.AttentionMask{})
	assert.InDelta(t, 1.0/50, weights.Value().At(1, 49, 49), 1e-8)
}

func TestEncoderDropsInTraining(t *testing.T) {
	l := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(4, 2, 5, source()))
	x := autograd.Const(tensor.Randn(source(), 3, 4))
	assert.False(t, tensor.Equal(l.Forward(x).Value(), l.Forward(x).Value()))
	nn.Eval(l)
	assert.True(t, tensor.Equal(l.Forward(x).Value(), l.Forward(x).Value()))
}
