package tensor_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/declive/declive/tensor"
)

func Example() {
	x := tensor.FromSlice([][]float32{{1, 2}, {3, 4}})
	mean := tensor.Mean(x, 0, tensor.KeepDims)
	fmt.Println(tensor.Sub(x, mean))
	// Output:
	// [[-1. -1.]
	//  [ 1.  1.]]
}

// New shares a Go slice, FromSlice copies one, nested to any depth.
func ExampleNew() {
	data := []float64{1, 2, 3, 4, 5, 6}
	x := tensor.New(data, 2, 3)
	y := tensor.FromSlice(data, 2, 3)
	data[0] = 100
	fmt.Println(x.At(0, 0), y.At(0, 0))
	fmt.Println(tensor.FromSlice([][]bool{{true, false}}))
	// Output:
	// 100 1
	// [[ true false]]
}

func ExampleDType_Empty() {
	x := tensor.Float32.Empty(2, 2)
	for i := range 2 {
		for j := range 2 {
			x.Set(float64(i+j), i, j)
		}
	}
	fmt.Println(x)
	// Output:
	// [[0. 1.]
	//  [1. 2.]]
}

func ExampleDType_Zeros() {
	fmt.Println(tensor.Int64.Zeros(2), tensor.Float64.Ones(2), tensor.Full(0.5, 2), tensor.Scalar(7))
	fmt.Println(tensor.Arange(0, 5, 2), tensor.Linspace(0, 1, 3))
	fmt.Println(tensor.Eye(2))
	fmt.Println(tensor.Bool.Zeros(1).DType(), tensor.Bool.IsFloat())
	// Output:
	// [0 0] [1. 1.] [0.5000 0.5000] 7.
	// [0. 2. 4.] [0.0000 0.5000 1.0000]
	// [[1. 0.]
	//  [0. 1.]]
	// bool false
}

// Random numbers come from an explicit source, so equal seeds give equal tensors.
func ExampleRand() {
	rng := rand.New(rand.NewPCG(1, 2))
	u, n, i := tensor.Rand(rng, 1000), tensor.Randn(rng, 1000), tensor.Randint(rng, 0, 6, 1000)
	fmt.Println(tensor.Min(u).Item() >= 0, tensor.Max(u).Item() < 1)
	fmt.Printf("mean %.0f, variance %.0f\n", tensor.Mean(n).Item(), tensor.Var(n, 1).Item())
	fmt.Println(tensor.Min(i), tensor.Max(i))
	// Output:
	// true true
	// mean 0, variance 1
	// 0 5
}

func ExampleTensor() {
	x := tensor.Zeros(2, 3)
	x.Set(5, 1, 2)
	fmt.Println(x.Shape(), x.Dims(), x.Size(), x.Len(-1), x.DType())
	fmt.Println(x.At(1, 2), tensor.Sum(x).Item(), x.Float64s())
	tensor.Data[float32](x)[0] = 7 // the elements themselves
	y := x.Clone()
	y.Set(0, 0, 0)
	fmt.Println(x.At(0, 0), y.At(0, 0))
	y.CopyFrom(x)
	fmt.Println(tensor.Equal(x, y), x.To(tensor.Bool))
	// Output:
	// [2 3] 2 6 3 float32
	// 5 5 [0 0 0 0 0 5]
	// 7 0
	// true [[ true false false]
	//  [false false  true]]
}

// Shapes broadcast as in NumPy: a column and a row give a table.
func ExampleAdd() {
	column, row := tensor.FromSlice([][]int{{10}, {20}}), tensor.FromSlice([]int{1, 2, 3})
	fmt.Println(tensor.Add(column, row))
	shape, ok := tensor.Broadcast(column.Shape(), row.Shape())
	fmt.Println(shape, shape.Size(), shape.Equal(tensor.Shape{2, 3}), ok)
	// Output:
	// [[11 12 13]
	//  [21 22 23]]
	// [2 3] 6 true true
}

func ExampleMul() {
	a, b := tensor.FromSlice([]float64{1, 4}), tensor.FromSlice([]float64{2, 2})
	fmt.Println(tensor.Mul(a, b), tensor.Sub(a, b), tensor.Div(a, b), tensor.Pow(a, b))
	fmt.Println(tensor.Maximum(a, b), tensor.Minimum(a, b))
	fmt.Println(tensor.AddScalar(a, 1), tensor.MulScalar(a, 3), tensor.PowScalar(a, 0.5))
	// Output:
	// [2. 8.] [-1.  2.] [0.5000 2.0000] [ 1. 16.]
	// [2. 4.] [1. 2.]
	// [2. 5.] [ 3. 12.] [1. 2.]
}

