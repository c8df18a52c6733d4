package nn_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// encodeByParts is Encode by the layer's parts: Attend has the weights, too, so
// it is composed of other operations.
func encodeByParts(l *nn.TransformerEncoderLayer, x *autograd.Variable, mask nn.AttentionMask) *autograd.Variable {
	y, _ := l.SelfAttn.Attend(x, x, x, mask)
	x = l.Norm1.Forward(x.Add(l.Dropout1.Forward(y)))
	hidden := l.Linear1.Forward(x)
	if l.Activation == "gelu" {
		hidden = hidden.GELU()
	} else {
		hidden = hidden.ReLU()
	}
	return l.Norm2.Forward(x.Add(l.Dropout2.Forward(l.Linear2.Forward(l.Dropout.Forward(hidden)))))
}

// masksOf are masks of every shape, for sequences of length n.
func masksOf(batch, heads, n int) map[string]nn.AttentionMask {
	rng := source()
	each, padding := tensor.Bool.Zeros(batch*heads, n, n), tensor.Bool.Zeros(batch, n)
	for i, data := 0, tensor.Data[bool](each); i < len(data); i++ {
		data[i] = i%n > 0 && rng.IntN(3) == 0
	}
	for i, data := 0, tensor.Data[bool](padding); i < len(data); i++ {
		data[i] = i%n > n-1-i/n
	}
	return map[string]nn.AttentionMask{"none": {}, "causal": {Attn: nn.CausalMask(n)}, "of each head": {Attn: each}, "padding": {KeyPadding: padding},
		"added": {Attn: tensor.Randn(rng, n, n)}, "causal and padding": {Attn: nn.CausalMask(n), KeyPadding: padding}, "of each head and padding": {Attn: each, KeyPadding: padding}}
}

func TestEncoderLayerIsItsParts(t *testing.T) {
	const batch, heads, length = 3, 2, 17
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		for _, activation := range []string{"relu", "gelu"} {
			for _, batchFirst := range []bool{false, true} {
				for name, mask := range masksOf(batch, heads, length) {
					t.Run(fmt.Sprint(d, activation, batchFirst, name), func(t *testing.T) {
						l := nn.NewTransformerEncoderLayer(12, heads, 9, source())
						l.Activation, l.SelfAttn.BatchFirst = activation, batchFirst
						nn.Eval(l)
						nn.To(l, d)
						x := autograd.New(d.Randn(source(), length, batch, 12))
						if batchFirst {
							x = autograd.New(d.Randn(source(), batch, length, 12))
						}
						sameGradients(t, d, l, x, l.Encode(x, mask), encodeByParts(l, x, mask))
					})
				}
			}
		}
	}
}

// Both ways draw the same bits where a head's are whole words.
func TestTrainedEncoderLayerIsItsParts(t *testing.T) {
	for _, activation := range []string{"relu", "gelu"} {
		for name, mask := range masksOf(3, 2, 8) {
			t.Run(activation+name, func(t *testing.T) {
				l, same := nn.NewTransformerEncoderLayer(12, 2, 9, source()), nn.NewTransformerEncoderLayer(12, 2, 9, source())
				l.Activation, same.Activation = activation, activation
				nn.To(l, tensor.Float64)
				for i, p := range nn.Parameters(l) {
					nn.Parameters(same)[i].Variable.SetValue(p.Value())
				}
				x := autograd.New(tensor.Float64.Randn(source(), 8, 3, 12))
				a, b := l.Encode(x, mask), encodeByParts(same, x, mask)
				require.InDeltaSlice(t, b.Value().Float64s(), a.Value().Float64s(), 1e-12)
				nn.Eval(l)
				require.NotEqual(t, l.Encode(x, mask).Value().Float64s(), a.Value().Float64s())
			})
		}
	}
}

// sameGradients compares two results and their gradients.
func sameGradients(t *testing.T, d tensor.DType, m any, x, a, b *autograd.Variable) {
	eps := 1e-12
	if d == tensor.Float32 {
		eps = 2e-5
	}
	require.InDeltaSlice(t, b.Value().Float64s(), a.Value().Float64s(), eps)
	inputs := []*autograd.Variable{x}
	for _, p := range nn.Parameters(m) {
		inputs = append(inputs, p.Variable)
	}
	walk := autograd.Walk{Seeds: []*autograd.Variable{autograd.Const(d.Randn(source(), a.Shape()...))}}
	got, want := walk.Grad([]*autograd.Variable{a}, inputs), walk.Grad([]*autograd.Variable{b}, inputs)
	for i := range inputs {
		scale := max(1, tensor.Norm(want[i].Value(), math.Inf(1)).Item())
		require.InDeltaSlice(t, want[i].Value().Float64s(), got[i].Value().Float64s(), eps*scale, "input %d", i)
	}
}

// What an operation kept goes back when its graph is freed, not before, and
// what it gave stays as it was.
func TestFreedLayersKeepTheirResults(t *testing.T) {
	l := nn.NewTransformerEncoderLayer(64, 2, 96, source())
	nn.Eval(l)
	x := autograd.New(tensor.Randn(source(), 16, 4, 64))
	seed := []*autograd.Variable{autograd.Const(tensor.Randn(source(), 16, 4, 64))}
	y := l.Forward(x)
	value := y.Value().Clone()
	first := autograd.Walk{Seeds: seed, RetainGraph: true}.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})[0].Value().Clone()
	for range 3 { // others take and give back buffers of the same lengths
		autograd.Walk{Seeds: seed}.Backward(l.Forward(x))
		l.Forward(autograd.Untracked(x.Value()))
	}
	second := autograd.Walk{Seeds: seed}.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})[0].Value()
	assert.True(t, tensor.Equal(first, second))
	l.Forward(x)
	assert.True(t, tensor.Equal(first, second))
	assert.True(t, tensor.Equal(value, y.Value()))
}

// Pieces are cut by size alone, so processors do not change bits.
func TestEncoderBitsDoNotDependOnProcessors(t *testing.T) {
	l := nn.NewTransformerEncoderLayer(64, 4, 256, source())
	nn.Eval(l)
	x := autograd.New(tensor.Randn(source(), 64, 8, 64))
	seed := []*autograd.Variable{autograd.Const(tensor.Randn(source(), 64, 8, 64))}
	inputs := []*autograd.Variable{x}
	for _, p := range nn.Parameters(l) {
		inputs = append(inputs, p.Variable)
	}
	var want []*autograd.Variable
	for _, processors := range []int{1, 4} {
		before := runtime.GOMAXPROCS(processors)
		y := l.Forward(x)
		got := append(autograd.Walk{Seeds: seed}.Grad([]*autograd.Variable{y}, inputs), y)
		runtime.GOMAXPROCS(before)
		for i, g := range want {
			assert.True(t, tensor.Equal(g.Value(), got[i].Value()), "result %d", i)
		}
		want = got
	}
}

func TestWatchedEncoderTellsOfAttention(t *testing.T) {
	l := nn.NewTransformerEncoderLayer(4, 2, 3, source())
	nn.Eval(l)
	x := autograd.New(tensor.Randn(source(), 2, 1, 4)).Watch()
	mask := nn.AttentionMask{Attn: tensor.FromSlice([][]bool{{true, true}, {false, true}})}
	err := autograd.Try(func() { l.Encode(x, mask) })
	assert.ErrorContains(t, err, "Attention")
	assert.ErrorContains(t, err, "leave something unmasked")
}
