package nn_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

type variable = autograd.Variable

func init() {
	makers["Hooked"] = func() nn.Module { return &noted{} }
	fits["Hooked"] = func(m nn.Module, _ golden) { m.(*noted).build() }
	// Hooks on gradients would make them others than those of the function.
	derivatives["Hooked"] = derivative{func(x []*variable) *variable {
		h := nn.NewHooked(&nn.Linear{Weight: x[1], Bias: x[2]})
		h.RegisterForwardPreHook(func(x *variable) *variable { return x.Sin() })
		h.RegisterForwardHook(func(x, y *variable) *variable { return y.Mul(x.Sum()) })
		h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return dx.MulScalar(1) })
		return h.Forward(x[0])
	}, [][]int{{2, 3}, {4, 3}, {4}}}
}

// noted is what hooked in internal/torchref/nn_parametrised.py makes.
type noted struct {
	nn.Module
	Hooks []string
}

func (m *noted) build() {
	h := nn.NewHooked(nn.Sequential{nn.NewLinear(3, 4, source()), nn.NewTanh()})
	for _, kind := range m.Hooks {
		switch kind {
		case "pre":
			h.RegisterForwardPreHook(func(x *variable) *variable { return x.MulScalar(2) })
			h.RegisterForwardPreHook(func(x *variable) *variable { return nil })
			h.RegisterForwardPreHook(func(x *variable) *variable { return x.AddScalar(1) })
		case "forward":
			h.RegisterForwardHook(func(x, y *variable) *variable { return y.Mul(y) })
			h.RegisterForwardHook(func(x, y *variable) *variable { return nil })
			h.RegisterForwardHook(func(x, y *variable) *variable { return y.Add(x.Sum()) })
		case "backward":
			h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return dx.MulScalar(3).Add(dy.Sum()) })
			h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return nil })
			h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return dx.Mul(dx) })
		}
	}
	m.Module = h
	if !slices.Contains(m.Hooks, "alone") {
		m.Module = nn.Sequential{nn.NewLinear(3, 3, source()), h, nn.NewLinear(4, 2, source()), nn.NewTanh()}
	}
}

// The order of calls of two modules with two hooks of each kind is PyTorch
// 1.13.1's, which gives the same list.
func TestHooksAreCalledInPyTorchsOrder(t *testing.T) {
	var calls []string
	watch := func(name string) *nn.Hooked {
		h := nn.NewHooked(nn.Func(func(x *variable) *variable {
			calls = append(calls, name)
			return x.Tanh()
		}))
		for i := range 2 {
			note := func(kind string) { calls = append(calls, fmt.Sprint(name, " ", kind, " ", i)) }
			h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { note("backward"); return nil })
			h.RegisterForwardHook(func(x, y *variable) *variable { note("forward"); return nil })
			h.RegisterForwardPreHook(func(x *variable) *variable { note("pre"); return nil })
		}
		return h
	}
	x := param()
	nn.Sequential{watch("a"), watch("b")}.Forward(x).Backward()
	assert.Equal(t, []string{
		"a pre 0", "a pre 1", "a", "a forward 0", "a forward 1",
		"b pre 0", "b pre 1", "b", "b forward 0", "b forward 1",
		"b backward 0", "b backward 1", "a backward 0", "a backward 1",
	}, calls)
}

// Removing takes effect with the next Forward, and once only.
func TestHooksAreRemoved(t *testing.T) {
	h, calls := nn.NewHooked(nn.NewIdentity()), ""
	note := func(s string, r *variable) *variable { calls += s; return r }
	removes := []func(){
		h.RegisterForwardPreHook(func(x *variable) *variable { return note("p", nil) }),
		h.RegisterForwardHook(func(x, y *variable) *variable { return note("f", nil) }),
		h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return note("b", nil) }),
	}
	h.RegisterForwardHook(func(x, y *variable) *variable { return note("F", nil) })
	x := param()
	y := h.Forward(x)
	for range 2 {
		for _, remove := range removes {
			remove()
		}
	}
	y.Backward()
	assert.Equal(t, "pfFb", calls, "the graph was made with the hook")
	calls = ""
	h.Forward(x).Backward()
	assert.Equal(t, "F", calls)
}

func TestHookedHasNoNameOfItsOwn(t *testing.T) {
	inner := nn.Sequential{linear(), nn.NewDropout(0.5, source())}
	h := nn.NewHooked(inner)
	assert.Equal(t, parameterNames(nn.Sequential{inner}), parameterNames(nn.Sequential{h}))
	nn.Eval(h)
	assert.False(t, inner[1].(*nn.Dropout).Training())
	assert.Contains(t, nn.Summary(nn.Sequential{h}, 4, 2), "Hooked")
}

// An input that wants no gradient has none to replace.
func TestBackwardHookWithoutGradientOfTheInput(t *testing.T) {
	l := linear()
	h := nn.NewHooked(l)
	var got []*variable
	h.RegisterFullBackwardHook(func(dx, dy *variable) *variable {
		got = append(got, dx, dy)
		return nil
	})
	x := autograd.Const(tensor.Ones(1, 2))
	h.Forward(x).Sum().Backward()
	require.Len(t, got, 2)
	assert.Nil(t, got[0])
	assert.Equal(t, []float64{1, 1, 1}, values(got[1]))

	h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return dy })
	assert.EqualError(t, autograd.Try(func() { h.Forward(x).Sum().Backward() }),
		"nn.Hooked: a backward hook returned a gradient [1 3], but the input wants none")
	got = nil
	assert.True(t, h.Forward(autograd.Untracked(tensor.Ones(1, 2))).IsUntracked())
	h.Forward(autograd.New(tensor.Ones(1, 2))).Mul(autograd.Untracked(tensor.Ones(3)))
	assert.Empty(t, got)
}