func ExampleWhere() {
	a, b := tensor.FromSlice([]int{1, 2, 3}), tensor.FromSlice([]int{3, 2, 1})
	fmt.Println(tensor.Less(a, b), tensor.LessEqual(a, b), tensor.Equals(a, b))
	fmt.Println(tensor.Greater(a, b), tensor.GreaterEqual(a, b))
	less, same := tensor.Less(a, b), tensor.Equals(a, b)
	fmt.Println(tensor.Or(less, same), tensor.And(less, same), tensor.Not(less))
	fmt.Println(tensor.Where(less, a, tensor.Int64.Scalar(0)))
	// Output:
	// [ true false false] [ true  true false] [false  true false]
	// [false false  true] [false  true  true]
	// [ true  true false] [false false false] [false  true  true]
	// [1 0 0]
}

func ExampleExp() {
	x := tensor.FromSlice([]float64{0, 1})
	for _, f := range []func(*tensor.Tensor) *tensor.Tensor{
		tensor.Exp, tensor.Expm1, tensor.Log, tensor.Log1p, tensor.Sqrt, tensor.Rsqrt, tensor.Square,
		tensor.Sin, tensor.Cos, tensor.Tan, tensor.Atan, tensor.Sinh, tensor.Cosh, tensor.Erf, tensor.Erfc,
	} {
		fmt.Println(f(x))
	}
	// Output:
	// [1.0000 2.7183]
	// [0.0000 1.7183]
	// [-inf   0.]
	// [0.0000 0.6931]
	// [0. 1.]
	// [inf  1.]
	// [0. 1.]
	// [0.0000 0.8415]
	// [1.0000 0.5403]
	// [0.0000 1.5574]
	// [0.0000 0.7854]
	// [0.0000 1.1752]
	// [1.0000 1.5431]
	// [0.0000 0.8427]
	// [1.0000 0.1573]
}

func ExampleReLU() {
	x := tensor.FromSlice([]float64{-2, 0.5})
	fmt.Println(tensor.ReLU(x), tensor.Tanh(x), tensor.Sigmoid(x), tensor.Softplus(x))
	fmt.Println(tensor.Clamp(x, -1, 1), tensor.Neg(x), tensor.Abs(x), tensor.Sign(x))
	fmt.Println(tensor.Floor(x), tensor.Ceil(x), tensor.Round(x))
	fmt.Println(tensor.IsNaN(tensor.Sqrt(x)))
	// Output:
	// [0.0000 0.5000] [-0.9640  0.4621] [0.1192 0.6225] [0.1269 0.9741]
	// [-1.0000  0.5000] [ 2.0000 -0.5000] [2.0000 0.5000] [-1.  1.]
	// [-2.  0.] [-2.  1.] [-2.  0.]
	// [ true false]
}

func ExampleSum() {
	x := tensor.FromSlice([][]float32{{1, 2, 3}, {4, 5, 6}})
	fmt.Println(tensor.Sum(x), tensor.Sum(x, 0), tensor.Sum(x, -1))
	fmt.Println(tensor.Sum(x, 1, tensor.KeepDims))
	fmt.Println(tensor.Prod(x, 1), tensor.Mean(x, 1), tensor.Var(x, 0, 1), tensor.Norm(x, math.Inf(1), 1))
	fmt.Println(tensor.Reduced("example.Op", x.Shape(), []int{0}))
	// Output:
	// 21. [5. 7. 9.] [ 6. 15.]
	// [[ 6.]
	//  [15.]]
	// [  6. 120.] [2. 5.] [0.6667 0.6667] [3. 6.]
	// [3] [1 3]
}

func ExampleMax() {
	x := tensor.FromSlice([][]float32{{1, 9, 3}, {4, 5, 6}})
	fmt.Println(tensor.Max(x, 1), tensor.ArgMax(x, 1), tensor.Min(x), tensor.ArgMin(x, 0))
	// Output:
	// [9. 6.] [1 2] 1. [0 1 0]
}

func ExampleSoftmax() {
	x := tensor.FromSlice([][]float64{{1000, 1000, 0}}) // exp would overflow
	fmt.Println(tensor.Softmax(x, -1), tensor.LogSoftmax(x, -1), tensor.LogSumExp(x, -1))
	// Output:
	// [[0.5000 0.5000 0.0000]] [[-6.9315e-01 -6.9315e-01 -1.0007e+03]] [1000.6931]
}

