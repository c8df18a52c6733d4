package autograd

import "github.com/declive/declive/tensor"

// Border says what stands beyond the edges of a padded Variable.
type Border string

// Beyond the edges stand zeros, the entries reflected at the outermost one (which
// is not repeated), the outermost entry, or the entries from the other side.
const (
	Zeros     Border = "zeros"
	Reflect   Border = "reflect"
	Replicate Border = "replicate"
	Circular  Border = "circular"
)

// PadBorder adds what the border says around x: widths[i] entries before and
// after, for the last len(widths) axes in order. It panics when the border is
// unknown or the axes are too short for it: Reflect needs an axis longer than
// the width, Circular one as long. Gradient: g, added where the entries came from.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.pad.html
func (x *Variable) PadBorder(border Border, widths ...[2]int) *Variable {
	const op = "autograd.PadBorder"
	if border == Zeros {
		return x.Pad(0, widths...)
	}
	if len(widths) > x.Dims() {
		panic(tensor.Errorf(op, "widths for %d axes, but x is %v", len(widths), x.Shape()))
	}
	y := x
	for k, w := range widths {
		axis := x.Dims() - len(widths) + k
		if w == [2]int{} {
			continue
		}
		n := x.Shape()[axis]
		longest, known := map[Border]int{Reflect: n - 1, Replicate: w[0] + w[1], Circular: n}[border]
		switch {
		case !known:
			panic(tensor.Errorf(op, "border %q is none of %q, %q, %q and %q", border, Zeros, Reflect, Replicate, Circular))
		case w[0] < 0 || w[1] < 0 || max(w[0], w[1]) > longest || n == 0:
			panic(tensor.Errorf(op, "border %q of widths %v does not fit axis %d of %v", border, w, axis, x.Shape()))
		}
		index := make([]int64, 0, w[0]+n+w[1])
		for i := -w[0]; i < n+w[1]; i++ {
			index = append(index, int64(border.source(i, n)))
		}
		y = y.IndexSelect(axis, tensor.New(index))
	}
	return y
}

// source returns which of n entries stands at place i, before 0 or beyond n.
func (b Border) source(i, n int) int {
	switch {
	case b == Replicate:
		return min(max(i, 0), n-1)
	case b == Circular:
		return (i + n) % n
	case i < 0:
		return -i
	case i >= n:
		return 2*(n-1) - i
	}
	return i
}
