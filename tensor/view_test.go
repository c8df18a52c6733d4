package tensor

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// types are all element types: moving elements works for each.
var types = []DType{Float32, Float64, Int64, Bool}

func TestReshape(t *testing.T) {
	x := count(1, 2, 3, 4)
	for _, row := range []struct{ ask, want Shape }{
		{Shape{24}, Shape{24}}, {Shape{-1}, Shape{24}}, {Shape{4, -1}, Shape{4, 6}}, {Shape{2, 1, -1, 3}, Shape{2, 1, 4, 3}}, {Shape{-1, 24}, Shape{1, 24}},
	} {
		ask := append(Shape{}, row.ask...)
		y := Reshape(x, ask...)
		requireShape(t, Int64, row.want, y)
		require.Equal(t, row.ask, ask, "the caller's slice is only read")
		near(t, x.Float64s(), y, 0)
	}
	requireShape(t, Float32, Shape{}, Reshape(Ones(1, 1)))
	requireShape(t, Float32, Shape{0, 7}, Reshape(Zeros(0), 0, 7))
	requireShape(t, Float32, Shape{0, 3}, Reshape(Zeros(0), -1, 3))
	const op = "tensor.Reshape"
	rejects(t, op, 2, func() { Reshape(x, 5, 5) }, "[2 3 4]", "24", "[5 5]")
	rejects(t, op, 2, func() { Reshape(x, 5, -1) }, "[5 -1]")
	rejects(t, op, 2, func() { Reshape(Zeros(0), 0, -1) }, "[0 -1]")
	rejects(t, op, 1, func() { Reshape(x, -1, -1) }, "-1", "[-1 -1]")
	rejects(t, op, 1, func() { Reshape(x, -2, -12) }, "-2")
	rejects(t, op, 1, func() { Reshape(Zeros(0), 0, 1<<62, 8) }, "too many")
}

func TestFlattenSqueezeUnsqueeze(t *testing.T) {
	x := count(1, 2, 1, 3, 1)
	for _, row := range []struct {
		y    *Tensor
		want Shape
	}{
		{Flatten(x, 0, -1), Shape{6}}, {Flatten(x, 1, 2), Shape{2, 3, 1}}, {Flatten(x, -2, -1), Shape{2, 1, 3}}, {Flatten(x, 2, 2), Shape{2, 1, 3, 1}},
		{Squeeze(x), Shape{2, 3}}, {Squeeze(x, 1), Shape{2, 3, 1}}, {Squeeze(x, -1), Shape{2, 1, 3}}, {Squeeze(x, 3, 1), Shape{2, 3}},
		{Unsqueeze(x, 0), Shape{1, 2, 1, 3, 1}}, {Unsqueeze(x, -1), Shape{2, 1, 3, 1, 1}}, {Unsqueeze(x, 2), Shape{2, 1, 1, 3, 1}}, {Unsqueeze(x, 4), Shape{2, 1, 3, 1, 1}},
	} {
		requireShape(t, Int64, row.want, row.y)
		near(t, x.Float64s(), row.y, 0)
	}
	requireShape(t, Float32, Shape{1}, Flatten(Scalar(3), 0, -1))
	requireShape(t, Float32, Shape{}, Squeeze(Scalar(3)))
	requireShape(t, Float32, Shape{}, Squeeze(Scalar(3), 0))
	requireShape(t, Float32, Shape{1}, Unsqueeze(Scalar(3), 0))
	rejects(t, "tensor.Flatten", 0, func() { Flatten(x, 2, 1) }, "axis 2", "axis 1")
	rejects(t, "tensor.Flatten", 0, func() { Flatten(x, 0, 4) }, "axis 4")
	rejects(t, "tensor.Flatten", 0, func() { Flatten(Scalar(3), 1, -1) }, "axis 1")
	rejects(t, "tensor.Squeeze", 1, func() { Squeeze(x, 2) }, "axis 2", "[2 1 3 1]")
	rejects(t, "tensor.Squeeze", 0, func() { Squeeze(x, 4) }, "axis 4")
	rejects(t, "tensor.Unsqueeze", 0, func() { Unsqueeze(x, 5) }, "axis 5")
}

func TestExpand(t *testing.T) {
	for _, row := range []struct{ from, ask, want Shape }{
		{Shape{}, Shape{3}, Shape{3}}, {Shape{}, Shape{}, Shape{}}, {Shape{1}, Shape{4}, Shape{4}}, {Shape{3}, Shape{2, 3}, Shape{2, 3}}, {Shape{2, 1}, Shape{2, 3}, Shape{2, 3}},
		{Shape{2, 1, 3}, Shape{4, -1, 5, -1}, Shape{4, 2, 5, 3}}, {Shape{1, 3, 1}, Shape{2, 3, 2}, Shape{2, 3, 2}}, {Shape{1}, Shape{0}, Shape{0}},
		{Shape{2, 0}, Shape{3, 2, 0}, Shape{3, 2, 0}}, {Shape{1, 1}, Shape{2, 2}, Shape{2, 2}}, {Shape{1, 2, 3}, Shape{2, 2, 3}, Shape{2, 2, 3}},
	} {
		for _, d := range types {
			x := normal(d, row.from...)
			y := Expand(x, row.ask...)
			requireShape(t, d, row.want, y, row)
			each(row.want, func(at []int) { require.Equal(t, spread(x, at), y.At(at...), row) })
		}
	}
	const op = "tensor.Expand"
	rejects(t, op, 2, func() { Expand(Ones(2), 3) }, "[2]", "[3]")
	rejects(t, op, 2, func() { Expand(Ones(2, 3), 3) }, "[2 3]", "[3]")
	rejects(t, op, 2, func() { Expand(Ones(3), 1) }, "[3]", "[1]")
	rejects(t, op, 1, func() { Expand(Ones(3), -1, 3) }, "-1")
}

func TestPermute(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, shape := range append(shapes, Shape{70, 41}, Shape{3, 40, 35}, Shape{4, 5, 6, 7}) {
		for range 6 {
			order := rng.Perm(len(shape))
			d := types[rng.IntN(len(types))]
			x := normal(d, shape...)
			want := make(Shape, len(shape))
			for i, a := range order {
				want[i] = shape[a]
			}
			y := Permute(x, order...)
			requireShape(t, d, want, y)
			from := make([]int, len(shape))
			each(want, func(at []int) {
				for i, a := range order {
					from[a] = at[i]
				}
				require.Equal(t, x.At(from...), y.At(at...), "%v by %v at %v", shape, order, at)
			})
		}
	}
	const op = "tensor.Permute"
	rejects(t, op, 1, func() { Permute(Ones(2, 3), 0) }, "1 axes", "[2 3]")
	rejects(t, op, 0, func() { Permute(Ones(2, 3), 1, -1) }, "axis -1", "twice")
	rejects(t, op, 0, func() { Permute(Ones(2, 3), 0, 2) }, "axis 2")
}

func TestTranspose(t *testing.T) {
	x := count(1, 2, 3, 4)
	assert.True(t, Equal(Permute(x, 2, 1, 0), Transpose(x, 0, -1)))
	assert.True(t, Equal(Permute(x, 0, 2, 1), Transpose(x, -1, 1)))
	assert.True(t, Equal(x, Transpose(x, 1, 1)))
	near(t, []float64{3}, Transpose(Scalar(3), 0, -1), 0)
	rejects(t, "tensor.Transpose", 0, func() { Transpose(x, 0, 3) }, "axis 3")
}
