package autograd_test

import (
	"fmt"
	"math"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// unaryRows are the functions that work element by element.
func unaryRows() (out []row) {
	shapes := [][]int{{2, 3}, {}, {0, 3}}
	add := func(op string, f func(x *variable) *variable, want func(float64) float64, in func(shape []int) *tensor.Tensor, order int) {
		for _, s := range shapes {
			out = append(out, row{op: op, name: fmt.Sprint(s), order: order, in: []*tensor.Tensor{in(s)},
				f:    func(x []*variable) *variable { return f(x[0]) },
				want: func(x []array) array { return mapped(x[0], want) }})
		}
	}
	within := func(low, high float64) func([]int) *tensor.Tensor {
		return func(s []int) *tensor.Tensor { return uniform(low, high, s...) }
	}
	away := func(s []int) *tensor.Tensor { return apart(5, s...) }
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }

	add("Neg", (*variable).Neg, func(v float64) float64 { return -v }, within(-2, 2), 0)
	add("Abs", (*variable).Abs, math.Abs, away, 0)
	add("Square", (*variable).Square, func(v float64) float64 { return v * v }, within(-2, 2), 3)
	add("Sqrt", (*variable).Sqrt, math.Sqrt, within(0.5, 3), 3)
	add("Rsqrt", (*variable).Rsqrt, func(v float64) float64 { return 1 / math.Sqrt(v) }, within(0.5, 3), 3)
	add("Exp", (*variable).Exp, math.Exp, within(-3, 3), 3)
	add("Expm1", (*variable).Expm1, math.Expm1, within(-1, 1), 3)
	add("Log", (*variable).Log, math.Log, within(0.4, 5), 3)
	add("Log1p", (*variable).Log1p, math.Log1p, within(-0.6, 2), 3)
	add("Sin", (*variable).Sin, math.Sin, within(-4, 4), 3)
	add("Cos", (*variable).Cos, math.Cos, within(-4, 4), 3)
	add("Tan", (*variable).Tan, math.Tan, within(-1, 1), 3)
	add("Atan", (*variable).Atan, math.Atan, within(-3, 3), 3)
	add("Sinh", (*variable).Sinh, math.Sinh, within(-2, 2), 3)
	add("Cosh", (*variable).Cosh, math.Cosh, within(-2, 2), 3)
	add("Tanh", (*variable).Tanh, math.Tanh, within(-2, 2), 3)
	add("Sigmoid", (*variable).Sigmoid, sigmoid, within(-3, 3), 3)
	add("Softplus", (*variable).Softplus, func(v float64) float64 { return math.Log1p(math.Exp(v)) }, within(-3, 3), 3)
	add("LogSigmoid", (*variable).LogSigmoid, func(v float64) float64 { return math.Log(sigmoid(v)) }, within(-3, 3), 3)
	add("Erf", (*variable).Erf, math.Erf, within(-2, 2), 3)
	add("Erfc", (*variable).Erfc, math.Erfc, within(-2, 2), 3)
	add("ReLU", (*variable).ReLU, func(v float64) float64 { return max(v, 0) }, away, 0)
	add("LeakyReLU", func(x *variable) *variable { return x.LeakyReLU(0.1) },
		func(v float64) float64 { return max(v, v/10) }, away, 0)
	add("GELU", (*variable).GELU, func(v float64) float64 { return v * (1 + math.Erf(v/math.Sqrt2)) / 2 }, within(-2, 2), 3)
	add("GELUTanh", (*variable).GELUTanh, func(v float64) float64 {
		return v / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(v+0.044715*v*v*v)))
	}, within(-2, 2), 3)
	add("Clamp", func(x *variable) *variable { return x.Clamp(-0.2, 0.2) },
		func(v float64) float64 { return min(max(v, -0.2), 0.2) }, away, 0)
	add("Clamp", func(x *variable) *variable { return x.Clamp(-0.2, 3) },
		func(v float64) float64 { return max(v, -0.2) }, away, 0)
	add("AddScalar", func(x *variable) *variable { return x.AddScalar(1.5) },
		func(v float64) float64 { return v + 1.5 }, within(-2, 2), 0)
	add("MulScalar", func(x *variable) *variable { return x.MulScalar(-2.5) },
		func(v float64) float64 { return -2.5 * v }, within(-2, 2), 0)
	for _, p := range []float64{-1.5, 0, 0.5, 1, 2, 3, 3.5} {
		add("PowScalar", func(x *variable) *variable { return x.PowScalar(p) },
			func(v float64) float64 { return math.Pow(v, p) }, within(0.5, 2), 3)
	}
	add("PowScalar", func(x *variable) *variable { return x.PowScalar(3) },
		func(v float64) float64 { return v * v * v }, within(-2, 2), 4)
	add("Watch", (*variable).Watch, func(v float64) float64 { return v }, within(-2, 2), 0)
	for _, s := range shapes {
		out = append(out, row{op: "To", name: fmt.Sprint(s), in: []*tensor.Tensor{uniform(-2, 2, s...)}, step: 5e-3,
			f: func(x []*variable) *variable {
				if x[0].DType() == tensor.Float32 {
					return x[0].To(tensor.Float64)
				}
				return x[0].To(tensor.Float32)
			},
			want: func(x []array) array { return mapped(x[0], func(v float64) float64 { return float64(float32(v)) }) }})
	}
	return out
}

