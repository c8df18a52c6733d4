package autograd_test

import (
	"fmt"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// viewRows are the operations that only move elements. Each is followed by a
// square, so that second derivatives are not 0.
func viewRows() (out []row) {
	add := func(op, name string, f func(x *variable) *variable, want func(x array) array, shape ...int) {
		out = append(out, row{op: op, name: fmt.Sprint(shape, " ", name), in: []*tensor.Tensor{normal(4, shape...)},
			f: func(x []*variable) *variable { return f(x[0]).Square() },
			want: func(x []array) array {
				return mapped(want(x[0]), func(v float64) float64 { return v * v })
			}})
	}
	shaped := func(op, name string, f func(x *variable) *variable, to []int, shape ...int) {
		add(op, name, f, func(x array) array { return reshaped(x, to...) }, shape...)
	}
	shaped("Reshape", "3 -1", func(x *variable) *variable { return x.Reshape(3, -1) }, []int{3, 2}, 2, 3)
	shaped("Reshape", "same", func(x *variable) *variable { return x.Reshape(2, 3) }, []int{2, 3}, 2, 3)
	shaped("Reshape", "0-d", func(x *variable) *variable { return x.Reshape() }, []int{}, 1, 1)
	shaped("Reshape", "from 0-d", func(x *variable) *variable { return x.Reshape(1, 1) }, []int{1, 1})
	shaped("Reshape", "empty", func(x *variable) *variable { return x.Reshape(0, 5) }, []int{0, 5}, 3, 0)
	shaped("Flatten", "all", func(x *variable) *variable { return x.Flatten(0, -1) }, []int{12}, 2, 3, 2)
	shaped("Flatten", "tail", func(x *variable) *variable { return x.Flatten(1, 2) }, []int{2, 6}, 2, 3, 2)
	shaped("Flatten", "0-d", func(x *variable) *variable { return x.Flatten(0, -1) }, []int{1})
	shaped("Squeeze", "all", func(x *variable) *variable { return x.Squeeze() }, []int{3}, 1, 3, 1)
	shaped("Squeeze", "-1", func(x *variable) *variable { return x.Squeeze(-1) }, []int{1, 3}, 1, 3, 1)
	shaped("Unsqueeze", "0", func(x *variable) *variable { return x.Unsqueeze(0) }, []int{1, 2, 3}, 2, 3)
	shaped("Unsqueeze", "-1", func(x *variable) *variable { return x.Unsqueeze(-1) }, []int{2, 3, 1}, 2, 3)
	shaped("Unsqueeze", "0-d", func(x *variable) *variable { return x.Unsqueeze(0) }, []int{1})

	expand := func(to []int, ask []int, shape ...int) {
		add("Expand", fmt.Sprint(ask), func(x *variable) *variable { return x.Expand(ask...) }, func(x array) array {
			return build(to, func(i []int) float64 { return x.broadcastAt(i) })
		}, shape...)
	}
	expand([]int{2, 3}, []int{2, 3}, 3)
	expand([]int{2, 3}, []int{2, -1}, 1, 3)
	expand([]int{4, 2, 3}, []int{4, 2, 3}, 2, 1)
	expand([]int{2, 2}, []int{2, 2})
	expand([]int{2, 3}, []int{-1, -1}, 2, 3)
	expand([]int{0, 3}, []int{0, 3}, 1, 3)
	sumTo := func(to []int, axes []int, shape ...int) {
		add("SumTo", fmt.Sprint(to), func(x *variable) *variable { return x.SumTo(to...) }, func(x array) array {
			return reshaped(lanes(x, append(axes, tensor.KeepDims), sum), to...)
		}, shape...)
	}
	sumTo([]int{3}, []int{0}, 2, 3)
	sumTo([]int{1, 3}, []int{0}, 2, 3)
	sumTo([]int{2, 1}, []int{0, 2}, 4, 2, 3)
	sumTo([]int{}, nil, 2, 3)
	sumTo([]int{1}, []int{0}, 0)
	add("SumTo", "same", func(x *variable) *variable { return x.SumTo(2, 3) }, func(x array) array { return x }, 2, 3)

	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}, {1, 0, 2}, {-1, -2, -3}} {
		plain := make([]int, 3)
		for i, a := range order {
			plain[i] = (a + 3) % 3
		}
		f := func(x *variable) *variable { return x.Permute(order...) }
		add("Permute", fmt.Sprint(order), f, func(x array) array { return permuted(x, plain) }, 2, 3, 4)
		add("Permute", fmt.Sprint(order), f, func(x array) array { return permuted(x, plain) }, 2, 0, 4)
	}
	add("Permute", "0-d", func(x *variable) *variable { return x.Permute() }, func(x array) array { return x })
	add("Transpose", "0 1", func(x *variable) *variable { return x.Transpose(0, 1) }, transposed, 2, 3)
	add("Transpose", "-1 -2", func(x *variable) *variable { return x.Transpose(-1, -2) }, transposed, 4, 2, 3)
	add("Transpose", "0-d", func(x *variable) *variable { return x.Transpose(0, 0) }, func(x array) array { return x })

	slice := func(axis, start, stop int, plain [3]int, shape ...int) {
		add("Slice", fmt.Sprint(axis, start, stop), func(x *variable) *variable { return x.Slice(axis, start, stop) },
			func(x array) array { return sliced(x, plain[0], plain[1], plain[2], 1) }, shape...)
	}
	slice(0, 1, 3, [3]int{0, 1, 3}, 4, 2)
	slice(1, 0, 2, [3]int{1, 0, 2}, 2, 3)
	slice(-2, -2, 100, [3]int{1, 1, 3}, 2, 3, 2)
	slice(0, 0, -1, [3]int{0, 0, 3}, 4)
	slice(0, 3, 2, [3]int{0, 3, 3}, 4)
	slice(1, 0, 1, [3]int{1, 0, 0}, 3, 0)
	step := func(axis, start, stop, by int, plain [3]int, shape ...int) {
		add("SliceStep", fmt.Sprint(axis, start, stop, by), func(x *variable) *variable { return x.SliceStep(axis, start, stop, by) },
			func(x array) array { return sliced(x, plain[0], plain[1], plain[2], by) }, shape...)
	}
	step(0, 0, 5, 2, [3]int{0, 0, 5}, 5, 2)
	step(-1, 1, 100, 3, [3]int{1, 1, 6}, 2, 6)
	step(0, -4, -1, 2, [3]int{0, 1, 4}, 5)
	step(0, 2, 2, 2, [3]int{0, 2, 2}, 5)

	pad := func(name string, value float64, widths [][2]int, shape ...int) {
		to := slices.Clone(shape)
		first := len(shape) - len(widths)
		for k, w := range widths {
			to[first+k] += w[0] + w[1]
		}
		add("Pad", name, func(x *variable) *variable { return x.Pad(value, widths...) }, func(x array) array {
			return build(to, func(i []int) float64 {
				from := slices.Clone(i)
				for k, w := range widths {
					from[first+k] -= w[0]
					if from[first+k] < 0 || from[first+k] >= x.shape[first+k] {
						return value
					}
				}
				return x.at(from...)
			})
		}, shape...)
	}
	pad("both axes", 2, [][2]int{{1, 0}, {2, 1}}, 2, 3)
	pad("last axis", -1, [][2]int{{1, 1}}, 2, 3)
	pad("nothing", 5, nil, 2, 3)
	pad("no width", 5, [][2]int{{0, 0}}, 2, 3)
	pad("around nothing", 3, [][2]int{{1, 1}}, 2, 0)
	return out
}

