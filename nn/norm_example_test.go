package nn_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func ExampleLayerNorm() {
	l := nn.NewLayerNorm(4)
	fmt.Println(l.Forward(autograd.Const(tensor.FromSlice([][]float32{{1, 2, 3, 4}, {0, 0, 10, 10}}))))
	// Output:
	// [[-1.3416 -0.4472  0.4472  1.3416]
	//  [-1.0000 -1.0000  1.0000  1.0000]]
}

func ExampleRMSNorm() {
	l := nn.NewRMSNorm(4)
	fmt.Println(l.Forward(autograd.Const(tensor.FromSlice([]float32{2, -2, 2, -2}))))
	// Output: [ 1.0000 -1.0000  1.0000 -1.0000]
}

func ExampleGroupNorm() {
	l := nn.NewGroupNorm(2, 4) // channels 0 and 1 together, 2 and 3 together
	fmt.Println(l.Forward(autograd.Const(tensor.FromSlice([][]float32{{1, 3, 100, 300}}))))
	// Output: [[-1.0000  1.0000 -1.0000  1.0000]]
}

func ExampleBatchNorm1d() {
	l := nn.NewBatchNorm1d(2)
	x := autograd.Const(tensor.FromSlice([][]float32{{1, 10}, {3, 30}}))
	fmt.Println(l.Forward(x))
	fmt.Println(l.RunningMean, l.RunningVar, l.NumBatchesTracked)
	l.Momentum = nil // from now on the average of all batches
	l.TrackRunningStats()
	l.Forward(x)
	nn.Eval(l)
	fmt.Println(l.RunningMean, l.RunningVar)
	fmt.Println(l.Forward(x))
	// Output:
	// [[-1.0000 -1.0000]
	//  [ 1.0000  1.0000]]
	// [0.2000 2.0000] [ 1.1000 20.9000] 1
	// [ 2. 20.] [  2. 200.]
	// [[-0.7071 -0.7071]
	//  [ 0.7071  0.7071]]
}

func ExampleBatchNorm2d() {
	l := nn.NewBatchNorm2d(3)
	y := l.Forward(autograd.Const(tensor.Rand(source(), 8, 3, 5, 5)))
	fmt.Println(y.Shape())
	for _, s := range nn.StateDict(l) {
		fmt.Println(s)
	}
	// Output:
	// [8 3 5 5]
	// weight float32 [3]
	// bias float32 [3]
	// running_mean float32 [3]
	// running_var float32 [3]
	// num_batches_tracked int64 []
}

func ExampleInstanceNorm1d() {
	l := nn.NewInstanceNorm1d(2)
	fmt.Println(l.Forward(autograd.Const(tensor.FromSlice([][]float32{{1, 3}, {100, 300}}))))
	// Output:
	// [[-1.0000  1.0000]
	//  [-1.0000  1.0000]]
}

func ExampleInstanceNorm2d() {
	l := nn.NewInstanceNorm2d(3)
	fmt.Println(l.Forward(autograd.Const(tensor.Rand(source(), 8, 3, 5, 5))).Shape(), len(nn.StateDict(l)))
	// Output: [8 3 5 5] 0
}
