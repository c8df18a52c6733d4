package loss_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// long has blocks and pieces to spare, and no length divides its own.
const long = 3*32*1024 + 1026

// eachLongLoss gives f every loss of one term per element or row, on long
// operands.
func eachLongLoss(t *testing.T, d tensor.DType, f func(t *testing.T, l *loss.Named, x []*autograd.Variable)) {
	rng := rand.New(rand.NewPCG(9, 0))
	weight := d.Rand(rng, 5, 1)
	sign := func() *tensor.Tensor {
		return tensor.AddScalar(tensor.MulScalar(tensor.Randint(rng, 0, 2, 5, long/5).To(d), 2), -1)
	}
	normal := func() *tensor.Tensor { return d.Randn(rng, 5, long/5) }
	share := func() *tensor.Tensor {
		return tensor.AddScalar(tensor.MulScalar(d.Rand(rng, 5, long/5), 0.98), 0.01)
	}
	rows := func(x *tensor.Tensor) *tensor.Tensor {
		return tensor.Reshape(tensor.Slice(tensor.Reshape(x, long), 0, 0, 655*150), 655, 150)
	}
	for _, c := range []struct {
		name    string
		options options
		inputs  []*tensor.Tensor
	}{
		{"MSELoss", nil, []*tensor.Tensor{normal(), normal()}},
		{"L1Loss", nil, []*tensor.Tensor{normal(), normal()}},
		{"SmoothL1Loss", options{"beta": 0.5}, []*tensor.Tensor{normal(), normal()}},
		{"HuberLoss", options{"delta": 0.5}, []*tensor.Tensor{normal(), normal()}},
		{"BCELoss", options{"weight": weight}, []*tensor.Tensor{share(), share()}},
		{"BCEWithLogitsLoss", options{"weight": d.Rand(rng, long/5), "pos_weight": weight}, []*tensor.Tensor{normal(), share()}},
		{"MultiLabelSoftMarginLoss", options{"weight": d.Rand(rng, long/5)}, []*tensor.Tensor{normal(), share()}},
		{"KLDivLoss", nil, []*tensor.Tensor{normal(), share()}},
		{"PoissonNLLLoss", options{"full": true}, []*tensor.Tensor{normal(), share()}},
		{"GaussianNLLLoss", options{"full": true}, []*tensor.Tensor{normal(), normal(), share()}},
		{"SoftMarginLoss", nil, []*tensor.Tensor{normal(), sign()}},
		{"HingeEmbeddingLoss", nil, []*tensor.Tensor{normal(), sign()}},
		{"MarginRankingLoss", options{"margin": 0.3}, []*tensor.Tensor{normal(), normal(), sign()}},
		{"CosineEmbeddingLoss", nil, []*tensor.Tensor{rows(normal()), rows(normal()), tensor.AddScalar(tensor.MulScalar(tensor.Randint(rng, 0, 2, 655), 2), -1)}},
		{"TripletMarginLoss", options{"swap": true}, []*tensor.Tensor{rows(normal()), rows(normal()), rows(normal())}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []string{"mean", "none"} {
				var x []*autograd.Variable
				for _, in := range c.inputs {
					if in.DType() == tensor.Int64 {
						x = append(x, autograd.Const(in))
					} else {
						x = append(x, autograd.New(in))
					}
				}
				l := made(t, c.name, c.options, "reduction", r)
				f(t, l, x)
			}
		})
	}
}

// differentiable returns the operands that have a gradient: all but labels that
// only choose.
func differentiable(l *loss.Named, x []*autograd.Variable) []*autograd.Variable {
	switch l.Name {
	case "HingeEmbeddingLoss":
		return x[:1]
	case "CosineEmbeddingLoss":
		return x[:2]
	}
	return x
}

// evaluated returns value and gradients as one list.
func evaluated(y *autograd.Variable, x []*autograd.Variable) []*tensor.Tensor {
	seed := autograd.Const(y.DType().Ones(y.Shape()...))
	out := []*tensor.Tensor{y.Value()}
	for _, g := range (autograd.Walk{Seeds: []*autograd.Variable{seed}, RetainGraph: true}).Grad([]*autograd.Variable{y}, x) {
		out = append(out, g.Value())
	}
	return out
}

func TestLongOperands(t *testing.T) {
	eachLongLoss(t, tensor.Float64, func(t *testing.T, l *loss.Named, x []*autograd.Variable) {
		y := l.Apply(x...)
		x = differentiable(l, x)
		d, ok := autograd.Defined(y)
		if !ok { // the last step of its reduction is an operation of its own
			require.Equal(t, "MultiLabelSoftMarginLoss", l.Name)
			return
		}
		want := evaluated(d, x)
		for i, got := range evaluated(y, x) {
			assert.True(t, tensor.AllClose(got, want[i], 1e-11, 1e-13), "%d", i)
		}
	})
}

func TestLongOperandsOnAnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	eachLongLoss(t, tensor.Float32, func(t *testing.T, l *loss.Named, x []*autograd.Variable) {
		d := differentiable(l, x)
		runtime.GOMAXPROCS(1)
		want := evaluated(l.Apply(x...), d)
		runtime.GOMAXPROCS(3)
		for i, got := range evaluated(l.Apply(x...), d) {
			assert.Equal(t, tensor.Data[float32](want[i]), tensor.Data[float32](got), "%d", i)
		}
	})
}
