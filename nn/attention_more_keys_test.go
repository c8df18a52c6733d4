package nn_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	makers["MultiheadAttention with keys of its own"] = func() nn.Module { return &moreKeys{} }
	derivatives["MultiheadAttention with keys of its own"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		l := &nn.MultiheadAttention{InProjWeight: x[1], InProjBias: x[2], OutProj: &nn.Linear{Weight: x[3], Bias: x[4]}, NumHeads: 2,
			BiasK: x[5], BiasV: x[6], AddZeroAttn: true}
		return l.Forward(x[0])
	}, [][]int{{3, 1, 4}, {12, 4}, {12}, {4, 4}, {4}, {1, 1, 4}, {1, 1, 4}}}
}

// moreKeys is Attention in internal/torchref/nn_additions.py.
type moreKeys struct {
	*nn.MultiheadAttention
	masked nn.AttentionMask
}

func (m *moreKeys) UnmarshalJSON(data []byte) error {
	var s struct {
		BiasKV, Zero, BatchFirst bool
		Attn                     json.RawMessage
		Padding                  [][]bool
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	m.MultiheadAttention = nn.NewMultiheadAttention(4, 2, source())
	if s.BiasKV {
		m.AddBiasKV(source())
	}
	m.AddZeroAttn, m.BatchFirst = s.Zero, s.BatchFirst
	var attn [][]bool
	var each [][][]bool
	switch {
	case s.Attn == nil:
	case json.Unmarshal(s.Attn, &attn) == nil:
		m.masked.Attn = tensor.FromSlice(attn)
	default:
		if err := json.Unmarshal(s.Attn, &each); err != nil {
			return err
		}
		m.masked.Attn = tensor.FromSlice(each)
	}
	if s.Padding != nil {
		m.masked.KeyPadding = tensor.FromSlice(s.Padding)
	}
	return nil
}

func (m *moreKeys) Forward(x *autograd.Variable) *autograd.Variable {
	axis := 1
	if !m.BatchFirst {
		x, axis = x.Transpose(0, 1), 0
	}
	query, memory := x.Slice(axis, 0, 3), x.Slice(axis, 3, 5)
	y, w := m.Attend(query, memory, memory, m.masked)
	return autograd.Concat(0, y.Reshape(-1), w.Reshape(-1), m.MultiheadAttention.Forward(query).Reshape(-1))
}

func TestKeysOfItsOwnReject(t *testing.T) {
	for want, change := range map[string]func(l *nn.MultiheadAttention){
		"nn.MultiheadAttention: bias_v is not float32 [1 1 4]; give both with AddBiasKV, or none": func(l *nn.MultiheadAttention) { l.BiasV = nil },
		"nn.MultiheadAttention: bias_k is not float32 [1 1 4]; give both with AddBiasKV, or none": func(l *nn.MultiheadAttention) { l.BiasK = param() },
		"nn.AddBiasKV: rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))":             func(l *nn.MultiheadAttention) { l.AddBiasKV(nil) },
	} {
		l := nn.NewMultiheadAttention(4, 2, source())
		l.AddBiasKV(source())
		assert.EqualError(t, autograd.Try(func() {
			change(l)
			l.Forward(autograd.Const(tensor.Zeros(3, 4)))
		}), want)
	}
}

// Who may look at nothing looks at zeros.
func TestZeroAttentionOfAHiddenRow(t *testing.T) {
	l := nn.NewMultiheadAttention(4, 2, source())
	l.AddZeroAttn = true
	x := autograd.Const(tensor.Randn(source(), 2, 4))
	y, w := l.Attend(x, x, x, nn.AttentionMask{Attn: tensor.FromSlice([][]bool{{true, true}, {false, true}})})
	assert.Equal(t, []float64{0, 0, 1}, w.Value().Float64s()[:3])
	assert.Equal(t, values(l.OutProj.Bias), values(y)[:4])
}

// Each row gets the mean of the gradients of its uses.
func TestEmbeddingScalesGradientsByFrequency(t *testing.T) {
	l := nn.NewEmbedding(4, 1, source())
	l.ScaleGradByFreq = true
	y := l.Forward(numbers(3, 1, 3, 3)).Reshape(4)
	y.Mul(autograd.Const(tensor.FromSlice([]float32{1, 5, 2, 6}))).Sum().Backward()
	require.NotNil(t, l.Weight.Grad())
	assert.InDeltaSlice(t, []float64{0, 5, 0, 3}, values(l.Weight.Grad()), 1e-6)
}

func ExampleMultiheadAttention_AddBiasKV() {
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewMultiheadAttention(8, 2, rng)
	l.AddBiasKV(rng)
	l.AddZeroAttn = true
	x := autograd.Const(tensor.Ones(5, 1, 8)) // five words
	_, weights := l.Attend(x, x, x, nn.AttentionMask{})
	fmt.Println(weights.Shape(), l.BiasK.Shape())
	// Output: [1 2 5 7] [1 1 8]
}
