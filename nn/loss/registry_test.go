package loss

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Losses of three and four inputs that add them up, for the registry's sake.
type (
	addThree struct {
		Scale float64 `json:"scale"`
		Limit float64 `json:"limit"`
	}
	addFour struct{}
)

func (l *addThree) check() {
	if l.Scale < 0 {
		panic(tensor.Errorf("loss.addThree", "scale %v is negative", l.Scale))
	}
}

func (l *addThree) Forward(a, b, c *autograd.Variable) *autograd.Variable {
	return a.Add(b).Add(c).MulScalar(l.Scale)
}

func (l *addFour) check() {}

func (l *addFour) Forward(a, b, c, d *autograd.Variable) *autograd.Variable {
	return a.Add(b).Add(c).Add(d)
}

func TestLossesOfMoreInputs(t *testing.T) {
	register3(func() *addThree { return &addThree{Scale: 1} }, "anchor", "positive", "negative")
	register4(func() *addFour { return &addFour{} }, "log_probs", "targets", "input_lengths", "target_lengths")
	defer delete(registry, "addThree")
	defer delete(registry, "addFour")
	one := autograd.Const(tensor.Scalar(1))

	l, err := New("addThree", []byte(`{"scale": 2, "limit": "inf"}`))
	require.NoError(t, err)
	require.Equal(t, []string{"anchor", "positive", "negative"}, l.Inputs)
	require.Equal(t, 6.0, l.Apply(one, one, one).Item())
	require.Equal(t, "+Inf", fmt.Sprint(l.Loss.(*addThree).Limit))
	err = autograd.Try(func() { l.Forward(one, one) })
	require.EqualError(t, err, "loss.addThree: 2 inputs given; it takes anchor, positive, negative")
	err = autograd.Try(func() { l.Apply(one, nil, one) })
	require.EqualError(t, err, "loss.addThree: positive is nil")

	_, err = New("addThree", []byte(`{"scale": -1}`))
	require.EqualError(t, err, "loss.addThree: scale -1 is negative")
	_, err = New("addThree", []byte(`{"scale": "wide"}`))
	require.EqualError(t, err, `loss.addThree: option "scale": "wide" is not a number`)
	_, err = New("addThree", []byte(`{"scale": true}`))
	require.ErrorContains(t, err, `loss.addThree: option "scale": json: cannot unmarshal bool`)

	l, err = New("addFour", nil)
	require.NoError(t, err)
	require.Equal(t, 4.0, l.Apply(one, one, one, one).Item())
}

func TestUnknownLoss(t *testing.T) {
	_, err := New("MSE", nil)
	require.ErrorContains(t, err, `loss: no loss "MSE"; there are `+strings.Join(Names(), ", "))
	_, err = Describe("MSE")
	require.ErrorContains(t, err, `no loss "MSE"`)
}

// PyTorch's rule, from torch/nn/_reduction.py: legacy_get_string.
func TestOlderPair(t *testing.T) {
	for text, want := range map[string]Reduction{
		`{}`:                     Mean,
		`{"size_average": null}`: Mean,
		`{"size_average": true, "reduction": "sum"}`:  Mean,
		`{"reduce": true, "reduction": "none"}`:       Mean,
		`{"size_average": null, "reduction": "none"}`: None,
		`{"size_average": false}`:                     Sum,
		`{"size_average": false, "reduce": true}`:     Sum,
		`{"reduce": false}`:                           None,
		`{"reduce": false, "size_average": false}`:    None,
	} {
		l, err := New("MSELoss", []byte(text))
		require.NoError(t, err)
		require.Equal(t, want, l.Loss.(*MSELoss).Reduction, text)
	}
	_, err := New("MSELoss", []byte(`{"reduce": "no"}`))
	require.ErrorContains(t, err, `loss.MSELoss: option "reduce"`)
}

func TestIllegalFields(t *testing.T) {
	x := autograd.Const(tensor.Zeros(2))
	require.ErrorContains(t, autograd.Try(func() { (&MSELoss{Reduction: BatchMean}).Forward(x, x) }),
		"loss.MSELoss: reduction batchmean is not mean, sum or none")
	require.ErrorContains(t, autograd.Try(func() { (&L1Loss{Reduction: 9}).Forward(x, x) }),
		"loss.L1Loss: reduction loss.Reduction(9) is not mean, sum or none")
	require.ErrorContains(t, autograd.Try(func() { (&NLLLoss{EmptyMean: 9}).Forward(x, x) }),
		"loss.NLLLoss: empty mean loss.EmptyMean(9) is not nan, zero or error")
	require.ErrorContains(t, autograd.Try(func() { (&CrossEntropyLoss{LabelSmoothing: 1.5}).Forward(x, x) }),
		"loss.CrossEntropyLoss: label smoothing 1.5 is outside [0, 1]")
	_, err := Reduction(9).MarshalText()
	require.EqualError(t, err, "loss.Reduction(9) has no name")
}