// Gradients that a hook keeps are not written over.
func TestBackwardHooksMayKeepGradients(t *testing.T) {
	const n = 1 << 12 // large enough for gradients to be recycled
	h := nn.NewHooked(nn.NewTanh())
	var kept []*variable
	h.RegisterFullBackwardHook(func(dx, dy *variable) *variable {
		kept = append(kept, dx, dy)
		return nil
	})
	x := autograd.New(tensor.Full(0.5, n))
	for range 3 {
		h.Forward(x.MulScalar(2)).MulScalar(3).Square().Sum().Backward()
	}
	y := autograd.Const(tensor.Full(1, n)).Tanh()
	dy := y.MulScalar(18)
	dx := dy.Mul(y.Square().Neg().AddScalar(1))
	require.Len(t, kept, 6)
	for i, g := range kept {
		assert.InDeltaSlice(t, values([]*variable{dx, dy}[i%2]), values(g), 1e-5)
	}
}

// A walk that comes around the output calls nothing; PyTorch 1.13.1 neither.
func TestBackwardHookAndSecondDerivatives(t *testing.T) {
	calls := 0
	h := nn.NewHooked(nn.NewTanh())
	h.RegisterFullBackwardHook(func(dx, dy *variable) *variable {
		calls++
		return dx.MulScalar(10)
	})
	x := autograd.New(tensor.Float64.Full(0.5, 1))
	dx := autograd.Walk{CreateGraph: true}.Grad([]*variable{h.Forward(x)}, []*variable{x})[0]
	y := x.Detach().Tanh().Item()
	assert.InDelta(t, 10*(1-y*y), dx.Item(), 1e-12)
	second := autograd.Grad(dx, x)[0]
	assert.InDelta(t, -20*y*(1-y*y), second.Item(), 1e-12)
	assert.Equal(t, 1, calls)
}

// Run with -race.
func TestHookedIsForManyGoroutines(t *testing.T) {
	h := nn.NewHooked(nn.NewLinear(2, 3, source()))
	x := tensor.Ones(4, 2)
	var mu sync.Mutex
	var wait sync.WaitGroup
	calls := 0
	for range 8 {
		wait.Go(func() {
			for range 10 {
				remove := h.RegisterFullBackwardHook(func(dx, dy *variable) *variable {
					mu.Lock()
					defer mu.Unlock()
					calls++
					return nil
				})
				in := autograd.New(x)
				autograd.Grad(h.Forward(in).Sum(), in)
				remove()
			}
		})
	}
	wait.Wait()
	assert.GreaterOrEqual(t, calls, 80)
}

func TestHookedRejects(t *testing.T) {
	h := nn.NewHooked(linear())
	h.RegisterFullBackwardHook(func(dx, dy *variable) *variable { return dy })
	for want, f := range map[string]func(){
		"nn.NewHooked: the module is nil":                                                         func() { nn.NewHooked(nil) },
		"nn.Hooked: there is no Module; make one with NewHooked":                                  func() { (&nn.Hooked{}).Forward(param()) },
		"nn.RegisterForwardPreHook: the hook is nil":                                              func() { h.RegisterForwardPreHook(nil) },
		"nn.RegisterForwardHook: the hook is nil":                                                 func() { h.RegisterForwardHook(nil) },
		"nn.RegisterFullBackwardHook: the hook is nil":                                            func() { h.RegisterFullBackwardHook(nil) },
		"nn.Hooked: a backward hook returned a gradient float32 [1 3] for an input float32 [1 2]": func() { h.Forward(autograd.New(tensor.Ones(1, 2))).Sum().Backward() },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func ExampleHooked() {
	rng := rand.New(rand.NewPCG(1, 2))
	watched := nn.NewHooked(nn.NewLinear(4, 3, rng))
	remove := watched.RegisterForwardHook(func(x, y *autograd.Variable) *autograd.Variable {
		fmt.Println("forward", x.Shape(), y.Shape())
		return nil // change nothing
	})
	net := nn.Sequential{watched, nn.NewReLU()}
	net.Forward(autograd.Const(tensor.Ones(2, 4)))
	remove()
	net.Forward(autograd.Const(tensor.Ones(2, 4)))
	for _, p := range nn.Parameters(net) {
		fmt.Println(p.Name)
	}
	// Output:
	// forward [2 4] [2 3]
	// 0.weight
	// 0.bias
}

func ExampleHooked_RegisterForwardPreHook() {
	h := nn.NewHooked(nn.NewReLU())
	h.RegisterForwardPreHook(func(x *autograd.Variable) *autograd.Variable { return x.AddScalar(1) })
	fmt.Println(h.Forward(autograd.Const(tensor.FromSlice([]float32{-2, 0, 2}))))
	// Output: [0. 1. 3.]
}

// The gradient that goes back to the input is held within bounds.
func ExampleHooked_RegisterFullBackwardHook() {
	h := nn.NewHooked(nn.Func(func(x *autograd.Variable) *autograd.Variable { return x.Mul(x).Mul(x) }))
	h.RegisterFullBackwardHook(func(gradInput, gradOutput *autograd.Variable) *autograd.Variable {
		return gradInput.Clamp(-5, 5)
	})
	x := autograd.New(tensor.FromSlice([]float32{1, 2, 3}))
	h.Forward(x).Sum().Backward()
	fmt.Println(x.Grad())
	// Output: [3. 5. 5.]
}
