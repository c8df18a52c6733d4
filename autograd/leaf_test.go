package autograd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

func TestSetWantsGrad(t *testing.T) {
	a, b := autograd.Const(tensor.Scalar(3)), autograd.Const(tensor.Scalar(5))
	a.SetWantsGrad(true)
	b.SetWantsGrad(true)
	// Both are used twice, in turns, so the walk must tell them apart.
	y := a.Mul(b).Add(a.Mul(b))
	grads := autograd.Walk{RetainGraph: true}.Grad([]*autograd.Variable{y}, []*autograd.Variable{a, b})
	assert.Equal(t, []float64{10, 6}, []float64{grads[0].Item(), grads[1].Item()})
	y.Backward()
	assert.Equal(t, 10.0, a.Grad().Item())

	a.SetWantsGrad(false)
	assert.Nil(t, a.Grad())
	b.ZeroGrad()
	a.Mul(b).Backward()
	assert.Nil(t, a.Grad())
	assert.Equal(t, 3.0, b.Grad().Item())
}

func TestSetValue(t *testing.T) {
	w, calls := autograd.New(tensor.Ones(2)), 0
	w.Hook(func(*autograd.Variable) *autograd.Variable { calls++; return nil })
	w.Sum().Backward()
	w.SetValue(tensor.Float64.Full(2, 3))
	assert.Nil(t, w.Grad())
	w.Square().Sum().Backward()
	assert.Equal(t, []float64{4, 4, 4}, w.Grad().Value().Float64s())
	assert.Equal(t, 2, calls, "hooks stay")
}

func TestLeafErrors(t *testing.T) {
	w, n := autograd.New(tensor.Ones(2)), autograd.Const(tensor.Int64.Ones(2))
	for want, f := range map[string]func(){
		"autograd.SetValue: the variable of shape [2] is the result of Exp":                  func() { w.Exp().SetValue(tensor.Ones(2)) },
		"autograd.SetValue: int64 [2] has no derivatives, but the variable wants a gradient": func() { w.SetValue(n.Value()) },
		"autograd.SetWantsGrad: the variable of shape [2] is the result of Exp":              func() { w.Exp().SetWantsGrad(false) },
		"autograd.SetWantsGrad: int64 [2] has no derivatives":                                func() { n.SetWantsGrad(true) },
		"autograd.SetWantsGrad: the variable of shape [2] is untracked":                      func() { autograd.Untracked(tensor.Ones(2)).SetWantsGrad(true) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func ExampleVariable_SetWantsGrad() {
	w := autograd.New(tensor.FromSlice([]float32{1, 2}))
	w.SetWantsGrad(false) // frozen
	w.SetValue(w.Value().To(tensor.Float64))
	fmt.Println(w.WantsGrad(), w.DType())
	// Output: false float64
}
