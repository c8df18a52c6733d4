package loss_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

func TestObjective(t *testing.T) {
	truth := autograd.Const(grid2)
	f := func(x []*autograd.Variable) *autograd.Variable {
		parameters := []autograd.Parameter{{Name: "0.weight", Variable: x[0]}, {Name: "0.bias", Variable: x[1]}}
		o := loss.NewObjective(loss.NewMSELoss(), parameters, loss.Penalty{Pattern: "*.weight", L1: 0.1, L2: 0.3}, loss.Penalty{L2: 0.2})
		return o.Forward(x[0].Add(x[1]), truth)
	}
	require.NoError(t, gradcheck.CheckGrad(f, grid, spaced))
	x := autograd.Const(tensor.Float64.Ones(2, 3))
	// All parameters are 1, six weights and three biases: 0.1·6 + 0.3·6 + 0.2·(6 + 3) = 4.2.
	mse := loss.MSE(autograd.Const(tensor.Float64.Full(2, 2, 3)), truth).Item()
	require.InDelta(t, mse+4.2, f([]*autograd.Variable{x, autograd.Const(tensor.Float64.Ones(3))}).Item(), 1e-14)
}

func TestObjectiveRejects(t *testing.T) {
	w := autograd.Parameters(autograd.New(tensor.Ones(2)))
	x := autograd.Const(tensor.Ones(2))
	none := loss.NewMSELoss()
	none.Reduction = loss.None
	for message, o := range map[string]*loss.Objective{
		`loss.Objective: pattern "*.weight" names none of the 1 parameters`:                         loss.NewObjective(loss.NewMSELoss(), w, loss.Penalty{Pattern: "*.weight", L1: 1}),
		`loss.Objective: pattern "[": syntax error in pattern`:                                      loss.NewObjective(loss.NewMSELoss(), w, loss.Penalty{Pattern: "[", L1: 1}),
		`loss.Objective: penalty l1 -1, l2 0 on "": a reward for large parameters`:                  loss.NewObjective(loss.NewMSELoss(), w, loss.Penalty{L1: -1}),
		`loss.Objective: the criterion gave [2], not one element: a penalty would be added to each`: loss.NewObjective(none, w, loss.Penalty{L1: 1}),
	} {
		require.EqualError(t, autograd.Try(func() { o.Forward(x, x) }), message)
	}
	require.Nil(t, loss.NewObjective(none, w).Penalty())
}

func ExampleObjective() {
	w := autograd.New(tensor.FromSlice([]float32{3, -1}))
	b := autograd.New(tensor.FromSlice([]float32{0.5}))
	parameters := []autograd.Parameter{{Name: "fc.weight", Variable: w}, {Name: "fc.bias", Variable: b}}
	var penalties []loss.Penalty // from a configuration, for example
	err := json.Unmarshal([]byte(`[{"parameters": "*.weight", "l1": 0.1, "l2": 0.01}]`), &penalties)

	objective := loss.NewObjective(loss.NewMSELoss(), parameters, penalties...)
	x, y := autograd.Const(tensor.FromSlice([]float32{1, 1})), autograd.Const(tensor.FromSlice([]float32{2.5}))
	l := objective.Forward(w.Mul(x).Sum().Add(b), y) // the criterion itself is 0
	l.Backward()
	fmt.Println(l, w.Grad(), b.Grad(), err)
	// Output:
	// 0.5000 [ 0.1600 -0.1200] [0.] <nil>
}
