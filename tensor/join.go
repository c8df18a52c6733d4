package tensor

import "slices"

// Concat returns the tensors joined along an existing axis. They must have the
// same type and, but for that axis, the same shape. It panics without tensors.
func Concat(a int, xs ...*Tensor) *Tensor {
	const op = "tensor.Concat"
	if len(xs) == 0 {
		panic(Errorf(op, "no tensors to join"))
	}
	return concat(op, needAxis(op, a, xs[0]), xs)
}

// concat joins along the existing axis i.
func concat(op string, i int, xs []*Tensor) *Tensor {
	shape := slices.Clone(xs[0].shape)
	for _, x := range xs[1:] {
		sameType(op, xs[0], x)
		want := slices.Clone(x.shape)
		if len(want) == len(shape) {
			want[i] = xs[0].shape[i]
		}
		if !want.Equal(xs[0].shape) {
			panic(Errorf(op, "shapes %v and %v do not join along axis %d", xs[0].shape, x.shape, i))
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
	const op = "tensor.Stack"
	if len(xs) == 0 {
		panic(Errorf(op, "no tensors to join"))
	}
	i := axis(op, a, xs[0].Dims()+1)
	up := make([]*Tensor, len(xs))
	for k, x := range xs {
		if !x.shape.Equal(xs[0].shape) {
			panic(Errorf(op, "shapes %v and %v of operand %d differ", xs[0].shape, x.shape, k))
		}
		up[k] = Unsqueeze(x, i)
	}
	return concat(op, i, up)
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
		out[k] = cut(x, i, at, at+n)
		at += n
	}
	return out
}

// SplitLengths returns the piece lengths Split uses for an axis of length n,
// one empty piece for an axis of length 0. It panics in the name of op.
func SplitLengths(op string, n int, lengths []int) []int {
	for _, l := range lengths {
		if l < 0 || l == 0 && len(lengths) == 1 {
			panic(Errorf(op, "illegal length %d in %v", l, lengths))
		}
	}
	if len(lengths) == 1 {
		cuts := []int{min(lengths[0], n)}
		for at := cuts[0]; at < n; at += cuts[0] {
			cuts = append(cuts, min(cuts[0], n-at))
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
	first, padded := x.Dims()-len(widths), x
	for k, w := range widths {
		if w[0] < 0 || w[1] < 0 {
			panic(Errorf(op, "negative width %v for axis %d of %v", w, first+k, x.shape))
		}
		if w == [2]int{} {
			continue
		}
		shape := slices.Clone(padded.shape)
		shape[first+k] += w[0] + w[1]
		out := x.dtype.Full(value, shape...)
		paste(out, padded, first+k, w[0])
		padded = out
	}
	if padded == x {
		return x.Clone()
	}
	return padded
}
