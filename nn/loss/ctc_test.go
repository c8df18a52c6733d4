package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var (
	frames4 = tensor.Float64.Randn(rand.New(rand.NewPCG(3, 1)), 4, 3, 3) // [T N C]
	words   = tensor.FromSlice([][]int64{{1, 1}, {2, 1}, {2, 2}})
	joined  = tensor.FromSlice([]int64{1, 1, 2, 1, 2})
	spoken  = tensor.FromSlice([]int64{4, 3, 2})
	letters = tensor.FromSlice([]int64{2, 2, 1})
)

// ctcInputs gives CTC's four inputs, int64 ones written as slices.
func ctcInputs[T, L []int64 | [][]int64](logProbs *tensor.Tensor, targets T, inputs, lengths L) []*tensor.Tensor {
	return []*tensor.Tensor{logProbs, tensor.FromSlice(targets), tensor.FromSlice(inputs), tensor.FromSlice(lengths)}
}

var _ = add("CTCLoss", suite{
	normalized: true,
	// PyTorch's posterior is exp(α + β + loss), good to an ulp of the loss, here
	// up to 44. The sum over all paths in 60 digits makes the gradient 2.76514e-14
	// where PyTorch (CTCLoss-179, element 17) has 2.5523e-14; ours is 2.7716e-14.
	lost: 4e-15,
	points: []point{
		{inputs: []*tensor.Tensor{frames4, words, spoken, letters}},
		{inputs: []*tensor.Tensor{frames4, joined, spoken, letters}},
		{options: options{"blank": 2}, inputs: ctcInputs(frames4, [][]int64{{0, 1}, {1, 0}, {0, 0}}, []int64{4, 0, 1}, []int64{1, 0, 0})},
		{inputs: []*tensor.Tensor{tensor.Reshape(frames4, 12, 3), tensor.FromSlice([]int64{1, 2, 2}), tensor.Int64.Scalar(5), tensor.Int64.Full(3, 1)}},
		{options: options{"zero_infinity": true}, inputs: ctcInputs(frames4, [][]int64{{1, 1}, {2, 1}, {2, 2}}, []int64{4, 1, 2}, []int64{2, 2, 2})},
	},
	rejects: []rejection{
		{inputs: ctcInputs(tensor.Zeros(4), []int64{1}, []int64{4}, []int64{1}), message: "log_probs [4] is not [T N C] or [T C] with at least one symbol"},
		{inputs: ctcInputs(tensor.Zeros(4, 0), []int64{1}, []int64{4}, []int64{1}), message: "log_probs [4 0] is not [T N C] or [T C] with at least one symbol"},
		{options: options{"blank": 3}, inputs: ctcInputs(tensor.Zeros(4, 3), []int64{1}, []int64{4}, []int64{1}), message: "blank 3 is not a symbol of log_probs [4 3]"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2}, []int64{4, 5}, []int64{1, 1}), message: "input_lengths[1] = 5, but log_probs [4 2 3] has 4 frames"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2}, []int64{-1, 4}, []int64{1, 1}), message: "input_lengths[0] = -1 is negative"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2}, []int64{4, 4}, []int64{3, -1}), message: "target_lengths[1] = -1 is negative"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2}, []int64{4}, []int64{1}), message: "input_lengths [1] does not fit the batch: want [2]"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2}, []int64{4, 4}, []int64{1, 2}), message: "target_lengths[1] = 2, but only 1 of targets [2] are left"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2}, []int64{4, 4}, []int64{1, 0}), message: "targets [2], but target_lengths add up to 1"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), [][]int64{{1}, {2}}, []int64{4, 4}, []int64{1, 2}), message: "target_lengths[1] = 2, but targets [2 1] has rows of 1"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), [][]int64{{1, 2}}, []int64{4, 4}, []int64{1, 1}), message: "targets [1 2] is neither [2 S] nor concatenated in one axis"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4, 3), tensor.Zeros(1), tensor.Int64.Full(4), tensor.Int64.Full(1)}, message: "targets [1] is float32, not int64 labels"},
		{inputs: []*tensor.Tensor{tensor.Zeros(4, 3), tensor.Int64.Ones(1), tensor.Zeros(), tensor.Int64.Full(1)}, message: "input_lengths [] is float32, not int64"},
		// PyTorch takes labels as they come, and reads past the row
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), [][]int64{{1, 2}, {1, 3}}, []int64{4, 4}, []int64{1, 2}), message: "targets[1,1] = 3 is the blank or no symbol of log_probs [4 2 3]"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2, -1}, []int64{4, 4}, []int64{1, 2}), message: "targets[2] = -1 is the blank or no symbol of log_probs [4 2 3]"},
		{inputs: ctcInputs(tensor.Zeros(4, 2, 3), []int64{1, 2, 0}, []int64{4, 4}, []int64{1, 2}), message: "targets[2] = 0 is the blank or no symbol of log_probs [4 2 3]"},
	},
	better: []answer{
		// PyTorch's gradient is NaN where there is no path
		{options: options{"reduction": "sum"}, inputs: ctcInputs(tensor.Zeros(2, 2, 2), []int64{1, 1}, []int64{2, 1}, []int64{0, 2}),
			value: tensor.Scalar(math.Inf(1)), grad: tensor.FromSlice([][][]float32{{{0, 1}, {0, 0}}, {{0, 1}, {0, 0}}})},
		{options: options{"reduction": "sum"}, inputs: ctcInputs(tensor.Float64.Zeros(0, 1, 2), []int64{1}, []int64{0}, []int64{1}),
			value: tensor.Float64.Scalar(math.Inf(1)), grad: tensor.Float64.Zeros(0, 1, 2)},
	},
})

