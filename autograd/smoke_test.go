package autograd_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

func TestXORLearns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	x := autograd.Const(tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	y := autograd.Const(tensor.FromSlice([][]float32{{0}, {1}, {1}, {0}}))
	params := []*autograd.Variable{autograd.New(tensor.Randn(rng, 8, 2)), autograd.New(tensor.Zeros(8)),
		autograd.New(tensor.Randn(rng, 1, 8)), autograd.New(tensor.Zeros(1))}
	var loss *autograd.Variable
	for range 500 {
		h := x.MatMul(params[0], tensor.TransB).Add(params[1]).Tanh()
		loss = h.MatMul(params[2], tensor.TransB).Add(params[3]).Sub(y).Square().Mean()
		loss.Backward()
		for _, p := range params {
			p.Value().CopyFrom(tensor.Sub(p.Value(), tensor.MulScalar(p.Grad().Value(), 0.2)))
			p.ZeroGrad()
		}
	}
	require.Less(t, loss.Item(), 0.01)
}

func TestThirdDerivative(t *testing.T) {
	x := autograd.New(tensor.Float64.Scalar(0.7))
	y := x.Sin().Mul(x.Exp())
	create := autograd.Walk{CreateGraph: true}
	for range 3 {
		y = create.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})[0]
	}
	// (eˣ sin x)‴ = 2eˣ(cos x − sin x), here 0.485816
	require.InDelta(t, 0.485816, y.Item(), 1e-6)
}
