package optim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// Steps that jump to and fro about the minimum have it as their average.
func ExampleNewAverage() {
	w := autograd.New(tensor.Float64.Scalar(1))
	params := autograd.Parameters(w)
	opt := optim.NewSGD(params, 1) // too much for w², whose slope is 2w
	avg := optim.NewAverage(params)
	for range 4 {
		opt.ZeroGrad()
		w.Square().Backward()
		opt.Step()
		avg.Update()
	}
	avg.Use(func() { fmt.Println("average of", avg.Updates(), "is", w.Item()) })
	fmt.Println("last is", w.Item())

	avg.CopyTo(params) // training is over
	fmt.Println("kept is", w.Item())
	// Output:
	// average of 4 is 0
	// last is 1
	// kept is 0
}

func ExampleNewEMA() {
	w := autograd.New(tensor.Float64.Scalar(0))
	avg := optim.NewEMA(autograd.Parameters(w), 0.75)
	for _, v := range []float64{1, 2, 3} {
		w.Value().Set(v)
		avg.Update()
		avg.Use(func() { fmt.Println(w.Item()) })
	}
	// Output:
	// 1
	// 1.25
	// 1.6875
}

// A share of one's own: slow averages begin fast.
func ExampleAverage() {
	w := autograd.New(tensor.Float64.Scalar(0))
	avg := optim.NewAverage(autograd.Parameters(w))
	avg.Share = func(averaged int) float64 { return max(1-0.999, 1/float64(averaged+1)) }
	for _, v := range []float64{1, 2, 3} {
		w.Value().Set(v)
		avg.Update()
	}
	avg.Use(func() { fmt.Println(w.Item()) })
	// Output: 2
}

func ExampleAverageState() {
	w := autograd.New(tensor.Float64.Scalar(1))
	avg := optim.NewEMA(autograd.Parameters(w), 0.5)
	avg.Update()
	state := avg.State()
	text, err := json.Marshal(state) // the number; the tensors are a state dict
	fmt.Println(string(text), state.Tensors, err)

	again := optim.NewEMA(autograd.Parameters(w), 0.5)
	err = again.LoadState(state)
	w.Value().Set(2)
	again.Update()
	again.Use(func() { fmt.Println(w.Item(), err) })
	// Output:
	// {"n_averaged":1} [0 float64 []] <nil>
	// 1.5 <nil>
}

// savedTensor is a tensor in the golden file.
type savedTensor struct {
	Name   string
	Shape  []int
	Values []float64
}

func (n savedTensor) tensor(d tensor.DType) *tensor.Tensor {
	return tensor.New(n.Values, append([]int{}, n.Shape...)...).Clone().To(d)
}

// averageModel returns parameters and buffers like those of a golden model.
func averageModel(list []savedTensor, d tensor.DType) (params []autograd.Parameter, buffers []tensor.Named) {
	for _, n := range list {
		switch n.Name {
		case "1.running_mean", "1.running_var":
			buffers = append(buffers, tensor.Named{Name: n.Name, Tensor: n.tensor(d)})
		case "1.num_batches_tracked":
			buffers = append(buffers, tensor.Named{Name: n.Name, Tensor: n.tensor(tensor.Int64)})
		default:
			params = append(params, autograd.Parameter{Name: n.Name, Variable: autograd.New(n.tensor(d))})
		}
	}
	return params, buffers
}

func TestAveragesEqualPyTorchs(t *testing.T) {
	var data struct {
		Cases []struct {
			DType      string
			Decay      *float64
			UseBuffers bool `json:"use_buffers"`
			Steps      []struct{ Model, Averaged []savedTensor }
		}
	}
	read(t, "average", &data)
	require.Len(t, data.Cases, 16)
	for i, c := range data.Cases {
		t.Run(fmt.Sprint(i, c.DType, c.UseBuffers), func(t *testing.T) {
			d := dtypes[c.DType]
			params, buffers := averageModel(c.Steps[0].Model, d.dtype)
			own := map[string]*tensor.Tensor{}
			for _, p := range params {
				own[p.Name] = p.Value()
			}
			var given []tensor.Named
			if c.UseBuffers {
				given = buffers
				for _, b := range buffers {
					own[b.Name] = b.Tensor
				}
			}
			avg := optim.NewAverage(params, given...)
			if c.Decay != nil {
				avg = optim.NewEMA(params, *c.Decay, given...)
			}
			for step, s := range c.Steps {
				set(own, s.Model)
				if step > 0 {
					avg.Update()
				}
				avg.Use(func() { compareAverages(t, fmt.Sprint("step ", step), own, s.Averaged, d.rtol) })
				for _, n := range s.Model {
					if own[n.Name] != nil {
						require.Equal(t, n.tensor(own[n.Name].DType()).Float64s(), own[n.Name].Float64s(), "Use must put back")
					}
				}
			}
			assert.Equal(t, len(c.Steps)-1, avg.Updates())
		})
	}
}