// readsAs merges the repeats of a path and drops its blanks.
func readsAs(path []int64, blank int64) (word []int64) {
	for t, s := range path {
		if s != blank && (t == 0 || path[t-1] != s) {
			word = append(word, s)
		}
	}
	return word
}

// everyPath returns all sequences of n symbols.
func everyPath(n, symbols int) [][]int64 {
	paths := [][]int64{nil}
	for range n {
		var longer [][]int64
		for _, p := range paths {
			for s := range symbols {
				longer = append(longer, append(slices.Clone(p), int64(s)))
			}
		}
		paths = longer
	}
	return paths
}

// The definition of CTC: for every word that any path reads as, the loss is
// −ln of the sum over its paths, and the gradient exp(x) − posterior.
func TestCTCAgainstEveryAlignment(t *testing.T) {
	for frames := 1; frames <= 5; frames++ {
		for blank := range int64(3) {
			x := tensor.Float64.Randn(rand.New(rand.NewPCG(uint64(frames), uint64(blank))), frames, 3)
			lp := autograd.Const(x).LogSoftmax(-1).Value()
			p := tensor.Data[float64](tensor.Exp(lp))
			words, total, posterior := map[string][]int64{}, map[string]float64{}, map[string][]float64{}
			for _, path := range everyPath(frames, 3) {
				word, mass := readsAs(path, blank), 1.0
				for f, s := range path {
					mass *= p[3*f+int(s)]
				}
				key := fmt.Sprint(word)
				if posterior[key] == nil {
					words[key], posterior[key] = word, make([]float64, len(p))
				}
				total[key] += mass
				for f, s := range path {
					posterior[key][3*f+int(s)] += mass
				}
			}
			l := &loss.CTCLoss{Blank: int(blank), Reduction: loss.Sum}
			for key, word := range words {
				v := autograd.New(lp)
				y := l.Forward(v, autograd.Const(tensor.New(word, len(word))), autograd.Const(tensor.Int64.Full(float64(frames), 1)), autograd.Const(tensor.Int64.Full(float64(len(word)), 1)))
				y.Backward()
				require.InDelta(t, -math.Log(total[key]), y.Item(), 1e-12, "%s", key)
				for i, g := range v.Grad().Value().Float64s() {
					require.InDelta(t, p[i]-posterior[key][i]/total[key], g, 1e-12, "%s", key)
				}
			}
		}
	}
}

// The gradient is recorded, and its own derivatives are those that finite
// differences of it have, on inputs that are no log-probabilities too.
func TestCTCHigherOrders(t *testing.T) {
	for _, c := range suites["CTCLoss"].points {
		l := made(t, "CTCLoss", c.options, "reduction", "none")
		gradient := func(x []*autograd.Variable) *autograd.Variable {
			y := l.Apply(x...)
			w := autograd.Walk{CreateGraph: true, Seeds: []*autograd.Variable{autograd.Const(tensor.Reshape(tensor.Float64.Linspace(1, 2, y.Size()), y.Shape()...))}}
			return w.Grad([]*autograd.Variable{y}, x[:1])[0]
		}
		assert.NoError(t, gradcheck.Check(gradient, c.inputs...), "%v", c.options)
	}
}

