package tensor

import (
	"slices"

	"github.com/declive/declive/internal/kernel"
)

// withShape returns a tensor over t's buffer with another shape of equal size.
func (t *Tensor) withShape(shape Shape) *Tensor {
	v := &Tensor{dtype: t.dtype, size: t.size, data: t.data}
	v.setShape(shape)
	return v
}

// Reshape returns x with another shape, sharing its buffer. One length may be
// −1 and is inferred. It panics when the number of elements would change.
func Reshape(x *Tensor, shape ...int) *Tensor {
	v := x.withShape(shape)
	hole, known := -1, 1
	for i, d := range v.shape {
		switch {
		case d == -1 && hole < 0:
			hole = i
		case d < 0:
			panic(Errorf("tensor.Reshape", "shape %v has an illegal length %d", slices.Clone(v.shape), d))
		default:
			known *= d
		}
	}
	if hole >= 0 && known > 0 { // with known = 0 any length would do, so none is taken
		v.shape[hole] = x.size / known
		known *= v.shape[hole]
	}
	if known != x.size || slices.Contains(v.shape, -1) {
		panic(Errorf("tensor.Reshape", "%v of %d elements cannot take shape %v", x.shape, x.size, slices.Clone(Shape(shape))))
	}
	checkLengths("tensor.Reshape", v.shape) // known may have wrapped around
	return v
}

// Flatten returns x with the axes start to end (both included) merged into
// one, sharing its buffer; negative axes count from the last. A 0-d tensor
// gains one axis. It panics when start lies after end.
// Source: https://pytorch.org/docs/1.13/generated/torch.flatten.html
func Flatten(x *Tensor, start, end int) *Tensor {
	s, e := axis("tensor.Flatten", start, x.Dims()), axis("tensor.Flatten", end, x.Dims())
	if s > e {
		panic(Errorf("tensor.Flatten", "axis %d lies after axis %d", start, end))
	}
	if x.Dims() == 0 {
		return x.withShape(Shape{1})
	}
	shape := append(slices.Clone(x.shape[:s]), x.shape[s:e+1].Size())
	return x.withShape(append(shape, x.shape[e+1:]...))
}

// Squeeze returns x without the given axes, which must have length 1, or, with
// none given, without all axes of length 1. It shares x's buffer.
func Squeeze(x *Tensor, axes ...int) *Tensor {
	drop := make([]bool, x.Dims())
	for _, a := range axes {
		i := axis("tensor.Squeeze", a, x.Dims())
		if x.Dims() == 0 {
			continue // PyTorch lets a 0-d tensor have axis 0
		}
		if x.shape[i] != 1 {
			panic(Errorf("tensor.Squeeze", "axis %d of %v has not length 1", a, x.shape))
		}
		drop[i] = true
	}
	out := Shape{}
	for i, d := range x.shape {
		if drop[i] || len(axes) == 0 && d == 1 {
			continue
		}
		out = append(out, d)
	}
	return x.withShape(out)
}

// Unsqueeze returns x with a new axis of length 1 at position a of the result,
// sharing x's buffer.
func Unsqueeze(x *Tensor, a int) *Tensor {
	i := axis("tensor.Unsqueeze", a, x.Dims()+1)
	return x.withShape(slices.Insert(slices.Clone(x.shape), i, 1))
}

// Expand returns x repeated along new leading axes and along its axes of
// length 1 until it has the given shape; −1 keeps a length. The result is a
// copy, or x itself when it has the shape already. It panics when x does not
// broadcast to the shape.
func Expand(x *Tensor, shape ...int) *Tensor {
	want := slices.Clone(Shape(shape))
	for i, d := range want {
		if j := i - len(shape) + x.Dims(); d == -1 && j >= 0 {
			want[i] = x.shape[j]
		}
	}
	checkLengths("tensor.Expand", want)
	if out, ok := Broadcast(x.shape, want); !ok || !out.Equal(want) {
		panic(Errorf("tensor.Expand", "%v cannot be expanded to %v", x.shape, want))
	}
	if x.shape.Equal(want) {
		return x
	}
	out := x.dtype.Empty(want...)
	strides := broadcastStrides(x.shape, want)
	copyStrided(out, x, strides)
	return out
}

