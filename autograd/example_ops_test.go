package autograd_test

import (
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Every function of one Variable, at one half: its value and its derivative.
func ExampleVariable_functions() {
	type function struct {
		name string
		f    func(x *autograd.Variable) *autograd.Variable
	}
	for _, f := range []function{
		{"Neg", (*autograd.Variable).Neg}, {"Abs", (*autograd.Variable).Abs}, {"Square", (*autograd.Variable).Square},
		{"Sqrt", (*autograd.Variable).Sqrt}, {"Rsqrt", (*autograd.Variable).Rsqrt}, {"Exp", (*autograd.Variable).Exp},
		{"Expm1", (*autograd.Variable).Expm1}, {"Log", (*autograd.Variable).Log}, {"Log1p", (*autograd.Variable).Log1p},
		{"Sin", (*autograd.Variable).Sin}, {"Cos", (*autograd.Variable).Cos}, {"Tan", (*autograd.Variable).Tan},
		{"Atan", (*autograd.Variable).Atan}, {"Sinh", (*autograd.Variable).Sinh}, {"Cosh", (*autograd.Variable).Cosh},
		{"Tanh", (*autograd.Variable).Tanh}, {"Sigmoid", (*autograd.Variable).Sigmoid}, {"Softplus", (*autograd.Variable).Softplus},
		{"LogSigmoid", (*autograd.Variable).LogSigmoid}, {"ReLU", (*autograd.Variable).ReLU}, {"GELU", (*autograd.Variable).GELU},
		{"GELUTanh", (*autograd.Variable).GELUTanh}, {"Erf", (*autograd.Variable).Erf}, {"Erfc", (*autograd.Variable).Erfc},
		{"LeakyReLU(.1)", func(x *autograd.Variable) *autograd.Variable { return x.LeakyReLU(0.1) }},
		{"Clamp(0,1)", func(x *autograd.Variable) *autograd.Variable { return x.Clamp(0, 1) }},
		{"PowScalar(3)", func(x *autograd.Variable) *autograd.Variable { return x.PowScalar(3) }},
		{"AddScalar(1)", func(x *autograd.Variable) *autograd.Variable { return x.AddScalar(1) }},
	} {
		x := autograd.New(tensor.Float64.Scalar(0.5))
		y := f.f(x)
		fmt.Printf("%-13s %7.4f %7.4f\n", f.name, y.Item(), autograd.Grad(y, x)[0].Item())
	}
	// Output:
	// Neg           -0.5000 -1.0000
	// Abs            0.5000  1.0000
	// Square         0.2500  1.0000
	// Sqrt           0.7071  0.7071
	// Rsqrt          1.4142 -1.4142
	// Exp            1.6487  1.6487
	// Expm1          0.6487  1.6487
	// Log           -0.6931  2.0000
	// Log1p          0.4055  0.6667
	// Sin            0.4794  0.8776
	// Cos            0.8776 -0.4794
	// Tan            0.5463  1.2984
	// Atan           0.4636  0.8000
	// Sinh           0.5211  1.1276
	// Cosh           1.1276  0.5211
	// Tanh           0.4621  0.7864
	// Sigmoid        0.6225  0.2350
	// Softplus       0.9741  0.6225
	// LogSigmoid    -0.4741  0.3775
	// ReLU           0.5000  1.0000
	// GELU           0.3457  0.8675
	// GELUTanh       0.3457  0.8674
	// Erf            0.5205  0.8788
	// Erfc           0.4795 -0.8788
	// LeakyReLU(.1)  0.5000  1.0000
	// Clamp(0,1)     0.5000  1.0000
	// PowScalar(3)   0.1250  0.7500
	// AddScalar(1)   1.5000  1.0000
}

// Functions of two Variables and their derivatives by each.
func ExampleVariable_pairs() {
	for _, f := range []func(a, b *autograd.Variable) *autograd.Variable{
		(*autograd.Variable).Add, (*autograd.Variable).Sub, (*autograd.Variable).Mul, (*autograd.Variable).Div, (*autograd.Variable).Pow,
		(*autograd.Variable).Maximum, (*autograd.Variable).Minimum, (*autograd.Variable).XLogY,
	} {
		a, b := autograd.New(tensor.Float64.Scalar(2)), autograd.New(tensor.Float64.Scalar(3))
		y := f(a, b)
		g := autograd.Grad(y, a, b)
		fmt.Printf("%7.4f %7.4f %7.4f\n", y.Item(), g[0].Item(), g[1].Item())
	}
	// Output:
	// 5.0000  1.0000  1.0000
	// -1.0000  1.0000 -1.0000
	//  6.0000  3.0000  2.0000
	//  0.6667  0.3333 -0.2222
	//  8.0000 12.0000  5.5452
	//  3.0000  0.0000  1.0000
	//  2.0000  1.0000  0.0000
	//  2.1972  1.0986  0.6667
}

// Reductions take the axes to reduce; none stands for all.
func ExampleVariable_reductions() {
	x := autograd.New(tensor.FromSlice([][]float32{{1, 2}, {3, 5}}))
	fmt.Println("Mean      ", x.Mean(0))
	fmt.Println("Prod      ", x.Prod(1))
	fmt.Println("Var, Std  ", x.Var(1, 1), x.Std(0, 1))
	fmt.Println("Max, Min  ", x.Max(0), x.Min())
	fmt.Println("Norm      ", x.Norm(2, 1, tensor.KeepDims))
	fmt.Println("LogSumExp ", x.LogSumExp(1))
	fmt.Println("LogSoftmax", x.LogSoftmax(1))
	fmt.Println("SumTo     ", x.SumTo(1, 2))
	// Output:
	// Mean       [2.0000 3.5000]
	// Prod       [ 2. 15.]
	// Var, Std   [0.5000 2.0000] [0.5000 1.0000]
	// Max, Min   [3. 5.] 1.
	// Norm       [[2.2361]
	//  [5.8310]]
	// LogSumExp  [2.3133 5.1269]
	// LogSoftmax [[-1.3133 -0.3133]
	//  [-2.1269 -0.1269]]
	// SumTo      [[4. 7.]]
}

// Shapes and places. Gradients find their way back to where elements came from.
func ExampleVariable_shapes() {
	x := autograd.New(tensor.Reshape(tensor.Arange(0, 6, 1), 2, 3))
	fmt.Println(x.Reshape(3, -1).Shape(), x.Flatten(0, 1).Shape(), x.Unsqueeze(0).Shape(), x.Unsqueeze(0).Squeeze(0).Shape())
	fmt.Println(x.Permute(1, 0).Shape(), x.Transpose(0, 1).Shape(), x.Unsqueeze(0).Expand(4, -1, -1).Shape(), x.Pad(0, [2]int{1, 1}).Shape())
	fmt.Println(x.Slice(1, 1, 3), x.SliceStep(1, 0, 3, 2))

	index := tensor.FromSlice([][]int64{{0, 0}, {2, 1}})
	picked := x.Gather(1, index)
	fmt.Println(picked)
	fmt.Println(autograd.Grad(picked.Sum(), x)[0])
	fmt.Println(x.ScatterAdd(1, index, picked))
	fmt.Println(x.IndexAdd(0, tensor.FromSlice([]int64{1, 1}), x))
	// Output:
	// [3 2] [6] [1 2 3] [2 3]
	// [3 2] [3 2] [4 2 3] [2 5]
	// [[1. 2.]
	//  [4. 5.]] [[0. 2.]
	//  [3. 5.]]
	// [[0. 0.]
	//  [5. 4.]]
	// [[2. 0. 0.]
	//  [0. 1. 1.]]
	// [[ 0.  1.  2.]
	//  [ 3.  8. 10.]]
	// [[ 0.  1.  2.]
	//  [ 6.  9. 12.]]
}
