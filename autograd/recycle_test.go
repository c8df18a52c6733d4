package autograd_test

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// Gradients of this length are worth recycling. (Under the build tag poison all
// are, and every buffer that goes back is filled with NaN.)
const long = 2000

func filled(v float64) *variable { return autograd.New(tensor.Full(v, long)) }

// at returns where the elements of x lie.
func at(x *variable) *float32 { return unsafe.SliceData(tensor.Data[float32](x.Value())) }

// borrowed reads a gradient as an optimizer does.
func borrowed(x *variable) *variable {
	defer ownership.Return(x)
	return ownership.Borrow(x).(*variable)
}

// busy makes and recycles many gradients of every size there is.
func busy() {
	for range 3 {
		x := filled(-99)
		x.Tanh().Mul(x).Exp().Add(x).Sum().Backward()
		x.ZeroGrad()
	}
}

// Whoever has seen a gradient keeps it as it was, whatever is computed later.
func TestNobodySeesARecycledGradient(t *testing.T) {
	for name, see := range map[string]func(p *variable) (kept *variable, want float64){
		"Grad": func(p *variable) (*variable, float64) {
			p.MulScalar(3).Sum().Backward()
			kept := p.Grad()
			p.ZeroGrad()
			return kept, 3
		},
		"Grad, then more": func(p *variable) (*variable, float64) {
			p.MulScalar(3).Sum().Backward()
			kept := p.Grad()
			p.MulScalar(5).Sum().Backward()
			p.ZeroGrad()
			return kept, 3
		},
		"Grad of two leaves that share one": func(p *variable) (*variable, float64) {
			q := filled(1)
			p.Add(q).MulScalar(3).Sum().Backward()
			kept := p.Grad()
			q.ZeroGrad()
			return kept, 3
		},
		"Grad of a view": func(p *variable) (*variable, float64) {
			p.Reshape(2, long/2).MulScalar(3).Sum().Backward()
			kept := p.Grad()
			p.ZeroGrad()
			return kept, 3
		},
		"the sum of several": func(p *variable) (*variable, float64) {
			p.MulScalar(3).Add(p.MulScalar(4)).Add(p).Sum().Backward()
			kept := p.Grad()
			p.ZeroGrad()
			return kept, 8
		},
		"a hook on a leaf": func(p *variable) (kept *variable, want float64) {
			p.Hook(func(g *variable) *variable { kept = g; return nil })
			p.MulScalar(3).Sum().Backward()
			p.ZeroGrad()
			return kept, 3
		},
		"a hook on a result": func(p *variable) (kept *variable, want float64) {
			y := p.MulScalar(2)
			y.Hook(func(g *variable) *variable { kept = g; return nil })
			y.MulScalar(3).Sum().Backward()
			p.ZeroGrad()
			return kept, 3
		},
		"what a hook returns": func(p *variable) (*variable, float64) {
			kept := autograd.Const(tensor.Full(7, long))
			p.MulScalar(2).Hook(func(*variable) *variable { return kept })
			y := p.MulScalar(3)
			y.Hook(func(*variable) *variable { return kept })
			y.Sum().Backward()
			p.ZeroGrad()
			return kept, 7
		},
		"RetainGrad": func(p *variable) (*variable, float64) {
			y := p.MulScalar(2).RetainGrad()
			y.MulScalar(3).Sum().Backward()
			p.ZeroGrad()
			return y.Grad(), 3
		},
		"Walk.Grad": func(p *variable) (*variable, float64) {
			y := p.MulScalar(2)
			grads := autograd.Grad(y.MulScalar(3).Sum(), y, p)
			return grads[0], 3
		},
		"a seed": func(p *variable) (*variable, float64) {
			seed := autograd.Const(tensor.Full(3, long))
			autograd.Walk{Seeds: []*variable{seed}}.Backward(p.Reshape(2, long/2).Reshape(long))
			p.ZeroGrad()
			return seed, 3
		},
		"a Custom rule keeps g": func(p *variable) (kept *variable, want float64) {
			y := autograd.Custom("y", p.Value(), []*variable{p}, func(_, g *variable) *variable { kept = g; return g })
			y.MulScalar(3).Sum().Backward()
			p.ZeroGrad()
			return kept, 3
		},
		"a Custom rule returns what is kept": func(p *variable) (*variable, float64) {
			kept := autograd.Const(tensor.Full(3, long))
			y := autograd.Custom("y", p.Value(), []*variable{p.MulScalar(2)}, func(_, g *variable) *variable { return kept })
			y.Sum().Backward()
			p.ZeroGrad()
			return kept, 3
		},
		"an input is its own gradient": func(p *variable) (*variable, float64) {
			x := p.MulScalar(1)
			autograd.Fused("half its square", tensor.Scalar(0), nil, func(*tensor.Tensor, []bool) []*tensor.Tensor {
				return []*tensor.Tensor{x.Value()}
			}, x).Backward()
			p.ZeroGrad()
			return x, 1
		},
		"the graph is kept, with it what the operation keeps": func(p *variable) (*variable, float64) {
			kept := tensor.Full(3, long)
			y := autograd.Fused("f", tensor.Scalar(0), nil, func(*tensor.Tensor, []bool) []*tensor.Tensor {
				return []*tensor.Tensor{kept}
			}, p.MulScalar(1))
			autograd.Walk{RetainGraph: true}.Backward(y)
			p.ZeroGrad()
			return autograd.Const(kept), 3
		},
		"borrowed while it is dropped": func(p *variable) (*variable, float64) {
			p.MulScalar(3).Sum().Backward()
			kept := ownership.Borrow(p).(*variable)
			p.ZeroGrad()
			return kept, 3
		},
	} {
		t.Run(name, func(t *testing.T) {
			kept, want := see(filled(1))
			busy()
			require.Equal(t, long, kept.Size())
			for i, v := range tensor.Data[float32](kept.Value()) {
				require.EqualValues(t, want, v, i)
			}
		})
	}
}

