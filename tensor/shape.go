package tensor

import "slices"

// Shape is the length of each axis, outermost first. A Shape of length 0
// belongs to a 0-d tensor with one element. It is a []int and converts freely.
type Shape []int

// Size returns the number of elements, the product of all lengths.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both shapes have the same lengths in the same order.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// KeepDims keeps the reduced axes in the result with length 1 when it is given
// as the last axis of a reduction: tensor.Sum(x, 1, tensor.KeepDims).
const KeepDims = -1 << 31

// Broadcast returns the shape that tensors of shapes a and b combine to: axes
// are aligned at the right, and lengths must be equal or one of them 1.
// ok is false when they cannot be combined.
// Source: https://numpy.org/doc/stable/user/basics.broadcasting.html
func Broadcast(a, b Shape) (out Shape, ok bool) {
	return appendBroadcast(Shape{}, a, b)
}

// appendBroadcast is Broadcast into the room of out, which is empty.
func appendBroadcast(out, a, b Shape) (Shape, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	out = append(out, a...)
	for i, d := range b {
		j := len(a) - len(b) + i
		switch {
		case out[j] == 1:
			out[j] = d
		case d != 1 && d != out[j]:
			return nil, false
		}
	}
	return out, true
}

// axis returns a as a non-negative axis of a tensor with the given number of
// axes, or panics. A 0-d tensor accepts 0 and −1, as in PyTorch.
func axis(op string, a, dims int) int {
	n := max(dims, 1)
	if a < -n || a >= n {
		panic(Errorf(op, "axis %d does not exist in a tensor with %d axes", a, dims))
	}
	return (a + n) % n
}

// axisSet is a set of axes, one bit each.
type axisSet uint64

func (s axisSet) has(a int) bool { return s>>a&1 != 0 }

// reduction splits an axis list into the set of reduced axes and KeepDims. No
// axis at all means every axis.
func reduction(op string, axes []int, dims int) (set axisSet, keep bool) {
	if dims > 64 {
		panic(Errorf(op, "%d axes are more than a reduction can tell apart", dims))
	}
	if n := len(axes); n > 0 && axes[n-1] == KeepDims {
		axes, keep = axes[:n-1], true
	}
	for _, a := range axes {
		i := axis(op, a, dims)
		if set.has(i) {
			panic(Errorf(op, "axis %d is given twice", a))
		}
		set |= 1 << i
	}
	if len(axes) == 0 {
		set = 1<<dims - 1
	}
	return set, keep
}

// Reduced returns the shape of x after a reduction over axes, without and with
// the reduced axes kept; len(axes) == 0 reduces all. A trailing KeepDims is
// accepted and changes nothing here.
func Reduced(op string, x Shape, axes []int) (dropped, kept Shape) {
	set, _ := reduction(op, axes, len(x))
	dropped, kept = Shape{}, slices.Clone(x)
	for i, d := range x {
		if set.has(i) {
			kept[i] = 1
		} else {
			dropped = append(dropped, d)
		}
	}
	return dropped, kept
}
