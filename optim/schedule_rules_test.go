package optim_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

func TestNewSchedulerRefuses(t *testing.T) {
	for _, c := range []struct{ name, options, want string }{
		{"Step", ``, `no scheduler "Step"; there are ChainedScheduler, ConstantLR`},
		{"ExponentialLR", ``, `option "gamma" has no default and is missing`},
		{"LinearLR", `{"start":1}`, `unknown field "start"`},
		{"LinearLR", `{"start_factor":0}`, `StartFactor is 0, not above 0`},
		{"PolynomialLR", `{"total_iters":0}`, `TotalIters is 0, not positive`},
		{"LinearLR", `{"Start_Factor":0.5}`, `optim.LinearLR: unknown field "Start_Factor"; there are end_factor, start_factor, total_iters`},
		{"OneCycleLR", `{"total_steps":5}`, `option "max_lr" has no default and is missing`},
		{"OneCycleLR", `{"max_lr":1}`, `TotalSteps is 0, not positive, and so is Epochs·StepsPerEpoch, 0·0`},
		{"OneCycleLR", `{"max_lr":1,"epochs":3}`, `Epochs·StepsPerEpoch, 3·0`},
		{"OneCycleLR", `{"max_lr":1,"total_steps":-1,"epochs":3,"steps_per_epoch":2}`, `TotalSteps is -1, not a number from 0 on`},
		{"OneCycleLR", `{"max_lr":[1,2,3],"total_steps":5}`, `MaxLR has 3 numbers, not one for all groups or one for each of 2`},
		{"OneCycleLR", `{"max_lr":[1,-2],"total_steps":5}`, `MaxLR[1] is -2, not a number from 0 on`},
		{"OneCycleLR", `{"max_lr":"1","total_steps":5}`, `"1" is neither a number nor a list of numbers`},
		{"OneCycleLR", `{"max_lr":null,"total_steps":5}`, `null is neither`},
		{"OneCycleLR", `{"max_lr":1,"total_steps":5,"pct_start":1.5}`, `PctStart is 1.5, not from 0 to 1`},
		{"OneCycleLR", `{"max_lr":1,"total_steps":5,"anneal_strategy":"sin"}`, `AnnealStrategy is "sin", none of cos, linear`},
		{"OneCycleLR", `{"max_lr":1,"total_steps":5,"base_momentum":2}`, `BaseMomentum is 2, not from 0 to 1`},
		{"OneCycleLR", `{"max_lr":1,"total_steps":5,"div_factor":0}`, `DivFactor is 0, not above 0`},
		{"CyclicLR", `{"max_lr":1}`, `option "base_lr" has no default and is missing`},
		{"CyclicLR", `{"base_lr":0,"max_lr":1,"mode":"square"}`, `Mode is "square", none of triangular, triangular2, exp_range`},
		{"CyclicLR", `{"base_lr":0,"max_lr":1,"scale_mode":"epoch"}`, `ScaleMode is "epoch", none of cycle, iterations`},
		{"CyclicLR", `{"base_lr":0,"max_lr":1,"step_size_up":0}`, `StepSizeUp is 0, not positive`},
		{"CyclicLR", `{"base_lr":0,"max_lr":1,"step_size_down":-1}`, `StepSizeDown is -1, negative`},
		{"CyclicLR", `{"base_lr":0,"max_lr":1,"scale_fn":"x"}`, `unknown field "scale_fn"`},
		{"ReduceLROnPlateau", `{"mode":"least"}`, `Mode is "least", none of min, max`},
		{"ReduceLROnPlateau", `{"factor":1}`, `Factor is 1, not from 0 to below 1`},
		{"ReduceLROnPlateau", `{"threshold_mode":"x"}`, `ThresholdMode is "x", none of rel, abs`},
		{"ReduceLROnPlateau", `{"min_lr":[]}`, `MinLR has 0 numbers`},
		{"ReduceLROnPlateau", `{"patience":-1}`, `Patience is -1`},
		{"ExponentialLR", `{"gamma":null}`, `optim.ExponentialLR: option "gamma" is null; null is no value`},
		{"MultiStepLR", `{"milestones":[null]}`, `option "milestones" is [null]`},
		{"SWALR", `{"swa_lr":[0.1,null]}`, `option "swa_lr" is [0.1,null]`},
		{"ChainedScheduler", `{"schedulers":[{"name":"ExponentialLR","options":{"gamma":null}}]}`,
			`schedulers[0]: optim.ExponentialLR: option "gamma" is null`},
		{"SWALR", ``, `option "swa_lr" has no default and is missing`},
		{"SWALR", `{"swa_lr":0.1,"anneal_epochs":-1}`, `AnnealEpochs is -1`},
		{"SequentialLR", `{"schedulers":[]}`, `option "milestones" has no default and is missing`},
		{"SequentialLR", `{"schedulers":[],"milestones":[]}`, `there are 0 milestones for 0 schedulers; they should be one less`},
		{"SequentialLR", `{"schedulers":[{"name":"ConstantLR"}],"milestones":[3]}`, `there are 1 milestones for 1 schedulers`},
		{"SequentialLR", `{"schedulers":[{"name":"ConstantLR"},{"name":"ConstantLR"}],"milestones":[0]}`, `Milestones[0] is 0, below 1`},
		{"SequentialLR", `{"schedulers":[{"name":"ConstantLR"},{"name":"ConstantLR"},{"name":"ConstantLR"}],"milestones":[5,4]}`,
			`Milestones[1] is 4, below 5; they should ascend`},
		{"SequentialLR", `{"schedulers":[{"name":"ConstantLR"},{"name":"ReduceLROnPlateau"}],"milestones":[3]}`,
			`schedulers[1] is ReduceLROnPlateau, which cannot begin at a milestone`},
		{"SequentialLR", `{"schedulers":[{"name":"ConstantLR"},{"name":"LinearLR","options":{"end_factor":3}}],"milestones":[3]}`,
			`optim.SequentialLR: schedulers[1]: optim.LinearLR: EndFactor is 3, not from 0 to 1`},
		{"ChainedScheduler", `{"schedulers":[]}`, `there are no schedulers`},
		{"ChainedScheduler", `{"schedulers":[{"name":"ConstantLR"},{"name":"Constant"}]}`, `schedulers[1]: optim: no scheduler "Constant"`},
		{"ChainedScheduler", `{"schedulers":[{"name":"ConstantLR"},{"Name":"ConstantLR"}]}`,
			`schedulers[1]: option "name" has no default and is missing`},
		{"ChainedScheduler", `{"schedulers":[{"name":"ConstantLR","settings":{}}]}`, `schedulers[0]: unknown field "settings"; there are name, options`},
		{"ChainedScheduler", `{"schedulers":[{"name":"OneCycleLR","options":{"max_lr":1,"total_steps":9}},7]}`,
			`schedulers[1]: options are not a JSON object: 7`},
	} {
		opt := twoRates(t, "SGD")
		_, err := optim.NewScheduler(c.name, opt, []byte(c.options))
		assert.ErrorContains(t, err, c.want)
		assert.Equal(t, twoRates(t, "SGD").State(), opt.State(), "a refused scheduler must change nothing")
	}
	s := optim.NewLinearLR(twoRates(t, "SGD"), 0.5, 1, 3)
	state := s.State()
	bad := state
	bad.Settings = json.RawMessage(`{"start_factor":2,"end_factor":1,"total_iters":3}`)
	assert.ErrorContains(t, s.LoadState(bad), "StartFactor is 2")
	assert.Equal(t, state, s.State())
}

