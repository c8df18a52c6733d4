package loss_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

func ExampleNew() {
	huge := autograd.Const(tensor.FromSlice([]float32{1, 2, 3}))
	zero := autograd.Const(tensor.Zeros(3))
	l, err := loss.New("MSELoss", []byte(`{"reduction": "sum"}`))
	fmt.Println(l.Name, l.Inputs, l.Forward(huge, zero), err)
	_, err = loss.New("MSELoss", []byte(`{"margin": 1}`))
	fmt.Println(err)
	// Output:
	// MSELoss [input target] 14. <nil>
	// loss.MSELoss: no option "margin"; its options are reduction
}

func ExampleDescribe() {
	d, _ := loss.Describe("MSELoss")
	fmt.Println(d.Summary)
	fmt.Println(d.Formula)
	for _, o := range d.Options {
		fmt.Println(o.Name, o.Default, "—", o.Doc)
	}
	// Output:
	// MSELoss is the squared error, the usual loss of regression.
	// l = (x − y)²
	// reduction "mean" — Reduction of the terms, one per element; Mean by default.
}

func ExampleCrossEntropyLoss() {
	logits := autograd.New(tensor.FromSlice([][]float64{{1, 2}, {1, 3}, {1, 3}}))
	classes := autograd.Const(tensor.FromSlice([]int64{0, 1, 1}))

	l := loss.NewCrossEntropyLoss()
	l.Reduction = loss.None
	fmt.Println(l.Forward(logits, classes))

	l.Reduction = loss.Mean
	y := l.Forward(logits, classes)
	y.Backward()
	fmt.Println(y)
	fmt.Println(logits.Grad())
	// Output:
	// [1.3133 0.1269 0.1269]
	// 0.5224
	// [[-0.2437  0.2437]
	//  [ 0.0397 -0.0397]
	//  [ 0.0397 -0.0397]]
}
