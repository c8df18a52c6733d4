package tensor_test

import (
	"fmt"

	"github.com/declive/declive/tensor"
)

func ExampleNamed() {
	state := []tensor.Named{
		{Name: "fc1.weight", Tensor: tensor.Zeros(3, 2)},
		{Name: "fc1.bias", Tensor: tensor.Float64.Zeros(3)},
	}
	for _, n := range state {
		fmt.Println(n)
	}
	// Output:
	// fc1.weight float32 [3 2]
	// fc1.bias float64 [3]
}
