package tensor

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSlice(t *testing.T) {
	for _, d := range types {
		for _, shape := range []Shape{{5}, {4, 3}, {2, 5, 3}, {3, 0}, {0}} {
			x := normal(d, shape...)
			for a, n := range shape {
				for start := -n - 2; start <= n+2; start++ {
					for stop := -n - 2; stop <= n+2; stop++ {
						for _, step := range []int{1, 2, 3, math.MaxInt} {
							checkSlice(t, x, a, start, stop, step)
						}
					}
				}
			}
		}
	}
	near(t, []float64{2, 3}, Slice(count(1, 5), -1, 2, 4), 0)
	const op = "tensor.Slice"
	rejects(t, op, 0, func() { SliceStep(Ones(3), 0, 0, 3, 0) }, "step 0")
	rejects(t, op, 0, func() { SliceStep(Ones(3), 0, 3, 0, -1) }, "step -1")
	rejects(t, op, 0, func() { Slice(Ones(3), 1, 0, 3) }, "axis 1")
	rejects(t, op, 0, func() { Slice(Scalar(3), 0, 0, 3) }, "0-d")
}

// checkSlice compares with Python's rule: bounds count from the end when
// negative and are cut to the axis.
func checkSlice(t *testing.T, x *Tensor, a, start, stop, step int) {
	n := x.shape[a]
	place := func(i int) int {
		if i < 0 {
			i += n
		}
		return max(0, min(i, n))
	}
	var kept []int
	for i := range n {
		if i >= place(start) && i < place(stop) && (i-place(start))%step == 0 {
			kept = append(kept, i)
		}
	}
	y := SliceStep(x, a, start, stop, step)
	want := slices.Clone(x.shape)
	want[a] = len(kept)
	requireShape(t, x.dtype, want, y, x.shape, a, start, stop, step)
	each(want, func(at []int) {
		from := slices.Clone(at)
		from[a] = kept[at[a]]
		require.Equal(t, x.At(from...), y.At(at...), "%v axis %d %d:%d:%d at %v", x.shape, a, start, stop, step, at)
	})
}

func TestIndexSelectAndIndexAdd(t *testing.T) {
	for _, d := range types {
		for _, shape := range []Shape{{4}, {4, 3}, {2, 4, 3}} {
			for a, n := range shape {
				index := New([]int64{int64(n - 1), 0, 0, 1})
				x := normal(d, shape...)
				y := IndexSelect(x, a-len(shape), index)
				want := slices.Clone(shape)
				want[a] = 4
				requireShape(t, d, want, y)
				sum := Float64.Zeros(shape...) // of y scattered back
				each(want, func(at []int) {
					from := slices.Clone(at)
					from[a] = int(index.At(at[a]))
					require.Equal(t, x.At(from...), y.At(at...))
					sum.Set(sum.At(from...)+y.At(at...), from...)
				})
				if d.IsFloat() {
					near(t, Add(x.To(Float64), sum).Float64s(), IndexAdd(x, a, index, y), eps(d))
				}
			}
		}
	}
	requireShape(t, Float32, Shape{0, 3}, IndexSelect(Ones(2, 3), 0, Int64.Zeros(0)))
	requireShape(t, Float32, Shape{2, 0}, IndexSelect(Ones(2, 0), 0, Int64.Zeros(2)))

	x, i := Ones(2, 3), New([]int64{0, 3})
	const op = "tensor.IndexSelect"
	rejects(t, op, 1, func() { IndexSelect(x, 1, i) }, "index[1] = 3", "[2 3]")
	rejects(t, op, 1, func() { IndexSelect(x, 1, New([]int64{-1})) }, "index[0] = -1")
	rejects(t, op, 1, func() { IndexSelect(x, 1, Ones(2)) }, "float32 [2]")
	rejects(t, op, 1, func() { IndexSelect(x, 1, Int64.Ones(1, 1)) }, "int64 [1 1]")
	rejects(t, op, 0, func() { IndexSelect(x, 2, i) }, "axis 2")
	rejects(t, op, 0, func() { IndexSelect(Scalar(1), 0, i) }, "0-d")
	const add = "tensor.IndexAdd"
	ok := New([]int64{0, 2})
	rejects(t, add, 2, func() { IndexAdd(x, 1, ok, Ones(2, 3)) }, "[2 3]", "[2 2]")
	rejects(t, add, 1, func() { IndexAdd(x, 1, i, Ones(2, 2)) }, "index[1] = 3")
	rejects(t, add, 1, func() { IndexAdd(Int64.Ones(2, 3), 1, ok, Int64.Ones(2, 2)) }, "int64")
	rejects(t, add, 2, func() { IndexAdd(x, 1, ok, Float64.Ones(2, 2)) }, "float64")
	rejects(t, add, 1, func() { IndexAdd(x, 1, Ones(2), Ones(2, 2)) }, "float32 [2]")
}

