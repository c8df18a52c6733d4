package optim_test

import (
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

// valley is Rosenbrock's function of ten parameters in two tensors.
var valley = minimisation{Objective: "rosenbrock", Start: []float64{-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1}, Sizes: []int{3, 7}}

const searching = `{"line_search_fn":"strong_wolfe"}`

func values(params []autograd.Parameter) (out []float64) {
	for _, p := range params {
		out = append(out, p.Value().Float64s()...)
	}
	return out
}

func TestLBFGSFindsTheMinimum(t *testing.T) {
	for _, c := range []struct {
		objective, options string
		start, want        []float64
	}{
		{"rosenbrock", searching, []float64{-1.2, 1}, []float64{1, 1}},
		{"rosenbrock", searching, []float64{0.5, 2, -1, 3, 0, 0, 1, 2, 2, 1}, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"quadratic", `{}`, []float64{1, -1, 2, 0.5, 3, -0.25}, nil},
		{"quadratic", searching, []float64{1, -1, 2, 0.5, 3, -0.25}, nil},
	} {
		m := minimisation{Objective: c.objective, Start: c.start, Sizes: []int{1, len(c.start) - 1}}
		params, loss := m.problem(tensor.Float64)
		opt := lbfgs(t, params, c.options)
		opt.ToleranceChange = 0
		for range 10 {
			opt.Minimize(loss)
		}
		opt.ZeroGrad()
		loss()
		assert.Less(t, optim.GradNorm(params, math.Inf(1)), 1e-6, c)
		if c.want != nil {
			assert.InDeltaSlice(t, c.want, values(params), 1e-6)
		}
	}
}

// TestLBFGSResumes makes 9 calls in one go, and 4 and 5 with everything stored
// and loaded between.
func TestLBFGSResumes(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		for _, options := range []string{
			`{"lr":0.1,"max_iter":3,"history_size":4}`, `{"max_iter":2,"history_size":3,"line_search_fn":"strong_wolfe"}`,
		} {
			run := func(opt *optim.LBFGS, loss func() float64, from, to int) {
				for i := from; i < to; i++ {
					opt.LR /= 1 + float64(i)/10
					opt.Minimize(loss)
				}
			}
			whole, loss := valley.problem(d)
			a := lbfgs(t, whole, options)
			run(a, loss, 0, 9)

			first, loss := valley.problem(d)
			b := lbfgs(t, first, options)
			run(b, loss, 0, 4)
			state := stored(t, b.State())
			second, loss := valley.problem(d)
			for i, p := range second {
				p.Value().CopyFrom(first[i].Value())
			}
			c := lbfgs(t, second, `{"lr":9,"max_iter":9}`)
			require.NoError(t, c.LoadState(state))
			for _, x := range state.Tensors { // loading copies
				kind := x.Tensor.DType()
				x.Tensor.CopyFrom(kind.Full(99, x.Tensor.Shape()...))
			}
			run(c, loss, 4, 9)
			assert.Equal(t, values(whole), values(second), "%v %s", d, options)
			assert.Equal(t, plain(t, a.State()), plain(t, c.State()))
			assert.Positive(t, counts(a.State())[2], "the memory must hold pairs")
		}
	}
}

// TestLBFGSForgets loads the state of one that has done
// nothing into one that has.
func TestLBFGSForgets(t *testing.T) {
	params, loss := valley.problem(tensor.Float64)
	opt := lbfgs(t, params, searching)
	fresh := opt.State()
	opt.Minimize(loss)
	require.NoError(t, opt.LoadState(fresh))
	assert.Equal(t, plain(t, fresh), plain(t, opt.State()))
}

func TestLBFGSStateOfNaN(t *testing.T) {
	m := minimisation{Objective: "edge", Start: []float64{-1, 2}, Sizes: []int{2}}
	params, loss := m.problem(tensor.Float64)
	opt := lbfgs(t, params, `{"max_iter":3}`)
	assert.True(t, math.IsNaN(opt.Minimize(loss)))
	assert.True(t, math.IsNaN(values(params)[0]), "NaN is taken like any number")
	state := stored(t, opt.State())
	other, _ := m.problem(tensor.Float64)
	again := lbfgs(t, other, ``)
	require.NoError(t, again.LoadState(state))
	assert.Equal(t, plain(t, opt.State()), plain(t, again.State()))
}

// TestLBFGSStepIsAnIteration steps by gradients and by a loss; not a bit may
// differ.
func TestLBFGSStepIsAnIteration(t *testing.T) {
	for _, d := range []tensor.DType{tensor.Float32, tensor.Float64} {
		a, lossA := valley.problem(d)
		b, lossB := valley.problem(d)
		optA, optB := lbfgs(t, a, `{"lr":0.5}`), lbfgs(t, b, `{"lr":0.5,"max_iter":1}`)
		for range 8 {
			optA.ZeroGrad()
			lossA()
			optA.Step()
			optB.Minimize(lossB)
		}
		assert.Equal(t, values(b), values(a))
		assert.Equal(t, counts(optB.State()), counts(optA.State()))
	}
}