// TestMomentumCycles in every optimizer that has momentum or betas, and is
// refused in the others.
func TestMomentumCycles(t *testing.T) {
	can := 0
	for _, name := range optim.Names() {
		opt, err := optim.New(name, autograd.Parameters(autograd.New(tensor.Zeros(1))), []byte(`{"lr":0.5}`))
		require.NoError(t, err)
		var settings map[string]any
		require.NoError(t, json.Unmarshal(opt.State().Groups[0].Settings, &settings))
		for kind, options := range map[string]string{
			"OneCycleLR": `{"max_lr":1,"total_steps":9,"max_momentum":0.75}`,
			"CyclicLR":   `{"base_lr":0.1,"max_lr":1,"max_momentum":0.75}`,
		} {
			_, err = optim.NewScheduler(kind, opt, []byte(options))
			if settings["momentum"] == nil && settings["betas"] == nil {
				assert.ErrorContains(t, err, "CycleMomentum is true, but the optimizer has neither momentum nor betas", name)
				continue
			}
			require.NoError(t, err, name)
			assert.Equal(t, []float64{0.75}, momenta(t, opt), name)
			can++
		}
	}
	assert.Greater(t, can, 10)
}

// TestRestartIsAsIfMadeNow with the settings as they are.
func TestRestartIsAsIfMadeNow(t *testing.T) {
	a, b := twoRates(t, "SGD"), twoRates(t, "SGD")
	optim.NewConstantLR(a, 0.5, 3)
	optim.NewConstantLR(b, 0.5, 3)
	made, err := optim.NewScheduler("LinearLR", a, []byte(`{"start_factor":0.1,"total_iters":7}`))
	require.NoError(t, err)
	again := optim.NewLinearLR(b, 1.0/3, 1, 5)
	again.Step()
	again.StartFactor, again.TotalIters = 0.1, 7
	again.Restart()
	assert.Equal(t, made.State(), again.State())
	assert.Equal(t, a.State(), b.State())
	assert.Equal(t, optim.NewExponentialLR(a, 0.9).State(), optim.NewExponentialLR(b, 0.9).State(), "the shared base")

	resumed := optim.NewLinearLR(b, 1.0/3, 1, 5)
	require.NoError(t, resumed.LoadState(made.State()))
	resumed.Restart()
	assert.Equal(t, 0.1*0.5, *b.Rates()[0], "from the base of the state")
}

