package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	makers["LayerNorm"] = func() nn.Module { return nn.NewLayerNorm(5) }
	makers["RMSNorm"] = func() nn.Module { return nn.NewRMSNorm(5) }
	makers["GroupNorm"] = func() nn.Module { return nn.NewGroupNorm(2, 6) }
	makers["BatchNorm1d"] = func() nn.Module { return nn.NewBatchNorm1d(4) }
	makers["BatchNorm2d"] = func() nn.Module { return nn.NewBatchNorm2d(4) }
	makers["InstanceNorm1d"] = func() nn.Module { return nn.NewInstanceNorm1d(4) }
	makers["InstanceNorm2d"] = func() nn.Module { return nn.NewInstanceNorm2d(4) }
	for name := range makers {
		switch name {
		case "LayerNorm", "RMSNorm", "GroupNorm", "BatchNorm1d", "BatchNorm2d", "InstanceNorm1d", "InstanceNorm2d":
			fits[name] = fitNorm
		}
	}
	derivatives["LayerNorm"] = derivative{withAffine(nn.NewLayerNorm(2, 3)), [][]int{{3, 2, 3}, {2, 3}, {2, 3}}}
	derivatives["LayerNorm plain"] = derivative{through(plain(nn.NewLayerNorm(4))), [][]int{{3, 4}}}
	derivatives["RMSNorm"] = derivative{withAffine(nn.NewRMSNorm(4)), [][]int{{3, 4}, {4}}}
	derivatives["RMSNorm plain"] = derivative{through(plain(nn.NewRMSNorm(4))), [][]int{{3, 4}}}
	derivatives["GroupNorm"] = derivative{withAffine(nn.NewGroupNorm(2, 4)), [][]int{{2, 4, 3}, {4}, {4}}}
	derivatives["GroupNorm plain"] = derivative{through(plain(nn.NewGroupNorm(2, 4))), [][]int{{2, 4, 3}}}
	derivatives["BatchNorm1d"] = derivative{withAffine(nn.NewBatchNorm1d(3)), [][]int{{5, 3}, {3}, {3}}}
	derivatives["BatchNorm1d [N C L]"] = derivative{withAffine(nn.NewBatchNorm1d(2)), [][]int{{3, 2, 3}, {2}, {2}}}
	derivatives["BatchNorm1d plain"] = derivative{through(plain(nn.NewBatchNorm1d(3))), [][]int{{5, 3}}}
	derivatives["BatchNorm2d"] = derivative{withAffine(nn.NewBatchNorm2d(2)), [][]int{{2, 2, 2, 2}, {2}, {2}}}
	derivatives["BatchNorm2d eval"] = derivative{withAffine(evaluating(nn.NewBatchNorm2d(2))), [][]int{{2, 2, 2, 2}, {2}, {2}}}
	derivatives["BatchNorm1d eval"] = derivative{withAffine(evaluating(nn.NewBatchNorm1d(3))), [][]int{{2, 3}, {3}, {3}}}
	derivatives["InstanceNorm1d"] = derivative{withAffine(nn.NewInstanceNorm1d(2)), [][]int{{2, 2, 3}, {2}, {2}}}
	derivatives["InstanceNorm1d plain"] = derivative{through(nn.NewInstanceNorm1d(2)), [][]int{{2, 3}}}
	derivatives["InstanceNorm2d"] = derivative{withAffine(nn.NewInstanceNorm2d(2)), [][]int{{2, 2, 2, 2}, {2}, {2}}}
}

// affineOf returns where a module holds its weight and its bias, nil for no bias.
func affineOf(m nn.Module) (weight, bias **autograd.Variable) {
	switch l := m.(type) {
	case *nn.LayerNorm:
		return &l.Weight, &l.Bias
	case *nn.RMSNorm:
		return &l.Weight, nil
	case *nn.GroupNorm:
		return &l.Weight, &l.Bias
	}
	l := channelNorm(m)
	return &l.Weight, &l.Bias
}

func channelNorm(m nn.Module) *nn.ChannelNorm {
	switch l := m.(type) {
	case *nn.BatchNorm1d:
		return &l.ChannelNorm
	case *nn.BatchNorm2d:
		return &l.ChannelNorm
	case *nn.InstanceNorm1d:
		return &l.ChannelNorm
	case *nn.InstanceNorm2d:
		return &l.ChannelNorm
	}
	return nil
}

// withAffine is a module as a function of its input, weight and bias.
func withAffine(m nn.Module) func(x []*autograd.Variable) *autograd.Variable {
	if c := channelNorm(m); c != nil {
		nn.To(m, tensor.Float64)
	}
	return func(x []*autograd.Variable) *autograd.Variable {
		weight, bias := affineOf(m)
		*weight = x[1]
		if bias != nil {
			*bias = x[2]
		}
		return m.Forward(x[0])
	}
}

// plain takes weight and bias away.
func plain(m nn.Module) nn.Module {
	weight, bias := affineOf(m)
	*weight = nil
	if bias != nil {
		*bias = nil
	}
	nn.To(m, tensor.Float64)
	return m
}

