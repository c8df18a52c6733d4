package optim_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// stored is s after a journey through JSON and a file of tensors.
func stored(t *testing.T, s optim.State) optim.State {
	t.Helper()
	text, err := json.Marshal(s)
	require.NoError(t, err)
	var back optim.State
	require.NoError(t, json.Unmarshal(text, &back))
	for i := len(s.Tensors) - 1; i >= 0; i-- { // a file need not keep the order
		back.Tensors = append(back.Tensors, s.Tensors[i])
	}
	return back
}

// plain is s in a form that can be compared.
func plain(t *testing.T, s optim.State) string {
	text, err := json.Marshal(s)
	require.NoError(t, err)
	for _, x := range s.Tensors {
		text = fmt.Append(text, "\n", x.Name, x.Tensor.Float64s())
	}
	return string(text)
}

// TestResumeBitForBit trains 10 steps in one go, and 5 and 5 with everything
// stored and loaded between, under a scheduler that changes the rate.
func TestResumeBitForBit(t *testing.T) {
	start := func() []autograd.Parameter {
		rng := rand.New(rand.NewPCG(5, 6))
		return []autograd.Parameter{
			{Name: "fc.weight", Variable: autograd.New(tensor.Randn(rng, 3, 2))},
			{Name: "fc.bias", Variable: autograd.New(tensor.Float64.Randn(rng, 2))},
		}
	}
	// Each gets one group per parameter, and odd settings to be remembered.
	kinds := map[string]func(p []autograd.Parameter) optim.Optimizer{
		"SGD": func(p []autograd.Parameter) optim.Optimizer {
			o := optim.NewSGD(p[:1], 0.1)
			o.Momentum, o.Nesterov = 0.9, true
			o.AddGroup(p[1:]).LR = 1.0 / 3
			return o
		},
		"Adam": func(p []autograd.Parameter) optim.Optimizer {
			o := optim.NewAdam(p[:1])
			o.AMSGrad, o.Betas = true, optim.Betas{1.0 / 3, 2.0 / 3}
			o.AddGroup(p[1:]).AMSGrad = false
			return o
		},
		"AdamW": func(p []autograd.Parameter) optim.Optimizer {
			o := optim.NewAdamW(p[:1])
			o.AddGroup(p[1:]).WeightDecay = 0.7
			return o
		},
	}
	steps := func(from, to int, params []autograd.Parameter, opt optim.Optimizer, s optim.Scheduler) {
		for i := from; i < to; i++ {
			rng := rand.New(rand.NewPCG(7, uint64(i)))
			for _, p := range params {
				p.SetGrad(autograd.Untracked(p.DType().Randn(rng, p.Shape()...)))
			}
			opt.Step()
			s.Step()
		}
	}
	for kind, make := range kinds {
		t.Run(kind, func(t *testing.T) {
			whole := start()
			opt := make(whole)
			steps(0, 10, whole, opt, optim.NewCosineAnnealingLR(opt, 4))

			first := start()
			opt = make(first)
			sched := optim.NewCosineAnnealingLR(opt, 4)
			steps(0, 5, first, opt, sched)
			state, schedState := stored(t, opt.State()), sched.State()

			second := start()
			for i, p := range second {
				p.Value().CopyFrom(first[i].Value())
			}
			opt = otherwise(kind, second) // every setting comes from the state
			require.NoError(t, opt.LoadState(state))
			sched = optim.NewCosineAnnealingLR(opt, 99)
			require.NoError(t, sched.LoadState(schedState))
			steps(5, 10, second, opt, sched)

			for i, p := range whole {
				assert.Equal(t, p.Value().Float64s(), second[i].Value().Float64s(), p.Name)
			}
		})
	}
}

// otherwise returns an optimizer of that kind, one group a parameter, with
// settings that are none of those in the test.
func otherwise(kind string, p []autograd.Parameter) optim.Optimizer {
	switch kind {
	case "SGD":
		o := optim.NewSGD(p[:1], 99)
		o.AddGroup(p[1:])
		return o
	case "Adam":
		o := optim.NewAdam(p[:1])
		o.LR, o.WeightDecay = 99, 1
		o.AddGroup(p[1:])
		return o
	}
	o := optim.NewAdamW(p[:1])
	o.LR, o.Maximize = 99, true
	o.AddGroup(p[1:])
	return o
}

func TestStepLRResumes(t *testing.T) {
	opt := optim.NewSGD(one(leaf("w", 1, 1)), 1)
	whole := optim.NewStepLR(opt, 3)
	whole.Gamma = 1.0 / 3
	for range 5 {
		whole.Step()
	}
	state := whole.State()
	resumed := optim.NewStepLR(opt, 99)
	require.NoError(t, resumed.LoadState(state))
	assert.Equal(t, state, resumed.State())
	resumed.Step()
	assert.Equal(t, 1.0/3*(1.0/3), opt.LR)
}