// TestBase is what a scheduler finds, but for those made one after the other.
func TestBase(t *testing.T) {
	opt := oneRate()
	base := func(s optim.Scheduler) float64 { return s.State().BaseLRs[0] }
	half := optim.NewConstantLR(opt, 0.5, 9)
	assert.Equal(t, 0.8, base(half))
	assert.Equal(t, 0.8, base(optim.NewConstantLR(opt, 0.5, 9)), "the rate that the first one found")
	assert.Equal(t, 0.2, opt.LR)
	opt.LR = 0.3
	assert.Equal(t, 0.3, base(optim.NewConstantLR(opt, 0.5, 9)), "a rate set by hand")
	half.Step()
	assert.Equal(t, 0.15, base(optim.NewConstantLR(opt, 0.5, 9)), "after a step what it finds")

	opt = optim.NewSGD(one(leaf("w", 1, 1)), 0)
	optim.NewCyclicLR(opt, 0.25, 0.5)
	assert.Equal(t, 0.25, base(optim.NewExponentialLR(opt, 0.5)), "the least rate of a cycle that came first")
}

func TestOneCycleLREnds(t *testing.T) {
	opt := oneRate()
	s := optim.NewOneCycleLR(opt, 1, 10)
	s.AnnealStrategy, s.PctStart, s.FinalDivFactor = "linear", 0.1, 2 // the top is the first step
	s.Restart()
	assert.Equal(t, 1.0, opt.LR)
	for range 10 {
		s.Step()
	}
	assert.InDelta(t, 0.02, opt.LR, 1e-15, "PyTorch's line goes on below")
	before := s.State()
	wantPanic(t, "optim.OneCycleLR: step 11 is one more than there are in the cycle", func() { s.Step() })
	assert.Equal(t, before, s.State())

	s = optim.NewOneCycleLR(opt, 1, 10)
	s.PctStart = 0
	s.Restart()
	assert.InDelta(t, (1+math.Cos(math.Pi/10))/2, opt.LR, 1e-5, "one step past the top")
}

