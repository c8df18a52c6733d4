package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	for name, make := range map[string]func() nn.Module{
		"Hardtanh":    func() nn.Module { return nn.NewHardtanh() },
		"ReLU6":       func() nn.Module { return nn.NewReLU6() },
		"Hardsigmoid": func() nn.Module { return nn.NewHardsigmoid() },
		"Hardswish":   func() nn.Module { return nn.NewHardswish() },
		"Hardshrink":  func() nn.Module { return nn.NewHardshrink() },
		"Softshrink":  func() nn.Module { return nn.NewSoftshrink() },
		"Threshold":   func() nn.Module { return nn.NewThreshold(99, 99) },
		"ELU":         func() nn.Module { return nn.NewELU() },
		"SELU":        func() nn.Module { return nn.NewSELU() },
		"CELU":        func() nn.Module { return nn.NewCELU() },
		"SiLU":        func() nn.Module { return nn.NewSiLU() },
		"Mish":        func() nn.Module { return nn.NewMish() },
		"Softplus":    func() nn.Module { return nn.NewSoftplus() },
		"Softsign":    func() nn.Module { return nn.NewSoftsign() },
		"LogSigmoid":  func() nn.Module { return nn.NewLogSigmoid() },
		"Tanhshrink":  func() nn.Module { return nn.NewTanhshrink() },
		"GLU":         func() nn.Module { return nn.NewGLU() },
		"Softmin":     func() nn.Module { return nn.NewSoftmin(99) },
		"Softmax2d":   func() nn.Module { return nn.NewSoftmax2d() },
		"PReLU":       func() nn.Module { return nn.NewPReLU(1) },
		"RReLU": func() nn.Module {
			m := nn.NewRReLU(source())
			m.SetTraining(false)
			return m
		},
	} {
		makers[name] = make
		if name != "PReLU" && name != "Softmax2d" {
			derivatives[name] = derivative{through(make()), [][]int{{3, 4}}}
		}
	}
	derivatives["Threshold"] = derivative{through(nn.NewThreshold(0.2, 0.7)), [][]int{{3, 4}}}
	derivatives["Softmin"] = derivative{through(nn.NewSoftmin(-1)), [][]int{{3, 4}}}
	derivatives["Softmax2d"] = derivative{through(nn.NewSoftmax2d()), [][]int{{2, 3, 2, 2}}}
	derivatives["PReLU"] = derivative{parametric, [][]int{{2, 3, 2}, {3}}}
	derivatives["RReLU drawing"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		return nn.NewRReLU(source()).Forward(x[0])
	}, [][]int{{3, 4}}}
}

func parametric(x []*autograd.Variable) *autograd.Variable {
	return (&nn.PReLU{Weight: x[1]}).Forward(x[0])
}

func TestActivationsReject(t *testing.T) {
	x := autograd.Const(tensor.Zeros(3, 5))
	for message, m := range map[string]nn.Module{
		"nn.Hardtanh: MinVal 2 is not less than MaxVal 1":                          &nn.Hardtanh{MinVal: 2, MaxVal: 1},
		"nn.Softshrink: Lambd -1 is not 0 or more":                                 &nn.Softshrink{Lambd: -1},
		"nn.CELU: Alpha is 0":                                                      &nn.CELU{},
		"nn.Softplus: Beta is 0":                                                   &nn.Softplus{},
		"nn.PReLU: there is no Weight; make the layer with NewPReLU":               &nn.PReLU{},
		"nn.PReLU: input [3 5] has no axis 1 of 4 channels, one for each weight":   nn.NewPReLU(4),
		"nn.RReLU: Lower 1 is greater than Upper 0.3333333333333333":               &nn.RReLU{Lower: 1, Upper: 1.0 / 3},
		"nn.RReLU: Rand is nil; give a source such as rand.New(rand.NewPCG(1, 2))": nn.NewRReLU(nil),
		"nn.GLU: input [3 5] has no axis 2":                                        &nn.GLU{Dim: 2},
		"nn.GLU: axis -1 of input [3 5] has no halves":                             nn.NewGLU(),
		"nn.Softmax2d: input [3 5] is neither [N C H W] nor [C H W]":               nn.NewSoftmax2d(),
		"nn.NewPReLU: 0 weights":                                                   nn.Func(func(*autograd.Variable) *autograd.Variable { nn.NewPReLU(0); return nil }),
	} {
		assert.EqualError(t, autograd.Try(func() { m.Forward(x) }), message)
	}
	err := autograd.Try(func() { nn.NewPReLU(1).Forward(autograd.Const(tensor.Float64.Zeros(3, 5))) })
	assert.EqualError(t, err, "nn.PReLU: input float64 [3 5], but weight float32")
}

// What is random is even between the bounds, and another time it is other.
func TestRReLUDraws(t *testing.T) {
	l := nn.NewRReLU(source())
	x := autograd.Const(tensor.Full(-1, 10000))
	y, z := l.Forward(x).Value(), l.Forward(x).Value()
	assert.False(t, tensor.Equal(y, z))
	assert.InDelta(t, -(1.0/8+1.0/3)/2, tensor.Mean(y).Item(), 3e-3)
	assert.GreaterOrEqual(t, tensor.Min(y).Item(), -1.0/3-1e-6)
	assert.LessOrEqual(t, tensor.Max(y).Item(), -1.0/8+1e-6)
}