// pairs are shapes that broadcast together.
var pairs = [][2][]int{
	{{2, 3}, {2, 3}}, {{2, 3}, {3}}, {{3}, {2, 3}}, {{2, 1}, {1, 3}}, {{}, {2, 2}}, {{2, 2}, {}},
	{{}, {}}, {{4, 1, 2}, {3, 1}}, {{1}, {1, 1}}, {{0, 3}, {3}}, {{2, 1}, {2, 0}}, {{1}, {0}},
}

func binaryRows() (out []row) {
	add := func(op string, f func(x, b *variable) *variable, want func(x, b float64) float64, left, right func(shape []int) *tensor.Tensor) {
		for _, p := range pairs {
			out = append(out, row{op: op, name: fmt.Sprint(p), in: []*tensor.Tensor{left(p[0]), right(p[1])},
				f:    func(x []*variable) *variable { return f(x[0], x[1]) },
				want: func(x []array) array { return zipped(x[0], x[1], want) }})
		}
	}
	left := func(s []int) *tensor.Tensor { return apart(6, s...) }
	right := func(s []int) *tensor.Tensor { return apart(7, s...) }
	positive := func(s []int) *tensor.Tensor { return uniform(0.5, 2, s...) }
	add("Add", (*variable).Add, func(x, b float64) float64 { return x + b }, left, right)
	add("Sub", (*variable).Sub, func(x, b float64) float64 { return x - b }, left, right)
	add("Mul", (*variable).Mul, func(x, b float64) float64 { return x * b }, left, right)
	add("Div", (*variable).Div, func(x, b float64) float64 { return x / b }, left, right)
	add("Pow", (*variable).Pow, math.Pow, positive, right)
	add("XLogY", (*variable).XLogY, func(x, b float64) float64 { return x * math.Log(b) }, left, positive)
	add("Maximum", (*variable).Maximum, math.Max, left, right)
	add("Minimum", (*variable).Minimum, math.Min, left, right)
	for _, p := range pairs {
		shape := together(p[0], p[1])
		cond := tensor.Greater(normal(8, shape...), tensor.Float64.Scalar(0))
		holds := arrayOf(cond)
		out = append(out, row{op: "Where", name: fmt.Sprint(p), in: []*tensor.Tensor{left(p[0]), right(p[1])},
			f: func(x []*variable) *variable { return autograd.Where(cond, x[0], x[1]) },
			want: func(x []array) array {
				return build(shape, func(i []int) float64 {
					if holds.at(i...) != 0 {
						return x[0].broadcastAt(i)
					}
					return x[1].broadcastAt(i)
				})
			}})
	}
	// A condition wider than both choices.
	wide := tensor.New([]bool{true, false, false, true, true, false}, 3, 2)
	out = append(out, row{op: "Where", name: "wide condition", in: []*tensor.Tensor{normal(1, 2), normal(2)},
		f: func(x []*variable) *variable { return autograd.Where(wide, x[0], x[1]) },
		want: func(x []array) array {
			return build([]int{3, 2}, func(i []int) float64 {
				if wide.At(i...) != 0 {
					return x[0].at(i[1])
				}
				return x[1].at()
			})
		}})
	return out
}

