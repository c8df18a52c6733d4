package loss_test

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

func ExampleNew() {
	x := autograd.Const(tensor.FromSlice([]float32{1, 2, 3}))
	zero := autograd.Const(tensor.Zeros(3))

	l, err := loss.New("MSELoss", []byte(`{"reduction": "sum"}`))
	fmt.Println(l.Forward(x, zero), err)
	_, err = loss.New("MSELoss", []byte(`{"margin": 1}`))
	fmt.Println(err)
	// Output:
	// 14. <nil>
	// loss.MSELoss: no option "margin"; its options are reduction
}

// Apply calls a loss of any number of inputs; most have two and are criteria.
func ExampleNamed_Apply() {
	l, _ := loss.New("L1Loss", nil)
	inputs := []*autograd.Variable{autograd.Const(tensor.Scalar(3)), autograd.Const(tensor.Scalar(1))}
	fmt.Println(l.Name, l.Inputs, l.Apply(inputs...))

	var c loss.Criterion = l
	fmt.Println(c.Forward(inputs[0], inputs[1]))
	// Output:
	// L1Loss [input target] 2.
	// 2.
}

// A loss writes its options under PyTorch's names.
func ExampleNames() {
	fmt.Println(slices.Contains(loss.Names(), "CrossEntropyLoss"))
	text, _ := json.Marshal(loss.NewCrossEntropyLoss())
	fmt.Println(string(text))
	// Output:
	// true
	// {"weight":null,"ignore_index":-100,"reduction":"mean","label_smoothing":0,"empty_mean":"nan"}
}

func ExampleDescribe() {
	d, _ := loss.Describe("NLLLoss")
	fmt.Println(d.Summary)
	fmt.Println(d.Formula)
	fmt.Println(d.Inputs)
	for _, o := range d.Options[1:3] {
		fmt.Printf("%s (%s), %s by default\n\t%s\n", o.Name, o.Type, o.Default, o.Doc)
	}
	// Output:
	// NLLLoss is the negative log likelihood of classes, given log-probabilities.
	// l = −w[t]·x[t]
	// [input target]
	// ignore_index (integer), -100 by default
	// 	IgnoreIndex is a target that counts for nothing; −100 by default. It
	// need not be a class.
	// reduction (mean, sum, none), "mean" by default
	// 	Reduction of the terms, one per target; Mean by default.
}

func ExampleReduction() {
	x := autograd.Const(tensor.FromSlice([]float32{1, 2, 3}))
	l := loss.NewMSELoss()
	for _, l.Reduction = range []loss.Reduction{loss.Mean, loss.Sum, loss.None} {
		fmt.Println(l.Reduction, l.Forward(x, autograd.Const(tensor.Zeros(3))))
	}
	fmt.Println(autograd.Try(func() {
		l.Reduction = loss.BatchMean
		l.Forward(x, x)
	}))
	// Output:
	// mean 4.6667
	// sum 14.
	// none [1. 4. 9.]
	// loss.MSELoss: reduction batchmean is not mean, sum or none
}

func ExampleEmptyMean() {
	logits := autograd.New(tensor.Zeros(2, 3))
	unlabelled := autograd.Const(tensor.Int64.Full(-100, 2))
	l := loss.NewCrossEntropyLoss()
	for _, l.EmptyMean = range []loss.EmptyMean{loss.EmptyNaN, loss.EmptyZero, loss.EmptyError} {
		err := autograd.Try(func() { fmt.Println(l.EmptyMean, l.Forward(logits, unlabelled)) })
		if err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// nan nan
	// zero 0.
	// loss.CrossEntropyLoss: the mean of no terms: all of target [2] is ignored or has weight 0
}
