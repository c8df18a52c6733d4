package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var (
	adaptiveOptions = options{"in_features": 4, "n_classes": 7, "cutoffs": []int{2, 5}, "div_value": 2}
	adaptiveBias    = options{"in_features": 4, "n_classes": 7, "cutoffs": []int{2, 5}, "div_value": 2, "head_bias": true}
	everyCluster    = tensor.FromSlice([]int64{6, 0, 3, 1, 4})
)

// adaptiveInputs returns an input [5 4], a target and parameters of the given
// shapes.
func adaptiveInputs(target *tensor.Tensor, shapes ...[]int) []*tensor.Tensor {
	rng := rand.New(rand.NewPCG(3, 0))
	x := []*tensor.Tensor{tensor.Float64.Randn(rng, append(target.Shape(), 4)...), target}
	for _, s := range shapes {
		x = append(x, tensor.Float64.Randn(rng, s...))
	}
	return x
}

var _ = add("AdaptiveLogSoftmaxWithLoss", suite{
	points: []point{
		{adaptiveOptions, adaptiveInputs(everyCluster, []int{4, 4}, []int{2, 4}, []int{3, 2}, []int{1, 4}, []int{2, 1})},
		{adaptiveBias, adaptiveInputs(everyCluster, []int{4, 4}, []int{4}, []int{2, 4}, []int{3, 2}, []int{1, 4}, []int{2, 1})},
		{adaptiveOptions, adaptiveInputs(tensor.Reshape(tensor.FromSlice([]int64{6})), []int{4, 4}, []int{2, 4}, []int{3, 2}, []int{1, 4}, []int{2, 1})},
	},
	rejects: []rejection{
		{nil, adaptiveInputs(everyCluster), "in_features is 0, not at least 1"},
		{adaptiveOptions, adaptiveInputs(everyCluster), "there is no head.weight; call Init"},
		{adaptiveOptions, adaptiveInputs(tensor.FromSlice([]int64{0, 7}), adaptiveShapes...), "target[1] = 7 is not one of 7 classes"},
		{adaptiveOptions, adaptiveInputs(tensor.FromSlice([]int64{-1}), adaptiveShapes...), "target[0] = -1 is not one of 7 classes"},
		{adaptiveOptions, adaptiveInputs(tensor.Ones(2), adaptiveShapes...), "target [2] is float32, not int64 classes"},
		{adaptiveOptions, adaptiveInputs(tensor.FromSlice([][]int64{{0, 1}}), adaptiveShapes...), "input [1 2 4]: want [N 4] or [4]"},
		{adaptiveOptions, adaptiveInputs(everyCluster, []int{4, 4}, []int{2, 4}), "4 inputs given; it takes input, target, head.weight, tail.0.0.weight, tail.0.1.weight, tail.1.0.weight, tail.1.1.weight"},
		{adaptiveOptions, adaptiveInputs(everyCluster, []int{4, 4}, []int{2, 4}, []int{2, 2}, []int{1, 4}, []int{2, 1}),
			"tail.0.1.weight [2 2] does not fit the options: want [3 2]"},
	},
})

var adaptiveShapes = [][]int{{4, 4}, {2, 4}, {3, 2}, {1, 4}, {2, 1}}

func newAdaptive(seed uint64) *loss.AdaptiveLogSoftmaxWithLoss {
	l := loss.NewAdaptiveLogSoftmaxWithLoss()
	l.InFeatures, l.NClasses, l.Cutoffs, l.DivValue, l.HeadBias = 8, 20, []int{4, 10}, 2, true
	return l.Init(rand.New(rand.NewPCG(seed, 0)))
}

