package tensor

import "slices"

// Concat returns the tensors joined along an existing axis. They must have the
// same type and, but for that axis, the same shape. It panics without tensors.
func Concat(a int, xs ...*Tensor) *Tensor {
	const op = "tensor.Concat"
	if len(xs) == 0 {
		panic(Errorf(op, "no tensors to join"))
	}
	i := needAxis(op, a, xs[0])
	shape := slices.Clone(xs[0].shape)
	for _, x := range xs[1:] {
		sameType(op, xs[0], x)
		want := slices.Clone(x.shape)
		if len(want) == len(shape) {
			want[i] = xs[0].shape[i]
		}
		if !want.Equal(xs[0].shape) {
			panic(Errorf(op, "shapes %v and %v do not join along axis %d", xs[0].shape, x.shape, a))
		}
		shape[i] += x.shape[i]
	}
	out := xs[0].dtype.Zeros(shape...)
	at := 0
	for _, x := range xs {
		paste(out, x, i, at)
		at += x.shape[i]
	}
	return out
}

// paste copies x into out at place at of axis a; the other axes are equal.
func paste(out, x *Tensor, a, at int) {
	width := out.shape[a+1:].Size() * out.dtype.bytes()
	run := x.shape[a] * width
	dst, src := out.bytes(), x.bytes()
	for o := range x.shape[:a].Size() {
		copy(dst[(o*out.shape[a]+at)*width:][:run], src[o*run:])
	}
}

// Stack returns the tensors, all of one shape and type, joined along a new
// axis at position a of the result.
func Stack(a int, xs ...*Tensor) *Tensor {
	if len(xs) == 0 {
		panic(Errorf("tensor.Stack", "no tensors to join"))
	}
	up := make([]*Tensor, len(xs))
	for i, x := range xs {
		if !x.shape.Equal(xs[0].shape) {
			panic(Errorf("tensor.Stack", "shapes %v and %v differ", xs[0].shape, x.shape))
		}
		up[i] = Unsqueeze(x, a)
	}
	return Concat(axis("tensor.Stack", a, xs[0].Dims()+1), up...)
}

// Split returns x cut along axis a into pieces of the given lengths, which
// must add up to the axis; one length alone is repeated and the last piece may
// be shorter. The pieces are copies.
// Source: https://pytorch.org/docs/1.13/generated/torch.split.html
func Split(x *Tensor, a int, lengths ...int) []*Tensor {
	const op = "tensor.Split"
	i := needAxis(op, a, x)
	cuts := SplitLengths(op, x.shape[i], lengths)
	out := make([]*Tensor, len(cuts))
	at := 0
	for k, n := range cuts {
		out[k] = Slice(x, i, at, at+n)
		at += n
	}
	return out
}

// SplitLengths returns the piece lengths Split uses for an axis of length n.
func SplitLengths(op string, n int, lengths []int) []int {
	for _, l := range lengths {
		if l < 0 || l == 0 && len(lengths) == 1 {
			panic(Errorf(op, "illegal length %d in %v", l, lengths))
		}
	}
	if len(lengths) == 1 {
		var cuts []int
		for at := 0; at < n; at += lengths[0] {
			cuts = append(cuts, min(lengths[0], n-at))
		}
		return cuts
	}
	sum := 0
	for _, l := range lengths {
		sum += l
	}
	if sum != n {
		panic(Errorf(op, "lengths %v add up to %d, not to the %d of the axis", lengths, sum, n))
	}
	return lengths
}

// Pad returns x with value added around it: widths[i] says how many entries
// before and after, for the last len(widths) axes in order. It panics when a
// width is negative or there are more widths than axes.
func Pad(x *Tensor, value float64, widths ...[2]int) *Tensor {
	const op = "tensor.Pad"
	if len(widths) > x.Dims() {
		panic(Errorf(op, "%d widths for shape %v", len(widths), x.shape))
	}
	first := x.Dims() - len(widths)
	for k, w := range widths {
		if w[0] < 0 || w[1] < 0 {
			panic(Errorf(op, "negative width %v for axis %d of %v", w, first+k, x.shape))
		}
		if w == [2]int{} {
			continue
		}
		shape := slices.Clone(x.shape)
		shape[first+k] += w[0] + w[1]
		out := x.dtype.Full(value, shape...)
		paste(out, x, first+k, w[0])
		x = out
	}
	return x
}