// reductions are axis lists for shape [2 3 2].
var reductions = [][]int{{}, {0}, {-1}, {1}, {0, 2}, {2, 0, 1}, {1, tensor.KeepDims}, {0, 2, tensor.KeepDims}, {tensor.KeepDims}}

func reduceRows() (out []row) {
	one := func(op, name string, f func(x *variable, axes ...int) *variable, lane func([]float64) float64, in *tensor.Tensor, axes []int) {
		out = append(out, row{op: op, name: fmt.Sprint(name, in.Shape(), axes), in: []*tensor.Tensor{in},
			f:    func(x []*variable) *variable { return f(x[0], axes...) },
			want: func(x []array) array { return lanes(x[0], axes, lane) }})
	}
	add := func(op, name string, f func(x *variable, axes ...int) *variable, lane func([]float64) float64) {
		for _, axes := range reductions {
			one(op, name, f, lane, apart(9, 2, 3, 2), axes)
		}
		if op != "Var" && op != "Std" { // NaN over one element; see TestVarOfOne
			one(op, name, f, lane, apart(9), nil)
			one(op, name, f, lane, apart(9, 2, 1), []int{1})
		}
		one(op, name, f, lane, apart(9, 3, 0), []int{0})
	}
	add("Sum", "", (*variable).Sum, sum)
	add("Mean", "", (*variable).Mean, mean)
	add("Prod", "", (*variable).Prod, prod)
	add("Max", "", (*variable).Max, slices.Max[[]float64])
	add("Min", "", (*variable).Min, slices.Min[[]float64])
	add("LogSumExp", "", (*variable).LogSumExp, logSumExp)
	for _, c := range []int{0, 1} {
		add("Var", fmt.Sprint("correction ", c), func(x *variable, axes ...int) *variable { return x.Var(c, axes...) }, variance(c))
		add("Std", fmt.Sprint("correction ", c), func(x *variable, axes ...int) *variable { return x.Std(c, axes...) },
			func(lane []float64) float64 { return math.Sqrt(variance(c)(lane)) })
	}
	for _, p := range []float64{0, 0.5, 1, 1.5, 2, 3, math.Inf(1), math.Inf(-1)} {
		add("Norm", fmt.Sprint("p=", p), func(x *variable, axes ...int) *variable { return x.Norm(p, axes...) }, norm(p))
	}
	for _, op := range []struct {
		name string
		f    func(x *variable, axes ...int) *variable
		lane func([]float64) float64
	}{{"Sum", (*variable).Sum, sum}, {"Prod", (*variable).Prod, prod}} {
		one(op.name, "of nothing", op.f, op.lane, apart(9, 0, 3), []int{0})
		one(op.name, "of nothing", op.f, op.lane, apart(9, 0), nil)
	}
	for _, zeros := range [][]int{{1}, {0, 3}, {0, 1, 2}} { // the product of the others, where some are 0
		in := apart(9, 4)
		for _, i := range zeros {
			in.Set(0, i)
		}
		one("Prod", fmt.Sprint("zeros at ", zeros), (*variable).Prod, prod, in, nil)
	}
	for _, s := range []struct {
		shape []int
		axis  int
	}{{[]int{2, 3}, 0}, {[]int{2, 3}, -1}, {[]int{2, 3, 2}, 1}, {[]int{3}, 0}, {[]int{0, 3}, 1}, {[]int{3, 0}, 1}, {[]int{2, 1}, 1}, {nil, 0}, {nil, -1}} {
		name := fmt.Sprint(s.shape, " along ", s.axis)
		in := []*tensor.Tensor{normal(3, s.shape...)}
		out = append(out, row{op: "Softmax", name: name, in: in, order: 3,
			f:    func(x []*variable) *variable { return x[0].Softmax(s.axis) },
			want: func(x []array) array { return softmax(x[0], s.axis) }},
			row{op: "LogSoftmax", name: name, in: in, order: 3,
				f:    func(x []*variable) *variable { return x[0].LogSoftmax(s.axis) },
				want: func(x []array) array { return mapped(softmax(x[0], s.axis), math.Log) }})
	}
	return out
}