func TestLBFGSUnderAScheduler(t *testing.T) {
	params, loss := valley.problem(tensor.Float64)
	opt := lbfgs(t, params, searching)
	sched := optim.NewStepLR(opt, 1)
	for range 3 {
		opt.Minimize(loss)
		sched.Step()
	}
	assert.InDelta(t, 1e-3, opt.LR, 1e-15)
	opt.LR = 0 // as at the end of a schedule; PyTorch divides by zero
	before := values(params)
	opt.Minimize(loss)
	assert.Equal(t, before, values(params))
}

func TestLBFGSHistoryMayShrink(t *testing.T) {
	params, loss := valley.problem(tensor.Float64)
	opt := lbfgs(t, params, `{"max_iter":8,"history_size":6,"line_search_fn":"strong_wolfe"}`)
	opt.Minimize(loss)
	require.Equal(t, 6.0, counts(opt.State())[2])
	opt.HistorySize = 2
	before := opt.Minimize(loss)
	assert.Equal(t, 2.0, counts(opt.State())[2])
	assert.Less(t, opt.Minimize(loss), before)
}

func TestLBFGSForgetsGradientsItself(t *testing.T) {
	a, lossA := valley.problem(tensor.Float64)
	b, lossB := valley.problem(tensor.Float64)
	optA, optB := lbfgs(t, a, searching), lbfgs(t, b, searching)
	lossA() // a gradient that is in nobody's way
	optA.Minimize(lossA)
	optB.Minimize(func() float64 { optB.ZeroGrad(); return lossB() })
	assert.Equal(t, values(b), values(a))
}

// TestLBFGSPanicsBetweenIterations lets the loss panic in a line search, and
// then goes on as if nothing had been.
func TestLBFGSPanicsBetweenIterations(t *testing.T) {
	whole, loss := valley.problem(tensor.Float64)
	lbfgs(t, whole, searching).Minimize(loss)

	params, loss := valley.problem(tensor.Float64)
	opt := lbfgs(t, params, searching)
	before, calls := values(params), 0
	wantPanic(t, "loss: too much", func() {
		opt.Minimize(func() float64 {
			if calls++; calls == 2 {
				panic(tensor.Errorf("loss", "too much"))
			}
			return loss()
		})
	})
	assert.Equal(t, before, values(params))
	for range 5 {
		opt.Minimize(loss)
	}
	assert.InDeltaSlice(t, []float64{1, 1, 1}, values(params)[:3], 1)
}

func TestLBFGSRejects(t *testing.T) {
	p, q := leaf("w", 1, 1), leaf("v", 2, 1)
	loss := func() float64 { p.Square().Sum().Backward(); return 0 }
	for text, set := range map[string]func(o *optim.LBFGS){
		"LR is -1, not a number from 0 on":                                  func(o *optim.LBFGS) { o.LR = -1 },
		"MaxIter is 0, not positive":                                        func(o *optim.LBFGS) { o.MaxIter = 0 },
		"MaxEval is -1, not a number from 0 on":                             func(o *optim.LBFGS) { o.MaxEval = -1 },
		"ToleranceGrad is NaN, not a number from 0 on":                      func(o *optim.LBFGS) { o.ToleranceGrad = math.NaN() },
		"ToleranceChange is +Inf, not a number from 0 on":                   func(o *optim.LBFGS) { o.ToleranceChange = math.Inf(1) },
		"HistorySize is 0, not positive":                                    func(o *optim.LBFGS) { o.HistorySize = 0 },
		`LineSearchFn is "armijo", neither "strong_wolfe" nor empty`:        func(o *optim.LBFGS) { o.LineSearchFn = "armijo" },
		"no gradient for 1 of 2 parameters: v; was Backward called since Z": func(o *optim.LBFGS) {},
	} {
		o := optim.NewLBFGS([]autograd.Parameter{p, q})
		set(o)
		err := autograd.Try(func() { o.Minimize(loss) })
		require.Error(t, err)
		assert.True(t, strings.HasPrefix(err.Error(), "optim.LBFGS: "+text), err)
		assert.Equal(t, []float64{1, 2}, []float64{p.Item(), q.Item()})
		assert.Zero(t, counts(optim.NewLBFGS(one(p)).State())[1])
	}
	opt := optim.NewLBFGS(one(p))
	wantPanic(t, "optim.LBFGS: there is no function that gives the loss", func() { opt.Minimize(nil) })
	opt.LineSearchFn = optim.StrongWolfe
	wantPanic(t, "optim.LBFGS: Step cannot search a line, which takes the loss at many points; call Minimize", opt.Step)
	narrow := autograd.Parameter{Name: "n", Variable: autograd.New(tensor.Zeros(1))}
	wantPanic(t, `optim.LBFGS: parameter "n" is float32 but "w" is float64; all must have one type`,
		func() { optim.NewLBFGS([]autograd.Parameter{p, narrow}) })
	wantPanic(t, "optim.LBFGS: there are no parameters", func() { optim.NewLBFGS(nil) })
	_, err := optim.New("LBFGS", one(p), []byte(`{"line_search_fn":"wolfe"}`))
	assert.ErrorContains(t, err, `LineSearchFn is "wolfe"`)
	_, err = optim.New("LBFGS", one(p), []byte(`{"max_eval":null,"line_search_fn":null}`)) // PyTorch's None
	assert.NoError(t, err)
}

