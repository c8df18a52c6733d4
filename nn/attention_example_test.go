package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func ExampleScaledDotProductAttention() {
	query := autograd.Const(tensor.FromSlice([][]float32{{1000, 0}, {0, 0}}))
	key := autograd.Const(tensor.FromSlice([][]float32{{1, 0}, {0, 1}}))
	value := autograd.Const(tensor.FromSlice([][]float32{{7}, {9}}))
	y, weights := nn.ScaledDotProductAttention(query, key, value, nil, nil)
	fmt.Println(y.Reshape(-1))
	fmt.Println(weights)
	// Output:
	// [7. 8.]
	// [[1.0000 0.0000]
	//  [0.5000 0.5000]]
}

func ExampleCausalMask() {
	fmt.Println(nn.CausalMask(3)) // true is not allowed
	// Output:
	// [[false  true  true]
	//  [false false  true]
	//  [false false false]]
}

func ExampleMultiheadAttention() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewMultiheadAttention(8, 2, rng)
	l.BatchFirst = true
	x := autograd.Const(tensor.Randn(rng, 3, 5, 8)) // 3 sequences of 5
	fmt.Println(l.Forward(x).Shape())
	for _, p := range nn.Parameters(l) {
		fmt.Println(p.Name, p.Shape())
	}
	// Output:
	// [3 5 8]
	// in_proj_weight [24 8]
	// in_proj_bias [24]
	// out_proj.weight [8 8]
	// out_proj.bias [8]
}

func ExampleMultiheadAttention_Attend() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewCrossAttention(8, 2, 3, 6, rng)
	l.BatchFirst = true
	query, key, value := tensor.Randn(rng, 1, 2, 8), tensor.Randn(rng, 1, 4, 3), tensor.Randn(rng, 1, 4, 6)
	absent := tensor.FromSlice([][]bool{{false, false, true, true}})
	y, weights := l.Attend(autograd.Const(query), autograd.Const(key), autograd.Const(value), nn.AttentionMask{KeyPadding: absent})
	average := weights.Mean(-3) // over the heads
	fmt.Println(y.Shape(), weights.Shape(), average.Shape())
	fmt.Println(average.Value().At(0, 0, 2), average.Value().At(0, 0, 3))
	// Output:
	// [1 2 8] [1 2 2 4] [1 2 4]
	// 0 0
}

func ExampleTransformerEncoderLayer() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewTransformerEncoderLayer(8, 2, 16, rng)
	l.Activation, l.NormFirst = "gelu", true
	x := autograd.Const(tensor.Randn(rng, 5, 3, 8)) // 3 sequences of 5, as PyTorch has them
	fmt.Println(l.Forward(x).Shape())
	// Output: [5 3 8]
}

// What comes later does not change what is before it.
func ExampleTransformerEncoder_Encode() {
	rng := rand.New(rand.NewPCG(1, 2))
	m := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, 16, rng), nn.NewTransformerEncoderLayer(8, 2, 16, rng))
	nn.Eval(m)
	x := tensor.Randn(rng, 5, 1, 8)
	causal := nn.AttentionMask{Attn: nn.CausalMask(5)}
	before := m.Encode(autograd.Untracked(x), causal).Slice(0, 0, 4)
	x.Set(100, 4, 0, 0)
	after := m.Encode(autograd.Untracked(x), causal).Slice(0, 0, 4)
	fmt.Println(tensor.Equal(before.Value(), after.Value()))
	// Output: true
}

func ExampleTransformerEncoder() {
	rng := rand.New(rand.NewPCG(1, 2))
	m := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, 16, rng), nn.NewTransformerEncoderLayer(8, 2, 16, rng))
	m.Norm = nn.NewLayerNorm(8)
	for _, p := range nn.Parameters(m)[:4] {
		fmt.Println(p.Name)
	}
	fmt.Println(m.Forward(autograd.Const(tensor.Randn(rng, 5, 3, 8))).Shape())
	// Output:
	// layers.0.self_attn.in_proj_weight
	// layers.0.self_attn.in_proj_bias
	// layers.0.self_attn.out_proj.weight
	// layers.0.self_attn.out_proj.bias
	// [5 3 8]
}

func ExampleTransformerDecoderLayer() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewTransformerDecoderLayer(8, 2, 16, rng)
	x, memory := autograd.Const(tensor.Randn(rng, 5, 3, 8)), autograd.Const(tensor.Randn(rng, 7, 3, 8))
	fmt.Println(l.Decode(x, memory, nn.AttentionMask{Attn: nn.CausalMask(5)}, nn.AttentionMask{}).Shape())
	// Output: [5 3 8]
}

func ExampleTransformerDecoder() {
	rng := rand.New(rand.NewPCG(1, 2))
	encoder := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(8, 2, 16, rng))
	decoder := nn.NewTransformerDecoder(nn.NewTransformerDecoderLayer(8, 2, 16, rng))
	source, target := autograd.Const(tensor.Randn(rng, 7, 3, 8)), autograd.Const(tensor.Randn(rng, 5, 3, 8))
	y := decoder.Decode(target, encoder.Forward(source), nn.AttentionMask{Attn: nn.CausalMask(5)}, nn.AttentionMask{})
	fmt.Println(y.Shape())
	// Output: [5 3 8]
}

func ExampleSinusoidalPositions() {
	x := autograd.Const(tensor.Zeros(2, 3, 4)) // 2 sequences of 3
	fmt.Println(x.Add(autograd.Const(nn.SinusoidalPositions(tensor.Float32, 3, 4))).Slice(0, 0, 1).Squeeze(0))
	// Output:
	// [[ 0.0000  1.0000  0.0000  1.0000]
	//  [ 0.8415  0.5403  0.0100  0.9999]
	//  [ 0.9093 -0.4161  0.0200  0.9998]]
}
