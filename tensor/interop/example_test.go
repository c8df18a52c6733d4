package interop_test

import (
	"fmt"

	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop"
)

func Example() {
	d := gorgonia.New(gorgonia.WithShape(2, 3), gorgonia.WithBacking([]float32{1, 2, 3, 4, 5, 6}))
	x, err := interop.FromDense(d)
	fmt.Println(x, err)

	// Memory is shared.
	x.Set(10, 0, 0)
	fmt.Println(d.Data())

	// A slice with gaps is copied.
	column, err := d.Slice(nil, gorgonia.S(1))
	if err != nil {
		panic(err)
	}
	fmt.Println(interop.FromDense(column.(*gorgonia.Dense)))
	// Output:
	// [[1. 2. 3.]
	//  [4. 5. 6.]] <nil>
	// [10 2 3 4 5 6]
	// [2. 5.] <nil>
}

func ExampleToDense() {
	d, err := interop.ToDense(tensor.Eye(2))
	fmt.Println(d, err)
	_, err = interop.ToDense(tensor.Zeros(0, 3))
	fmt.Println(err)
	// Output:
	// ⎡1  0⎤
	// ⎣0  1⎦
	//  <nil>
	// interop.ToDense: shape [0 3] is empty, which gorgonia does not support
}

func ExampleEngine() {
	a := gorgonia.New(gorgonia.WithEngine(interop.Engine{}),
		gorgonia.WithShape(2, 2), gorgonia.WithBacking([]float64{1, 2, 3, 4}))
	product, err := gorgonia.MatMul(a, a)
	if err != nil {
		panic(err)
	}
	fmt.Println(product.Data())
	// Output:
	// [7 10 15 22]
}