func set(own map[string]*tensor.Tensor, list []savedTensor) {
	for _, n := range list {
		if x := own[n.Name]; x != nil {
			x.CopyFrom(n.tensor(x.DType()))
		}
	}
}

func compareAverages(t *testing.T, what string, own map[string]*tensor.Tensor, list []savedTensor, rtol float64) {
	for _, n := range list {
		x := own[n.Name]
		if x == nil || n.Name == "1.num_batches_tracked" { // PyTorch averages a count and cuts its fraction off
			continue
		}
		want := n.tensor(x.DType())
		require.Truef(t, tensor.AllClose(x, want, rtol, rtol*1e-2), "%s: %s is %v, PyTorch has %v", what, n.Name, x, want)
	}
}

// threeParts is a parameter, a buffer of floats and a count.
func threeParts() ([]autograd.Parameter, []tensor.Named) {
	w := autograd.Parameter{Name: "w", Variable: autograd.New(tensor.Float64.Scalar(1))}
	return one(w), []tensor.Named{{Name: "mean", Tensor: tensor.Scalar(10)}, {Name: "count", Tensor: tensor.Int64.Full(100)}}
}

func TestBuffersAreAveragedOrCopied(t *testing.T) {
	for _, copied := range []bool{false, true} {
		params, buffers := threeParts()
		avg := optim.NewAverage(params, buffers...)
		avg.CopyBuffers = copied
		avg.Update()
		params[0].Value().Set(3)
		buffers[0].Tensor.Set(30)
		buffers[1].Tensor.Set(300)
		avg.Update()
		values := func() []float64 {
			return []float64{params[0].Item(), buffers[0].Tensor.Item(), buffers[1].Tensor.Item()}
		}
		avg.Use(func() { assert.Equal(t, []float64{2, map[bool]float64{false: 20, true: 30}[copied], 300}, values()) })
		assert.Equal(t, []float64{3, 30, 300}, values())
		avg.CopyTo(params, buffers...)
		assert.Equal(t, []float64{2, map[bool]float64{false: 20, true: 30}[copied], 300}, values())
	}
}

// TestAShareOf1IsTheNewest, with nothing lost to the difference from a great
// average, nor from an infinite one.
func TestAShareOf1IsTheNewest(t *testing.T) {
	w := leaf("w", 1, 1)
	avg := optim.NewEMA(one(w), 0)
	for _, v := range []float64{1e20, 0.1, math.Inf(1), 0.2} {
		w.Value().Set(v, 0)
		avg.Update()
		assert.Equal(t, v, avg.State().Tensors[0].Tensor.Item())
	}
}

func TestUsePutsBackAfterAPanicAndKeepsChanges(t *testing.T) {
	params, buffers := threeParts()
	avg := optim.NewAverage(params, buffers...)
	params[0].Value().Set(5)
	assert.PanicsWithValue(t, "oh", func() {
		avg.Use(func() {
			assert.Equal(t, 1.0, params[0].Item())
			buffers[0].Tensor.Set(11) // as a running average that is computed anew
			panic("oh")
		})
	})
	assert.Equal(t, 5.0, params[0].Item())
	assert.Equal(t, 10.0, buffers[0].Tensor.Item())
	avg.Use(func() { assert.Equal(t, 11.0, buffers[0].Tensor.Item()) })
}

func TestAverageInUseRefuses(t *testing.T) {
	params, buffers := threeParts()
	avg := optim.NewAverage(params, buffers...)
	s := avg.State()
	avg.Use(func() {
		for op, f := range map[string]func(){
			"Update": avg.Update, "Use": func() { avg.Use(func() {}) }, "CopyTo": func() { avg.CopyTo(params, buffers...) },
			"State": func() { avg.State() }, "LoadState": func() { _ = avg.LoadState(s) },
		} {
			wantPanic(t, "optim.Average."+op+": the average is in use: the function given to Use must not call it", f)
		}
	})
	avg.Update()
}

