package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

func TestInformationDerivatives(t *testing.T) {
	for name, f := range map[string]gradcheck.Func{
		"SelfInformation":          func(x []*autograd.Variable) *autograd.Variable { return loss.SelfInformation(x[0]) },
		"Entropy":                  func(x []*autograd.Variable) *autograd.Variable { return loss.Entropy(x[0], -1) },
		"DistributionCrossEntropy": func(x []*autograd.Variable) *autograd.Variable { return loss.DistributionCrossEntropy(x[0], x[1], 0) },
		"KLDivergence":             func(x []*autograd.Variable) *autograd.Variable { return loss.KLDivergence(x[0], x[1], 1) },
		"JensenShannon":            func(x []*autograd.Variable) *autograd.Variable { return loss.JensenShannon(x[0], x[1], 1) },
	} {
		in := []*tensor.Tensor{probable, shares}
		if name == "SelfInformation" || name == "Entropy" {
			in = in[:1]
		}
		assert.NoError(t, gradcheck.CheckGrad(f, in...), name)
	}
}

// Certain and impossible outcomes give finite measures and gradients, so that
// distributions may come from a softmax that underflows.
func TestInformationOfCertainty(t *testing.T) {
	x := autograd.New(tensor.FromSlice([]float64{0, 1000, -1000}))
	p := x.Softmax(0)
	q := autograd.New(tensor.FromSlice([]float64{0.5, 0.5, 0}))
	for i, c := range []struct {
		got  *autograd.Variable
		want float64
	}{
		{loss.Entropy(p, 0), 0},
		{loss.DistributionCrossEntropy(p, q, 0), math.Ln2},
		{loss.KLDivergence(p, q, 0), math.Ln2},
		{loss.JensenShannon(p, p, 0), 0},
		// ½·ln(4/3) + ½·(½·ln 2 + ½·ln ⅔)
		{loss.JensenShannon(p, q, 0), math.Log(4.0/3)/2 + (math.Ln2+math.Log(2.0/3))/4},
	} {
		require.InDelta(t, c.want, c.got.Item(), 1e-15, i)
		for _, g := range (autograd.Walk{AllowUnused: true, RetainGraph: true}).Grad([]*autograd.Variable{c.got}, []*autograd.Variable{x, q}) {
			if g != nil {
				require.False(t, math.IsNaN(tensor.Sum(g.Value()).Item()) || math.IsInf(tensor.Sum(g.Value()).Item(), 0), i)
			}
		}
	}
	err := autograd.Try(func() { loss.KLDivergence(p, autograd.Const(tensor.Float64.Ones(1)), 0) })
	require.EqualError(t, err, "loss.KLDivergence: p [3] and q [1] differ")
}

// The cross entropy is the entropy and the divergence: H(P, Q) = H(P) + KL(P‖Q).
func ExampleDistributionCrossEntropy() {
	p := autograd.New(tensor.FromSlice([]float64{0.5, 0.25, 0.25, 0}))
	q := autograd.New(tensor.FromSlice([]float64{0.25, 0.25, 0.25, 0.25}))
	h, kl := loss.Entropy(p, -1), loss.KLDivergence(p, q, -1)
	fmt.Printf("H(P) %.4f + KL(P‖Q) %.4f = %.4f\n", h.Item(), kl.Item(), h.Item()+kl.Item())
	fmt.Printf("H(P, Q) %.4f\n", loss.DistributionCrossEntropy(p, q, -1).Item())
	fmt.Printf("Jensen-Shannon %.4f and %.4f\n", loss.JensenShannon(p, q, -1).Item(), loss.JensenShannon(q, p, -1).Item())
	fmt.Println("surprise", loss.SelfInformation(q))
	// Output:
	// H(P) 1.0397 + KL(P‖Q) 0.3466 = 1.3863
	// H(P, Q) 1.3863
	// Jensen-Shannon 0.1079 and 0.1079
	// surprise [1.3863 1.3863 1.3863 1.3863]
}