func TestGatherAndScatterAdd(t *testing.T) {
	for _, row := range []struct {
		x, index Shape
		axis     int
	}{
		{Shape{5}, Shape{3}, 0}, {Shape{4, 3}, Shape{2, 3}, 0}, {Shape{4, 3}, Shape{4, 6}, 1}, {Shape{4, 3}, Shape{2, 1}, -1},
		{Shape{2, 3, 4}, Shape{2, 3, 1}, 2}, {Shape{2, 3, 4}, Shape{1, 7, 2}, 1}, {Shape{4, 3}, Shape{0, 3}, 0}, {Shape{4, 3}, Shape{4, 0}, 1}, {Shape{0, 3}, Shape{0, 2}, 1},
	} {
		a := (row.axis + len(row.x)) % len(row.x)
		index := Int64.Zeros(row.index...)
		k := 0
		each(row.index, func(at []int) {
			index.Set(float64(k*k%row.x[a]), at...)
			k++
		})
		for _, d := range types {
			x := normal(d, row.x...)
			y := Gather(x, row.axis, index)
			requireShape(t, d, row.index, y)
			sum := x.To(Float64).Clone()
			each(row.index, func(at []int) {
				from := slices.Clone(at)
				from[a] = int(index.At(at...))
				require.Equal(t, x.At(from...), y.At(at...), row)
				sum.Set(sum.At(from...)+y.At(at...), from...)
			})
			if d.IsFloat() {
				near(t, sum.Float64s(), ScatterAdd(x, row.axis, index, y), eps(d), row)
			}
		}
	}
	x := Ones(2, 3)
	const op = "tensor.Gather"
	rejects(t, op, 1, func() { Gather(x, 1, New([]int64{0, 1, 2, 3}, 2, 2)) }, "index[1 1] = 3", "0 … 2", "[2 3]")
	rejects(t, op, 2, func() { Gather(x, 1, Int64.Zeros(3, 1)) }, "[3 1]", "[2 3]", "axis 1")
	rejects(t, op, 2, func() { Gather(x, 1, Int64.Zeros(2)) }, "[2]", "[2 3]")
	rejects(t, op, 2, func() { Gather(x, 1, Zeros(2, 1)) }, "float32", "[2 1]")
	rejects(t, op, 0, func() { Gather(Scalar(1), 0, Int64.Scalar(0)) }, "0-d")
	const add = "tensor.ScatterAdd"
	i := Int64.Zeros(2, 1)
	rejects(t, add, 2, func() { ScatterAdd(x, 1, i, Ones(2, 2)) }, "[2 2]", "[2 1]")
	rejects(t, add, 1, func() { ScatterAdd(x, 1, Int64.Full(9, 2, 1), Ones(2, 1)) }, "index[0 0] = 9")
	rejects(t, add, 1, func() { ScatterAdd(x.To(Int64), 1, i, Int64.Ones(2, 1)) }, "int64")
	rejects(t, add, 2, func() { ScatterAdd(x, 1, i, Float64.Ones(2, 1)) }, "float64")
}