func TestAverageResumesBitForBit(t *testing.T) {
	for _, dtype := range []tensor.DType{tensor.Float32, tensor.Float64} {
		w := autograd.New(dtype.Zeros(3))
		update := func(avg *optim.Average, i int) {
			w.Value().CopyFrom(tensor.FromSlice([]float64{float64(i) / 3, math.Pi * float64(i*i), 1 / float64(i+1)}).To(dtype))
			avg.Update()
		}
		whole, first := optim.NewAverage(autograd.Parameters(w)), optim.NewAverage(autograd.Parameters(w))
		for i := range 9 {
			update(whole, i)
			if i < 4 {
				first.Update()
			}
		}
		state := first.State()
		text, err := json.Marshal(state)
		require.NoError(t, err)
		var back optim.AverageState
		require.NoError(t, json.Unmarshal(text, &back))
		back.Tensors = state.Tensors
		second := optim.NewAverage(autograd.Parameters(w))
		require.NoError(t, second.LoadState(back))
		for i := 4; i < 9; i++ {
			update(second, i)
		}
		assert.Equal(t, 9, second.Updates())
		assert.Equal(t, whole.State().Tensors[0].Tensor.Float64s(), second.State().Tensors[0].Tensor.Float64s())
		assert.Equal(t, state.Tensors[0].Tensor.Float64s(), first.State().Tensors[0].Tensor.Float64s(), "loading must copy")
	}
}

func TestAverageLoadStateRefusesWhatDoesNotFit(t *testing.T) {
	params, buffers := threeParts()
	avg := optim.NewAverage(params, buffers...)
	s := optim.AverageState{Averaged: -1, Tensors: []tensor.Named{{Name: "w", Tensor: tensor.Scalar(7)},
		{Name: "count", Tensor: tensor.Int64.Full(7)}, {Name: "count", Tensor: tensor.Int64.Full(7)}, {Name: "b", Tensor: tensor.Scalar(7)}}}
	before := avg.State()
	err := avg.LoadState(s)
	for _, want := range []string{"optim.Average.LoadState: ", "n_averaged is -1", `tensor "count" is there twice`,
		`tensor "w" is float32 [], its average is float64 []`, `tensor "mean" is missing`, `tensor "b" is unexpected`} {
		assert.ErrorContains(t, err, want)
	}
	for i, n := range avg.State().Tensors {
		assert.True(t, tensor.Equal(before.Tensors[i].Tensor, n.Tensor), n.Name)
	}
}

func TestAverageRejects(t *testing.T) {
	params, buffers := threeParts()
	w := params[0]
	wantPanic(t, "optim.NewAverage: there are no parameters", func() { optim.NewAverage(nil) })
	wantPanic(t, `optim.NewAverage: parameter 1 "x" is nil`, func() { optim.NewAverage(append(params, autograd.Parameter{Name: "x"})) })
	wantPanic(t, `optim.NewAverage: two tensors are named "w"`, func() { optim.NewAverage(params, tensor.Named{Name: "w", Tensor: w.Value()}) })
	wantPanic(t, `optim.NewAverage: buffer 0 "b" is nil`, func() { optim.NewAverage(params, tensor.Named{Name: "b"}) })
	wantPanic(t, `optim.NewAverage: parameter "i" is int64, not of floats`, func() {
		optim.NewAverage([]autograd.Parameter{{Name: "i", Variable: autograd.Const(tensor.Int64.Zeros())}})
	})
	for _, decay := range []float64{-0.1, 1.5, math.NaN()} {
		wantPanic(t, fmt.Sprintf("optim.NewEMA: decay is %v, not from 0 to 1", decay), func() { optim.NewEMA(params, decay) })
	}
	avg := optim.NewAverage(params, buffers...)
	avg.Share = func(int) float64 { return math.NaN() }
	avg.Update()
	wantPanic(t, "optim.Average.Update: after 1 updates Share is NaN, not from 0 to 1", avg.Update)
	wantPanic(t, `optim.Average.CopyTo: "mean" is averaged but not given`, func() { avg.CopyTo(params) })
	wantPanic(t, `optim.Average.CopyTo: "w" is float32 [2], its average is float64 []`, func() {
		avg.CopyTo([]autograd.Parameter{{Name: "w", Variable: autograd.New(tensor.Zeros(2))}}, buffers...)
	})
	wantPanic(t, "optim.Average.CopyTo: 4 tensors are given, 3 are averaged", func() {
		avg.CopyTo(params, append(buffers, tensor.Named{Name: "more", Tensor: tensor.Zeros()})...)
	})
	w.SetValue(tensor.Float64.Zeros(3))
	wantPanic(t, `optim.Average.Update: "w" is float64 [3], its average is float64 []`, avg.Update)
}
