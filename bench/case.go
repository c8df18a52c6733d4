package main

import (
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// A step is what is timed. It may be run any number of times.
type step struct {
	run func()
	// outputs are the results of the last run, whose sums of absolute values
	// must be those of PyTorch's.
	outputs func() []*tensor.Tensor
}

// A benchCase is one line of a table.
type benchCase struct {
	// name is that of the function in torch/*.py, then, behind a colon, its
	// arguments: gemm_float32:512.
	name string
	// what it is, in the words of the report.
	what string
	// target is the greatest ratio of our time to PyTorch's; 0 for none.
	target float64
	// flops are the floating point operations of a step; 0 if nobody asks.
	flops float64
	// peak asks how much of the processor's peak the step reaches.
	peak bool
	// single leaves the case out with more than one thread.
	single bool
	setup  func() step
}

// function is the name of PyTorch's side.
func (c benchCase) function() string {
	name, _, _ := strings.Cut(c.name, ":")
	return name
}

// A section is a table of the report.
type section struct {
	title, note string
	// mean is the target for the geometric mean of the ratios; 0 for none.
	mean float64
	// doubled asks for two real processors before it judges two threads.
	doubled bool
	cases   []benchCase
}

// sections are all tables. A new case goes into the list of its section here and
// under the same name into torch/*.py.
func sections() []section {
	return []section{
		{title: "Matrix multiply", note: "C = A·B. At 4×8×8 and 32 a call is measured as much as the arithmetic.", doubled: true, cases: gemmCases()},
		{title: "Functions of a million elements", note: "float32, shape (1000, 1000).", cases: elementwiseCases()},
		{title: "Criteria on large input", note: "float32, forward and backward: a million elements; scores (4096, 1000), 5 labels; vectors (4096, 256); CTC with 100 frames,\n" +
			"32 samples, 50 symbols, targets of 20; the adaptive softmax with 512 samples of 256 features, 10,000 classes, cutoffs 1000 and 4000.",
			mean: 0.4, cases: lossCases(large, 0.7)},
		{title: "Criteria on a batch of 32", note: "float32, forward and backward: 32 elements; scores (32, 10), 2 labels; vectors (32, 16); CTC with 12 frames, 32 samples,\n" +
			"6 symbols, targets of 4; the adaptive softmax with 32 samples of 16 features, 100 classes, cutoffs 10 and 50.",
			cases: lossCases(small, 0.1)},
		{title: "Training steps", note: "Zero the gradients, forward, loss, backward, step.", cases: append(stepCases(), sequenceCases()...)},
		{title: "Optimizers", note: "One step over a float32 tensor of a million elements.", cases: optimizerCases()},
	}
}

// differentiate is a step that goes forward and backward from seed, nil for 1.
func differentiate(forward func() *autograd.Variable, seed *autograd.Variable, leaves ...*autograd.Variable) step {
	var y *autograd.Variable
	walk := autograd.Walk{}
	if seed != nil {
		walk.Seeds = []*autograd.Variable{seed}
	}
	return step{
		run: func() {
			for _, x := range leaves {
				x.ZeroGrad()
			}
			y = forward()
			walk.Backward(y)
		},
		outputs: func() []*tensor.Tensor {
			out := []*tensor.Tensor{y.Value()}
			for _, x := range leaves {
				out = append(out, x.Grad().Value())
			}
			return out
		},
	}
}
