package optim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// minimisation is what internal/torchref/lbfgs.py wrote with PyTorch 1.13.1.
type minimisation struct {
	Objective, DType string
	Options          json.RawMessage
	Start            []float64
	Sizes            []int
	Missing          bool // the loss depends on the first parameter only
	Rates            []float64
	Steps            []outerStep
}

// outerStep is what a call of Minimize did.
type outerStep struct {
	Loss, T special
	Params  []special
	Iter    float64 `json:"n_iter"`
	Evals   float64 `json:"func_evals"`
	Pairs   float64
	Apart   float64 // how far PyTorch itself is led by a few roundings of the start
}

// special is a number, or the name of one that JSON lacks.
type special float64

func (s *special) UnmarshalJSON(text []byte) error {
	var names = map[string]float64{`"nan"`: math.NaN(), `"inf"`: math.Inf(1), `"-inf"`: math.Inf(-1)}
	if v, ok := names[string(text)]; ok {
		*s = special(v)
		return nil
	}
	return json.Unmarshal(text, (*float64)(s))
}

// constant returns data as a constant of x's type.
func constant(x *autograd.Variable, data []float64, shape ...int) *autograd.Variable {
	return autograd.Const(tensor.New(data, shape...).To(x.DType()))
}

// objectives are those of the script.
var objectives = map[string]func(x *autograd.Variable) *autograd.Variable{
	"quadratic": func(x *autograd.Variable) *autograd.Variable {
		a := constant(x, []float64{5, 1, 0, 2, 0, 1, 1, 4, 1, 0, 0, 0, 0, 1, 3, 0, 1, 0,
			2, 0, 0, 6, 1, 1, 0, 0, 1, 1, 2, 0, 1, 0, 0, 1, 0, 30}, 6, 6)
		b := constant(x, []float64{1, -2, 3, 0.5, -1.5, 2}, 6)
		return x.Reshape(1, 6).MatMul(a).MatMul(x.Reshape(6, 1)).Sum().MulScalar(0.5).Sub(b.Mul(x).Sum())
	},
	"rosenbrock":   rosenbrock,
	"rosenbrock10": rosenbrock,
	"quartic": func(x *autograd.Variable) *autograd.Variable {
		return x.AddScalar(-0.5).PowScalar(4).Sum().Add(x.Sum().Square().MulScalar(0.25))
	},
	"barrier": func(x *autograd.Variable) *autograd.Variable { return x.Sub(x.Log()).Sum() },
	"edge":    func(x *autograd.Variable) *autograd.Variable { return x.Sub(x.Sqrt().MulScalar(2)).Sum() },
	"wild": func(x *autograd.Variable) *autograd.Variable {
		return x.MulScalar(5).Sin().Add(x.MulScalar(17).Sin().MulScalar(0.5)).Add(x.MulScalar(0.25).Mul(x)).Sum()
	},
	"cliff": func(x *autograd.Variable) *autograd.Variable {
		return x.MulScalar(0.01).Mul(x).Sub(x).Add(x.AddScalar(-1).MulScalar(30).Tanh().MulScalar(2)).Sum()
	},
	"waves": func(x *autograd.Variable) *autograd.Variable {
		return x.MulScalar(3).Sin().Add(x.MulScalar(0.1).Mul(x)).Sum()
	},
}

func rosenbrock(x *autograd.Variable) *autograd.Variable {
	n := x.Size()
	head, tail := x.Slice(0, 0, n-1), x.Slice(0, 1, n)
	return tail.Sub(head.Square()).Square().MulScalar(100).Add(head.Neg().AddScalar(1).Square()).Sum()
}

// problem returns the parameters and the function to be given to Minimize.
func (m minimisation) problem(d tensor.DType) (params []autograd.Parameter, loss func() float64) {
	var xs []*autograd.Variable
	rest := tensor.New(m.Start).To(d)
	for i, x := range tensor.Split(rest, 0, m.Sizes...) {
		xs = append(xs, autograd.New(x.Clone()))
		params = append(params, autograd.Parameter{Name: fmt.Sprint("p", i), Variable: xs[i]})
	}
	if m.Missing {
		xs = xs[:1]
	}
	return params, func() float64 {
		l := objectives[m.Objective](autograd.Concat(0, xs...))
		l.Backward()
		return l.Item()
	}
}

