package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func param() *autograd.Variable { return autograd.New(tensor.Zeros(1)) }

func parameterNames(m any) []string {
	out := []string{}
	for _, p := range nn.Parameters(m) {
		out = append(out, p.Name)
	}
	return out
}

type block struct {
	FC1, FC2 *nn.Linear
	ByValue  nn.Linear
}

type Base struct{ Shared *autograd.Variable }

type base struct{ Promoted *autograd.Variable }

type everything struct {
	Base
	*base
	nn.Sequential
	HiddenSize int
	Block      block
	Renamed    *autograd.Variable `nn:"other"`
	Skipped    *autograd.Variable `nn:"-"`
	Absent     *autograd.Variable
	List       []nn.Module
	Array      [2]*autograd.Variable
	ByName     map[string]*nn.Linear
	ByNumber   map[int]any
	Nested     **autograd.Variable
	Pair       autograd.Parameter
	Running    *tensor.Tensor
	Data       []float64
	last       *autograd.Variable // a result: no parameter
	rng        *rand.Rand
}

func linear() *nn.Linear { return nn.NewLinear(2, 3, source()) }

func TestParametersAreFoundEverywhereInOrder(t *testing.T) {
	nested := param()
	m := &everything{
		Base:       Base{param()},
		base:       &base{param()},
		Sequential: nn.Sequential{linear(), nn.NewReLU(), nn.Sequential{linear()}},
		Block:      block{FC1: linear(), ByValue: *linear()},
		Renamed:    param(), Skipped: param(),
		List:     []nn.Module{nil, linear()},
		Array:    [2]*autograd.Variable{nil, param()},
		ByName:   map[string]*nn.Linear{"b": linear(), "a": linear()},
		ByNumber: map[int]any{10: param(), 9: param(), 8: 3.5},
		Nested:   &nested,
		Pair:     autograd.Parameter{Name: "ignored", Variable: param()},
		Running:  tensor.Zeros(4),
		last:     param().Exp(),
		rng:      source(),
	}
	m.List[1].(*nn.Linear).Bias = nil
	want := []string{"shared", "promoted", "0.weight", "0.bias", "2.0.weight", "2.0.bias",
		"block.fc1.weight", "block.fc1.bias", "block.by_value.weight", "block.by_value.bias",
		"other", "list.1.weight", "array.1", "by_name.a.weight", "by_name.a.bias",
		"by_name.b.weight", "by_name.b.bias", "by_number.9", "by_number.10", "nested", "pair"}
	assert.Equal(t, want, parameterNames(m))
	assert.Equal(t, want, parameterNames(*m), "a model by value")
	buffers := nn.Buffers(m)
	require.Len(t, buffers, 1)
	assert.Equal(t, "running", buffers[0].Name)
	assert.Same(t, m.Running, buffers[0].Tensor)
}

func TestNamesAreSnakeCase(t *testing.T) {
	p := param()
	m := struct {
		FC1, W, W1, HiddenSize, LSTMCell, Conv2D, Conv2d, WIh, WeightIH, Layer1Norm, Under_score *autograd.Variable
	}{p, param(), param(), param(), param(), param(), nil, param(), param(), param(), param()}
	assert.Equal(t, []string{"fc1", "w", "w1", "hidden_size", "lstm_cell", "conv2d", "w_ih", "weight_ih",
		"layer1_norm", "under_score"}, parameterNames(m))
}

func TestTiedWeightsAreListedOnce(t *testing.T) {
	a, b := linear(), linear()
	b.Weight = a.Weight
	assert.Equal(t, []string{"0.weight", "0.bias", "1.bias"}, parameterNames(nn.Sequential{a, b, a}))
}

type node struct {
	W    *autograd.Variable
	Next *node
	Seq  nn.Sequential
	Map  map[string]any
}

func (n *node) Forward(x *autograd.Variable) *autograd.Variable { return x }

func TestCyclesEnd(t *testing.T) {
	n := &node{W: param(), Seq: nn.Sequential{nil}, Map: map[string]any{}}
	n.Next, n.Seq[0] = n, n.Seq
	n.Map["self"], n.Map["node"] = n.Map, n
	assert.Equal(t, []string{"w"}, parameterNames(n))
	var names []string
	for name := range nn.Modules(n) {
		names = append(names, name)
	}
	assert.Equal(t, []string{"", "seq", "seq.0"}, names)
}

type secret struct{ fc *nn.Linear }

type secretParent struct {
	W      *autograd.Variable
	parent *secretParent
	Child  *secretParent
}

type secretDropout struct{ layers []nn.Module }

func TestWhatCannotBeFoundIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		m    any
		want string
	}{
		"unexported layer":       {&secret{linear()}, `nn.Parameters: unexported field "fc.Weight" holds a parameter: export the field, or tag it ` + "`nn:\"-\"`"},
		"in an unexported slice": {&secretDropout{[]nn.Module{nn.NewDropout(0.5, source())}}, `nn.Parameters: unexported field "layers" holds a nn.Dropout: export the field, or tag it ` + "`nn:\"-\"`"},
		"a result":               {struct{ W *autograd.Variable }{param().MulScalar(2)}, "nn.Parameters: \"w\" is the result of MulScalar, not a parameter, and no optimizer can change it: make it with autograd.New, or tag its field `nn:\"-\"`"},
		"two of one name":        {struct{ FC, Fc *autograd.Variable }{param(), param()}, "nn.Parameters: two tensors are named \"fc\": tag one of the fields with `nn:\"another\"`"},
		"a Variable by value":    {&struct{ W autograd.Variable }{*param()}, `nn.Parameters: "w" is a autograd.Variable, hold a pointer to it`},
		"nil":                    {nil, "nn.Parameters: the model is nil"},
		"nil pointer":            {(*node)(nil), "nn.Parameters: the model is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.EqualError(t, autograd.Try(func() { nn.Parameters(c.m) }), c.want)
		})
	}
}

func TestModulesByValueNeedAPointer(t *testing.T) {
	m := map[string]node{"x": {W: param()}}
	assert.Equal(t, []string{"x.w"}, parameterNames(m))
	assert.EqualError(t, autograd.Try(func() { nn.Eval(m) }),
		`nn.Eval: nn_test.node at "x" cannot be reached by pointer: give a pointer to the model, hold a pointer in the map`)
}

func TestUnexportedWaysToWhatIsFoundAnywayAreFine(t *testing.T) {
	m := &secretParent{W: param()}
	m.Child = &secretParent{W: param(), parent: m}
	assert.Equal(t, []string{"w", "child.w"}, parameterNames(m))
	assert.Error(t, autograd.Try(func() { nn.Parameters(m.Child) }), "the parent is out of sight from here")
	assert.Empty(t, nn.Parameters(&secret{}), "nothing in it, nothing lost")
}
