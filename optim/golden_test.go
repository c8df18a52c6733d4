package optim_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	reference "github.com/declive/declive/internal/golden"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// found is what the golden cases came to, for docs/optimizers.md.
var found = reference.Record{}

func TestMain(m *testing.M) { found.Main(m) }

// golden is what internal/torchref/optim.py wrote with PyTorch 1.13.1.
type golden struct {
	Start        [][]float64
	Shapes       [][]int
	Names        []string
	Gradients    map[string]map[string][][][]float64 // dtype, kind, step, parameter; null is missing
	Trajectories []trajectory
	Schedules    []struct {
		Schedulers []struct {
			Name     string
			Settings json.RawMessage
		}
		Rates [][]float64
	}
	Clips []struct {
		Gradients, Clipped [][]float64
		MaxNorm            float64 `json:"max_norm"`
		P                  string
		Norm               float64
	}
}

type trajectory struct {
	Optimizer, DType, Gradients string
	Groups                      []json.RawMessage
	Trajectory                  [][][]float64 // step, parameter, element
}

var readGolden = sync.OnceValues(func() (g golden, err error) {
	f, err := os.Open("testdata/torch.json.gz")
	if err != nil {
		return g, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return g, err
	}
	return g, json.NewDecoder(z).Decode(&g)
})

// torch returns the golden data.
func torch(t *testing.T) golden {
	g, err := readGolden()
	require.NoError(t, err)
	return g
}

// start returns the parameters at which every trajectory begins.
func (g golden) start(d tensor.DType) []autograd.Parameter {
	out := make([]autograd.Parameter, len(g.Start))
	for i, x := range g.Start {
		v := tensor.New(x, append([]int{}, g.Shapes[i]...)...).Clone().To(d)
		out[i] = autograd.Parameter{Name: g.Names[i], Variable: autograd.New(v)}
	}
	return out
}

// dtypes are the floats with the closeness asked of them.
var dtypes = map[string]struct {
	dtype      tensor.DType
	rtol, atol float64 // atol is relative to the greatest value on the way
}{"float64": {tensor.Float64, 1e-9, 0}, "float32": {tensor.Float32, 1e-5, 1e-6}}

// configured makes the optimizer of a trajectory; its groups' settings are
// PyTorch's arguments decoded over the defaults.
func (tr trajectory) configured(t *testing.T, params []autograd.Parameter) optim.Optimizer {
	first, rest := params, [][]autograd.Parameter(nil)
	if len(tr.Groups) > 1 {
		first = params[:1]
		for i := range params[1:] {
			rest = append(rest, params[1+i:2+i])
		}
	}
	var opt optim.Optimizer
	var groups []any
	const lr, skip = 0.25, true // what the script gives every optimizer, and what PyTorch does
	switch tr.Optimizer {
	case "SGD":
		o := optim.NewSGD(first, lr)
		o.SkipMissing = skip
		opt, groups = o, append(groups, o.SGDGroup)
		for _, r := range rest {
			groups = append(groups, o.AddGroup(r))
		}
	case "Adam", "AdamW":
		w := optim.NewAdamW(first)
		a := &w.Adam
		opt = w
		if tr.Optimizer == "Adam" {
			a = optim.NewAdam(first)
			opt = a
		}
		a.LR, a.SkipMissing = lr, skip
		groups = append(groups, a.AdamGroup)
		for _, r := range rest {
			groups = append(groups, a.AddGroup(r))
		}
	}
	require.Len(t, groups, len(tr.Groups))
	for i, settings := range tr.Groups {
		require.NoError(t, json.Unmarshal(settings, groups[i]))
	}
	return opt
}

func TestTrajectoriesEqualPyTorchs(t *testing.T) {
	g := torch(t)
	require.Len(t, g.Trajectories, 250) // as the script reports
	for _, tr := range g.Trajectories {
		t.Run(fmt.Sprintf("%s/%s/%s/%s", tr.Optimizer, tr.DType, tr.Gradients, tr.Groups), func(t *testing.T) {
			d := dtypes[tr.DType]
			found.Case(tr.Optimizer, tr.DType)
			params := g.start(d.dtype)
			opt := tr.configured(t, params)
			greatest := make([]float64, len(params))
			for step, row := range g.Gradients[tr.DType][tr.Gradients] {
				setGradients(params, row)
				opt.Step()
				for i, p := range params {
					want := tensor.New(tr.Trajectory[step][i], p.Shape()...).To(d.dtype)
					// A parameter that comes down from a great height brings its rounding along.
					greatest[i] = max(greatest[i], tensor.Norm(want, math.Inf(1)).Item())
					require.Truef(t, tensor.AllClose(p.Value(), want, d.rtol, d.atol*greatest[i]),
						"step %d: %s is %v, PyTorch has %v", step, p.Name, p.Value(), want)
					off := tensor.Norm(tensor.Sub(p.Value(), want), math.Inf(1)).Item() / greatest[i]
					found.Note(tr.Optimizer, "trajectory", tr.DType, off)
				}
			}
		})
	}
}

// setGradients gives every parameter its gradient; nil is a missing one.
func setGradients(params []autograd.Parameter, row [][]float64) {
	for i, p := range params {
		p.SetGrad(nil)
		if row[i] != nil {
			p.SetGrad(autograd.Untracked(tensor.New(row[i], append([]int{}, p.Shape()...)...).To(p.DType())))
		}
	}
}

func TestSchedulesEqualPyTorchs(t *testing.T) {
	g := torch(t)
	require.Len(t, g.Schedules, 16)
	for i, s := range g.Schedules {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			opt := optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros())), 0.5)
			opt.AddGroup(autograd.Parameters(autograd.New(tensor.Zeros()))).LR = 0.02
			var schedulers []optim.Scheduler
			for _, spec := range s.Schedulers {
				var made optim.Scheduler
				switch spec.Name {
				case "StepLR":
					made = optim.NewStepLR(opt, 1)
				case "CosineAnnealingLR":
					made = optim.NewCosineAnnealingLR(opt, 1)
				}
				require.NoError(t, json.Unmarshal(spec.Settings, made))
				found.Case(spec.Name, "float64")
				schedulers = append(schedulers, made)
			}
			for epoch, want := range s.Rates {
				for i, rate := range opt.Rates() {
					off := math.Abs(*rate-want[i]) / 0.5
					for _, spec := range s.Schedulers {
						found.Note(spec.Name, "rate", "float64", off)
					}
					require.InDeltaf(t, want[i], *rate, 1e-9*want[i]+1e-15, "epoch %d, group %d", epoch, i)
				}
				for _, s := range schedulers {
					s.Step()
				}
			}
		})
	}
}

func TestClippingEqualsPyTorchs(t *testing.T) {
	for i, c := range torch(t).Clips {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			var params []autograd.Parameter
			for i, g := range c.Gradients {
				v := autograd.New(tensor.Float64.Zeros(len(g)))
				v.SetGrad(autograd.Untracked(tensor.New(g)))
				params = append(params, autograd.Parameter{Name: strconv.Itoa(i), Variable: v})
			}
			p, err := strconv.ParseFloat(c.P, 64)
			require.NoError(t, err)
			require.InEpsilon(t, c.Norm, optim.ClipGradNorm(params, c.MaxNorm, p), 1e-12)
			for i, q := range params {
				require.Truef(t, tensor.AllClose(q.Grad().Value(), tensor.New(c.Clipped[i]), 1e-12, 0), "%v", q.Grad())
			}
		})
	}
}
