package train_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/safetensors"
	"github.com/declive/declive/train"
)

// pair is a model with a parameter and buffers of every type.
type pair struct {
	A    *autograd.Variable
	B    *tensor.Tensor
	N    *tensor.Tensor
	Mask *tensor.Tensor
}

func (p *pair) Forward(x *autograd.Variable) *autograd.Variable { return x.Mul(p.A) }

func newPair() *pair {
	return &pair{
		A:    autograd.New(tensor.FromSlice([]float32{1, 2})),
		B:    tensor.FromSlice([]float64{3}),
		N:    tensor.FromSlice([]int64{4}),
		Mask: tensor.FromSlice([]bool{true, false}),
	}
}

func TestSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, train.Save(path, newPair(), map[string]string{"loss": "MSELoss"}))
	f, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"loss": "MSELoss"}, f.Metadata)
	require.Len(t, f.Tensors, 4)
	assert.True(t, tensor.Equal(newPair().A.Value(), f.Tensor("a")))
	assert.True(t, tensor.Equal(newPair().Mask, f.Tensor("mask")))

	require.Error(t, train.Save(filepath.Join(t.TempDir(), "no", "model"), newPair(), nil))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing but the file is left")
}

func TestHashTellsModelsApart(t *testing.T) {
	seen := map[string]string{}
	for what, change := range map[string]func(p *pair){
		"as it is":       func(*pair) {},
		"an element":     func(p *pair) { p.A.Value().Set(3, 1) },
		"the sign of 0":  func(p *pair) { p.B.Set(math.Copysign(0, -1), 0) },
		"0":              func(p *pair) { p.B.Set(0, 0) },
		"an integer":     func(p *pair) { p.N.Set(5, 0) },
		"a bool":         func(p *pair) { p.Mask.Set(1, 1) },
		"the shape":      func(p *pair) { p.N = tensor.Reshape(p.N, 1, 1) },
		"the type":       func(p *pair) { p.B = p.B.To(tensor.Float32) },
		"the name":       func(p *pair) { p.B, p.N = nil, p.B },
		"one is missing": func(p *pair) { p.Mask = nil },
	} {
		p := newPair()
		change(p)
		h := train.Hash(p)
		assert.Len(t, h, 64)
		assert.Equal(t, h, train.Hash(p))
		assert.Empty(t, seen[h], what)
		seen[h] = what
	}
}
