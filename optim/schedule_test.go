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

// twoRates returns an optimizer of two groups with the rates of the script.
func twoRates() *optim.SGD {
	opt := optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros())), 0.5)
	opt.AddGroup(autograd.Parameters(autograd.New(tensor.Zeros()))).LR = 0.02
	return opt
}

type scheduleRow struct {
	Schedulers []struct {
		Name     string
		Settings json.RawMessage
	}
	Rates [][]float64
}

// TestEveryScheduleEqualsPyTorchs compares 61 epochs, and the same with
// everything stored and loaded in epoch 20.
func TestEveryScheduleEqualsPyTorchs(t *testing.T) {
	var data struct{ Schedules []scheduleRow }
	read(t, "schedules", &data)
	cases, worst := map[string]int{}, map[string]float64{}
	for _, row := range data.Schedules {
		spec := row.Schedulers[0]
		what := fmt.Sprintf("%s %s", spec.Name, spec.Settings)
		opt := twoRates()
		s, err := optim.NewScheduler(spec.Name, opt, spec.Settings)
		require.NoError(t, err, what)
		for epoch, want := range row.Rates {
			for i, rate := range opt.Rates() {
				off := math.Abs(*rate - want[i])
				require.LessOrEqualf(t, off, 1e-9*want[i]+1e-15, "%s epoch %d group %d: %v, PyTorch has %v", what, epoch, i, *rate, want[i])
				worst[spec.Name] = max(worst[spec.Name], off/0.5)
			}
			if epoch == 20 {
				opt, s = resumed(t, opt, s, row)
			}
			s.Step()
		}
		cases[spec.Name]++
	}
	for _, name := range optim.SchedulerNames() {
		assert.Greater(t, cases[name], 3, name)
		t.Logf("%s: %d cases, largest deviation %.1e of the first rate", name, cases[name], worst[name])
	}
}

// resumed returns a new optimizer and scheduler that go on where the others are.
func resumed(t *testing.T, opt *optim.SGD, s optim.Scheduler, row scheduleRow) (*optim.SGD, optim.Scheduler) {
	t.Helper()
	text, err := json.Marshal(s.State())
	require.NoError(t, err)
	var state optim.SchedulerState
	require.NoError(t, json.Unmarshal(text, &state))
	next := twoRates()
	again, err := optim.NewScheduler(row.Schedulers[0].Name, next, row.Schedulers[0].Settings)
	require.NoError(t, err)
	require.NoError(t, again.LoadState(state))
	require.NoError(t, next.LoadState(opt.State()))
	assert.Equal(t, s.State(), again.State())
	return next, again
}

func TestNewSchedulerRefuses(t *testing.T) {
	for _, c := range []struct{ name, options, want string }{
		{"Step", ``, `no scheduler "Step"; there are ConstantLR`},
		{"ExponentialLR", ``, `option "gamma" has no default and is missing`},
		{"LinearLR", `{"start":1}`, `unknown field "start"`},
		{"LinearLR", `{"start_factor":0}`, `StartFactor is 0, not above 0`},
		{"PolynomialLR", `{"total_iters":0}`, `TotalIters is 0, not positive`},
	} {
		opt := twoRates()
		_, err := optim.NewScheduler(c.name, opt, []byte(c.options))
		assert.ErrorContains(t, err, c.want)
		assert.Equal(t, 0.5, opt.LR)
	}
	s := optim.NewLinearLR(twoRates(), 0.5, 1, 3)
	state := s.State()
	bad := state
	bad.Settings = json.RawMessage(`{"start_factor":2,"end_factor":1,"total_iters":3}`)
	assert.ErrorContains(t, s.LoadState(bad), "StartFactor is 2")
	assert.Equal(t, state, s.State())
}

func oneRate() *optim.SGD {
	return optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros(1))), 0.8)
}

func ExampleNewScheduler() {
	opt := oneRate()
	s, err := optim.NewScheduler("LinearLR", opt, []byte(`{"total_iters": 4}`))
	fmt.Printf("%.3f %v\n", opt.LR, err)
	s.Step()
	fmt.Printf("%.3f\n", opt.LR)
	// Output:
	// 0.267 <nil>
	// 0.400
}

func ExampleSchedulerNames() {
	fmt.Println(len(optim.SchedulerNames()) > 0, optim.SchedulerNames()[0])
	// Output: true ConstantLR
}

func ExampleExponentialLR() {
	opt := oneRate()
	rates(opt, optim.NewExponentialLR(opt, 0.5), 3)
	// Output: 0.8000 0.4000 0.2000 [0.1000]
}

func ExampleMultiStepLR() {
	opt := oneRate()
	rates(opt, optim.NewMultiStepLR(opt, []int{2, 3}, 0.5), 4)
	// Output: 0.8000 0.8000 0.4000 0.2000 [0.2000]
}

func ExampleConstantLR() {
	opt := oneRate()
	rates(opt, optim.NewConstantLR(opt, 0.5, 2), 3)
	// Output: 0.4000 0.4000 0.8000 [0.8000]
}

// A warm-up.
func ExampleLinearLR() {
	opt := oneRate()
	rates(opt, optim.NewLinearLR(opt, 0.25, 1, 3), 4)
	// Output: 0.2000 0.4000 0.6000 0.8000 [0.8000]
}

func ExamplePolynomialLR() {
	opt := oneRate()
	rates(opt, optim.NewPolynomialLR(opt, 4, 2), 4)
	// Output: 0.8000 0.4500 0.2000 0.0500 [0.0000]
}

func ExampleCosineAnnealingWarmRestarts() {
	opt := oneRate()
	rates(opt, optim.NewCosineAnnealingWarmRestarts(opt, 2, 2, 0), 6)
	// Output: 0.8000 0.4000 0.8000 0.6828 0.4000 0.1172 [0.8000]
}