func evaluating(m nn.Module) nn.Module {
	nn.Eval(m)
	return m
}

// fitNorm gives a module the weight, bias and running averages of a case.
func fitNorm(m nn.Module, c golden) {
	weight, bias := affineOf(m)
	*weight = nil
	if bias != nil {
		*bias = nil
	}
	for i, p := range c.State {
		x := autograd.New(tensor.Zeros(p.Shape...))
		if i == 0 {
			*weight = x
		} else {
			*bias = x
		}
	}
	l := channelNorm(m)
	switch {
	case l == nil:
	case len(c.Buffers) == 0:
		l.RunningMean, l.RunningVar, l.NumBatchesTracked = nil, nil, nil
	default:
		l.TrackRunningStats()
	}
	if c.Evaluate {
		defer nn.Train(m)
	}
}

// Kernel and definition are two ways to the same, forward and backward.
func TestNormsAreAsDefined(t *testing.T) {
	for name, c := range map[string]struct {
		m     nn.Module
		shape []int
	}{
		"LayerNorm":         {nn.NewLayerNorm(70), []int{1100, 70}},
		"RMSNorm":           {nn.NewRMSNorm(70), []int{1100, 70}},
		"GroupNorm":         {nn.NewGroupNorm(3, 6), []int{300, 6, 5, 9}},
		"GroupNorm columns": {nn.NewGroupNorm(2, 20), []int{30, 20}},
		"BatchNorm1d":       {nn.NewBatchNorm1d(70), []int{1100, 70}},
		"BatchNorm1d, one":  {nn.NewBatchNorm1d(1), []int{1100, 1}},
		"BatchNorm2d":       {nn.NewBatchNorm2d(70), []int{20, 70, 7, 9}},
		"BatchNorm2d, long": {nn.NewBatchNorm2d(2), []int{2, 2, 300, 300}},
		"InstanceNorm2d":    {nn.NewInstanceNorm2d(7), []int{20, 7, 30, 19}},
		"evaluation":        {evaluating(nn.NewBatchNorm2d(7)), []int{20, 7, 30, 19}},
		"columns":           {evaluating(nn.NewBatchNorm1d(7)), []int{20, 7}},
	} {
		for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
			rng := source()
			nn.To(c.m, d)
			for _, p := range nn.Parameters(c.m) {
				nn.Normal(p.Value(), 1, 1, rng)
			}
			x := autograd.New(tensor.AddScalar(d.Randn(rng, c.shape...), 3))
			y := c.m.Forward(x)
			defined, ok := autograd.Defined(y)
			require.True(t, ok)
			tolerance := map[tensor.DType]float64{tensor.Float32: 1e-4, tensor.Float64: 1e-10}[d]
			assert.True(t, tensor.AllClose(defined.Value(), y.Value(), 0, tolerance), name)
			inputs := []*autograd.Variable{x}
			for _, p := range nn.Parameters(c.m) {
				inputs = append(inputs, p.Variable)
			}
			seeds := []*autograd.Variable{autograd.Const(d.Randn(rng, c.shape...))}
			fast := autograd.Walk{Seeds: seeds, RetainGraph: true}.Grad([]*autograd.Variable{y}, inputs)
			slow := autograd.Walk{Seeds: seeds, CreateGraph: true}.Grad([]*autograd.Variable{y}, inputs)
			for i := range inputs {
				greatest := tensor.Max(tensor.Abs(slow[i].Value())).Item()
				assert.True(t, tensor.AllClose(slow[i].Value(), fast[i].Value(), 0, tolerance*max(1, greatest)), "%s, gradient %d", name, i)
			}
		}
	}
}

// What is constant is 0 exactly, and what is far from 0 keeps its digits.
func TestNormsFarFromZero(t *testing.T) {
	for _, m := range []nn.Module{nn.NewLayerNorm(8), nn.NewBatchNorm1d(8)} {
		y := m.Forward(autograd.Const(tensor.Full(12345, 4, 8))).Value()
		assert.Equal(t, make([]float64, 32), y.Float64s())
	}
	x := tensor.Float64.Randn(source(), 4, 64)
	l := nn.NewLayerNorm(64)
	nn.To(l, tensor.Float64)
	want := l.Forward(autograd.Const(x)).Value()
	y := l.Forward(autograd.Const(tensor.AddScalar(x, 1e6))).Value()
	assert.True(t, tensor.AllClose(want, y, 0, 1e-8))
}

