package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// leaf returns a float64 parameter with a gradient, of one element each.
func leaf(name string, value, grad float64) autograd.Parameter {
	v := autograd.New(tensor.New([]float64{value}))
	v.SetGrad(autograd.Untracked(tensor.New([]float64{grad})))
	return autograd.Parameter{Name: name, Variable: v}
}

func one(p autograd.Parameter) []autograd.Parameter { return []autograd.Parameter{p} }

// wantPanic requires a *tensor.Error of exactly this text.
func wantPanic(t *testing.T, text string, f func()) {
	t.Helper()
	err := autograd.Try(f)
	require.Error(t, err, "no panic")
	assert.Equal(t, text, err.Error())
}

func TestConstructorsRejectParameters(t *testing.T) {
	p := leaf("w", 1, 1)
	for kind, make := range optimizers(0.1) {
		reject := func(text string, params ...autograd.Parameter) {
			t.Helper()
			wantPanic(t, "optim."+kind+": "+text, func() { make(params) })
		}
		reject(`there are no parameters`)
		reject(`parameter 1 "gone" is nil`, p, autograd.Parameter{Name: "gone"})
		reject(`parameter "w" [1] is given twice, before as "v"`, autograd.Parameter{Name: "v", Variable: p.Variable}, p)
		reject(`two parameters of one group are named "w"`, p, leaf("w", 2, 2))
		const leafless = `parameter "x" [1] is not a leaf that wants a gradient; ` +
			`make it with autograd.New, or leave it out to keep it as it is`
		reject(leafless, autograd.Parameter{Name: "x", Variable: autograd.Const(tensor.Zeros(1))})
		reject(leafless, autograd.Parameter{Name: "x", Variable: p.Neg()})
	}
	adam := optim.NewAdam(one(p))
	wantPanic(t, `optim.Adam: parameter "w" [1] is given twice, before as "w"`, func() { adam.AddGroup(one(p)) })
	assert.Len(t, adam.Rates(), 1, "the refused group must not stay")
	adam.AddGroup(one(leaf("w", 2, 2))) // the same name in another group is fine
	assert.Len(t, adam.Rates(), 2)
}

func TestStepRejectsSettings(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	p := leaf("w", 1, 1)
	for text, set := range map[string]func(o *optim.SGD){
		"LR is -1, not a number from 0 on":             func(o *optim.SGD) { o.LR = -1 },
		"LR is NaN, not a number from 0 on":            func(o *optim.SGD) { o.LR = nan },
		"LR is +Inf, not a number from 0 on":           func(o *optim.SGD) { o.LR = inf },
		"Momentum is -0.5, not a number from 0 on":     func(o *optim.SGD) { o.Momentum = -0.5 },
		"|Dampening| is NaN, not a number from 0 on":   func(o *optim.SGD) { o.Dampening = nan },
		"WeightDecay is -0.1, not a number from 0 on":  func(o *optim.SGD) { o.WeightDecay = -0.1 },
		nesterov + "but Momentum is 0 and Dampening 0": func(o *optim.SGD) { o.Nesterov = true },
		nesterov + "but Momentum is 0.9 and Dampening 0.1": func(o *optim.SGD) {
			o.Nesterov, o.Momentum, o.Dampening = true, 0.9, 0.1
		},
	} {
		o := optim.NewSGD(one(p), 0.1)
		set(o)
		wantPanic(t, "optim.SGD: "+text, o.Step)
	}
	for text, set := range map[string]func(o *optim.AdamW){
		"LR is -1, not a number from 0 on":           func(o *optim.AdamW) { o.LR = -1 },
		"Eps is NaN, not a number from 0 on":         func(o *optim.AdamW) { o.Eps = nan },
		"WeightDecay is -1, not a number from 0 on":  func(o *optim.AdamW) { o.WeightDecay = -1 },
		"Betas[0] is -0.1, not from 0 to below 1":    func(o *optim.AdamW) { o.Betas[0] = -0.1 },
		"Betas[1] is 1, not from 0 to below 1":       func(o *optim.AdamW) { o.Betas[1] = 1 },
		"LR is +Inf, not a number from 0 on":         func(o *optim.AdamW) { o.LR = inf },
		"WeightDecay is NaN, not a number from 0 on": func(o *optim.AdamW) { o.WeightDecay = nan },
	} {
		o := optim.NewAdamW(one(p))
		set(o)
		wantPanic(t, "optim.AdamW: "+text, o.Step)
	}
	assert.Equal(t, 1.0, p.Item(), "a refused step must change nothing")
	wantPanic(t, "optim.SGD: LR is -1, not a number from 0 on", func() { optim.NewSGD(one(p), -1) })
}

const nesterov = "with Nesterov there must be a momentum and no dampening, "

