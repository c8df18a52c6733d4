package loss_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// A suite is what a loss brings to the harness beside its golden data, which
// holds values, gradients, empty, 0-d and extreme inputs.
type suite struct {
	// points are where finite differences of order 1 and 2 are fair. The
	// harness adds every reduction and compares kernel and definition there.
	points []point
	// normalized says that the gradient is a true one only where the first
	// input comes from LogSoftmax along its last axis, which finite
	// differences then put before it.
	normalized bool
	// rejects are what Forward must panic at, beyond what PyTorch rejects.
	rejects []rejection
	// better are cases where PyTorch is wrong.
	better []answer
	// ulp is how far float32 terms may be from float64's in units of the last
	// place; 0 where the golden tolerance is enough.
	ulp float64
	// lost is what PyTorch's float64 results are wrong by where that is more
	// than tolerances allows.
	lost float64
}

type options map[string]any

type point struct {
	options options
	inputs  []*tensor.Tensor
}

type rejection struct {
	options options
	inputs  []*tensor.Tensor
	message string // part of the panic's
}

// answer is what a loss gives, and its gradient with respect to the first input.
type answer struct {
	options     options
	inputs      []*tensor.Tensor
	value, grad *tensor.Tensor
}

// suites holds one suite for each class name.
var suites = map[string]suite{}

func add(name string, s suite) struct{} {
	suites[name] = s
	return struct{}{}
}

// eachSuite runs f for every loss there is; one without a suite fails.
func eachSuite(t *testing.T, f func(t *testing.T, name string, s suite)) {
	for _, name := range loss.Names() {
		t.Run(name, func(t *testing.T) {
			s, ok := suites[name]
			require.True(t, ok, "%s has no suite: add one in its test file", name)
			f(t, name, s)
		})
	}
}

// made returns a loss with options, which must be good ones.
func made(t *testing.T, name string, o options, more ...string) *loss.Named {
	t.Helper()
	all := options{}
	for k, v := range o {
		all[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		all[more[i]] = more[i+1]
	}
	text, err := json.Marshal(all)
	require.NoError(t, err)
	l, err := loss.New(name, text)
	require.NoError(t, err)
	return l
}

// leaves returns float inputs as Variables that want gradients.
func leaves(inputs []*tensor.Tensor, d tensor.DType) (all, floats []*autograd.Variable) {
	for _, x := range inputs {
		if x.DType().IsFloat() {
			v := autograd.New(x.To(d))
			all, floats = append(all, v), append(floats, v)
		} else {
			all = append(all, autograd.Const(x))
		}
	}
	return all, floats
}

func TestEveryLossHasASuite(t *testing.T) {
	names := loss.Names()
	require.GreaterOrEqual(t, len(names), 5)
	for name := range suites {
		assert.Contains(t, names, name, "suite of an unknown loss")
	}
	eachSuite(t, func(t *testing.T, _ string, s suite) {
		assert.NotEmpty(t, s.points)
		assert.NotEmpty(t, s.rejects)
	})
}

// reductions returns the options for every reduction that a loss has.
func reductions(name string) [][]string {
	if _, err := loss.New(name, []byte(`{"reduction": "sum"}`)); err != nil {
		return [][]string{nil}
	}
	return [][]string{{"reduction", "mean"}, {"reduction", "sum"}, {"reduction", "none"}}
}

func TestDerivatives(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, s suite) {
		for _, p := range s.points {
			for _, reduced := range reductions(name) {
				l := made(t, name, p.options, reduced...)
				f := func(x []*autograd.Variable) *autograd.Variable {
					if s.normalized {
						x = append([]*autograd.Variable{x[0].LogSoftmax(-1)}, x[1:]...)
					}
					return l.Apply(x...)
				}
				assert.NoError(t, gradcheck.CheckGrad(f, p.inputs...), "%v %s", p.options, reduced)
			}
		}
	})
}