// away returns how far x is from want, in units of scale.
func away(x float64, want special, scale float64) float64 {
	w := float64(want)
	switch {
	case x == w || math.IsNaN(x) && math.IsNaN(w):
		return 0
	case x-x != 0 || w-w != 0:
		return math.Inf(1)
	}
	return math.Abs(x-w) / scale
}

// off returns how far a step is from PyTorch's: the parameters relative to the
// greatest, the loss before and the last length where they exceed 1.
func (want outerStep) off(before float64, params []autograd.Parameter, s optim.State) float64 {
	var at []float64
	for _, p := range params {
		at = append(at, p.Value().Float64s()...)
	}
	greatest := 0.0
	for _, x := range want.Params {
		if v := math.Abs(float64(x)); v-v == 0 {
			greatest = max(greatest, v)
		}
	}
	off := away(before, want.Loss, max(1, math.Abs(float64(want.Loss))))
	off = max(off, away(named(s, "0.t", 0), want.T, max(1, math.Abs(float64(want.T)))))
	for i, x := range at {
		off = max(off, away(x, want.Params[i], greatest))
	}
	return off
}

// named returns the number in a tensor of s, or otherwise if there is none.
func named(s optim.State, name string, otherwise float64) float64 {
	for _, x := range s.Tensors {
		if x.Name == name {
			return x.Tensor.Item()
		}
	}
	return otherwise
}

// counts returns the iterations, evaluations and pairs of a state.
func counts(s optim.State) [3]float64 {
	first := s.Groups[0].Params[0]
	out := [3]float64{float64(first.Steps), first.Scalars["func_evals"]}
	for _, x := range s.Tensors {
		if x.Name == "0.ro" {
			out[2] = float64(x.Tensor.Size())
		}
	}
	return out
}

// TestMinimizeFollowsPyTorch asks of every step the closeness of all tests, or
// 20 times the distance by which a few roundings lead PyTorch itself astray.
func TestMinimizeFollowsPyTorch(t *testing.T) {
	var data struct{ Minimisations []minimisation }
	read(t, "LBFGS", &data)
	require.Greater(t, len(data.Minimisations), 300)
	type tally struct {
		steps, wide int     // of these that need more than the closeness of all tests
		worst       float64 // among the others
	}
	tallies := map[string]*tally{"float64": {}, "float32": {}}
	for _, m := range data.Minimisations {
		what := fmt.Sprintf("%s %s %s missing %v rates %v", m.Objective, m.DType, m.Options, m.Missing, m.Rates)
		dt, sum := dtypes[m.DType], tallies[m.DType]
		params, loss := m.problem(dt.dtype)
		opt := lbfgs(t, params, string(m.Options))
		opt.SkipMissing = m.Missing
		found.Case("LBFGS", m.DType)
		for i, want := range m.Steps {
			if m.Rates != nil {
				*opt.Rates()[0] = m.Rates[i]
			}
			before, allowed := opt.Minimize(loss), max(dt.rtol, 20*want.Apart)
			s := opt.State()
			off := want.off(before, params, s)
			require.LessOrEqual(t, off, allowed, "%s: step %d has %v, PyTorch %v", what, i, params, want)
			require.Equal(t, [3]float64{want.Iter, want.Evals, want.Pairs}, counts(s), "%s: step %d", what, i)
			if 20*want.Apart > dt.rtol {
				found.Note("LBFGS", "astray", m.DType, off/want.Apart)
			} else {
				found.Note("LBFGS", "trajectory", m.DType, off)
			}
			sum.steps++
			if off > dt.rtol {
				sum.wide++
			} else {
				sum.worst = max(sum.worst, off)
			}
		}
	}
	for d, sum := range tallies {
		require.Less(t, sum.wide, sum.steps/4, d)
		t.Logf("%s: %d steps, %d of them beyond the usual closeness, as PyTorch is from itself; largest deviation of the others %.1e", d, sum.steps, sum.wide, sum.worst)
	}
}

// lbfgs makes an LBFGS by name.
func lbfgs(t *testing.T, params []autograd.Parameter, options string) *optim.LBFGS {
	t.Helper()
	opt, err := optim.New("LBFGS", params, []byte(options))
	require.NoError(t, err)
	return opt.(*optim.LBFGS)
}
