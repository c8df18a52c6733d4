package optim_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// descend makes three steps on w² from 1 and prints where they lead.
func descend(w *autograd.Variable, opt optim.Optimizer) {
	for range 3 {
		opt.ZeroGrad()
		w.Square().Sum().Backward()
		opt.Step()
		fmt.Printf("%.4f\n", w.Value().Float64s())
	}
}

func ExampleNew() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt, err := optim.New("RMSprop", autograd.Parameters(w), []byte(`{"lr": 0.1, "momentum": 0.9}`))
	fmt.Println(opt.(*optim.RMSprop).Momentum, err)
	_, err = optim.New("RMSprop", autograd.Parameters(w), []byte(`{"rho": 0.1}`))
	fmt.Println(err)
	// Output:
	// 0.9 <nil>
	// optim.RMSprop: unknown field "rho"; there are alpha, centered, eps, lr, maximize, momentum, skip_missing, weight_decay
}

func ExampleNames() {
	fmt.Println(optim.Names())
	// Output: [ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LAMB LBFGS Lion NAdam RAdam RMSprop Rprop SGD SparseAdam]
}

func ExampleAdagrad() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewAdagrad(autograd.Parameters(w))
	opt.LR = 0.25
	descend(w, opt)
	// Output:
	// [0.7500]
	// [0.6000]
	// [0.4918]
}

func ExampleAdadelta() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewAdadelta(autograd.Parameters(w))
	opt.Eps = 1e-2
	descend(w, opt)
	// Output:
	// [0.6877]
	// [0.4291]
	// [0.2490]
}

func ExampleRMSprop() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewRMSprop(autograd.Parameters(w))
	opt.LR, opt.Centered = 0.1, true
	descend(w, opt)
	// Output:
	// [-0.0050]
	// [0.0001]
	// [-0.0000]
}

func ExampleRprop() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewRprop(autograd.Parameters(w))
	opt.LR = 0.25
	descend(w, opt)
	// Output:
	// [0.7500]
	// [0.4500]
	// [0.0900]
}

func ExampleAdamax() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewAdamax(autograd.Parameters(w))
	opt.LR = 0.25
	descend(w, opt)
	// Output:
	// [0.7500]
	// [0.5327]
	// [0.3462]
}

func ExampleNAdam() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewNAdam(autograd.Parameters(w))
	opt.LR = 0.25
	descend(w, opt)
	// Output:
	// [0.7376]
	// [0.5710]
	// [0.4319]
}

func ExampleRAdam() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewRAdam(autograd.Parameters(w))
	opt.LR = 0.25
	descend(w, opt)
	// Output:
	// [0.5000]
	// [0.1316]
	// [-0.1252]
}

func ExampleLion() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewLion(autograd.Parameters(w))
	opt.LR, opt.WeightDecay = 0.25, 0.5
	descend(w, opt)
	// Output:
	// [0.6250]
	// [0.2969]
	// [0.0098]
}

func ExampleLAMB() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewLAMB(autograd.Parameters(w))
	opt.LR = 0.25
	descend(w, opt)
	// Output:
	// [0.7500]
	// [0.5625]
	// [0.4219]
}

// The average is what one keeps.
func ExampleASGD() {
	w := autograd.New(tensor.FromSlice([]float64{1}))
	opt := optim.NewASGD(autograd.Parameters(w))
	opt.LR, opt.T0 = 0.25, 0
	descend(w, opt)
	fmt.Printf("%.4f\n", opt.Average(w).Float64s())
	// Output:
	// [0.5000]
	// [0.2500]
	// [0.1250]
	// [0.1875]
}

// A word that did not occur keeps its vector.
func ExampleSparseAdam() {
	table := autograd.New(tensor.FromSlice([][]float64{{1, 1}, {1, 1}}))
	opt := optim.NewSparseAdam(autograd.Parameters(table))
	opt.LR = 0.25
	table.Slice(0, 1, 2).Sum().Backward()
	opt.Step()
	fmt.Printf("%.2f\n", table.Value().Float64s())
	// Output: [1.00 1.00 0.75 0.75]
}
