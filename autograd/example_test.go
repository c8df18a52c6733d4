package autograd_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

func Example() {
	w := autograd.New(tensor.FromSlice([]float64{1, 2}))
	x := autograd.Const(tensor.FromSlice([]float64{3, 4}))
	y := w.Mul(x).Sum()
	y.Backward()
	fmt.Println(y, w.Grad())
	// Output: 11. [3. 4.]
}

// The three kinds of leaves.
func ExampleNew() {
	w := autograd.New(tensor.Ones(2))
	x := autograd.Const(tensor.Ones(2))
	in := autograd.Untracked(tensor.Ones(2))
	fmt.Println(w.WantsGrad(), x.WantsGrad(), in.IsUntracked())
	fmt.Println(w.Mul(x).WantsGrad(), w.Mul(in).WantsGrad())
	// Output:
	// true false true
	// true false
}

// A model that is fed an untracked input runs without recording.
func ExampleUntracked() {
	w := autograd.New(tensor.FromSlice([][]float32{{1, 2}, {3, 4}}))
	model := func(x *autograd.Variable) *autograd.Variable { return x.MatMul(w).ReLU() }
	y := model(autograd.Untracked(tensor.FromSlice([][]float32{{1, -1}})))
	fmt.Println(y, y.IsLeaf(), y.WantsGrad())
	// Output: [[0. 0.]] true false
}

func ExampleConst() {
	x := autograd.Const(tensor.Ones(2, 3))
	fmt.Println(x.Shape(), x.DType(), x.Dims(), x.Size(), x.IsLeaf())
	// Output: [2 3] float32 2 6 true
}

func ExampleVariable() {
	x := autograd.New(tensor.FromSlice([]float64{1, 4, 9}))
	y := x.Sqrt().Sum()
	fmt.Println(y.Item(), y.Op(), y.Value())
	// Output: 6 Sum 6.
}

func ExampleGrad() {
	x := autograd.New(tensor.Float64.Scalar(3))
	y := autograd.New(tensor.Float64.Scalar(2))
	g := autograd.Grad(x.Square().Mul(y), x, y)
	fmt.Println(g[0], g[1], x.Grad() == nil)
	// Output: 12. 9. true
}

func ExampleWalk() {
	x := autograd.New(tensor.Float64.Scalar(2))
	xs := []*autograd.Variable{x}
	y := x.PowScalar(4)
	create := autograd.Walk{CreateGraph: true}
	first := create.Grad([]*autograd.Variable{y}, xs)
	second := create.Grad(first, xs)
	third := autograd.Grad(second[0], x)
	fmt.Println(first[0], second[0], third[0])
	// Output: 32. 48. 48.
}

func ExampleWalk_Backward() {
	x := autograd.New(tensor.FromSlice([]float64{1, 2}))
	seed := autograd.Const(tensor.FromSlice([]float64{1, 10}))
	autograd.Walk{Seeds: []*autograd.Variable{seed}}.Backward(x.Square())
	fmt.Println(x.Grad())
	x.ZeroGrad()
	fmt.Println(x.Grad() == nil)
	// Output:
	// [ 2. 40.]
	// true
}

func ExampleVariable_Hook() {
	x := autograd.New(tensor.Float64.Scalar(3))
	h := x.Square().RetainGrad()
	remove := h.Hook(func(g *autograd.Variable) *autograd.Variable { return g.Clamp(-1, 1) })
	defer remove()
	h.MulScalar(100).Backward()
	fmt.Println(h.Grad(), x.Grad())
	// Output: 1. 6.
}

func ExampleVariable_Detach() {
	x := autograd.New(tensor.Float64.Scalar(3))
	fmt.Println(autograd.Grad(x.Mul(x.Detach()), x)[0])
	// Output: 3.
}

func ExampleVariable_SetGrad() {
	x := autograd.New(tensor.FromSlice([]float64{3, 4}))
	x.Square().Sum().Backward()
	norm := x.Grad().Norm(2)
	x.SetGrad(x.Grad().Div(norm))
	fmt.Println(norm, x.Grad())
	// Output: 10. [0.6000 0.8000]
}

func ExampleLinear() {
	x := autograd.Const(tensor.FromSlice([][]float64{{1, 2, 3}, {4, 5, 6}}))
	weight := autograd.New(tensor.FromSlice([][]float64{{1, 0, 1}, {0, 1, 0}}))
	bias := autograd.New(tensor.FromSlice([]float64{10, 20}))
	y := autograd.Linear(x, weight, bias)
	y.Sum().Backward()
	fmt.Println(y)
	fmt.Println(weight.Grad(), bias.Grad())
	// Output:
	// [[14. 22.]
	//  [20. 25.]]
	// [[5. 7. 9.]
	//  [5. 7. 9.]] [2. 2.]
}

func ExampleVariable_MatMul() {
	x := autograd.New(tensor.FromSlice([][]float64{{1, 2, 3}}))
	w := autograd.New(tensor.FromSlice([][]float64{{1, 0, 1}, {0, 1, 0}}))
	fmt.Println(x.MatMul(w, tensor.TransB))
	// Output: [[4. 2.]]
}

