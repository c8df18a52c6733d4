package gradcheck_test

import (
	"errors"
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/tensor"
)

func ExampleCheck() {
	a := tensor.FromSlice([]float64{0.5, -1})
	b := tensor.FromSlice([]float64{2, 3})
	f := func(x []*autograd.Variable) *autograd.Variable { return x[0].Mul(x[1]).Tanh() }
	fmt.Println(gradcheck.Check(f, a, b))
	fmt.Println(gradcheck.CheckGrad(f, a, b))
	// Output:
	// <nil>
	// <nil>
}

func ExampleOptions() {
	f := func(x []*autograd.Variable) *autograd.Variable { return x[0].Exp().Sum() }
	large := tensor.Float64.Zeros(1000, 100)
	fmt.Println(gradcheck.Options{Order: 3, Directions: 2, Seed: 1}.Check(f, large))
	// Output: <nil>
}

func ExampleMismatch() {
	// Detach hides one of two ways in which x enters.
	f := func(x []*autograd.Variable) *autograd.Variable { return x[0].Mul(x[0].Detach()).Sum() }
	err := gradcheck.Check(f, tensor.FromSlice([]float64{3, 0.5}))
	var m *gradcheck.Mismatch
	if errors.As(err, &m) {
		fmt.Printf("%s at %v: %.4f, should be %.4f\n", m.Name, m.Position, m.Analytic, m.Numeric)
	}
	// Output: input 0 at [0]: 3.0000, should be 6.0000
}
