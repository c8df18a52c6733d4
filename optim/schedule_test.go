package optim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// twoRates returns an optimizer of two groups with the rates of the script.
func twoRates(t *testing.T, kind string) optim.Optimizer {
	t.Helper()
	params := func() []autograd.Parameter { return autograd.Parameters(autograd.New(tensor.Zeros())) }
	if kind == "Adam" {
		opt := optim.NewAdam(params())
		opt.LR = 0.5
		opt.AddGroup(params()).LR = 0.02
		return opt
	}
	require.Equal(t, "SGD", kind)
	opt := optim.NewSGD(params(), 0.5)
	opt.AddGroup(params()).LR = 0.02
	return opt
}

// momenta returns the momentum or first beta of every group.
func momenta(t *testing.T, opt optim.Optimizer) (out []float64) {
	t.Helper()
	for _, g := range opt.State().Groups {
		var s struct {
			Momentum float64
			Betas    []float64
		}
		require.NoError(t, json.Unmarshal(g.Settings, &s))
		out = append(out, append(s.Betas, s.Momentum)[0])
	}
	return out
}

// schedulerSpec is a scheduler of the script; those in another have options for
// settings.
type schedulerSpec struct {
	Name              string
	Settings, Options json.RawMessage
}

type scheduleRow struct {
	Optimizer      string
	Schedulers     []schedulerSpec
	Metrics        []float64
	Rates, Momenta [][]float64
}

func (r scheduleRow) String() string {
	out := r.Optimizer
	for _, s := range r.Schedulers {
		out += fmt.Sprintf(" %s %s", s.Name, s.Settings)
	}
	return out
}

// functions are those that the script names.
var functions = map[string]func(x float64) float64{
	"halve":  func(x float64) float64 { return math.Pow(0.5, math.Floor(x/10)) },
	"wave":   func(x float64) float64 { return 1 + 0.5*math.Sin(x) },
	"shrink": func(float64) float64 { return 0.95 },
	"fade":   func(x float64) float64 { return 1 / (1 + 0.25*x) },
}

// make makes a scheduler, by NewScheduler where it can and is asked to.
func (s schedulerSpec) make(t *testing.T, opt optim.Optimizer, byJSON bool) optim.Scheduler {
	t.Helper()
	settings := s.Settings
	if settings == nil {
		settings = s.Options
	}
	var special struct {
		Lambdas    []string `json:"lr_lambda"`
		ScaleFn    string   `json:"scale_fn"`
		Schedulers []schedulerSpec
		Milestones []int
	}
	require.NoError(t, json.Unmarshal(settings, &special))
	var lambdas []func(epoch int) float64
	for _, name := range special.Lambdas {
		lambdas = append(lambdas, func(epoch int) float64 { return functions[name](float64(epoch)) })
	}
	var parts []optim.Scheduler
	if !byJSON || strings.Contains(string(settings), "lr_lambda") {
		for _, part := range special.Schedulers {
			parts = append(parts, part.make(t, opt, byJSON))
		}
	}
	switch {
	case s.Name == "LambdaLR":
		return optim.NewLambdaLR(opt, lambdas...)
	case s.Name == "MultiplicativeLR":
		return optim.NewMultiplicativeLR(opt, lambdas...)
	case parts != nil && s.Name == "SequentialLR":
		return optim.NewSequentialLR(opt, parts, special.Milestones)
	case parts != nil:
		return optim.NewChainedScheduler(opt, parts...)
	}
	if special.ScaleFn != "" {
		settings = json.RawMessage(strings.Replace(string(settings), fmt.Sprintf(`"scale_fn":"%s"`, special.ScaleFn), `"mode":"triangular"`, 1))
	}
	made, err := optim.NewScheduler(s.Name, opt, settings)
	require.NoError(t, err, "%s %s", s.Name, settings)
	if special.ScaleFn != "" {
		c := made.(*optim.CyclicLR)
		c.ScaleFn = functions[special.ScaleFn]
		c.Restart()
	}
	return made
}

