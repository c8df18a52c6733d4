package optim_test

import (
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

func oneRate() *optim.SGD {
	return optim.NewSGD(autograd.Parameters(autograd.New(tensor.Zeros(1))), 0.8)
}

func ExampleNewScheduler() {
	opt := oneRate()
	s, err := optim.NewScheduler("LinearLR", opt, []byte(`{"total_iters": 4}`))
	fmt.Printf("%.3f %v\n", opt.LR, err)
	s.Step()
	fmt.Printf("%.3f\n", opt.LR)
	// Output:
	// 0.267 <nil>
	// 0.400
}

func ExampleSchedulerNames() {
	fmt.Println(len(optim.SchedulerNames()) > 0, optim.SchedulerNames()[0])
	// Output: true ChainedScheduler
}

func ExampleExponentialLR() {
	opt := oneRate()
	rates(opt, optim.NewExponentialLR(opt, 0.5), 3)
	// Output: 0.8000 0.4000 0.2000 [0.1000]
}

func ExampleMultiStepLR() {
	opt := oneRate()
	rates(opt, optim.NewMultiStepLR(opt, []int{2, 3}, 0.5), 4)
	// Output: 0.8000 0.8000 0.4000 0.2000 [0.2000]
}

func ExampleConstantLR() {
	opt := oneRate()
	rates(opt, optim.NewConstantLR(opt, 0.5, 2), 3)
	// Output: 0.4000 0.4000 0.8000 [0.8000]
}

// A warm-up.
func ExampleLinearLR() {
	opt := oneRate()
	rates(opt, optim.NewLinearLR(opt, 0.25, 1, 3), 4)
	// Output: 0.2000 0.4000 0.6000 0.8000 [0.8000]
}

func ExamplePolynomialLR() {
	opt := oneRate()
	rates(opt, optim.NewPolynomialLR(opt, 4, 2), 4)
	// Output: 0.8000 0.4500 0.2000 0.0500 [0.0000]
}

func ExampleCosineAnnealingWarmRestarts() {
	opt := oneRate()
	rates(opt, optim.NewCosineAnnealingWarmRestarts(opt, 2, 2, 0), 6)
	// Output: 0.8000 0.4000 0.8000 0.6828 0.4000 0.1172 [0.8000]
}

// A warm-up of three epochs, then a fall by half in every epoch.
func ExampleSequentialLR() {
	opt := oneRate()
	warm, fall := optim.NewLinearLR(opt, 0.25, 1, 3), optim.NewExponentialLR(opt, 0.5)
	rates(opt, optim.NewSequentialLR(opt, []optim.Scheduler{warm, fall}, []int{3}), 6)
	// Output: 0.2000 0.4000 0.6000 0.8000 0.4000 0.2000 [0.1000]
}

// The same from a file of settings.
func ExampleNewScheduler_sequence() {
	opt := oneRate()
	sched, err := optim.NewScheduler("SequentialLR", opt, []byte(`{
		"schedulers": [
			{"name": "LinearLR", "options": {"start_factor": 0.25, "total_iters": 3}},
			{"name": "ExponentialLR", "options": {"gamma": 0.5}}
		],
		"milestones": [3]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	rates(opt, sched, 6)
	// Output: 0.2000 0.4000 0.6000 0.8000 0.4000 0.2000 [0.1000]
}

func ExampleChainedScheduler() {
	opt := oneRate()
	half, fall := optim.NewConstantLR(opt, 0.5, 2), optim.NewExponentialLR(opt, 0.5)
	rates(opt, optim.NewChainedScheduler(opt, half, fall), 3)
	// Output: 0.4000 0.2000 0.2000 [0.1000]
}

func ExampleLambdaLR() {
	opt := oneRate()
	rates(opt, optim.NewLambdaLR(opt, func(epoch int) float64 { return 1 / float64(1+epoch) }), 3)
	// Output: 0.8000 0.4000 0.2667 [0.2000]
}

// Groups with functions of their own.
func ExampleNewLambdaLR() {
	opt := oneRate()
	head := opt.AddGroup(autograd.Parameters(autograd.New(tensor.Zeros(1))))
	optim.NewLambdaLR(opt,
		func(epoch int) float64 { return 0.5 },
		func(epoch int) float64 { return math.Pow(0.9, float64(epoch)) })
	fmt.Println(opt.LR, head.LR)
	// Output: 0.4 0.8
}

func ExampleMultiplicativeLR() {
	opt := oneRate()
	rates(opt, optim.NewMultiplicativeLR(opt, func(epoch int) float64 { return 1 / float64(epoch) }), 3)
	// Output: 0.8000 0.8000 0.4000 [0.1333]
}

// The momentum falls while the rate rises.
func ExampleOneCycleLR() {
	opt := oneRate()
	sched := optim.NewOneCycleLR(opt, 1, 6)
	sched.PctStart, sched.DivFactor, sched.AnnealStrategy = 0.5, 5, "linear"
	sched.Restart() // the first rate depends on DivFactor
	for range 6 {
		fmt.Printf("%.4f %.4f\n", opt.LR, opt.Momentum)
		// the step comes here
		sched.Step()
	}
	// Output:
	// 0.2000 0.9500
	// 0.6000 0.9000
	// 1.0000 0.8500
	// 0.6667 0.8833
	// 0.3333 0.9167
	// 0.0000 0.9500
}

func ExampleCyclicLR() {
	opt := oneRate()
	sched := optim.NewCyclicLR(opt, 0.2, 0.6)
	sched.StepSizeUp, sched.Mode, sched.CycleMomentum = 2, "triangular2", false
	rates(opt, sched, 8)
	// Output: 0.2000 0.4000 0.6000 0.4000 0.2000 0.3000 0.4000 0.3000 [0.2000]
}

// A user's own scale: each cycle two thirds of the one before.
func ExampleNewCyclicLR() {
	opt := oneRate()
	sched := optim.NewCyclicLR(opt, 0.2, 0.6)
	sched.StepSizeUp, sched.CycleMomentum = 1, false
	sched.ScaleFn = func(cycle float64) float64 { return math.Pow(2.0/3, cycle-1) }
	rates(opt, sched, 6)
	// Output: 0.2000 0.6000 0.2000 0.4667 0.2000 0.3778 [0.2000]
}

func ExampleReduceLROnPlateau() {
	opt := oneRate()
	sched := optim.NewReduceLROnPlateau(opt)
	sched.Factor, sched.Patience = 0.5, 1
	for _, loss := range []float64{1, 0.8, 0.9, 0.9, 0.7} {
		sched.Step(loss)
		fmt.Println(loss, opt.LR)
	}
	// Output:
	// 1 0.8
	// 0.8 0.8
	// 0.9 0.8
	// 0.9 0.4
	// 0.7 0.4
}

// The last epochs lead to the rate at which weights are averaged.
func ExampleSWALR() {
	opt := oneRate()
	sched := optim.NewSWALR(opt, 0.2)
	sched.AnnealEpochs, sched.AnnealStrategy = 3, "linear"
	rates(opt, sched, 4)
	// Output: 0.8000 0.6000 0.4000 0.2000 [0.2000]
}

// One greatest rate for each group.
func ExamplePerGroup() {
	opt := oneRate()
	head := opt.AddGroup(autograd.Parameters(autograd.New(tensor.Zeros(1))))
	_, err := optim.NewScheduler("OneCycleLR", opt, []byte(`{"max_lr": [0.5, 0.25], "total_steps": 100}`))
	fmt.Printf("%.2f %.2f %v\n", opt.LR, head.LR, err)
	// Output: 0.02 0.01 <nil>
}
