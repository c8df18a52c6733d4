package optim_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// read reads a compressed file of testdata.
func read(t *testing.T, name string, to any) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	require.NoError(t, json.NewDecoder(z).Decode(to))
}

// elsewhere are the optimizers that torch.json.gz has.
var elsewhere = map[string]bool{"SGD": true, "Adam": true, "AdamW": true}

// build makes an optimizer by name with a group for each set of settings, or
// one for all parameters.
func build(t *testing.T, name string, params []autograd.Parameter, groups []json.RawMessage) optim.Optimizer {
	t.Helper()
	first := params
	if len(groups) > 1 {
		first = params[:1]
	}
	opt, err := optim.New(name, first, groups[0])
	require.NoError(t, err)
	v := reflect.ValueOf(opt)
	v.Elem().FieldByName("SkipMissing").SetBool(true)
	for i, settings := range groups[1:] {
		// A new group is a copy of the first one, PyTorch's begins with the defaults.
		fresh, err := optim.New(name, params[1+i:2+i], settings)
		require.NoError(t, err)
		text, err := json.Marshal(fresh)
		require.NoError(t, err)
		g := v.MethodByName("AddGroup").Call([]reflect.Value{reflect.ValueOf(params[1+i : 2+i])})[0]
		require.NoError(t, json.Unmarshal(text, g.Interface()))
		g.Elem().FieldByName("SkipMissing").SetBool(true)
	}
	return opt
}

func TestEveryOptimizerFollowsItsReference(t *testing.T) {
	g := torch(t)
	for _, name := range optim.Names() {
		if elsewhere[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var data struct{ Trajectories []trajectory }
			read(t, name, &data)
			require.Greater(t, len(data.Trajectories), 40)
			worst := map[string]float64{}
			for _, tr := range data.Trajectories {
				off := follow(t, g, tr, g.Gradients[tr.DType][tr.Gradients])
				worst[tr.DType] = max(worst[tr.DType], off)
				found.Case(name, tr.DType)
				found.Note(name, "trajectory", tr.DType, off)
			}
			t.Logf("%d trajectories; largest deviations: float64 %.1e, float32 %.1e",
				len(data.Trajectories), worst["float64"], worst["float32"])
		})
	}
}

// TestEveryOptimizerHasEveryKindOfGradients demands rows of 60 steps, of tiny
// and huge gradients and so on.
func TestEveryOptimizerHasEveryKindOfGradients(t *testing.T) {
	g := torch(t)
	kinds := map[string]map[string]bool{}
	add := func(all []trajectory) {
		for _, tr := range all {
			if kinds[tr.Optimizer] == nil {
				kinds[tr.Optimizer] = map[string]bool{}
			}
			kinds[tr.Optimizer][tr.Gradients] = true
		}
	}
	add(g.Trajectories)
	for _, name := range optim.Names() {
		if !elsewhere[name] {
			var data struct{ Trajectories []trajectory }
			read(t, name, &data)
			add(data.Trajectories)
		}
		for kind := range g.Gradients["float64"] {
			if name == "SparseAdam" && kind == "zero" { // PyTorch fails without any row
				continue
			}
			assert.True(t, kinds[name][kind], "%s has no trajectory of %s gradients", name, kind)
		}
	}
	assert.Len(t, g.Gradients["float64"]["long"], 60)
}

// follow compares one trajectory and returns the largest deviation, relative
// to the greatest value that a parameter had on the way.
func follow(t *testing.T, g golden, tr trajectory, rows [][][]float64) (worst float64) {
	t.Helper()
	what := fmt.Sprintf("%s %s %s %s", tr.Optimizer, tr.DType, tr.Gradients, tr.Groups)
	d := dtypes[tr.DType]
	params := g.start(d.dtype)
	opt := build(t, tr.Optimizer, params, tr.Groups)
	greatest := make([]float64, len(params))
	require.Len(t, rows, len(tr.Trajectory), what)
	for step, row := range rows {
		setGradients(params, row)
		opt.Step()
		for i, p := range params {
			want := tensor.New(tr.Trajectory[step][i], p.Shape()...).To(d.dtype)
			greatest[i] = max(greatest[i], tensor.Norm(want, math.Inf(1)).Item())
			off := tensor.Norm(tensor.Sub(p.Value(), want), math.Inf(1)).Item() / greatest[i]
			worst = max(worst, off)
			if !tensor.AllClose(p.Value(), want, d.rtol, max(d.atol, 1e-13)*greatest[i]) {
				t.Errorf("%s step %d: %s is %v, the reference has %v (off %.1e)", what, step, p.Name, p.Value(), want, off)
				return worst
			}
		}
	}
	return worst
}