// Moving all scores of a frame changes nothing.
func TestCTCGradientOfEachFrameIsBalanced(t *testing.T) {
	x := autograd.New(frames4)
	loss.CTC(x.LogSoftmax(-1), autograd.Const(words), autograd.Const(spoken), autograd.Const(letters)).Backward()
	near(t, tensor.Float64.Zeros(4, 3), tensor.Sum(x.Grad().Value(), 2), "sums over symbols")
	require.Greater(t, tensor.Max(tensor.Abs(x.Grad().Value())).Item(), 0.05)
}

// Without frames only the empty word can be read, surely; the empty word is
// read from blanks alone.
func TestCTCOfNothing(t *testing.T) {
	l := &loss.CTCLoss{Reduction: loss.None}
	half := -math.Ln2
	for _, c := range []struct {
		inputs []*tensor.Tensor
		want   []float64
	}{
		{ctcInputs(tensor.Float64.Zeros(0, 2, 2), [][]int64{{1}, {1}}, []int64{0, 0}, []int64{0, 1}), []float64{0, math.Inf(1)}},
		{ctcInputs(tensor.Float64.Full(half, 3, 3, 2), []int64{1, 1}, []int64{0, 0, 3}, []int64{0, 1, 1}), []float64{0, math.Inf(1), -math.Log(6. / 8)}},
		{ctcInputs(tensor.Float64.Full(half, 3, 2, 2), []int64{}, []int64{3, 2}, []int64{0, 0}), []float64{3 * math.Ln2, 2 * math.Ln2}},
		{ctcInputs(tensor.Float64.Zeros(3, 0, 2), []int64{}, []int64{}, []int64{}), []float64{}},
	} {
		all, x := leaves(c.inputs, tensor.Float64)
		y := l.Forward(all[0], all[1], all[2], all[3])
		d, ok := autograd.Defined(y)
		require.True(t, ok)
		assert.InDeltaSlice(t, c.want, y.Value().Float64s(), 1e-15)
		assert.InDeltaSlice(t, c.want, d.Value().Float64s(), 1e-15)
		w := autograd.Walk{RetainGraph: true, Seeds: []*autograd.Variable{autograd.Const(y.DType().Ones(y.Shape()...))}}
		near(t, w.Grad([]*autograd.Variable{d}, x)[0].Value(), w.Grad([]*autograd.Variable{y}, x)[0].Value(), "gradient")
	}
	none := autograd.Const(tensor.Int64.Zeros(0))
	empty := autograd.Const(tensor.Zeros(3, 0, 2))
	require.True(t, math.IsNaN(loss.CTC(empty, none, none, none).Item()))
	require.Zero(t, (&loss.CTCLoss{Reduction: loss.Sum}).Forward(empty, none, none, none).Item())
}

// A sample that cannot be read costs +Inf, has gradient 0 to every order, and
// changes no bit of the others.
func TestCTCImpossibleSampleLeavesOthersAlone(t *testing.T) {
	gradients := func(zero bool, inputs []int64) (value, kernel, recorded, second []float64) {
		all, x := leaves(ctcInputs(frames4, [][]int64{{1, 1}, {2, 1}, {2, 2}}, inputs, []int64{2, 2, 2}), tensor.Float64)
		l := &loss.CTCLoss{Reduction: loss.None, ZeroInfinity: zero}
		y := l.Forward(all[0], all[1], all[2], all[3])
		seed := []*autograd.Variable{autograd.Const(tensor.FromSlice([]float64{1, 2, 3}))}
		k := autograd.Walk{RetainGraph: true, Seeds: seed}.Grad([]*autograd.Variable{y}, x)[0]
		r := autograd.Walk{CreateGraph: true, Seeds: seed}.Grad([]*autograd.Variable{y}, x)[0]
		h := autograd.Grad(r.Square().Sum(), x[0])[0]
		return y.Value().Float64s(), k.Value().Float64s(), r.Value().Float64s(), h.Value().Float64s()
	}
	const impossible = 2 // the sample: [2 2] needs three frames
	for _, zero := range []bool{false, true} {
		value, kernel, recorded, second := gradients(zero, []int64{4, 3, 2})
		whole, kernel4, recorded4, second4 := gradients(zero, []int64{4, 3, 4})
		want := math.Inf(1)
		if zero {
			want = 0
		}
		assert.Equal(t, want, value[impossible])
		assert.Equal(t, whole[:impossible], value[:impossible])
		for i := range kernel {
			if (i/3)%3 == impossible {
				assert.Zero(t, kernel[i])
				assert.Zero(t, recorded[i])
				assert.Zero(t, second[i])
			} else {
				assert.Equal(t, kernel4[i], kernel[i])
				assert.Equal(t, recorded4[i], recorded[i])
				assert.Equal(t, second4[i], second[i])
			}
		}
	}
}

