package tensor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConcatAndSplit(t *testing.T) {
	for _, d := range types {
		for _, shape := range []Shape{{6}, {6, 3}, {2, 6, 3}, {6, 0}} {
			for a, n := range shape {
				if n != 6 {
					continue
				}
				x := normal(d, shape...)
				for _, row := range []struct{ ask, want []int }{
					{[]int{2}, []int{2, 2, 2}}, {[]int{4}, []int{4, 2}}, {[]int{9}, []int{6}}, {[]int{1, 2, 3}, []int{1, 2, 3}}, {[]int{0, 6}, []int{0, 6}},
				} {
					parts := Split(x, a-len(shape), row.ask...)
					require.Len(t, parts, len(row.want))
					at := 0
					for i, p := range parts {
						require.Equal(t, row.want[i], p.Len(a))
						require.True(t, Equal(Slice(x, a, at, at+row.want[i]), p))
						at += row.want[i]
					}
					require.True(t, Equal(x, Concat(a, parts...)))
				}
			}
		}
	}
	parts := Split(Ones(0, 3), 0, 2)
	require.Len(t, parts, 1, "as torch.split of nothing")
	requireShape(t, Float32, Shape{0, 3}, parts[0])
	near(t, []float64{1, 2, 5, 3, 4, 6}, Concat(-1, FromSlice([][]int{{1, 2}, {3, 4}}), FromSlice([][]int{{5}, {6}})), 0)

	const op = "tensor.Concat"
	rejects(t, op, 0, func() { Concat(0) }, "no tensors")
	rejects(t, op, 2, func() { Concat(0, Ones(2, 3), Ones(2, 4)) }, "[2 3]", "[2 4]", "axis 0")
	rejects(t, op, 2, func() { Concat(0, Ones(2, 3), Ones(2)) }, "[2 3]", "[2]")
	rejects(t, op, 2, func() { Concat(0, Ones(2), Int64.Ones(2)) }, "float32", "int64")
	rejects(t, op, 0, func() { Concat(1, Ones(2), Ones(2)) }, "axis 1")
	rejects(t, op, 0, func() { Concat(0, Scalar(1)) }, "0-d")
	const split = "tensor.Split"
	rejects(t, split, 0, func() { Split(Ones(6), 0, 2, 3) }, "[2 3]", "5", "6")
	rejects(t, split, 0, func() { Split(Ones(6), 0, 0) }, "0")
	rejects(t, split, 0, func() { Split(Ones(6), 0, 7, -1) }, "-1")
	rejects(t, split, 0, func() { Split(Ones(6), 1, 2) }, "axis 1")
	rejects(t, "test.Op", 0, func() { SplitLengths("test.Op", 4, []int{3, 3}) }, "6", "4")
}

func TestStack(t *testing.T) {
	for _, d := range types {
		for _, shape := range shapes {
			a, b := normal(d, shape...), d.Ones(shape...)
			for i := -len(shape) - 1; i <= len(shape); i++ {
				y := Stack(i, a, b)
				at := i
				if i < 0 {
					at += len(shape) + 1
				}
				require.Equal(t, 2, y.Len(at))
				require.True(t, Equal(a, Squeeze(Slice(y, at, 0, 1), at)))
				require.True(t, Equal(b, Squeeze(Slice(y, at, 1, 2), at)))
			}
		}
	}
	const op = "tensor.Stack"
	rejects(t, op, 0, func() { Stack(0) }, "no tensors")
	rejects(t, op, 2, func() { Stack(0, Ones(2), Ones(2, 1)) }, "[2]", "[2 1]", "operand 1")
	rejects(t, op, 0, func() { Stack(2, Ones(2), Ones(2)) }, "axis 2")
	rejects(t, op, 2, func() { Stack(0, Ones(2), Float64.Ones(2)) }, "float64")
}

func TestPad(t *testing.T) {
	for _, d := range types {
		x := normal(d, 2, 3)
		for _, w := range [][][2]int{{}, {{1, 2}}, {{0, 0}, {2, 0}}, {{1, 0}, {0, 3}}, {{0, 0}, {0, 0}}} {
			y := Pad(x, 1, w...)
			all := [][2]int{{}, {}}
			copy(all[2-len(w):], w)
			want := Shape{2 + all[0][0] + all[0][1], 3 + all[1][0] + all[1][1]}
			requireShape(t, d, want, y)
			each(want, func(at []int) {
				v, i, j := 1.0, at[0]-all[0][0], at[1]-all[1][0]
				if i >= 0 && i < 2 && j >= 0 && j < 3 {
					v = x.At(i, j)
				}
				require.Equal(t, v, y.At(at...), "%v at %v", w, at)
			})
		}
	}
	assert.True(t, Equal(Full(7, 2), Pad(Zeros(0), 7, [2]int{1, 1})))
	const op = "tensor.Pad"
	rejects(t, op, 1, func() { Pad(Ones(2), 0, [2]int{1, 1}, [2]int{}) }, "2 widths", "[2]")
	rejects(t, op, 1, func() { Pad(Ones(2, 3), 0, [2]int{1, -1}) }, "[1 -1]", "axis 1", "[2 3]")
}
