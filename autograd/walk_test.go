package autograd_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

func scalar(v float64) *variable { return autograd.New(tensor.Float64.Scalar(v)) }

func vector(v ...float64) *variable { return autograd.New(tensor.FromSlice(v)) }

func TestMisuseOfWalks(t *testing.T) {
	x, other := vector(1, 2), scalar(3)
	freed := x.Sum()
	freed.Backward()
	y := x.Square().Sum()
	for _, c := range []struct {
		name, want string
		f          func()
	}{
		{"second walk", "autograd.Backward: the graph at Sum of shape [] was freed by an earlier walk: use RetainGraph", func() { freed.Backward() }},
		{"no seed", "autograd.Backward: output 0 has shape [2], not one element: reduce it or give a seed", func() { x.Square().Backward() }},
		{"unconnected", "autograd.Grad: no output depends on input 1 of shape []", func() { autograd.Grad(x.Sum(), x, other) }},
		{"constant input", "autograd.Grad: input 0 of shape [] wants no gradient: make it with New", func() { autograd.Grad(y, other.Detach()) }},
		{"constant output", "autograd.Backward: output 0 of shape [2] does not depend on anything that wants a gradient", func() { x.Detach().Backward() }},
		{"untracked output", "autograd.Backward: output 0 of shape [] was computed from an untracked input, so nothing is recorded",
			func() { x.Mul(autograd.Untracked(x.Value())).Sum().Backward() }},
		{"seeds", "autograd.Backward: 2 seeds for 1 outputs", func() { autograd.Walk{Seeds: []*variable{nil, nil}}.Backward(y) }},
		{"seed shape", "autograd.Backward: seed float64 [2] for output 0 of float64 []", func() { autograd.Walk{Seeds: []*variable{x}}.Backward(y) }},
		{"SetGrad shape", "autograd.SetGrad: gradient float64 [] for a variable float64 [2]", func() { x.SetGrad(other) }},
		{"SetGrad constant", "autograd.SetGrad: the variable of shape [2] wants no gradient", func() { x.Detach().SetGrad(x) }},
		{"RetainGrad constant", "autograd.RetainGrad: the variable of shape [2] wants no gradient", func() { x.Detach().RetainGrad() }},
		{"Hook constant", "autograd.Hook: the variable of shape [2] wants no gradient", func() { x.Detach().Hook(nil) }},
		{"New of integers", "autograd.New: int64 [1] has no derivatives; use Const", func() { autograd.New(tensor.FromSlice([]int64{1})) }},
		{"To of integers", "autograd.To: int64 has no derivatives and float64 of shape [2] wants them: convert its Value", func() { x.To(tensor.Int64) }},
		{"SumTo", "autograd.SumTo: shape [2] cannot be summed to [3]", func() { x.SumTo(3) }},
	} {
		assert.EqualError(t, autograd.Try(c.f), c.want, c.name)
	}
}

// Two results share a part: the first walk frees it, and the second says so.
func TestFreedPartOfAnotherGraph(t *testing.T) {
	x := scalar(2)
	h := x.Square()
	a, b := h.MulScalar(3), h.Exp()
	a.Backward()
	require.EqualError(t, autograd.Try(b.Backward),
		"autograd.Backward: the graph at Square of shape [] was freed by an earlier walk: use RetainGraph")
	require.ErrorContains(t, autograd.Try(func() { autograd.Grad(h.Exp(), x) }), "the graph at Square of shape [] was freed")
	w := scalar(5) // younger than what was freed, so it cannot be beneath it
	require.Equal(t, 4.0, autograd.Grad(h.Mul(w), w)[0].Item())
}

func TestRetainGraph(t *testing.T) {
	x := scalar(3)
	y := x.Square()
	autograd.Walk{RetainGraph: true}.Backward(y)
	y.Backward()
	require.Equal(t, 12.0, x.Grad().Item(), "leaves accumulate over walks")
	x.ZeroGrad()
	require.Nil(t, x.Grad())
}

func TestGradOfUnusualInputs(t *testing.T) {
	x, unused := scalar(2), scalar(1)
	h := x.Square()
	y := h.Mul(x) // x³
	g := autograd.Walk{AllowUnused: true}.Grad([]*variable{y}, []*variable{x, h, x, unused, y, autograd.Const(x.Value())})
	require.Equal(t, 12.0, g[0].Item())
	require.Equal(t, 2.0, g[1].Item(), "an input computed from another")
	require.Same(t, g[0], g[2], "the same input twice")
	require.Nil(t, g[3])
	require.Equal(t, 1.0, g[4].Item(), "an output that is an input")
	require.Nil(t, g[5])
	require.Nil(t, x.Grad(), "Grad leaves the leaves alone")

	require.Equal(t, 1.0, autograd.Grad(x, x)[0].Item())
	x.Backward()
	require.Equal(t, 1.0, x.Grad().Item())
	require.Equal(t, 0.0, autograd.Grad(x.PowScalar(0), x)[0].Item(), "a derivative of 0 is not a missing one")
}

func TestSeveralOutputs(t *testing.T) {
	x := vector(1, 2)
	seed := autograd.Const(tensor.FromSlice([]float64{10, 100}))
	autograd.Walk{Seeds: []*variable{seed, nil}}.Backward(x.Square(), x.Sum())
	require.Equal(t, []float64{21, 401}, x.Grad().Value().Float64s())
}

