package loss_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

var _ = add("TripletMarginWithDistanceLoss", suite{
	points: []point{
		{options: options{"margin": 3}, inputs: triplets},
		{options: options{"distance_function": options{"name": "PairwiseDistance", "p": 3}, "swap": true}, inputs: triplets},
		{options: options{"distance_function": options{"name": "CosineDistance"}, "margin": 2}, inputs: triplets},
		{options: options{"distance_function": options{"name": "LInf"}, "margin": 2}, inputs: triplets},
		{options: options{"distance_function": options{"name": "SquaredEuclidean"}, "margin": 20, "swap": true}, inputs: triplets},
	},
	rejects: tripletRejections,
	better: []answer{ // shorter than ε the cosine is (a·p)/(ε·‖p‖), whose gradient is p/(ε·‖p‖); PyTorch's is another
		{options: options{"distance_function": options{"name": "CosineDistance", "eps": 0.5}},
			inputs: []*tensor.Tensor{tensor.FromSlice([]float64{0.1, 0}), tensor.FromSlice([]float64{3, 4}), tensor.FromSlice([]float64{-3, 4})},
			value:  tensor.Float64.Scalar(0.76), grad: tensor.FromSlice([]float64{-2.4, 0})},
	},
})

func TestDistancesInJSON(t *testing.T) {
	for text, want := range map[string]string{
		`null`:                         `null`,
		`{"name": "PairwiseDistance"}`: `{"name": "PairwiseDistance", "p": 2, "eps": 1e-6}`,
		`{"name": "PairwiseDistance", "p": "inf", "eps": 0}`: `{"name": "PairwiseDistance", "p": "+Inf", "eps": 0}`,
		`{"name": "CosineDistance"}`:                         `{"name": "CosineDistance", "eps": 1e-8}`,
		`{"name": "LInf"}`:                                   `{"name": "LInf"}`,
		`{"name": "SquaredEuclidean"}`:                       `{"name": "SquaredEuclidean"}`,
	} {
		var d, again loss.Distance
		require.NoError(t, json.Unmarshal([]byte(text), &d), text)
		got, err := json.Marshal(d)
		require.NoError(t, err)
		require.JSONEq(t, want, string(got))
		require.NoError(t, json.Unmarshal(got, &again))
		a, b := autograd.Const(grid), autograd.Const(grid2)
		require.Equal(t, d.Between(a, b).Value().Float64s(), again.Between(a, b).Value().Float64s())
	}
	for _, text := range []string{`3`, `{}`, `{"name": "LInf", "p": 2}`, `{"name": "CosineDistance", "p": 2}`, `{"name": "Manhattan"}`,
		`{"name": "PairwiseDistance", "p": "wide"}`, `{"name": "SquaredEuclidean", "eps": 1}`, `{"name": "LInf", "q": 1}`} {
		require.Error(t, json.Unmarshal([]byte(text), new(loss.Distance)), text)
	}
	_, err := json.Marshal(loss.DistanceFunc(func(a, b *autograd.Variable) *autograd.Variable { return a }))
	require.ErrorContains(t, err, "a distance that is a Go function has no JSON")
}

// What a distance returns must be one number for each pair.
func TestDistancesThatDoNotFit(t *testing.T) {
	l := loss.NewTripletMarginWithDistanceLoss()
	calls := 0
	l.Distance = loss.DistanceFunc(func(a, b *autograd.Variable) *autograd.Variable {
		calls++
		if calls == 1 {
			return a.Sub(b).Abs()
		}
		return a.Sub(b).Norm(1, -1)
	})
	x := autograd.Const(grid)
	require.ErrorContains(t, autograd.Try(func() { l.Forward(x, x, x) }), "distance to the positive [2 3] and distance to the negative [2] differ")
	l.Margin = math.NaN()
	require.ErrorContains(t, autograd.Try(func() { l.Forward(x, x, x) }), "margin is NaN")
}

func ExampleTripletMarginWithDistanceLoss() {
	anchor := autograd.Const(tensor.FromSlice([][]float64{{1, 0}}))
	positive := autograd.Const(tensor.FromSlice([][]float64{{0, 2}}))
	negative := autograd.Const(tensor.FromSlice([][]float64{{4, 0}}))

	l := loss.NewTripletMarginWithDistanceLoss()
	l.Distance = loss.CosineDistance(1e-8)
	fmt.Println(l.Forward(anchor, positive, negative))

	l.Distance = loss.DistanceFunc(func(a, b *autograd.Variable) *autograd.Variable { return a.Sub(b).Abs().Sum(-1) })
	fmt.Println(l.Forward(anchor, positive, negative))

	named, _ := loss.New("TripletMarginWithDistanceLoss", []byte(`{"distance_function": {"name": "LInf"}, "margin": 2}`))
	fmt.Println(named.Apply(anchor, positive, negative))
	fmt.Println(loss.TripletMarginWithDistance(anchor, positive, negative, loss.SquaredEuclidean()))
	// Output:
	// 2.
	// 1.
	// 1.
	// 0.
}

func ExampleDistance() {
	a := autograd.Const(tensor.FromSlice([]float64{3, 0}))
	b := autograd.Const(tensor.FromSlice([]float64{0, 4}))
	for _, d := range []loss.Distance{loss.PairwiseDistance(2, 0), loss.CosineDistance(1e-8), loss.LInf(), loss.SquaredEuclidean()} {
		fmt.Println(d.Between(a, b))
	}
	// Output:
	// 5.
	// 1.
	// 4.
	// 25.
}