// A flag multiplies by a transposed matrix without making it.
func ExampleLinear() {
	x := tensor.FromSlice([][]float32{{1, 2, 3}, {4, 5, 6}})
	weight := tensor.FromSlice([][]float32{{1, 0, 1}, {0, 1, 0}})
	fmt.Println(tensor.Linear(x, weight, tensor.FromSlice([]float32{10, 20})))
	// Output:
	// [[14. 22.]
	//  [20. 25.]]
}

func ExampleMatMul() {
	x := tensor.FromSlice([][]float32{{1, 2}, {3, 4}})
	v := tensor.FromSlice([]float32{1, 10})
	fmt.Println(tensor.MatMul(x, x))
	fmt.Println(tensor.MatMul(x, x, tensor.TransA))
	fmt.Println(tensor.MatMul(x, v), tensor.MatMul(v, v))
	// Output:
	// [[ 7. 10.]
	//  [15. 22.]]
	// [[10. 14.]
	//  [14. 20.]]
	// [21. 43.] 101.
}

func ExampleReshape() {
	x := tensor.Int64.Arange(0, 6, 1)
	y := tensor.Reshape(x, 2, -1)
	fmt.Println(y)
	fmt.Println(tensor.Flatten(y, 0, -1))
	fmt.Println(tensor.Unsqueeze(x, 0).Shape(), tensor.Squeeze(tensor.Ones(1, 3, 1)).Shape())
	fmt.Println(tensor.Transpose(y, 0, 1))
	fmt.Println(tensor.Permute(tensor.Ones(2, 3, 4), 2, 0, 1).Shape())
	fmt.Println(tensor.Expand(tensor.FromSlice([]int{1, 2}), 2, 2))
	// Output:
	// [[0 1 2]
	//  [3 4 5]]
	// [0 1 2 3 4 5]
	// [1 6] [3]
	// [[0 3]
	//  [1 4]
	//  [2 5]]
	// [4 2 3]
	// [[1 2]
	//  [1 2]]
}

func ExampleSlice() {
	x := tensor.Int64.Arange(0, 10, 1)
	fmt.Println(tensor.Slice(x, 0, 2, 5), tensor.Slice(x, 0, -2, 10), tensor.SliceStep(x, 0, 0, 10, 3))
	fmt.Println(tensor.IndexSelect(x, 0, tensor.FromSlice([]int{7, 7, 1})))
	// Output:
	// [2 3 4] [8 9] [0 3 6 9]
	// [7 7 1]
}

// Gather picks the score of each row's class; ScatterAdd is its transpose.
func ExampleGather() {
	scores := tensor.FromSlice([][]float32{{0.1, 0.7, 0.2}, {0.5, 0.3, 0.2}})
	class := tensor.FromSlice([][]int{{1}, {0}})
	fmt.Println(tensor.Gather(scores, 1, class))
	fmt.Println(tensor.ScatterAdd(tensor.Zeros(2, 3), 1, class, tensor.Ones(2, 1)))
	fmt.Println(tensor.IndexAdd(tensor.Zeros(3), 0, tensor.FromSlice([]int{0, 0, 2}), tensor.Ones(3)))
	// Output:
	// [[0.7000]
	//  [0.5000]]
	// [[0. 1. 0.]
	//  [1. 0. 0.]]
	// [2. 0. 1.]
}

func ExampleConcat() {
	a, b := tensor.FromSlice([]int{1, 2}), tensor.FromSlice([]int{3})
	x := tensor.Concat(0, a, b)
	fmt.Println(x, tensor.Split(x, 0, 2), tensor.SplitLengths("example.Op", 5, []int{2}))
	fmt.Println(tensor.Stack(1, a, a))
	fmt.Println(tensor.Pad(a, 9, [2]int{1, 2}))
	// Output:
	// [1 2 3] [[1 2] [3]] [2 2 1]
	// [[1 1]
	//  [2 2]]
	// [9 1 2 9 9]
}

func ExampleAllClose() {
	a, b := tensor.Ones(2), tensor.Full(1.00001, 2)
	fmt.Println(tensor.Equal(a, b), tensor.AllClose(a, b, 1e-4, 0))
	// Output: false true
}

// Misuse panics with an *Error that says all.
func ExampleErrorf() {
	defer func() {
		err := recover().(*tensor.Error)
		fmt.Println(err)
		fmt.Println(err.Op, err.Shapes)
		fmt.Println(tensor.Errorf("mypackage.Op", "value %d is negative", -1))
	}()
	tensor.Add(tensor.Ones(2, 3), tensor.Ones(2, 4))
	// Output:
	// tensor.Add: shapes [2 3] and [2 4] do not broadcast
	// tensor.Add [[2 3] [2 4]]
	// mypackage.Op: value -1 is negative
}
