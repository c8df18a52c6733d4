package optim_test

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// Fit a line through four points.
func Example() {
	x := autograd.Const(tensor.FromSlice([]float64{0, 1, 2, 3}))
	y := autograd.Const(tensor.FromSlice([]float64{1, 3, 5, 7}))
	w, b := autograd.New(tensor.Float64.Scalar(0)), autograd.New(tensor.Float64.Scalar(0))

	opt := optim.NewAdam(autograd.Parameters(w, b))
	opt.LR = 0.1
	for range 500 {
		opt.ZeroGrad()
		loss := x.Mul(w).Add(b).Sub(y).Square().Mean()
		loss.Backward()
		opt.Step()
	}
	fmt.Printf("y = %.3f x + %.3f\n", w.Item(), b.Item())
	// Output: y = 2.000 x + 1.000
}

func ExampleSGD() {
	w := autograd.New(tensor.Float64.Scalar(1))
	opt := optim.NewSGD(autograd.Parameters(w), 0.1)
	opt.Momentum, opt.Nesterov = 0.9, true
	for range 3 {
		opt.ZeroGrad()
		w.Square().Backward() // the gradient is 2w
		opt.Step()
		fmt.Printf("%.4f\n", w.Item())
	}
	// Output:
	// 0.6200
	// 0.2224
	// -0.1084
}

func ExampleAdam() {
	w := autograd.New(tensor.Float64.Scalar(1))
	opt := optim.NewAdam(autograd.Parameters(w))
	opt.LR, opt.AMSGrad = 0.25, true
	for range 3 {
		opt.ZeroGrad()
		w.Square().Backward()
		opt.Step()
		fmt.Printf("%.4f\n", w.Item())
	}
	// Output:
	// 0.7500
	// 0.5044
	// 0.2685
}

// Biases and gains are commonly not decayed.
func ExampleAdamW() {
	weight := autograd.New(tensor.Float64.Scalar(1))
	bias := autograd.New(tensor.Float64.Scalar(1))
	opt := optim.NewAdamW(autograd.Parameters(weight))
	opt.LR, opt.WeightDecay = 0.25, 0.5
	opt.AddGroup(autograd.Parameters(bias)).WeightDecay = 0

	weight.Add(bias).Backward()
	opt.Step()
	fmt.Printf("%.3f %.3f\n", weight.Item(), bias.Item())
	// Output: 0.625 0.750
}

// The settings' JSON names are PyTorch's; what is not named keeps its default.
func ExampleNewAdam_json() {
	opt := optim.NewAdam(autograd.Parameters(autograd.New(tensor.Zeros(3))))
	err := json.Unmarshal([]byte(`{"lr": 0.1, "betas": [0.9, 0.98]}`), opt)
	fmt.Println(opt.LR, opt.Betas, opt.Eps, err)
	// Output: 0.1 [0.9 0.98] 1e-08 <nil>
}

func ExampleSGD_AddGroup() {
	body, head := autograd.New(tensor.Zeros(3)), autograd.New(tensor.Zeros(2))
	opt := optim.NewSGD(autograd.Parameters(body), 0.01)
	opt.Momentum = 0.9
	g := opt.AddGroup(autograd.Parameters(head))
	g.LR = 0.1
	fmt.Println(opt.LR, opt.Momentum, g.LR, g.Momentum)
	// Output: 0.01 0.9 0.1 0.9
}

// A parameter that the loss does not depend on is reported.
func ExampleSGDGroup() {
	used := autograd.Parameter{Name: "used", Variable: autograd.New(tensor.Ones(2))}
	idle := autograd.Parameter{Name: "idle", Variable: autograd.New(tensor.Ones(2))}
	opt := optim.NewSGD([]autograd.Parameter{used, idle}, 0.5)
	used.Sum().Backward()
	fmt.Println(autograd.Try(opt.Step))

	opt.SkipMissing = true
	opt.Step()
	fmt.Println(used.Value().Float64s(), idle.Value().Float64s())
	// Output:
	// optim.SGD: no gradient for 1 of 2 parameters: idle; was Backward called since ZeroGrad, and does the loss depend on them? Set SkipMissing to leave such parameters as they are
	// [0.5 0.5] [1 1]
}

// Climb to the top of a parabola.
func ExampleAdamGroup() {
	w := autograd.New(tensor.Float64.Scalar(0))
	opt := optim.NewAdam(autograd.Parameters(w))
	opt.LR, opt.Maximize = 0.1, true
	for range 500 {
		opt.ZeroGrad()
		w.AddScalar(-3).Square().Neg().Backward()
		opt.Step()
	}
	fmt.Printf("%.3f\n", w.Item())
	// Output: 3.000
}