func TestNormsReject(t *testing.T) {
	x := func(shape ...int) *autograd.Variable { return autograd.Const(tensor.Zeros(shape...)) }
	untracked := nn.NewInstanceNorm1d(3)
	untracked.Momentum = nil
	torn := nn.NewBatchNorm1d(3)
	torn.RunningVar = nil
	other := nn.NewBatchNorm1d(3)
	other.RunningVar = tensor.Ones(4)
	uneven := nn.NewGroupNorm(2, 4)
	uneven.NumGroups = 3
	for want, f := range map[string]func(){
		"nn.LayerNorm: input [2 3] does not end in the normalized shape [4]":                                   func() { nn.NewLayerNorm(4).Forward(x(2, 3)) },
		"nn.LayerNorm: input float64 [4], but weight float32; convert one, with To or nn.To":                   func() { nn.NewLayerNorm(4).Forward(autograd.Const(tensor.Float64.Zeros(4))) },
		"nn.LayerNorm: weight [3] is not [4]":                                                                  func() { l := nn.NewLayerNorm(4); l.Weight = x(3); l.Forward(x(4)) },
		"nn.LayerNorm: input int64 [4] is not of floats":                                                       func() { nn.NewLayerNorm(4).Forward(autograd.Const(tensor.Int64.Zeros(4))) },
		"nn.NewLayerNorm: no shape is given":                                                                   func() { nn.NewLayerNorm() },
		"nn.NewLayerNorm: a length of [2 0] is less than 1":                                                    func() { nn.NewLayerNorm(2, 0) },
		"nn.RMSNorm: input [2 3] does not end in the normalized shape [4 3]":                                   func() { nn.NewRMSNorm(4, 3).Forward(x(2, 3)) },
		"nn.NewRMSNorm: no shape is given":                                                                     func() { nn.NewRMSNorm() },
		"nn.GroupNorm: input [2 3] is not [N C …] of 4 channels":                                               func() { nn.NewGroupNorm(2, 4).Forward(x(2, 3)) },
		"nn.GroupNorm: 4 channels do not make 3 groups":                                                        func() { uneven.Forward(x(2, 4)) },
		"nn.NewGroupNorm: 4 channels do not make 3 groups":                                                     func() { nn.NewGroupNorm(3, 4) },
		"nn.BatchNorm1d: input [3] has 1 axes, not [2 3]":                                                      func() { nn.NewBatchNorm1d(3).Forward(x(3)) },
		"nn.BatchNorm1d: axis 1 of input [2 4] is not of 3 channels":                                           func() { nn.NewBatchNorm1d(3).Forward(x(2, 4)) },
		"nn.BatchNorm1d: input [1 3] has no more than one value for each channel: there is no variance":        func() { nn.NewBatchNorm1d(3).Forward(x(1, 3)) },
		"nn.BatchNorm2d: input [1 3 1 1] has no more than one value for each channel: there is no variance":    func() { nn.NewBatchNorm2d(3).Forward(x(1, 3, 1, 1)) },
		"nn.BatchNorm1d: RunningMean, RunningVar and NumBatchesTracked belong together: set all or none":       func() { torn.Forward(x(2, 3)) },
		"nn.BatchNorm1d: running_var is float32 [4], not float32 [3]":                                          func() { other.Forward(x(2, 3)) },
		"nn.NewBatchNorm2d: a length of [0] is less than 1":                                                    func() { nn.NewBatchNorm2d(0) },
		"nn.InstanceNorm1d: input [3] has 1 axes, not [3]":                                                     func() { nn.NewInstanceNorm1d(3).Forward(x(3)) },
		"nn.InstanceNorm2d: axis 1 of input [2 4 2 2] is not of 3 channels":                                    func() { nn.NewInstanceNorm2d(3).Forward(x(2, 4, 2, 2)) },
		"nn.InstanceNorm2d: input [2 3 1 1] has no more than one value for each channel: there is no variance": func() { nn.NewInstanceNorm2d(3).Forward(x(2, 3, 1, 1)) },
		"nn.InstanceNorm1d: Momentum is nil, but no batches are counted to average":                            func() { untracked.Forward(x(2, 3, 4)) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
	one := nn.NewBatchNorm1d(3)
	nn.Eval(one)
	assert.Equal(t, tensor.Shape{1, 3}, one.Forward(x(1, 3)).Shape(), "in evaluation one value is enough")
	for _, shape := range [][]int{{0, 4}, {2, 0, 4}} {
		assert.Equal(t, tensor.Shape(shape), nn.NewLayerNorm(4).Forward(x(shape...)).Shape())
	}
}

// TestNormsOfNothing demands that parameters have gradients of 0, not none, when
// a batch is empty.
func TestNormsOfNothing(t *testing.T) {
	batch := nn.NewBatchNorm1d(3)
	nn.Eval(batch)
	for _, c := range []struct {
		m  nn.Module
		in []int
	}{
		{nn.NewLayerNorm(2, 3), []int{0, 2, 3}}, {nn.NewRMSNorm(3), []int{2, 0, 3}}, {nn.NewGroupNorm(2, 4), []int{0, 4, 2}},
		{nn.NewGroupNorm(2, 4), []int{1, 4, 0}}, {batch, []int{0, 3, 2}},
	} {
		x := autograd.New(tensor.Zeros(c.in...))
		y := c.m.Forward(x)
		assert.Equal(t, tensor.Shape(c.in), y.Shape())
		for _, p := range nn.Parameters(c.m) {
			g := autograd.Walk{RetainGraph: true}.Grad([]*autograd.Variable{y.Sum()}, []*autograd.Variable{p.Variable})[0]
			assert.True(t, tensor.Equal(g.Value(), tensor.Zeros(p.Value().Shape()...)), "%T %s", c.m, p.Name)
		}
	}
}