func TestDiamond(t *testing.T) {
	x := scalar(0.5)
	y, want := x, 1.0
	for range 30 { // 2³⁰ paths, 30 visits
		y, want = y.Add(y), want*2
	}
	y.Backward()
	require.Equal(t, want, x.Grad().Item())
}

func TestHooks(t *testing.T) {
	x := scalar(3)
	h := x.Square()
	var seen []float64
	remove := h.Hook(func(g *variable) *variable { seen = append(seen, g.Item()); return g.MulScalar(10) })
	h.Hook(func(g *variable) *variable { seen = append(seen, g.Item()); return nil })
	x.Hook(func(g *variable) *variable { seen = append(seen, g.Item()); return nil })
	keep := autograd.Walk{RetainGraph: true}
	keep.Backward(h.MulScalar(2).Add(h))
	require.Equal(t, []float64{3, 30, 180}, seen, "once each, with the whole gradient, in order")
	require.Equal(t, 180.0, x.Grad().Item())
	remove()
	remove()
	seen = nil
	keep.Backward(h)
	require.Equal(t, []float64{1, 6}, seen)

	// What a hook returns does not make an unrecorded walk record.
	z := scalar(2)
	m := z.Square()
	m.Hook(func(g *variable) *variable { return scalar(7) })
	g := autograd.Grad(m, z)[0]
	require.True(t, g.IsUntracked())
	require.Equal(t, 28.0, g.Item())
	m = z.Square()
	m.Hook(func(g *variable) *variable { return vector(1, 2) })
	require.EqualError(t, autograd.Try(m.Backward), "autograd.Hook: a hook on float64 [] returned a gradient float64 [2]")
}

func TestRetainGradAndDetach(t *testing.T) {
	x := scalar(3)
	h := x.Square().RetainGrad()
	h.Mul(h.Detach()).Backward()
	require.Equal(t, 9.0, h.Grad().Item())
	require.Equal(t, 54.0, x.Grad().Item(), "Detach stands for the constant 9")
	require.False(t, h.Detach().WantsGrad())
	require.True(t, autograd.Untracked(x.Value()).Detach().IsUntracked())
}

func TestAccumulationRepeats(t *testing.T) {
	in := tensor.Randn(rand.New(rand.NewPCG(1, 1)), 100)
	gradient := func() *tensor.Tensor {
		x := autograd.New(in)
		y := x.Sin()
		for i := range 20 {
			y = y.Add(x.MulScalar(1 / float64(i+3)).Exp())
		}
		y.Sum().Backward()
		return x.Grad().Value()
	}
	require.True(t, tensor.Equal(gradient(), gradient()))
}

func TestDeepGraphs(t *testing.T) {
	x := scalar(1)
	y := x
	const depth = 100_000
	for range depth {
		y = y.Mul(x).MulScalar(1) // x to the power depth+1
	}
	create := autograd.Walk{CreateGraph: true}
	g := create.Grad([]*variable{y}, []*variable{x})
	require.Equal(t, float64(depth+1), g[0].Item())
	g[0].Backward()
	require.Equal(t, float64(depth+1)*depth, x.Grad().Item())
}

func TestUntrackedModelRecordsNothing(t *testing.T) {
	w := autograd.New(tensor.Ones(4, 4))
	x := autograd.Untracked(tensor.Ones(2, 4))
	y := x.MatMul(w).Tanh()
	require.True(t, y.IsUntracked() && y.Op() == "")
	n := autograd.New(tensor.Ones(2, 4))
	tracked := testing.AllocsPerRun(100, func() { n.Tanh() })
	untracked := testing.AllocsPerRun(100, func() { x.Tanh() })
	plain := testing.AllocsPerRun(100, func() { tensor.Tanh(x.Value()) })
	require.LessOrEqual(t, untracked, tracked)
	// Above the tensor: the Variable, and the rule that is then forgotten.
	require.LessOrEqual(t, untracked, plain+2)
}

func TestGoroutinesShareParameters(t *testing.T) {
	w := vector(1, 2, 3)
	const workers, steps = 8, 50
	var group sync.WaitGroup
	for k := range workers {
		group.Go(func() {
			x := autograd.Const(tensor.Float64.Full(float64(k+1), 3))
			for range steps {
				w.Mul(x).Sum().Backward()
				g := autograd.Grad(w.Square().Mul(x).Sum(), w)
				assert.Equal(t, 2*float64(k+1), g[0].Value().At(0))
				assert.True(t, w.Mul(autograd.Untracked(x.Value())).IsUntracked())
			}
		})
	}
	group.Wait()
	require.Equal(t, float64(steps*workers*(workers+1)/2), w.Grad().Value().At(0))
}

// Values inside a graph can be collected once it is freed, though the result
// is still held.
func TestFreedGraphReleasesValues(t *testing.T) {
	var released atomic.Int32
	x := autograd.New(tensor.Ones(1000))
	build := func() *variable {
		h := x.Exp()
		runtime.AddCleanup(h.Value(), func(int) { released.Add(1) }, 0)
		return h.Square().Sum()
	}
	y := build()
	runtime.GC()
	require.Zero(t, released.Load(), "needed by the rules")
	y.Backward()
	for range 100 {
		if runtime.GC(); released.Load() == 1 {
			break
		}
		runtime.Gosched()
	}
	require.EqualValues(t, 1, released.Load())
	runtime.KeepAlive(y)
}