func TestReduceLROnPlateauTakesMetrics(t *testing.T) {
	opt := oneRate()
	s := optim.NewReduceLROnPlateau(opt)
	s.Patience, s.Factor = 1, 0.5
	wantPanic(t, "optim.ReduceLROnPlateau: Step takes the metric of the epoch, one number, not 0", func() { s.Step() })
	wantPanic(t, "optim.ReduceLROnPlateau: Step takes the metric of the epoch, one number, not 2", func() { s.Step(1, 2) })
	wantPanic(t, "optim.ReduceLROnPlateau: the metric is -Inf, and nothing could be better", func() { s.Step(math.Inf(-1)) })
	assert.Equal(t, 0, s.State().Epoch)
	s.Step(math.NaN())
	assert.NotContains(t, s.State().Scalars, "best")
	s.Step(math.Inf(1))
	assert.Equal(t, 0.4, opt.LR, "neither is better than nothing")

	state := s.State()
	for _, bad := range []map[string]float64{nil, {"num_bad_epochs": 0, "best": 1}, {"num_bad_epochs": -1, "cooldown_counter": 0}} {
		spoiled := state
		spoiled.Scalars = bad
		assert.ErrorContains(t, s.LoadState(spoiled), "num_bad_epochs or cooldown_counter is missing or negative")
	}
	assert.Equal(t, state, s.State())

	s.Mode = "max"
	wantPanic(t, "optim.ReduceLROnPlateau: the metric is +Inf, and nothing could be better", func() { s.Step(math.Inf(1)) })
	c := optim.NewChainedScheduler(opt, optim.NewConstantLR(opt, 0.5, 1), s)
	c.Step(7)
	assert.Equal(t, 7.0, s.State().Scalars["best"])
}

func TestLambdasAreCounted(t *testing.T) {
	opt := twoRates(t, "SGD")
	f := func(int) float64 { return 1 }
	wantPanic(t, "optim.LambdaLR: Lambdas has 0 functions, not one for all groups or one for each of 2", func() { optim.NewLambdaLR(opt) })
	wantPanic(t, "optim.MultiplicativeLR: Lambdas has 3 functions, not one for all groups or one for each of 2",
		func() { optim.NewMultiplicativeLR(opt, f, f, f) })
	wantPanic(t, "optim.LambdaLR: Lambdas[1] is nil", func() { optim.NewLambdaLR(opt, f, nil) })
}

func TestPartsMustFit(t *testing.T) {
	a, b := twoRates(t, "SGD"), twoRates(t, "SGD")
	x, y := optim.NewExponentialLR(a, 0.5), optim.NewExponentialLR(b, 0.5)
	wantPanic(t, "optim.SequentialLR: schedulers[1], a ExponentialLR, is not over the optimizer's groups",
		func() { optim.NewSequentialLR(a, []optim.Scheduler{x, y}, []int{3}) })
	wantPanic(t, "optim.ChainedScheduler: schedulers[1], a ExponentialLR, is not over the optimizer's groups",
		func() { optim.NewChainedScheduler(a, x, y) })
	wantPanic(t, "optim.ChainedScheduler: schedulers[0] is nil", func() { optim.NewChainedScheduler(a, nil) })
	wantPanic(t, "optim.SequentialLR: schedulers[0] is nil, which cannot begin at a milestone",
		func() { optim.NewSequentialLR(a, []optim.Scheduler{nil}, nil) })
	for _, s := range []optim.Scheduler{optim.NewSequentialLR(a, []optim.Scheduler{x}, nil), optim.NewChainedScheduler(a, x)} {
		err := autograd.Try(func() { optim.NewSequentialLR(a, []optim.Scheduler{s}, nil) })
		assert.ErrorContains(t, err, "which cannot begin at a milestone")
	}
}