// TestEveryOptimizerResumes makes 9 steps in one go, and 4 and 5 with
// everything stored and loaded between.
func TestEveryOptimizerResumes(t *testing.T) {
	g := torch(t)
	rows := g.Gradients["float32"]["missing"]
	for _, name := range optim.Names() {
		t.Run(name, func(t *testing.T) {
			groups := []json.RawMessage{json.RawMessage(`{"lr":0.1}`), json.RawMessage(`{"lr":0.3}`)}
			others := []json.RawMessage{json.RawMessage(`{"lr":9}`), json.RawMessage(`{"lr":9}`)}
			if name == "LBFGS" { // which takes one group
				groups, others = groups[:1], others[:1]
			}
			whole, first := g.start(tensor.Float32), g.start(tensor.Float32)
			a, b := build(t, name, whole, groups), build(t, name, first, groups)
			run := func(opt optim.Optimizer, params []autograd.Parameter, rows [][][]float64) {
				for _, row := range rows {
					setGradients(params, row)
					opt.Step()
				}
			}
			run(a, whole, rows[:9])
			run(b, first, rows[:4])
			second := g.start(tensor.Float32)
			for i, p := range second {
				p.Value().CopyFrom(first[i].Value())
			}
			c := build(t, name, second, others)
			require.NoError(t, c.LoadState(stored(t, b.State())))
			run(c, second, rows[4:9])
			for i, p := range whole {
				assert.Equal(t, p.Value().Float64s(), second[i].Value().Float64s(), p.Name)
			}
			assert.Equal(t, plain(t, a.State()), plain(t, c.State()))
		})
	}
}

func TestEveryOptimizerReportsMissingGradients(t *testing.T) {
	for _, name := range optim.Names() {
		opt, err := optim.New(name, torch(t).start(tensor.Float32), []byte(`{"lr":0.1}`))
		require.NoError(t, err)
		err = autograd.Try(opt.Step)
		assert.ErrorContains(t, err, "optim."+name+": no gradient for 2 of 2 parameters: weight, bias")
	}
}

func TestNewRefuses(t *testing.T) {
	p := one(leaf("w", 1, 1))
	for _, c := range []struct{ name, options, want string }{
		{"Adm", ``, `no optimizer "Adm"; there are ASGD, Adadelta`},
		{"SGD", ``, `optim.SGD: option "lr" has no default and is missing`},
		{"Adam", `{"lrr":1}`, `unknown field "lrr"`},
		{"Adam", `{"LR":1}`, `optim.Adam: unknown field "LR"; there are amsgrad, betas, eps, lr, maximize, skip_missing, weight_decay`},
		{"Adam", `{"betas":[1]}`, `not two numbers`},
		{"Adam", `{"lr":-1}`, `LR is -1`},
		{"Rprop", `{"etas":[0.5,1]}`, `Etas[1] is 1, not above 1`},
		{"SGD", `{"lr":null}`, `optim.SGD: option "lr" is null; null is no value`},
		{"Adam", `{"betas":[ null, 0.9 ]}`, `optim.Adam: option "betas" is [ null, 0.9 ]; null is no value`},
		{"Adam", `{"eps": null }`, `option "eps" is null`},
		{"ASGD", `{"lambd":-0.1}`, `Lambd is -0.1, not a number from 0 on`},
		{"Adam", `[]`, `not a JSON object`},
	} {
		_, err := optim.New(c.name, p, []byte(c.options))
		assert.ErrorContains(t, err, c.want)
	}
	_, err := optim.New("Adam", nil, nil)
	assert.ErrorContains(t, err, "there are no parameters")
}

// TestEveryNameHasAnExample demands one.
func TestEveryNameHasAnExample(t *testing.T) {
	var text strings.Builder
	files, err := fs.Glob(os.DirFS("."), "*_test.go")
	require.NoError(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		text.Write(b)
	}
	for _, name := range append(optim.Names(), optim.SchedulerNames()...) {
		assert.True(t, strings.Contains(text.String(), "func Example"+name+"()"), name)
	}
}