// What the interface offers is all that a training loop needs.
func ExampleOptimizer() {
	minimise := func(opt optim.Optimizer, loss func() *autograd.Variable) {
		for range 200 {
			opt.ZeroGrad()
			loss().Backward()
			opt.Step()
		}
	}
	w := autograd.New(tensor.Float64.Scalar(5))
	minimise(optim.NewSGD(autograd.Parameters(w), 0.1), func() *autograd.Variable { return w.AddScalar(-2).Square() })
	fmt.Printf("%.3f\n", w.Item())

	opt := optim.NewAdam(autograd.Parameters(w))
	for _, rate := range opt.Rates() { // one for each group, to read and to write
		*rate /= 2
	}
	fmt.Println(opt.LR)
	// Output:
	// 2.000
	// 0.0005
}

func ExampleClipGradNorm() {
	a, b := autograd.New(tensor.Float64.Scalar(1)), autograd.New(tensor.Float64.Scalar(1))
	params := autograd.Parameters(a, b)
	a.MulScalar(30).Add(b.MulScalar(40)).Backward()
	fmt.Println(optim.GradNorm(params, 2), optim.GradNorm(params, math.Inf(1)))

	norm := optim.ClipGradNorm(params, 1, 2)
	fmt.Printf("%v: %.3f %.3f\n", norm, a.Grad().Item(), b.Grad().Item())
	// Output:
	// 50 40
	// 50: 0.600 0.800
}

func ExampleClipFiniteGradNorm() {
	w := autograd.Parameter{Name: "w", Variable: autograd.New(tensor.FromSlice([]float64{1, 0}))}
	w.Sqrt().Sum().Backward() // the slope at 0 is infinite
	_, err := optim.ClipFiniteGradNorm([]autograd.Parameter{w}, 1, 2)
	fmt.Println(err)
	// Output: optim.ClipFiniteGradNorm: the gradients' norm is +Inf: the gradient of "w" [2] is +Inf at element 1
}

func ExampleClipGradValue() {
	w := autograd.New(tensor.FromSlice([]float64{1, -2, 30}))
	w.Square().Sum().Backward() // 2, −4, 60
	optim.ClipGradValue(autograd.Parameters(w), 3)
	fmt.Println(w.Grad().Value().Float64s())
	// Output: [2 -3 3]
}

// rates steps a scheduler and prints the rates on the way.
func rates(opt *optim.SGD, sched optim.Scheduler, epochs int) {
	for range epochs {
		fmt.Printf("%.4f ", opt.LR)
		// the epoch's steps come here
		sched.Step()
	}
	fmt.Printf("%.4f\n", sched.LastLR())
}

func ExampleStepLR() {
	opt := optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros(1))), 0.8)
	sched := optim.NewStepLR(opt, 2)
	sched.Gamma = 0.5
	rates(opt, sched, 6)
	// Output: 0.8000 0.8000 0.4000 0.4000 0.2000 0.2000 [0.1000]
}

func ExampleCosineAnnealingLR() {
	opt := optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros(1))), 0.8)
	rates(opt, optim.NewCosineAnnealingLR(opt, 4), 8)
	// Output: 0.8000 0.6828 0.4000 0.1172 0.0000 0.1172 0.4000 0.6828 [0.8000]
}

// A run is stopped and goes on in new objects.
func ExampleState() {
	w := autograd.New(tensor.Float64.Scalar(1))
	step := func(opt *optim.Adam) {
		opt.ZeroGrad()
		w.Square().Backward()
		opt.Step()
	}
	opt := optim.NewAdam(autograd.Parameters(w))
	opt.LR = 0.5
	step(opt)

	state := opt.State()
	text, err := json.Marshal(state) // the numbers
	fmt.Println(string(text), err)
	fmt.Println(state.Tensors) // and the tensors

	var back optim.State
	err = json.Unmarshal(text, &back)
	back.Tensors = state.Tensors
	again := optim.NewAdam(autograd.Parameters(w))
	fmt.Println(err, again.LoadState(back), again.LR)
	step(again)
	// Output:
	// {"kind":"Adam","groups":[{"settings":{"lr":0.5,"betas":[0.9,0.999],"eps":1e-8,"weight_decay":0,"amsgrad":false,"maximize":false,"skip_missing":false},"params":[{"name":"0","steps":1,"moments":["exp_avg","exp_avg_sq"]}]}]} <nil>
	// [0.0.exp_avg float64 [] 0.0.exp_avg_sq float64 []]
	// <nil> <nil> 0.5
}

func ExampleSchedulerState() {
	opt := optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros(1))), 0.5)
	sched := optim.NewStepLR(opt, 10)
	sched.Step()
	text, err := json.Marshal(sched.State())
	fmt.Println(string(text), err)
	// Output: {"kind":"StepLR","settings":{"step_size":10,"gamma":0.1},"epoch":1,"base_lrs":[0.5],"last_lrs":[0.5]} <nil>
}