// Package nn finds the parameters under PyTorch's names, in its order, drawn
// as nn.Linear draws them.
func TestAdaptiveParameters(t *testing.T) {
	l := newAdaptive(1)
	shapes := map[string]tensor.Shape{"head.weight": {6, 8}, "head.bias": {6},
		"tail.0.0.weight": {4, 8}, "tail.0.1.weight": {6, 4}, "tail.1.0.weight": {2, 8}, "tail.1.1.weight": {10, 2}}
	in := map[string]float64{"tail.0.1.weight": 4, "tail.1.1.weight": 2}
	var names []string
	for _, p := range nn.Parameters(l) {
		names = append(names, p.Name)
		assert.Equal(t, shapes[p.Name], p.Shape(), p.Name)
		bound := math.Sqrt(1 / max(in[p.Name], 1))
		if in[p.Name] == 0 {
			bound = math.Sqrt(1. / 8)
		}
		largest := tensor.Max(tensor.Abs(p.Value())).Item()
		assert.LessOrEqual(t, largest, bound, p.Name)
		assert.Greater(t, largest, bound/2, p.Name)
	}
	assert.Equal(t, []string{"head.weight", "head.bias", "tail.0.0.weight", "tail.0.1.weight", "tail.1.0.weight", "tail.1.1.weight"}, names)

	again := newAdaptive(2)
	require.NoError(t, nn.LoadStateDict(again, nn.StateDict(l)))
	x, target := autograd.Const(tensor.Ones(1, 8)), autograd.Const(tensor.FromSlice([]int64{19}))
	assert.Equal(t, l.Forward(x, target).Item(), again.Forward(x, target).Item())
	nn.To(again, tensor.Float64)
	assert.InDelta(t, l.Forward(x, target).Item(), again.Forward(x.To(tensor.Float64), target).Item(), 1e-6)

	l.Forward(x, target).Backward()
	for _, p := range nn.Parameters(l) {
		assert.Equal(t, p.Name[:5] != "tail." || p.Name[5] == '1', p.Grad() != nil, "gradient of %s for class 19", p.Name)
	}
}

// By name the loss uses its own parameters where none are given.
func TestAdaptiveByName(t *testing.T) {
	l := newAdaptive(1)
	named, err := loss.New("AdaptiveLogSoftmaxWithLoss", []byte(`{"in_features": 8, "n_classes": 20, "cutoffs": [4, 10], "div_value": 2, "head_bias": true}`))
	require.NoError(t, err)
	x := []*autograd.Variable{autograd.Const(tensor.Randn(rand.New(rand.NewPCG(4, 0)), 3, 8)), autograd.Const(tensor.FromSlice([]int64{1, 5, 19}))}
	all := x
	for i, p := range nn.Parameters(l) {
		require.Equal(t, named.Parameters[i], p.Name)
		all = append(all, p.Variable)
	}
	assert.Equal(t, l.Forward(x[0], x[1]).Item(), named.Apply(all...).Item())
	named.Loss.(*loss.AdaptiveLogSoftmaxWithLoss).Init(rand.New(rand.NewPCG(1, 0)))
	assert.Equal(t, l.Forward(x[0], x[1]).Item(), named.Forward(x[0], x[1]).Item())
}

func TestAdaptiveLogProb(t *testing.T) {
	l := newAdaptive(1)
	nn.To(l, tensor.Float64)
	rng := rand.New(rand.NewPCG(5, 0))
	x := autograd.Const(tensor.MulScalar(tensor.Float64.Randn(rng, 40, 8), 3))
	logp := l.LogProb(x)
	require.Equal(t, tensor.Shape{40, 20}, logp.Shape())
	assert.True(t, tensor.AllClose(logp.Exp().Sum(1).Value(), tensor.Float64.Ones(40), 1e-14, 0))

	classes := tensor.Randint(rng, 0, 20, 40)
	picked := logp.Gather(1, tensor.Unsqueeze(classes, 1)).Squeeze(1)
	out := l.Output(x, autograd.Const(classes))
	near(t, picked.Value(), out.Value(), "output")
	assert.InDelta(t, -out.Mean().Item(), l.Forward(x, autograd.Const(classes)).Item(), 1e-14)

	one := x.Slice(0, 7, 8).Squeeze(0)
	near(t, logp.Slice(0, 7, 8).Squeeze(0).Value(), l.LogProb(one).Value(), "one sample")
	assert.Empty(t, l.Output(one, autograd.Const(tensor.Reshape(tensor.FromSlice([]int64{3})))).Shape())
}

// Samples of the head alone, of clusters alone and of both take three ways in
// PyTorch.
func TestAdaptivePredict(t *testing.T) {
	l := newAdaptive(1)
	x := tensor.MulScalar(tensor.Randn(rand.New(rand.NewPCG(5, 0)), 200, 8), 4)
	want := tensor.Data[int64](tensor.ArgMax(l.LogProb(autograd.Const(x)).Value(), 1))
	rows := map[bool][]int64{}
	for i, c := range want {
		rows[c < 4] = append(rows[c < 4], int64(i))
		got := l.Predict(autograd.Const(tensor.Reshape(tensor.Slice(x, 0, i, i+1), 8)))
		require.Empty(t, got.Shape())
		require.Equal(t, want[i:i+1], tensor.Data[int64](got))
	}
	assert.Equal(t, want, tensor.Data[int64](l.Predict(autograd.New(x))))
	for _, rows := range rows {
		require.NotEmpty(t, rows)
		at := tensor.New(rows, len(rows))
		got := l.Predict(autograd.Const(tensor.IndexSelect(x, 0, at)))
		assert.Equal(t, tensor.Data[int64](tensor.Gather(tensor.New(want, len(want)), 0, at)), tensor.Data[int64](got))
	}
	assert.Equal(t, tensor.Shape{0}, l.Predict(autograd.Const(tensor.Zeros(0, 8))).Shape())
}

