package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// tied has a tied weight, a buffer of floats and one of integers.
type tied struct {
	In, Out *nn.Linear
	Mean    *tensor.Tensor
	Count   *tensor.Tensor
	Kept    map[string]*tensor.Tensor
}

func newTied(seed float64) *tied {
	m := &tied{In: linear(), Out: linear(), Mean: tensor.Full(seed, 2), Count: tensor.Int64.Full(seed, 1)}
	m.Kept = map[string]*tensor.Tensor{"k": m.Mean}
	m.Out.Weight = m.In.Weight
	nn.Constant(m.In.Weight.Value(), seed)
	return m
}

func clones(state []tensor.Named) []tensor.Named {
	out := make([]tensor.Named, len(state))
	for i, n := range state {
		out[i] = tensor.Named{Name: n.Name, Tensor: n.Tensor.Clone()}
	}
	return out
}

func TestStateDictRoundTrip(t *testing.T) {
	m := newTied(7)
	state := nn.StateDict(m)
	var names []string
	for _, n := range state {
		names = append(names, n.Name)
	}
	assert.Equal(t, []string{"in.weight", "in.bias", "out.weight", "out.bias", "mean", "count", "kept.k"}, names)
	assert.Same(t, m.In.Weight.Value(), state[0].Tensor)
	assert.Same(t, m.In.Weight.Value(), state[2].Tensor)

	other := newTied(1)
	weight := other.In.Weight
	require.NoError(t, nn.LoadStateDict(other, state))
	for i, n := range nn.StateDict(other) {
		assert.True(t, tensor.Equal(state[i].Tensor, n.Tensor), n.Name)
	}
	assert.Same(t, weight, other.In.Weight, "parameters keep their identity")
	require.NoError(t, nn.LoadStateDict(m, state), "onto itself")

	// A file holds a tied weight once, under any of its names.
	once := append(clones(state[1:4]), state[4:6]...)
	require.NoError(t, nn.LoadStateDict(newTied(2), once))
}

func TestLoadStateDictFailsWhole(t *testing.T) {
	m := newTied(7)
	good := clones(nn.StateDict(newTied(1)))
	with := func(change func(s []tensor.Named) []tensor.Named) []tensor.Named { return change(clones(good)) }
	for want, state := range map[string][]tensor.Named{
		"nn.LoadStateDict: missing: in.weight, in.bias, out.bias, mean, count": {},
		"nn.LoadStateDict: missing: in.bias; unexpected: in.Bias": with(func(s []tensor.Named) []tensor.Named {
			s[1].Name = "in.Bias"
			return s
		}),
		"nn.LoadStateDict: out.bias is float32 [3] in the model, float64 [3] in the state dict, count is int64 [1] in the model, int64 [2] in the state dict": with(
			func(s []tensor.Named) []tensor.Named {
				s[3].Tensor, s[5].Tensor = tensor.Float64.Zeros(3), tensor.Int64.Zeros(2)
				return s
			}),
		"nn.LoadStateDict: in.weight and out.weight are one tensor in the model but differ in the state dict": with(
			func(s []tensor.Named) []tensor.Named {
				s[2].Tensor.Set(100, 0, 0)
				return s
			}),
		"nn.LoadStateDict: in.bias is given twice": with(func(s []tensor.Named) []tensor.Named { return append(s, s[1]) }),
		"nn.LoadStateDict: in.bias is nil in the state dict": with(func(s []tensor.Named) []tensor.Named {
			s[1].Tensor = nil
			return s
		}),
	} {
		before := clones(nn.StateDict(m))
		err := nn.LoadStateDict(m, state)
		assert.EqualError(t, err, want)
		var typed *nn.StateError
		assert.ErrorAs(t, err, &typed)
		for i, n := range nn.StateDict(m) {
			assert.True(t, tensor.Equal(before[i].Tensor, n.Tensor), "%s changed", n.Name)
		}
	}
}

func TestLoadMatching(t *testing.T) {
	m := nn.Sequential{linear(), nn.NewReLU(), linear()}
	last := m[2].(*nn.Linear).Weight.Value().Clone()
	missing, unexpected, err := nn.LoadMatching(m, []tensor.Named{
		{Name: "head", Tensor: tensor.Zeros(1)}, {Name: "0.weight", Tensor: tensor.Ones(3, 2)}})
	require.NoError(t, err)
	assert.Equal(t, []string{"0.bias", "2.weight", "2.bias"}, missing)
	assert.Equal(t, []string{"head"}, unexpected)
	assert.True(t, tensor.Equal(tensor.Ones(3, 2), m[0].(*nn.Linear).Weight.Value()))
	assert.True(t, tensor.Equal(last, m[2].(*nn.Linear).Weight.Value()), "what is missing stays")

	_, _, err = nn.LoadMatching(m, []tensor.Named{{Name: "0.bias", Tensor: tensor.Ones(3)}, {Name: "0.weight", Tensor: tensor.Ones(2, 3)}})
	assert.EqualError(t, err, "nn.LoadMatching: 0.weight is float32 [3 2] in the model, float32 [2 3] in the state dict")
	assert.NotEqual(t, 1.0, m[0].(*nn.Linear).Bias.Value().At(0), "nothing is loaded")
}

func TestTo(t *testing.T) {
	m := newTied(7)
	weight := m.In.Weight
	m.In.Forward(autograd.Const(tensor.Ones(1, 2))).Sum().Backward()
	nn.Freeze(m.Out.Bias)
	nn.To(m, tensor.Float64)
	for _, n := range nn.StateDict(m) {
		want := tensor.Float64
		if n.Name == "count" {
			want = tensor.Int64
		}
		assert.Equal(t, want, n.Tensor.DType(), n.Name)
	}
	assert.Same(t, weight, m.In.Weight)
	assert.Same(t, m.In.Weight, m.Out.Weight)
	assert.Same(t, m.Mean, m.Kept["k"], "shared buffers stay shared")
	assert.Nil(t, weight.Grad())
	assert.False(t, m.Out.Bias.WantsGrad(), "what is frozen stays so")
	m.In.Forward(autograd.Const(tensor.Float64.Ones(1, 2))).Sum().Backward()
	assert.Equal(t, tensor.Float64, weight.Grad().DType())

	assert.EqualError(t, autograd.Try(func() { nn.To(m, tensor.Int64) }), "nn.To: parameters cannot be int64")
	assert.EqualError(t, autograd.Try(func() { nn.To(*m, tensor.Float32) }),
		`nn.To: buffer "mean" cannot be replaced: give a pointer to the model`)
}

func TestFreeze(t *testing.T) {
	m := nn.Sequential{linear(), nn.NewTanh(), nn.NewLinear(3, 1, source())}
	nn.Freeze(m[0])
	x := autograd.New(tensor.Ones(4, 2))
	m.Forward(x).Sum().Backward()
	for i, p := range nn.Parameters(m) {
		assert.Equal(t, i >= 2, p.Grad() != nil, p.Name)
	}
	assert.NotNil(t, x.Grad(), "gradients flow through")
	nn.Unfreeze(m)
	m.Forward(x).Sum().Backward()
	for _, p := range nn.Parameters(m) {
		assert.NotNil(t, p.Grad(), p.Name)
	}
}