// Fused kernels may return g, for several inputs, or one tensor for several.
func TestRecyclingKnowsAliases(t *testing.T) {
	a, b := filled(1), filled(1)
	for _, share := range []func(g *tensor.Tensor) *tensor.Tensor{
		func(g *tensor.Tensor) *tensor.Tensor { return g },
		func(g *tensor.Tensor) *tensor.Tensor { return tensor.Reshape(g, long) },
		func(g *tensor.Tensor) *tensor.Tensor { return tensor.MulScalar(g, 1) },
	} {
		x, y := a.MulScalar(2), b.MulScalar(3)
		both := autograd.Fused("both", a.Value(), nil, func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
			s := share(g)
			return []*tensor.Tensor{s, s}
		}, x, y)
		both.MulScalar(5).Exp().Log().Sum().Backward()
		busy()
		assert.InDelta(t, 10, a.Grad().Value().At(long-1), 1e-4)
		assert.InDelta(t, 15, b.Grad().Value().At(0), 1e-4)
		a.ZeroGrad()
		b.ZeroGrad()
	}
}

// The positive side: gradients that nobody asked for are used again, those of
// leaves, too. (A garbage collection may empty the pool in between; and what is
// computed forward takes buffers that do not come back, so here nothing is.)
func TestGradientsAreRecycled(t *testing.T) {
	p := filled(1)
	inner := map[*float32]int{}
	leaf := map[*float32]int{}
	for range 50 {
		y := autograd.Fused("f", p.Value(), nil, func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
			inner[unsafe.SliceData(tensor.Data[float32](g))]++
			return []*tensor.Tensor{tensor.MulScalar(g, 2)}
		}, p)
		autograd.Fused("sum", tensor.Scalar(0), nil, func(*tensor.Tensor, []bool) []*tensor.Tensor {
			return []*tensor.Tensor{tensor.Ones(long)}
		}, y).Backward()
		leaf[at(borrowed(p))]++
		p.ZeroGrad()
	}
	assert.Less(t, len(inner), 40)
	assert.Less(t, len(leaf), 40)
	assert.Nil(t, borrowed(p))
}