// run is an optimizer under the schedulers of a row.
type run struct {
	opt        optim.Optimizer
	schedulers []optim.Scheduler
}

func (r scheduleRow) start(t *testing.T, byJSON bool) run {
	t.Helper()
	out := run{opt: twoRates(t, r.Optimizer)}
	for _, s := range r.Schedulers {
		out.schedulers = append(out.schedulers, s.make(t, out.opt, byJSON))
	}
	return out
}

// rates returns a copy of the rates.
func (r run) rates() (out []float64) {
	for _, rate := range r.opt.Rates() {
		out = append(out, *rate)
	}
	return out
}

// resumed returns the same in new objects, by way of text.
func (r run) resumed(t *testing.T, row scheduleRow) run {
	t.Helper()
	next := row.start(t, true)
	for i, s := range r.schedulers {
		text, err := json.Marshal(s.State())
		require.NoError(t, err)
		var state optim.SchedulerState
		require.NoError(t, json.Unmarshal(text, &state))
		require.NoError(t, next.schedulers[i].LoadState(state))
		require.Equal(t, s.State(), next.schedulers[i].State())
	}
	require.NoError(t, next.opt.LoadState(r.opt.State()))
	return next
}

// compare follows a row and returns the largest deviation from PyTorch's rates,
// of the greatest. A run that is stopped and goes on, in one epoch in seven,
// must have the same bits.
func (r scheduleRow) compare(t *testing.T, byJSON bool) (worst float64) {
	t.Helper()
	whole, broken := r.start(t, byJSON), r.start(t, byJSON)
	for epoch, want := range r.Rates {
		got := whole.rates()
		for i := range want {
			off := math.Abs(got[i] - want[i])
			require.LessOrEqualf(t, off, 1e-9*math.Abs(want[i])+1e-15, "%s epoch %d group %d: %v, PyTorch has %v", r, epoch, i, got[i], want[i])
			worst = max(worst, off/0.5)
		}
		require.Equal(t, got, broken.rates(), "%s epoch %d after stopping", r, epoch)
		if r.Momenta != nil {
			require.InDeltaSlice(t, r.Momenta[epoch], momenta(t, whole.opt), 1e-12, "%s epoch %d: momenta", r, epoch)
			require.Equal(t, momenta(t, whole.opt), momenta(t, broken.opt))
		}
		if epoch == len(r.Rates)-1 {
			break
		}
		if epoch%7 == 3 {
			broken = broken.resumed(t, r)
		}
		var metric []float64
		if r.Metrics != nil {
			metric = r.Metrics[epoch : epoch+1]
		}
		for i, s := range whole.schedulers {
			s.Step(metric...)
			broken.schedulers[i].Step(metric...)
		}
		require.Equal(t, whole.rates(), whole.schedulers[len(whole.schedulers)-1].LastLR())
	}
	return worst
}

// TestEveryScheduleEqualsPyTorchs compares all epochs of schedules and of those
// in sequences and chains, made from JSON and, where they have parts, in Go.
func TestEveryScheduleEqualsPyTorchs(t *testing.T) {
	cases, worst := map[string]int{}, map[string]float64{}
	for _, file := range []string{"schedules", "chains"} {
		var data struct{ Schedules []scheduleRow }
		read(t, file, &data)
		for _, row := range data.Schedules {
			name := row.Schedulers[0].Name
			if len(row.Schedulers) > 1 {
				name = "one after the other"
			}
			worst[name] = max(worst[name], row.compare(t, true))
			if file == "chains" {
				worst[name] = max(worst[name], row.compare(t, false))
			}
			cases[name]++
			found.Case(name, "float64")
			found.Note(name, "rate", "float64", worst[name])
		}
	}
	for _, name := range append(optim.SchedulerNames(), "LambdaLR", "MultiplicativeLR", "one after the other") {
		assert.Greater(t, cases[name], 3, name)
		t.Logf("%s: %d cases, largest deviation %.1e of the first rate", name, cases[name], worst[name])
	}
}