// indexRows are the operations with an index, and those that join and split.
func indexRows() (out []row) {
	add := func(op, name string, f func(x []*variable) *variable, want func(x []array) array, shapes ...[]int) {
		in := make([]*tensor.Tensor, len(shapes))
		for i, s := range shapes {
			in[i] = normal(uint64(20+i), s...)
		}
		out = append(out, row{op: op, name: name, in: in,
			f:    func(x []*variable) *variable { return f(x).Square() },
			want: func(x []array) array { return mapped(want(x), func(v float64) float64 { return v * v }) }})
	}
	repeats := []int64{2, 0, 2, 2}
	add("IndexSelect", "repeats", func(x []*variable) *variable { return x[0].IndexSelect(-1, tensor.New(repeats)) },
		func(x []array) array {
			return build([]int{2, 4}, func(i []int) float64 { return x[0].at(i[0], int(repeats[i[1]])) })
		}, []int{2, 3})
	add("IndexSelect", "none", func(x []*variable) *variable { return x[0].IndexSelect(0, tensor.New([]int64{})) },
		func(x []array) array { return array{[]int{0, 3}, nil} }, []int{2, 3})
	add("IndexAdd", "repeats", func(x []*variable) *variable { return x[0].IndexAdd(1, tensor.New(repeats), x[1]) },
		func(x []array) array {
			y := array{x[0].shape, slices.Clone(x[0].v)}
			for _, i := range indices([]int{2, 4}) {
				y.v[y.flat([]int{i[0], int(repeats[i[1]])})] += x[1].at(i...)
			}
			return y
		}, []int{2, 3}, []int{2, 4})
	add("IndexAdd", "none", func(x []*variable) *variable { return x[0].IndexAdd(0, tensor.New([]int64{}), x[1]) },
		func(x []array) array { return x[0] }, []int{2, 3}, []int{0, 3})

	where := tensor.New([]int64{2, 0, 2, 2, 1, 1}, 2, 3) // repeats in both rows
	index := arrayOf(where)
	add("Gather", "axis 1", func(x []*variable) *variable { return x[0].Gather(1, where) },
		func(x []array) array {
			return build([]int{2, 3}, func(i []int) float64 { return x[0].at(i[0], int(index.at(i...))) })
		}, []int{4, 3})
	add("Gather", "axis 0", func(x []*variable) *variable { return x[0].Gather(-2, where) },
		func(x []array) array {
			return build([]int{2, 3}, func(i []int) float64 { return x[0].at(int(index.at(i...)), i[1]) })
		}, []int{3, 4})
	add("Gather", "nothing", func(x []*variable) *variable { return x[0].Gather(0, tensor.New([]int64{}, 0, 2)) },
		func(x []array) array { return array{[]int{0, 2}, nil} }, []int{3, 2})
	add("ScatterAdd", "axis 1", func(x []*variable) *variable { return x[0].ScatterAdd(1, where, x[1]) },
		func(x []array) array {
			y := array{x[0].shape, slices.Clone(x[0].v)}
			for _, i := range indices([]int{2, 3}) {
				y.v[y.flat([]int{i[0], int(index.at(i...))})] += x[1].at(i...)
			}
			return y
		}, []int{4, 3}, []int{2, 3})

	add("Concat", "axis 1", func(x []*variable) *variable { return autograd.Concat(1, x...) },
		func(x []array) array { return joined(1, x...) }, []int{2, 3}, []int{2, 1}, []int{2, 0})
	add("Concat", "axis -2", func(x []*variable) *variable { return autograd.Concat(-2, x...) },
		func(x []array) array { return joined(0, x...) }, []int{1, 3}, []int{2, 3})
	add("Concat", "one twice", func(x []*variable) *variable { return autograd.Concat(0, x[0], x[0]) },
		func(x []array) array { return joined(0, x[0], x[0]) }, []int{2, 3})
	for _, axis := range []int{0, 1, -1} {
		add("Stack", fmt.Sprint("axis ", axis), func(x []*variable) *variable { return autograd.Stack(axis, x...) },
			func(x []array) array {
				at := (axis + 3) % 3
				up := slices.Insert([]int{2, 3}, at, 1)
				return joined(at, reshaped(x[0], up...), reshaped(x[1], up...))
			}, []int{2, 3}, []int{2, 3})
	}
	add("Stack", "0-d", func(x []*variable) *variable { return autograd.Stack(0, x...) },
		func(x []array) array { return array{[]int{2}, []float64{x[0].v[0], x[1].v[0]}} }, []int{}, []int{})
	add("Split", "by 2", func(x []*variable) *variable {
		parts := x[0].Split(1, 2)
		return autograd.Concat(1, parts[2], parts[0])
	}, func(x []array) array { return joined(1, sliced(x[0], 1, 4, 5, 1), sliced(x[0], 1, 0, 2, 1)) }, []int{2, 5})
	add("Split", "1 3 0", func(x []*variable) *variable {
		parts := x[0].Split(-2, 1, 3, 0)
		return autograd.Concat(0, parts[2], parts[1])
	}, func(x []array) array { return sliced(x[0], 0, 1, 4, 1) }, []int{4, 2})
	return out
}