// show prints what an activation makes of −2, −½, 0, ½ and 2.
func show(m nn.Module) {
	x := autograd.Const(tensor.FromSlice([]float32{-2, -0.5, 0, 0.5, 2}))
	fmt.Println(m.Forward(x))
}

func ExampleHardtanh() {
	show(nn.NewHardtanh())
	// Output: [-1.0000 -0.5000  0.0000  0.5000  1.0000]
}

func ExampleReLU6() {
	show(nn.NewReLU6())
	// Output: [0.0000 0.0000 0.0000 0.5000 2.0000]
}

func ExampleHardsigmoid() {
	show(nn.NewHardsigmoid())
	// Output: [0.1667 0.4167 0.5000 0.5833 0.8333]
}

func ExampleHardswish() {
	show(nn.NewHardswish())
	// Output: [-0.3333 -0.2083  0.0000  0.2917  1.6667]
}

func ExampleHardshrink() {
	show(nn.NewHardshrink())
	// Output: [-2.  0.  0.  0.  2.]
}

func ExampleSoftshrink() {
	show(nn.NewSoftshrink())
	// Output: [-1.5000  0.0000  0.0000  0.0000  1.5000]
}

func ExampleThreshold() {
	show(nn.NewThreshold(0.1, 20))
	// Output: [20.0000 20.0000 20.0000  0.5000  2.0000]
}

func ExampleELU() {
	show(nn.NewELU())
	// Output: [-0.8647 -0.3935  0.0000  0.5000  2.0000]
}

func ExampleSELU() {
	show(nn.NewSELU())
	// Output: [-1.5202 -0.6918  0.0000  0.5254  2.1014]
}

func ExampleCELU() {
	show(nn.NewCELU())
	// Output: [-0.8647 -0.3935  0.0000  0.5000  2.0000]
}

func ExampleSiLU() {
	show(nn.NewSiLU())
	// Output: [-0.2384 -0.1888  0.0000  0.3112  1.7616]
}

func ExampleMish() {
	show(nn.NewMish())
	// Output: [-0.2525 -0.2207  0.0000  0.3752  1.9440]
}

func ExampleSoftplus() {
	show(nn.NewSoftplus())
	// Output: [0.1269 0.4741 0.6931 0.9741 2.1269]
}

func ExampleSoftsign() {
	show(nn.NewSoftsign())
	// Output: [-0.6667 -0.3333  0.0000  0.3333  0.6667]
}

func ExampleLogSigmoid() {
	show(nn.NewLogSigmoid())
	// Output: [-2.1269 -0.9741 -0.6931 -0.4741 -0.1269]
}

func ExampleTanhshrink() {
	show(nn.NewTanhshrink())
	// Output: [-1.0360 -0.0379  0.0000  0.0379  1.0360]
}

func ExamplePReLU() {
	show(nn.NewPReLU(1))
	// Output: [-0.5000 -0.1250  0.0000  0.5000  2.0000]
}

func ExampleSoftmin() {
	show(nn.NewSoftmin(0))
	// Output: [0.6855 0.1529 0.0928 0.0563 0.0126]
}

// In training slopes are drawn, in evaluation they are midway.
func ExampleRReLU() {
	l := nn.NewRReLU(rand.New(rand.NewPCG(1, 2)))
	nn.Eval(l)
	show(l)
	// Output: [-0.4583 -0.1146  0.0000  0.5000  2.0000]
}

func ExampleGLU() {
	x := autograd.Const(tensor.FromSlice([][]float32{{1, 2, 0, 100}}))
	fmt.Println(nn.NewGLU().Forward(x))
	// Output: [[0.5000 2.0000]]
}

func ExampleSoftmax2d() {
	x := autograd.Const(tensor.Zeros(4, 1, 2))
	fmt.Println(nn.NewSoftmax2d().Forward(x))
	// Output:
	// [[[0.2500 0.2500]]
	//
	//  [[0.2500 0.2500]]
	//
	//  [[0.2500 0.2500]]
	//
	//  [[0.2500 0.2500]]]
}

// TestSoftsignFarFromZero demands the digits that a quotient's rule cancels.
func TestSoftsignFarFromZero(t *testing.T) {
	for _, at := range []float64{0, 1e6, -1e6, 1e15} {
		want := 1 / ((1 + math.Abs(at)) * (1 + math.Abs(at)))
		for _, create := range []bool{false, true} {
			for d, limit := range map[tensor.DType]float64{tensor.Float32: 3e-7, tensor.Float64: 1e-15} {
				x := autograd.New(d.Full(at, 1))
				y := nn.NewSoftsign().Forward(x)
				g := autograd.Walk{CreateGraph: create}.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})[0]
				assert.InEpsilon(t, want, g.Value().Item(), limit, "%v at %v", d, at)
			}
		}
	}
}