// TestSettingsDecodeOverDefaults, whole optimizers taking them for their first
// group.
func TestSettingsDecodeOverDefaults(t *testing.T) {
	p := one(leaf("w", 1, 1))
	for want, opt := range map[string]any{
		`{"lr":0.5,"momentum":0,"dampening":0,"weight_decay":0,"nesterov":false,"maximize":true,"skip_missing":false}`:       optim.NewSGD(p, 1),
		`{"lr":0.5,"betas":[0.9,0.999],"eps":1e-8,"weight_decay":0,"amsgrad":false,"maximize":true,"skip_missing":false}`:    optim.NewAdam(p),
		`{"lr":0.5,"betas":[0.9,0.999],"eps":1e-8,"weight_decay":0.01,"amsgrad":false,"maximize":true,"skip_missing":false}`: optim.NewAdamW(p),
	} {
		require.NoError(t, json.Unmarshal([]byte(`{"lr":0.5,"maximize":true}`), opt))
		text, err := json.Marshal(opt)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	adam := optim.NewAdam(p)
	for betas, want := range map[string]string{
		`[0.9]`:       "betas are [0.9], not two numbers",
		`[0.9,0.8,0]`: "betas are [0.9,0.8,0], not two numbers",
		`null`:        "betas are null, not two numbers",
		`0.9`:         "cannot unmarshal number",
	} {
		assert.ErrorContains(t, json.Unmarshal([]byte(`{"betas":`+betas+`}`), adam), want)
	}
	assert.Equal(t, optim.Betas{0.9, 0.999}, adam.Betas)
}

func TestStateIsASnapshot(t *testing.T) {
	p := leaf("w", 1, 1)
	opt := optim.NewAdam(one(p))
	opt.Step()
	s := opt.State()
	require.Len(t, s.Tensors, 2)
	before := s.Tensors[0].Tensor.Item()
	opt.Step()
	assert.Equal(t, before, s.Tensors[0].Tensor.Item())

	require.NoError(t, opt.LoadState(s))
	opt.Step()
	assert.Equal(t, before, s.Tensors[0].Tensor.Item(), "loading must copy too")
}

func TestLoadStateKeepsGroupAndRates(t *testing.T) {
	opt := optim.NewAdam(one(leaf("w", 1, 1)))
	opt.LR = 0.5
	s := opt.State()
	opt.LR = 0.25
	group, rate := opt.AdamGroup, opt.Rates()[0]
	require.NoError(t, opt.LoadState(s))
	assert.Same(t, group, opt.AdamGroup)
	assert.Equal(t, 0.5, *rate)
}

func TestLoadStateRefusesWhatDoesNotFit(t *testing.T) {
	made := func() *optim.Adam {
		opt := optim.NewAdam([]autograd.Parameter{leaf("w", 1, 1), leaf("b", 2, 1)})
		opt.AMSGrad = true
		opt.Step()
		return opt
	}
	float32s := tensor.Zeros(1)
	for name, c := range map[string]struct {
		spoil func(s *optim.State)
		want  []string // all of them must be told
	}{
		"kind":   {func(s *optim.State) { s.Kind = "SGD" }, []string{`cannot load the state of "SGD"`}},
		"groups": {func(s *optim.State) { s.Groups = nil }, []string{"cannot load the state of 0 groups into 1"}},
		"tensors": {func(s *optim.State) {
			s.Tensors[0].Name = "0.w.exp"
			s.Tensors[1].Tensor = float32s
			s.Tensors[2].Tensor = tensor.Float64.Zeros(2)
			s.Tensors = append(s.Tensors, s.Tensors[4])
		}, []string{
			`tensor "0.w.exp_avg" is missing`, `tensor "0.w.exp" is unexpected`,
			`tensor "0.w.exp_avg_sq" is float32 [1], the parameter is float64 [1]`,
			`tensor "0.w.max_exp_avg_sq" is float64 [2], the parameter is float64 [1]`,
			`tensor "0.b.exp_avg_sq" is there twice`,
		}},
		"nil tensor": {func(s *optim.State) { s.Tensors[0].Tensor = nil }, []string{`tensor "0.w.exp_avg" is missing`}},
		"params": {func(s *optim.State) { s.Groups[0].Params[0].Name = "v" },
			[]string{`group 0: parameter "w" is missing`, `group 0: parameter "v" is unexpected`}},
		"param twice": {func(s *optim.State) { s.Groups[0].Params[1] = s.Groups[0].Params[0] },
			[]string{`group 0: parameter "w" is unexpected`, `group 0: parameter "b" is missing`}},
		"steps": {func(s *optim.State) { s.Groups[0].Params[0].Steps = -1 },
			[]string{`group 0: parameter "w" has made -1 steps`}},
		"moment": {func(s *optim.State) { s.Groups[0].Params[0].Moments[0] = "momentum_buffer" },
			[]string{`parameter "w" has an unexpected moment "momentum_buffer"`, `tensor "0.w.exp_avg" is unexpected`}},
		"unnamed moment": {func(s *optim.State) { s.Groups[0].Params[0].Moments[0] = "" },
			[]string{`parameter "w" has an unexpected moment ""`}},
		"no settings": {func(s *optim.State) { s.Groups[0].Settings = nil }, []string{"group 0: settings: "}},
		"unknown setting": {func(s *optim.State) { replace(&s.Groups[0].Settings, `"lr"`, `"rho":1,"lr"`) },
			[]string{`group 0: settings: json: unknown field "rho"`}},
		"lost setting": {func(s *optim.State) { replace(&s.Groups[0].Settings, `"lr":0.001,`, ``) },
			[]string{`group 0: setting "lr" is missing`}},
		"illegal setting": {func(s *optim.State) { replace(&s.Groups[0].Settings, `"lr":0.001`, `"lr":-1`) },
			[]string{`group 0: LR is -1, not a number from 0 on`}},
	} {
		t.Run(name, func(t *testing.T) {
			opt := made()
			s := stored(t, made().State())
			s.Tensors = made().State().Tensors // in the order of the test's indices
			c.spoil(&s)
			before := plain(t, opt.State())
			err := opt.LoadState(s)
			require.Error(t, err)
			assert.True(t, strings.HasPrefix(err.Error(), "optim.Adam: "), err)
			for _, want := range c.want {
				assert.Contains(t, err.Error(), want)
			}
			assert.Equal(t, before, plain(t, opt.State()), "a refused state must change nothing")
		})
	}
}

func replace(raw *json.RawMessage, old, with string) {
	*raw = json.RawMessage(strings.Replace(string(*raw), old, with, 1))
}

func TestSchedulerLoadStateRefusesWhatDoesNotFit(t *testing.T) {
	opt := optim.NewSGD(one(leaf("w", 1, 1)), 0.1)
	for _, s := range []optim.Scheduler{optim.NewStepLR(opt, 3), optim.NewCosineAnnealingLR(opt, 3)} {
		s.Step()
		for want, spoil := range map[string]func(st *optim.SchedulerState){
			`cannot load the state of "ExponentialLR"`:         func(st *optim.SchedulerState) { st.Kind = "ExponentialLR" },
			"cannot load state: epoch is -1":                   func(st *optim.SchedulerState) { st.Epoch = -1 },
			"cannot load state: rates of 2 and 1 groups for 1": func(st *optim.SchedulerState) { st.BaseLRs = []float64{1, 2} },
			"cannot load state: rates of 1 and 0 groups for 1": func(st *optim.SchedulerState) { st.LastLRs = nil },
			"is missing":         func(st *optim.SchedulerState) { st.Settings = json.RawMessage("{}") },
			"is 0, not positive": func(st *optim.SchedulerState) { replace(&st.Settings, ":3", ":0") },
			"cannot unmarshal string into Go struct field":      func(st *optim.SchedulerState) { replace(&st.Settings, ":3", `:"3"`) },
			"cannot load state: settings: json: unknown field ": func(st *optim.SchedulerState) { replace(&st.Settings, "{", `{"x":1,`) },
		} {
			before := s.State()
			spoiled := s.State()
			spoil(&spoiled)
			assert.ErrorContains(t, s.LoadState(spoiled), want)
			assert.Equal(t, before, s.State(), "a refused state must change nothing")
		}
	}
}

func TestSchedulersRejectSettings(t *testing.T) {
	opt := optim.NewSGD(one(leaf("w", 1, 1)), 0.1)
	wantPanic(t, "optim.StepLR: StepSize is 0, not positive", func() { optim.NewStepLR(opt, 0) })
	wantPanic(t, "optim.CosineAnnealingLR: TMax is -1, not positive", func() { optim.NewCosineAnnealingLR(opt, -1) })
	s, c := optim.NewStepLR(opt, 1), optim.NewCosineAnnealingLR(opt, 1)
	s.Gamma, c.EtaMin = -1, -1
	wantPanic(t, "optim.StepLR: Gamma is -1, not a number from 0 on", func() { s.Step() })
	wantPanic(t, "optim.CosineAnnealingLR: EtaMin is -1, not a number from 0 on", func() { c.Step() })
	wantPanic(t, "optim.StepLR: Gamma is -1, not a number from 0 on", func() { s.State() })
	assert.Equal(t, 0.1, opt.LR)
}

func TestSchedulerLeavesLaterGroupsAlone(t *testing.T) {
	opt := optim.NewSGD(one(leaf("w", 1, 1)), 1)
	s := optim.NewStepLR(opt, 1)
	opt.AddGroup(one(leaf("v", 1, 1)))
	s.Step()
	assert.Equal(t, []float64{1, 0.1}, []float64{*opt.Rates()[1], *opt.Rates()[0]})
	assert.Equal(t, []float64{0.1}, s.LastLR())
}