func TestLBFGSLoadStateRefusesWhatDoesNotFit(t *testing.T) {
	made := func() *optim.LBFGS {
		params, loss := valley.problem(tensor.Float64)
		opt := lbfgs(t, params, `{"max_iter":4,"line_search_fn":"strong_wolfe"}`)
		opt.Minimize(loss)
		return opt
	}
	find := func(s *optim.State, name string) *tensor.Named {
		for i := range s.Tensors {
			if s.Tensors[i].Name == name {
				return &s.Tensors[i]
			}
		}
		require.Fail(t, "no tensor "+name)
		return nil
	}
	for want, spoil := range map[string]func(s *optim.State){
		"cannot load the state of 2 groups into 1":        func(s *optim.State) { s.Groups = append(s.Groups, s.Groups[0]) },
		`tensor "0.d" is missing`:                         func(s *optim.State) { find(s, "0.d").Name = "0.e" },
		`tensor "0.e" is unexpected`:                      func(s *optim.State) { find(s, "0.d").Name = "0.e" },
		`tensor "0.old_dirs" is unexpected`:               func(s *optim.State) { find(s, "0.ro").Name = "0.rho" },
		`tensor "0.H_diag" is missing`:                    func(s *optim.State) { find(s, "0.H_diag").Tensor = nil },
		`tensor "0.t" is float64 [1], not float64 []`:     func(s *optim.State) { find(s, "0.t").Tensor = tensor.Float64.Zeros(1) },
		`tensor "0.ro" is float32 [2], not float64 [2]`:   func(s *optim.State) { find(s, "0.ro").Tensor = tensor.Zeros(2) },
		`tensor "0.prev_flat_grad" is float64 [3], not`:   func(s *optim.State) { find(s, "0.prev_flat_grad").Tensor = tensor.Float64.Zeros(3) },
		`tensor "0.old_stps" is float64 [9 9], not`:       func(s *optim.State) { find(s, "0.old_stps").Tensor = tensor.Float64.Zeros(9, 9) },
		`parameter "p0" has an unexpected scalar "n_iter`: func(s *optim.State) { s.Groups[0].Params[0].Scalars["n_iter"] = 1 },
		`group 0: HistorySize is 0, not positive`:         func(s *optim.State) { replace(&s.Groups[0].Settings, `_size":100`, `_size":0`) },
		`group 0: setting "max_eval" is missing`:          func(s *optim.State) { replace(&s.Groups[0].Settings, `"max_eval":0,`, ``) },
	} {
		opt, s := made(), made().State()
		spoil(&s)
		before := plain(t, opt.State())
		assert.ErrorContains(t, opt.LoadState(s), want)
		assert.Equal(t, before, plain(t, opt.State()), "a refused state must change nothing")
	}
}

// Fit a curve y = a·exp(b·x), with all of the data in every evaluation.
func ExampleLBFGS() {
	x := autograd.Const(tensor.FromSlice([]float64{0, 1, 2, 3}))
	y := autograd.Const(tensor.FromSlice([]float64{2, 1, 0.5, 0.25}))
	a, b := autograd.New(tensor.Float64.Scalar(1)), autograd.New(tensor.Float64.Scalar(0))

	opt := optim.NewLBFGS(autograd.Parameters(a, b))
	opt.LineSearchFn = optim.StrongWolfe
	before := opt.Minimize(func() float64 {
		loss := x.Mul(b).Exp().Mul(a).Sub(y).Square().Sum()
		loss.Backward()
		return loss.Item()
	})
	fmt.Printf("loss %.4f, then y = %.4f·exp(%.4f·x)\n", before, a.Item(), b.Item())
	// Output: loss 1.8125, then y = 2.0000·exp(-0.6931·x)
}

// An optimizer may come from a file of settings, and schedules work as ever.
func ExampleLBFGS_Minimize() {
	w := autograd.New(tensor.FromSlice([]float64{5, -3}))
	opt, err := optim.New("LBFGS", autograd.Parameters(w), []byte(`{"max_iter": 2, "lr": 0.8}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	sched := optim.NewStepLR(opt, 2)
	for range 3 {
		loss := opt.(*optim.LBFGS).Minimize(func() float64 {
			l := w.Square().Square().Sum()
			l.Backward()
			return l.Item()
		})
		sched.Step()
		fmt.Printf("%.4f\n", loss)
	}
	// Output:
	// 706.0000
	// 422.1778
	// 156.0086
}