// A symbol of probability 0 makes no NaN, to no order.
func TestCTCWithImpossibleSymbols(t *testing.T) {
	inf := math.Inf(-1)
	x := autograd.New(tensor.FromSlice([][]float64{{inf, 0}, {-math.Ln2, -math.Ln2}, {inf, 0}}))
	y := loss.CTC(x, autograd.Const(tensor.FromSlice([]int64{1})), autograd.Const(tensor.Int64.Full(3)), autograd.Const(tensor.Int64.Full(1)))
	require.InDelta(t, math.Ln2, y.Item(), 1e-15) // 1 1 1; 1 0 1 reads as 1 1
	g := autograd.Walk{CreateGraph: true}.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})[0]
	near(t, tensor.FromSlice([][]float64{{0, 0}, {0.5, -0.5}, {0, 0}}), g.Value(), "gradient")
	h := autograd.Grad(g.Square().Sum(), x)[0]
	near(t, tensor.FromSlice([][]float64{{0, 0}, {0.5, -0.5}, {0, 0}}), h.Value(), "of its square: 2·g·exp(x)")
}

// Mean divides each loss by its target's length, an empty target's by 1.
func TestCTCMean(t *testing.T) {
	x, word := autograd.Const(frames4), autograd.Const(tensor.FromSlice([]int64{1, 2, 1}))
	inputs, lengths := autograd.Const(spoken), autograd.Const(tensor.FromSlice([]int64{2, 0, 1}))
	each := (&loss.CTCLoss{Reduction: loss.None}).Forward(x, word, inputs, lengths).Value().Float64s()
	require.InDelta(t, (each[0]/2+each[1]+each[2])/3, loss.CTC(x, word, inputs, lengths).Item(), 1e-14)
}

func TestCTCRepeatsOnAnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(5, 5))
	scores := tensor.Randn(rng, 30, 16, 20)
	targets, inputs := tensor.Randint(rng, 1, 20, 16, 12), tensor.Randint(rng, 25, 31, 16)
	lengths := tensor.Randint(rng, 0, 13, 16)
	var before []*tensor.Tensor
	for _, procs := range []int{1, 4} {
		runtime.GOMAXPROCS(procs)
		x := autograd.New(scores)
		y := loss.CTC(x.LogSoftmax(-1), autograd.Const(targets), autograd.Const(inputs), autograd.Const(lengths))
		y.Backward()
		now := []*tensor.Tensor{y.Value(), x.Grad().Value()}
		for i := range before {
			require.Equal(t, tensor.Data[float32](before[i]), tensor.Data[float32](now[i]))
		}
		before = now
	}
}

// Two samples of four frames over the symbols blank, a and b, all equally
// likely; the targets are "ab" and "a".
func ExampleCTCLoss() {
	scores := autograd.New(tensor.Float64.Zeros(4, 2, 3))
	targets := autograd.Const(tensor.FromSlice([][]int64{{1, 2}, {1, 0}})) // the last 0 only fills the row
	frames := autograd.Const(tensor.FromSlice([]int64{4, 3}))
	lengths := autograd.Const(tensor.FromSlice([]int64{2, 1}))

	l := loss.NewCTCLoss()
	l.Reduction = loss.None
	each := l.Forward(scores.LogSoftmax(-1), targets, frames, lengths)
	fmt.Println(each)
	fmt.Println(each.Neg().Exp()) // 15 of 3⁴ paths read as ab, 6 of 3³ as a

	mean := loss.CTC(scores.LogSoftmax(-1), targets, frames, lengths)
	mean.Backward()
	fmt.Println(mean)
	fmt.Println(scores.Grad().Slice(0, 0, 1))
	// Output:
	// [1.6864 1.5041]
	// [0.1852 0.2222]
	// 1.1736
	// [[[ 0.0000 -0.0833  0.0833]
	//   [-0.0833 -0.0833  0.1667]]]
}