// TestPartsLoadAllOrNone of their states.
func TestPartsLoadAllOrNone(t *testing.T) {
	opt := oneRate()
	parts := func() []optim.Scheduler {
		return []optim.Scheduler{optim.NewStepLR(opt, 2), optim.NewExponentialLR(opt, 0.5)}
	}
	for _, s := range []optim.Scheduler{optim.NewSequentialLR(opt, parts(), []int{2}), optim.NewChainedScheduler(opt, parts()...)} {
		before := s.State()
		s.Step()
		good := s.State()
		for want, spoil := range map[string]func(st *optim.SchedulerState){
			"schedulers[1]: optim.ExponentialLR: cannot load the state of": func(st *optim.SchedulerState) { st.Schedulers[1].Kind = "StepLR" },
			"cannot load the state of 1 schedulers into 2":                 func(st *optim.SchedulerState) { st.Schedulers = st.Schedulers[:1] },
			"epoch is -1": func(st *optim.SchedulerState) { st.Epoch = -1 },
		} {
			require.NoError(t, s.LoadState(before))
			text, err := json.Marshal(good)
			require.NoError(t, err)
			var spoiled optim.SchedulerState
			require.NoError(t, json.Unmarshal(text, &spoiled))
			spoil(&spoiled)
			assert.ErrorContains(t, s.LoadState(spoiled), want)
			assert.Equal(t, before, s.State(), "a refused state must change nothing")
		}
	}
}

// own is an optimizer that is not from the package.
type own struct{ rate float64 }

func (o *own) Step()                         {}
func (o *own) ZeroGrad()                     {}
func (o *own) Rates() []*float64             { return []*float64{&o.rate} }
func (o *own) State() optim.State            { return optim.State{} }
func (o *own) LoadState(_ optim.State) error { return nil }

// TestSchedulersServeOtherOptimizers, of which they see the rates alone.
func TestSchedulersServeOtherOptimizers(t *testing.T) {
	opt := &own{rate: 0.8}
	optim.NewLinearLR(opt, 0.25, 1, 3)
	assert.Equal(t, 0.2, opt.rate)
	_, err := optim.NewScheduler("CyclicLR", opt, []byte(`{"base_lr":0.1,"max_lr":1}`))
	assert.ErrorContains(t, err, "neither momentum nor betas")
	s, err := optim.NewScheduler("OneCycleLR", opt, []byte(`{"max_lr":0.5,"total_steps":9,"cycle_momentum":false}`))
	require.NoError(t, err)
	assert.InDelta(t, 0.02, s.LastLR()[0], 1e-15)
}

func TestPerGroupInJSON(t *testing.T) {
	for text, want := range map[string]optim.PerGroup{"0.5": {0.5}, "[0.5,1]": {0.5, 1}} {
		var p optim.PerGroup
		require.NoError(t, json.Unmarshal([]byte(text), &p))
		assert.Equal(t, want, p)
		back, err := json.Marshal(p)
		require.NoError(t, err)
		assert.Equal(t, text, string(back))
	}
}

func TestNullIsPyTorchsNone(t *testing.T) {
	for name, options := range map[string]string{
		"OneCycleLR": `{"max_lr":1,"total_steps":5,"epochs":null,"steps_per_epoch":null,"cycle_momentum":false}`,
		"CyclicLR":   `{"base_lr":0.1,"max_lr":1,"step_size_down":null,"cycle_momentum":false}`,
	} {
		_, err := optim.NewScheduler(name, optim.NewSGD(one(leaf("w", 1, 1)), 1), []byte(options))
		assert.NoError(t, err, name)
	}
}

// TestRoundingLeavesNoRateBelow0, which Step would refuse.
func TestRoundingLeavesNoRateBelow0(t *testing.T) {
	for _, c := range []struct {
		name, options string
		rate          float64
	}{
		{"LinearLR", `{"end_factor":0}`, 0.1},
		{"LinearLR", `{"end_factor":0,"total_iters":1000}`, 0.3},
		{"CosineAnnealingLR", `{"T_max":2,"eta_min":1}`, 0},
		{"CosineAnnealingLR", `{"T_max":3,"eta_min":0.05}`, 0},
	} {
		opt := optim.NewSGD(one(leaf("w", 1, 1)), c.rate)
		s, err := optim.NewScheduler(c.name, opt, []byte(c.options))
		require.NoError(t, err)
		for epoch := range 1010 {
			s.Step()
			require.GreaterOrEqualf(t, opt.LR, 0.0, "%s %s in epoch %d", c.name, c.options, epoch+1)
		}
		if c.name == "LinearLR" {
			assert.InDelta(t, 0, opt.LR, 1e-12)
		}
	}
}
