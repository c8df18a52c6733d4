package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func ExampleFromConfig() {
	config := []byte(`{"name": "Sequential", "modules": [
		{"name": "Conv2d", "in_channels": 1, "out_channels": 8, "kernel_size": 3, "padding": "same"},
		{"name": "ReLU"},
		{"name": "MaxPool2d", "kernel_size": 2},
		{"name": "Flatten"},
		{"name": "Linear", "in_features": 128, "out_features": 10, "bias": false}
	]}`)
	rng := rand.New(rand.NewPCG(1, 2))
	net, err := nn.FromConfig(config, rng)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(net.Forward(autograd.Const(tensor.Zeros(32, 1, 8, 8))).Shape())
	for _, p := range nn.Parameters(net) {
		fmt.Println(p.Name, p.Shape())
	}

	_, err = nn.FromConfig([]byte(`{"name": "Sequential", "modules": [{"name": "Dropout", "p": 1.5}]}`), rng)
	fmt.Println(err)
	// Output:
	// [32 10]
	// 0.weight [8 1 3 3]
	// 0.bias [8]
	// 4.weight [10 128]
	// nn.Dropout at modules[0]: option "p": 1.5 is not a probability
}

func ExampleNew() {
	rng := rand.New(rand.NewPCG(1, 2))
	l, err := nn.New("Bilinear", []byte(`{"in1_features": 2, "in2_features": 3, "out_features": 4}`), rng)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, b := autograd.Const(tensor.Ones(5, 2)), autograd.Const(tensor.Ones(5, 3))
	fmt.Println(l.(*nn.Bilinear).Forward(a, b).Shape())
	// Output: [5 4]
}

func ExampleNames() {
	for _, name := range nn.Names() {
		if _, err := nn.New(name, nil, rand.New(rand.NewPCG(1, 2))); err == nil && name < "H" {
			fmt.Println(name) // takes no options, or has defaults for all
		}
	}
	// Output:
	// AlphaDropout
	// CELU
	// CosineSimilarity
	// Dropout
	// Dropout1d
	// Dropout2d
	// ELU
	// Flatten
	// GELU
	// GLU
}