func TestKernelsEqualTheirDefinitions(t *testing.T) {
	fused := 0
	eachSuite(t, func(t *testing.T, name string, s suite) {
		for _, p := range s.points {
			for _, reduced := range reductions(name) {
				all, floats := leaves(p.inputs, tensor.Float64)
				y := made(t, name, p.options, reduced...).Apply(all...)
				d, ok := autograd.Defined(y)
				if !ok {
					return
				}
				fused++
				near(t, d.Value(), y.Value(), "value %v %s", p.options, reduced)
				seed := []*autograd.Variable{autograd.Const(tensor.Float64.Randn(rand.New(rand.NewPCG(1, 2)), y.Shape()...))}
				w := autograd.Walk{Seeds: seed, RetainGraph: true}
				got, want := w.Grad([]*autograd.Variable{y}, floats), w.Grad([]*autograd.Variable{d}, floats)
				for i := range got {
					near(t, want[i].Value(), got[i].Value(), "gradient of input %d %v %s", i, p.options, reduced)
				}
			}
		}
	})
	require.NotZero(t, fused)
}

// near allows for rounding in float64 of numbers around 1.
func near(t *testing.T, want, got *tensor.Tensor, message string, args ...any) {
	t.Helper()
	if !tensor.AllClose(got, want, 1e-12, 1e-14) {
		assert.Fail(t, "differ", "want %v\ngot %v\n", append([]any{want, got}, args...))
		t.Logf(message, args...)
	}
}

func TestRejections(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, s suite) {
		for _, r := range s.rejects {
			l := made(t, name, r.options)
			var x []*autograd.Variable
			for _, in := range r.inputs {
				x = append(x, autograd.Const(in))
			}
			err := autograd.Try(func() { l.Apply(x...) })
			assert.ErrorContains(t, err, "loss."+name+": "+r.message)
		}
		_, err := loss.New(name, []byte(`{"colour": 1}`))
		assert.ErrorContains(t, err, `loss.`+name+`: no option "colour"; its options are `)
		if len(reductions(name)) > 1 {
			_, err = loss.New(name, []byte(`{"reduction": "median"}`))
			assert.ErrorContains(t, err, `loss.`+name+`: option "reduction": "median" is not one of mean, sum, none`)
		}
		_, err = loss.New(name, []byte(`[]`))
		assert.ErrorContains(t, err, `loss.`+name+`: options are not a JSON object`)
	})
}

func TestBetterThanPyTorch(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, s suite) {
		for _, b := range s.better {
			all, floats := leaves(b.inputs, b.value.DType())
			y := made(t, name, b.options).Apply(all...)
			assert.True(t, tensor.AllClose(y.Value(), b.value, 1e-6, 0), "value: want %v, got %v", b.value, y)
			g := autograd.Walk{Seeds: []*autograd.Variable{autograd.Const(y.DType().Ones(y.Shape()...))}}
			dx := g.Grad([]*autograd.Variable{y}, floats)[0]
			assert.True(t, tensor.AllClose(dx.Value(), b.grad, 1e-6, 0), "gradient: want %v, got %v", b.grad, dx)
		}
	})
}

// An untracked input leaves nothing recorded.
func TestUntracked(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, s suite) {
		p := s.points[0]
		all, _ := leaves(p.inputs, tensor.Float64)
		all[0] = autograd.Untracked(all[0].Value())
		y := made(t, name, p.options).Apply(all...)
		assert.True(t, y.IsUntracked())
		assert.False(t, y.WantsGrad())
	})
}

func TestOptionsSurviveJSON(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, s suite) {
		for _, p := range s.points {
			l := made(t, name, p.options)
			text, err := json.Marshal(l.Loss)
			require.NoError(t, err)
			again, err := loss.New(name, text)
			require.NoError(t, err)
			after, err := json.Marshal(again.Loss)
			require.NoError(t, err)
			assert.JSONEq(t, string(text), string(after))
			assert.IsType(t, l.Loss, again.Loss)
		}
	})
}

func TestEveryLossIsDescribed(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, _ suite) {
		d, err := loss.Describe(name)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(d.Summary, name+" is "), "summary %q", d.Summary)
		assert.NotEmpty(t, d.Formula)
		assert.Contains(t, d.Text, "Source: https://pytorch.org/docs/1.13/generated/torch.nn."+name+".html")
		assert.Contains(t, d.Text, "Forward panics when")
		assert.NotEmpty(t, d.Options)
		for _, o := range d.Options {
			assert.True(t, strings.HasPrefix(o.Doc, o.Field+" "), "option %s: %q", o.Name, o.Doc)
		}
	})
}