// Permute returns a copy of x with its axes in the given order: axis i of the
// result is axis axes[i] of x. It panics unless every axis is named once.
func Permute(x *Tensor, axes ...int) *Tensor {
	if len(axes) != x.Dims() {
		panic(Errorf("tensor.Permute", "%d axes named for shape %v", len(axes), x.shape))
	}
	in := strides(x.shape)
	shape, step, seen := make(Shape, len(axes)), make([]int, len(axes)), make([]bool, len(axes))
	for i, a := range axes {
		j := axis("tensor.Permute", a, x.Dims())
		if seen[j] {
			panic(Errorf("tensor.Permute", "axis %d is named twice in %v", a, axes))
		}
		seen[j] = true
		shape[i], step[i] = x.shape[j], in[j]
	}
	out := x.dtype.Empty(shape...)
	copyStrided(out, x, step)
	return out
}

// Transpose returns a copy of x with axes a and b exchanged.
func Transpose(x *Tensor, a, b int) *Tensor {
	order := make([]int, x.Dims())
	for i := range order {
		order[i] = i
	}
	if x.Dims() == 0 {
		return x.Clone()
	}
	i, j := axis("tensor.Transpose", a, x.Dims()), axis("tensor.Transpose", b, x.Dims())
	order[i], order[j] = order[j], order[i]
	return Permute(x, order...)
}

// strides returns the distance between neighbours along each axis.
func strides(shape Shape) []int {
	s := make([]int, len(shape))
	step := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = step
		step *= shape[i]
	}
	return s
}

// broadcastStrides returns the distances along each axis of out at which x is
// read: 0 where x is repeated.
func broadcastStrides(x, out Shape) []int {
	s := make([]int, len(out))
	step := 1
	for i := len(x) - 1; i >= 0; i-- {
		if x[i] != 1 {
			s[len(out)-len(x)+i] = step
			step *= x[i]
		}
	}
	return s
}

// copyStrided fills out, row-major, from x read with the given strides.
func copyStrided(out, x *Tensor, step []int) {
	switch x.dtype {
	case Float32:
		gatherStrided(Data[float32](out), Data[float32](x), out.shape, step)
	case Float64:
		gatherStrided(Data[float64](out), Data[float64](x), out.shape, step)
	case Int64:
		gatherStrided(Data[int64](out), Data[int64](x), out.shape, step)
	case Bool:
		gatherStrided(Data[bool](out), Data[bool](x), out.shape, step)
	}
}

func gatherStrided[T Element](dst, x []T, shape Shape, step []int) {
	if len(dst) == 0 {
		return
	}
	if shape, step, _ = merged(shape, step, step); len(shape) == 0 {
		dst[0] = x[0]
		return
	}
	last := len(shape) - 1
	n, s := shape[last], step[last]
	if last > 0 && step[last-1] == 1 && s == shape[last-1] { // whole matrices, transposed
		rows := shape[last-1]
		walk(shape[:last-1], step[:last-1], nil, func(at, _ int) {
			kernel.Transpose(dst[:rows*n], x[at:at+rows*n], n, rows)
			dst = dst[rows*n:]
		})
		return
	}
	walk(shape[:last], step[:last], nil, func(at, _ int) {
		switch s {
		case 1:
			copy(dst[:n], x[at:])
		case 0:
			kernel.Fill(dst[:n], x[at])
		default:
			for i := range n {
				dst[i] = x[at+i*s]
			}
		}
		dst = dst[n:]
	})
}

// walk visits every index of shape in row-major order and gives f the offsets
// that the strides a and b (which may be nil) lead to.
func walk(shape Shape, a, b []int, f func(atA, atB int)) {
	var room [6]int // so that usual shapes cost no allocation
	index := append(room[:0], make([]int, len(shape))...)
	atA, atB := 0, 0
	for {
		f(atA, atB)
		i := len(shape) - 1
		for ; i >= 0; i-- {
			index[i]++
			atA += a[i]
			if b != nil {
				atB += b[i]
			}
			if index[i] < shape[i] {
				break
			}
			atA -= a[i] * shape[i]
			if b != nil {
				atB -= b[i] * shape[i]
			}
			index[i] = 0
		}
		if i < 0 {
			return
		}
	}
}