func matmulRows() (out []row) {
	const m, k, n = 2, 3, 4
	flags := []tensor.Trans{0, tensor.TransA, tensor.TransB, tensor.TransA | tensor.TransB}
	matrix := func(batch []int, rows, cols int, flip bool) []int {
		if flip {
			rows, cols = cols, rows
		}
		return append(slices.Clone(batch), rows, cols)
	}
	add := func(a, b []int, t tensor.Trans) {
		out = append(out, row{op: "MatMul", name: fmt.Sprint(a, b, " flags ", t), in: []*tensor.Tensor{normal(1, a...), normal(2, b...)},
			f: func(x []*variable) *variable {
				switch t { // together or one by one, as callers write them
				case 0:
					return x[0].MatMul(x[1])
				case tensor.TransA | tensor.TransB:
					return x[0].MatMul(x[1], tensor.TransA, tensor.TransB)
				}
				return x[0].MatMul(x[1], t)
			},
			want: func(x []array) array { return matmul(x[0], x[1], t) }})
	}
	for _, t := range flags {
		ta, tb := t&tensor.TransA != 0, t&tensor.TransB != 0
		for _, batch := range [][2][]int{{{}, {}}, {{2}, {}}, {{}, {2}}, {{2}, {2}}, {{2, 1}, {3}}, {{1}, {2, 2}}, {{0}, {}}, {{}, {0}}, {{2, 0}, {1, 1}}} {
			add(matrix(batch[0], m, k, ta), matrix(batch[1], k, n, tb), t)
		}
		for _, size := range [][3]int{{0, k, n}, {m, 0, n}, {m, k, 0}, {0, 0, 0}, {1, 1, 1}} {
			add(matrix(nil, size[0], size[1], ta), matrix(nil, size[1], size[2], tb), t)
			add(matrix([]int{2}, size[0], size[1], ta), matrix(nil, size[1], size[2], tb), t)
		}
		add([]int{k}, []int{k}, t)
		add([]int{k}, matrix(nil, k, n, tb), t)
		add(matrix(nil, m, k, ta), []int{k}, t)
		add([]int{k}, matrix([]int{2}, k, n, tb), t)
		add(matrix([]int{2}, m, k, ta), []int{k}, t)
		add([]int{0}, []int{0}, t)
	}
	return out
}

func linearRows() (out []row) {
	for _, lead := range [][]int{{}, {1}, {3}, {0}, {2, 3}, {2, 0}} {
		for _, size := range [][2]int{{4, 2}, {1, 1}, {0, 2}, {3, 0}} {
			in := []*tensor.Tensor{normal(1, append(slices.Clone(lead), size[0])...), normal(2, size[1], size[0]), normal(3, size[1])}
			out = append(out, row{op: "Linear", name: fmt.Sprint(lead, size), in: in,
				f: func(x []*variable) *variable { return autograd.Linear(x[0], x[1], x[2]) },
				want: func(x []array) array {
					return zipped(matmul(x[0], x[1], tensor.TransB), x[2], func(y, b float64) float64 { return y + b })
				}}, row{op: "Linear", name: fmt.Sprint(lead, size, " without bias"), in: in[:2],
				f:    func(x []*variable) *variable { return autograd.Linear(x[0], x[1], nil) },
				want: func(x []array) array { return matmul(x[0], x[1], tensor.TransB) }})
		}
	}
	return out
}