func TestAdaptiveOptions(t *testing.T) {
	for text, want := range map[string]string{
		`{"in_features": 3}`:                                                           "there are no cutoffs",
		`{"n_classes": 3, "cutoffs": [1]}`:                                             "in_features is 0, not at least 1",
		`{"in_features": 3, "n_classes": 3, "cutoffs": [0]}`:                           "cutoffs[0] = 0 is not between 1 and n_classes−1, which is 2",
		`{"in_features": 3, "n_classes": 3, "cutoffs": [1, 3]}`:                        "cutoffs[1] = 3 is not between 1 and n_classes−1, which is 2",
		`{"in_features": 3, "n_classes": 3, "cutoffs": [2, 2]}`:                        "cutoffs[1] = 2 is not greater than the one before, 2",
		`{"in_features": 3, "n_classes": 3, "cutoffs": [1], "div_value": 0}`:           "div_value 0 is not positive",
		`{"in_features": 3, "n_classes": 3, "cutoffs": [1], "div_value": "nan"}`:       "div_value NaN is not positive",
		`{"in_features": 3, "n_classes": 4, "cutoffs": [1, 2], "div_value": "1e-300"}`: "div_value 1e-300 makes tail 0 3e+300 features wide",
	} {
		_, err := loss.New("AdaptiveLogSoftmaxWithLoss", []byte(text))
		assert.EqualError(t, err, "loss.AdaptiveLogSoftmaxWithLoss: "+want)
	}
	l := newAdaptive(1)
	l.HeadBias = false
	x := autograd.Const(tensor.Zeros(2, 8))
	assert.ErrorContains(t, autograd.Try(func() { l.LogProb(x) }), "there is a head.bias [6], but head_bias is false")
	assert.ErrorContains(t, autograd.Try(func() { newAdaptive(1).Predict(x.To(tensor.Float64)) }), "input is float64 and head.weight is float32")

	l = loss.NewAdaptiveLogSoftmaxWithLoss()
	assert.ErrorContains(t, autograd.Try(func() { l.Init(rand.New(rand.NewPCG(1, 0))) }), "in_features is 0")
	l.InFeatures, l.NClasses, l.Cutoffs, l.DivValue = 1, 3, []int{1}, 0.1
	assert.ErrorContains(t, autograd.Try(func() { l.Init(nil) }), "rng is nil")
	l.Init(rand.New(rand.NewPCG(1, 0)))
	assert.Equal(t, tensor.Shape{9, 1}, l.Tail[0][0].Weight.Shape(), "Python's 1 // 0.1 is 9")
}

func ExampleAdaptiveLogSoftmaxWithLoss() {
	l := loss.NewAdaptiveLogSoftmaxWithLoss()
	l.InFeatures, l.NClasses, l.Cutoffs = 16, 1000, []int{10, 100} // most words are among the first ten
	l.Init(rand.New(rand.NewPCG(1, 0)))
	for _, p := range nn.Parameters(l) {
		fmt.Println(p.Name, p.Shape())
	}
	hidden := autograd.Const(tensor.Randn(rand.New(rand.NewPCG(2, 0)), 3, 16))
	words := autograd.Const(tensor.FromSlice([]int64{2, 57, 999}))
	fmt.Printf("%.4f\n", l.Forward(hidden, words).Item())
	fmt.Println(l.Output(hidden, words))
	fmt.Println(l.LogProb(hidden).Shape(), l.Predict(hidden))
	// Output:
	// head.weight [12 16]
	// tail.0.0.weight [4 16]
	// tail.0.1.weight [90 4]
	// tail.1.0.weight [1 16]
	// tail.1.1.weight [900 1]
	// 5.9199
	// [-1.3966 -6.8922 -9.4710]
	// [3 1000] [2 5 0]
}

// A loss with parameters is registered with them, and takes them by name.
func ExampleNamed_Names() {
	l, _ := loss.New("AdaptiveLogSoftmaxWithLoss", []byte(`{"in_features": 4, "n_classes": 9, "cutoffs": [3]}`))
	fmt.Println(l.Inputs, l.Parameters)
	fmt.Println(l.Names())
	// Output:
	// [input target] [head.weight tail.0.0.weight tail.0.1.weight]
	// [input target head.weight tail.0.0.weight tail.0.1.weight]
}