func ExampleVariable_Sum() {
	x := autograd.New(tensor.FromSlice([][]float64{{1, 2}, {3, 4}}))
	fmt.Println(x.Sum(), x.Sum(0), x.Max(1, tensor.KeepDims).Shape())
	// Output: 10. [4. 6.] [2 1]
}

func ExampleWhere() {
	x := autograd.New(tensor.FromSlice([]float64{-1, 4}))
	positive := tensor.Greater(x.Value(), tensor.Float64.Scalar(0))
	y := autograd.Where(positive, x.Sqrt(), x)
	fmt.Println(y)
	// Output: [-1.  2.]
}

func ExampleConcat() {
	a, b := autograd.New(tensor.FromSlice([]float64{1, 2})), autograd.New(tensor.FromSlice([]float64{3, 4}))
	fmt.Println(autograd.Concat(0, a, b), autograd.Stack(0, a, b).Shape())
	fmt.Println(autograd.Concat(0, a, b).Split(0, 1, 3)[1])
	// Output:
	// [1. 2. 3. 4.] [2 2]
	// [2. 3. 4.]
}

func ExampleVariable_IndexSelect() {
	table := autograd.New(tensor.FromSlice([][]float64{{1, 2}, {3, 4}, {5, 6}}))
	rows := table.IndexSelect(0, tensor.FromSlice([]int64{2, 0, 2}))
	rows.Sum().Backward()
	fmt.Println(table.Grad())
	// Output:
	// [[1. 1.]
	//  [0. 0.]
	//  [2. 2.]]
}

func ExampleVariable_Watch() {
	x := autograd.New(tensor.FromSlice([]float64{0, 2000})).Watch()
	err := autograd.Try(func() { x.Softmax(0).Log() })
	_, advice, _ := strings.Cut(err.Error(), "; use ")
	fmt.Println(advice)
	// Output: LogSoftmax in place of Softmax and Log
}

func ExampleTry() {
	a, b := autograd.New(tensor.Ones(2)), autograd.New(tensor.Ones(3))
	fmt.Println(autograd.Try(func() { a.Add(b) }))
	// Output: tensor.Add: shapes [2] and [3] do not broadcast
}

func ExampleParameters() {
	w := autograd.New(tensor.Ones(2))
	p := autograd.Parameter{Name: "fc.weight", Variable: w}
	fmt.Println(p.Name, p.Shape(), autograd.Parameters(w, w)[1].Name)
	// Output: fc.weight [2] 1
}

func ExampleWriteDOT() {
	w := autograd.New(tensor.Ones(2))
	_ = autograd.WriteDOT(os.Stdout, w.Exp(), autograd.Parameter{Name: "w", Variable: w})
	// Output:
	// digraph {
	// 	rankdir=BT
	// 	node [fontname="sans-serif"]
	// 	v0 [label="Exp\nfloat32 [2]", shape=ellipse]
	// 	v1 -> v0
	// 	v1 [label="w\nfloat32 [2]", shape=box]
	// }
}

// An operation with kernels of its own above the definition that is the truth.
func ExampleFused() {
	squares := func(x *autograd.Variable) *autograd.Variable {
		return autograd.Fused("squares", tensor.Sum(tensor.Square(x.Value())),
			func(x []*autograd.Variable) *autograd.Variable { return x[0].Square().Sum() },
			func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
				return []*tensor.Tensor{tensor.MulScalar(tensor.Mul(x.Value(), g), 2)}
			}, x)
	}
	x := autograd.New(tensor.FromSlice([]float64{1, 2}))
	y := squares(x)
	defined, _ := autograd.Defined(y)
	fmt.Println(y, defined, autograd.Grad(y, x)[0])
	// Output: 5. 5. [2. 4.]
}

func ExampleJVP() {
	x := []*autograd.Variable{autograd.Untracked(tensor.FromSlice([]float64{1, 2}))}
	v := []*autograd.Variable{autograd.Untracked(tensor.FromSlice([]float64{1, -1}))}
	f := func(x []*autograd.Variable) *autograd.Variable { return x[0].Square() }
	y, along := autograd.JVP(f, x, v)
	_, back := autograd.VJP(f, x, v[0])
	fmt.Println(y, along, back[0])
	fmt.Println(autograd.Jacobian(f, x...)[0])
	// Output:
	// [1. 4.] [ 2. -4.] [ 2. -4.]
	// [[2. 0.]
	//  [0. 4.]]
}

func ExampleHessian() {
	x := []*autograd.Variable{autograd.Untracked(tensor.FromSlice([]float64{1, 2}))}
	v := []*autograd.Variable{autograd.Untracked(tensor.FromSlice([]float64{1, 1}))}
	f := func(x []*autograd.Variable) *autograd.Variable { return x[0].PowScalar(3).Sum() }
	fmt.Println(autograd.Hessian(f, x...)[0][0])
	_, product := autograd.HVP(f, x, v)
	fmt.Println(product[0])
	// Output:
	// [[ 6.  0.]
	//  [ 0. 12.]]
	// [ 6. 12.]
}