func TestStepReportsMissingGradients(t *testing.T) {
	var params []autograd.Parameter
	for i := range 8 {
		params = append(params, leaf(fmt.Sprint("p", i), 1, 1))
	}
	for _, p := range params[1:] {
		p.ZeroGrad()
	}
	const tail = "; was Backward called since ZeroGrad, and does the loss depend on them? " +
		"Set SkipMissing to leave such parameters as they are"
	opt := optim.NewAdam(params)
	wantPanic(t, "optim.Adam: no gradient for 7 of 8 parameters: p1, p2, p3, p4, p5, …"+tail, opt.Step)
	assert.Equal(t, 1.0, params[0].Item(), "the parameter that has a gradient must not move either")

	opt.SkipMissing = true
	opt.Step()
	assert.InDelta(t, 1-opt.LR, params[0].Item(), 1e-8) // Adam's first step is LR long
	assert.Equal(t, 1.0, params[1].Item())

	// The setting is the group's own.
	late := leaf("late", 1, 1)
	g := opt.AddGroup(one(late))
	assert.True(t, g.SkipMissing, "a group begins with the first group's settings")
	g.SkipMissing = false
	late.ZeroGrad()
	wantPanic(t, "optim.Adam: no gradient for 1 of 1 parameters: late"+tail, opt.Step)
}

func TestNoDecayLeavesInfiniteParametersAlone(t *testing.T) {
	for kind, make := range map[string]func(p []autograd.Parameter) optim.Optimizer{
		"SGD":          func(p []autograd.Parameter) optim.Optimizer { return optim.NewSGD(p, 0.1) },
		"SGD momentum": func(p []autograd.Parameter) optim.Optimizer { o := optim.NewSGD(p, 0.1); o.Momentum = 0.9; return o },
		"Adam":         func(p []autograd.Parameter) optim.Optimizer { return optim.NewAdam(p) },
		"AdamW":        func(p []autograd.Parameter) optim.Optimizer { return optim.NewAdamW(p) },
	} {
		p := leaf("w", math.Inf(1), 1)
		make(one(p)).Step()
		assert.Equal(t, math.Inf(1), p.Item(), kind) // as PyTorch has it
	}
}

func TestGradientsOfNaNAreApplied(t *testing.T) {
	for kind, make := range optimizers(0.1) {
		p, q := leaf("p", 1, math.NaN()), leaf("q", 1, 1)
		make([]autograd.Parameter{p, q}).Step()
		assert.True(t, math.IsNaN(p.Item()), kind)
		assert.False(t, math.IsNaN(q.Item()), kind)
	}
}

func TestZeroGradForgets(t *testing.T) {
	p, q := leaf("p", 1, 1), leaf("q", 1, 1)
	opt := optim.NewSGD(one(p), 0.1)
	opt.AddGroup(one(q))
	opt.ZeroGrad()
	assert.Nil(t, p.Grad())
	assert.Nil(t, q.Grad())
}

// TestMomentumTurnedOnLater begins with an empty buffer then, as PyTorch does.
func TestMomentumTurnedOnLater(t *testing.T) {
	p := leaf("p", 0, 1)
	opt := optim.NewSGD(one(p), 1)
	opt.Step()
	opt.Momentum, opt.Dampening = 0.5, 0.5
	opt.Step() // b = 1
	opt.Step() // b = 0.5·1 + 0.5·1
	assert.Equal(t, -3.0, p.Item())
}

func TestEmptyParameter(t *testing.T) {
	for kind, make := range optimizers(0.1) {
		v := autograd.New(tensor.Zeros(0, 3))
		v.SetGrad(autograd.Untracked(tensor.Zeros(0, 3)))
		assert.NotPanics(t, make(autograd.Parameters(v)).Step, kind)
	}
}

// model returns a toy 2-8-1 network's parameters with gradients.
func model() []autograd.Parameter {
	var xs []*autograd.Variable
	for _, shape := range [][]int{{2, 8}, {8}, {8, 1}, {1}} {
		x := autograd.New(tensor.Ones(shape...))
		x.SetGrad(autograd.Untracked(tensor.Ones(shape...)))
		xs = append(xs, x)
	}
	return autograd.Parameters(xs...)
}

func TestStepDoesNotAllocate(t *testing.T) {
	for kind, make := range optimizers(0.1) {
		opt := make(model())
		opt.Step()
		assert.Zero(t, testing.AllocsPerRun(100, opt.Step), kind)
	}
}

func BenchmarkStep(b *testing.B) {
	for kind, make := range optimizers(1e-3) {
		b.Run(kind+"/toy", func(b *testing.B) {
			opt := make(model())
			b.ReportAllocs()
			for b.Loop() {
				opt.Step()
			}
		})
		b.Run(kind+"/1M", func(b *testing.B) {
			x := autograd.New(tensor.Ones(1000, 1000))
			x.SetGrad(autograd.Untracked(tensor.Ones(1000, 1000)))
			opt := make(autograd.Parameters(x))
			b.ReportAllocs()
			for b.Loop() {
				opt.Step()
			}
		})
	}
}
