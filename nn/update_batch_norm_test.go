package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	reference "github.com/declive/declive/internal/golden"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// What the layer remembers of its first input goes.
func ExampleUpdateBatchNorm() {
	l := nn.NewBatchNorm1d(1)
	l.Forward(autograd.Const(tensor.FromSlice([][]float32{{-100}, {100}})))
	fmt.Println(l.RunningMean, l.RunningVar)

	inputs := []*autograd.Variable{
		autograd.Const(tensor.FromSlice([][]float32{{1}, {3}})),
		autograd.Const(tensor.FromSlice([][]float32{{4}, {8}})),
	}
	nn.UpdateBatchNorm(l, slices.Values(inputs))
	fmt.Println(l.RunningMean, l.RunningVar, l.NumBatchesTracked)
	// Output:
	// [0.] [2000.9000]
	// [4.] [5.] 2
}

func TestUpdateBatchNormEqualsPyTorchs(t *testing.T) {
	type named struct {
		Name   string
		Shape  []int
		Values []float64
	}
	type file struct {
		Cases []struct {
			Name, DType                   string
			Before, After, Inputs, Output []named
		}
	}
	data, err := reference.Read[file]("testdata/averaged/update_batch_norm.json.gz")
	require.NoError(t, err)
	require.Len(t, data, 1)
	require.Len(t, data[0].Cases, 4)
	for _, c := range data[0].Cases {
		t.Run(c.Name+" "+c.DType, func(t *testing.T) {
			d, rtol := tensor.Float64, 1e-9
			if c.DType == "float32" {
				d, rtol = tensor.Float32, 1e-5
			}
			of := func(n named) *tensor.Tensor { return tensor.New(n.Values, append([]int{}, n.Shape...)...).To(d) }
			half := 0.3
			dense1, dense2, image := nn.NewBatchNorm1d(4), nn.NewBatchNorm1d(2), nn.NewBatchNorm2d(2)
			dense1.Momentum, dense2.Momentum = &half, nil
			m := map[string]nn.Sequential{
				"dense": {nn.NewLinear(3, 4, source()), dense1, nn.NewTanh(), nn.NewLinear(4, 2, source()), dense2},
				"image": {nn.NewConv2d(1, 2, nn.Pair{2, 2}, source()), image, nn.NewReLU()},
			}[c.Name]
			nn.To(m, d)
			nn.Eval(m)
			var before []tensor.Named
			for i, n := range c.Before {
				x := of(n)
				if own := nn.StateDict(m)[i]; !own.Tensor.DType().IsFloat() {
					x = x.To(own.Tensor.DType())
				}
				before = append(before, tensor.Named{Name: n.Name, Tensor: x})
			}
			require.NoError(t, nn.LoadStateDict(m, before))

			nn.UpdateBatchNorm(m, func(yield func(*autograd.Variable) bool) {
				for _, n := range c.Inputs {
					yield(autograd.Const(of(n)))
				}
			})

			for i, own := range nn.StateDict(m) {
				want := of(c.After[i]).To(own.Tensor.DType())
				assert.Equal(t, c.After[i].Name, own.Name)
				assert.Truef(t, tensor.AllClose(own.Tensor.To(tensor.Float64), want.To(tensor.Float64), rtol, rtol*1e-1),
					"%s is %v, PyTorch has %v", own.Name, own.Tensor, want)
			}
			y := m.Forward(autograd.Const(of(c.Inputs[0]))).Value() // by the running averages: it is in evaluation
			assert.Truef(t, tensor.AllClose(y, of(c.Output[0]), rtol, rtol), "output is %v, PyTorch has %v", y, c.Output[0].Values)
			assert.Equal(t, &half, dense1.Momentum)
			assert.Nil(t, dense2.Momentum)
		})
	}
}

// embedding is a user's layer that embeds one.
type embedding struct {
	nn.BatchNorm1d
	Inner *nn.BatchNorm1d
}

func (e *embedding) Forward(x *autograd.Variable) *autograd.Variable {
	return e.Inner.Forward(e.BatchNorm1d.Forward(x))
}

func TestUpdateBatchNormRestores(t *testing.T) {
	m := &embedding{Inner: nn.NewBatchNorm1d(2)}
	other := nn.NewBatchNorm1d(2)
	m.NumFeatures, m.Eps, m.Momentum = 2, 1e-5, other.Momentum
	m.TrackRunningStats()
	drop := nn.NewDropout(0.5, source())
	s := nn.Sequential{m, drop, nn.Func(func(x *autograd.Variable) *autograd.Variable {
		assert.True(t, drop.Training())
		assert.True(t, x.IsUntracked())
		if x.Size() == 6 {
			panic("oh")
		}
		return x
	})}
	m.SetTraining(false)
	drop.SetTraining(false)
	mean, count := m.RunningMean, m.NumBatchesTracked
	batch := func(rows int) *autograd.Variable { return autograd.New(tensor.Randn(source(), rows, 2)) }
	assert.PanicsWithValue(t, "oh", func() {
		nn.UpdateBatchNorm(s, slices.Values([]*autograd.Variable{batch(5), batch(4), batch(3)}))
	})
	assert.Equal(t, []bool{false, true, false}, []bool{m.Training(), m.Inner.Training(), drop.Training()})
	assert.Equal(t, 0.1, *m.Momentum)
	assert.Equal(t, 0.1, *m.Inner.Momentum)
	assert.Same(t, mean, m.RunningMean, "whoever holds the buffers must see the change")
	assert.Equal(t, 3.0, count.Item())

	before := m.RunningMean.Float64s()
	assert.EqualError(t, autograd.Try(func() { nn.UpdateBatchNorm(s, slices.Values([]*autograd.Variable{})) }),
		"nn.UpdateBatchNorm: there are no inputs")
	assert.Equal(t, before, m.RunningMean.Float64s())
	assert.False(t, m.Training())
}

func TestUpdateBatchNormLeavesOthersAlone(t *testing.T) {
	without, instance := nn.NewBatchNorm1d(2), nn.NewInstanceNorm1d(2)
	without.RunningMean, without.RunningVar, without.NumBatchesTracked = nil, nil, nil
	instance.TrackRunningStats()
	instance.RunningMean.Set(5, 0)
	nn.UpdateBatchNorm(nn.Sequential{without, instance}, func(func(*autograd.Variable) bool) { t.Error("inputs were asked for") })
	assert.Equal(t, []float64{5, 0}, instance.RunningMean.Float64s())
}
