package tensor

import "slices"

// Slice returns a copy of x with axis a restricted to start ≤ i < stop.
// Negative bounds count from the end, as in Python; bounds beyond the end are
// cut to it.
func Slice(x *Tensor, a, start, stop int) *Tensor { return SliceStep(x, a, start, stop, 1) }

// SliceStep is Slice taking every step-th index. It panics when step < 1.
func SliceStep(x *Tensor, a, start, stop, step int) *Tensor {
	const op = "tensor.Slice"
	i := needAxis(op, a, x)
	if step < 1 {
		panic(Errorf(op, "step %d is not positive", step))
	}
	start, stop = bound(start, x.shape[i]), bound(stop, x.shape[i])
	if step == 1 {
		return cut(x, i, start, max(start, stop))
	}
	var index []int64
	for k := start; k < stop; k += min(step, stop-k) { // cannot overflow
		index = append(index, int64(k))
	}
	return take(x, i, index)
}

// cut copies the entries start ≤ i < stop of axis a, whole runs at a time.
func cut(x *Tensor, a, start, stop int) *Tensor {
	shape := slices.Clone(x.shape)
	shape[a] = stop - start
	out := x.dtype.Zeros(shape...)
	width := x.shape[a+1:].Size() * x.dtype.bytes()
	run, skip := shape[a]*width, x.shape[a]*width
	dst, src := out.bytes(), x.bytes()
	for o := range x.shape[:a].Size() {
		copy(dst[o*run:][:run], src[o*skip+start*width:])
	}
	return out
}

// bound turns a Python slice bound into an index from 0 to n.
func bound(i, n int) int {
	if i < 0 {
		i += n
	}
	return min(max(i, 0), n)
}

// IndexSelect returns a copy of the entries of x along axis a that index, a
// 1-d Int64 tensor, names in order; repeats are allowed. It panics when an
// index is outside 0 … length−1.
// Source: https://pytorch.org/docs/1.13/generated/torch.index_select.html
func IndexSelect(x *Tensor, a int, index *Tensor) *Tensor {
	const op = "tensor.IndexSelect"
	i := needAxis(op, a, x)
	checkVector(op, index)
	checkIndex(op, index, x.shape[i], x.shape)
	return take(x, i, Data[int64](index))
}

// take copies whole blocks below axis a.
func take(x *Tensor, a int, index []int64) *Tensor {
	shape := slices.Clone(x.shape)
	shape[a] = len(index)
	switch x.dtype {
	case Float32:
		return takeBlocks[float32](x, a, index, shape)
	case Float64:
		return takeBlocks[float64](x, a, index, shape)
	case Int64:
		return takeBlocks[int64](x, a, index, shape)
	}
	return takeBlocks[bool](x, a, index, shape)
}

func takeBlocks[T Element](x *Tensor, a int, index []int64, shape Shape) *Tensor {
	out, dst := unset[T](shape)
	src := Data[T](x)
	n, inner := x.shape[a], x.shape[a+1:].Size()
	for o := range x.shape[:a].Size() {
		for k, i := range index {
			copy(dst[(o*len(index)+k)*inner:][:inner], src[(o*n+int(i))*inner:])
		}
	}
	return out
}

// IndexAdd returns a copy of x to which the entries of src along axis a are
// added at the places that index names; repeats add up. src has x's shape but
// for the length of axis a, which is that of index.
// Source: https://pytorch.org/docs/1.13/generated/torch.Tensor.index_add.html
func IndexAdd(x *Tensor, a int, index, src *Tensor) *Tensor {
	const op = "tensor.IndexAdd"
	i := needAxis(op, a, x)
	checkVector(op, index)
	checkIndex(op, index, x.shape[i], x.shape)
	want := slices.Clone(x.shape)
	want[i] = index.size
	if !src.shape.Equal(want) {
		panic(Errorf(op, "source %v has not shape %v", src.shape, want))
	}
	needFloat(op, x)
	if sameType(op, x, src) == Float32 {
		return addBlocks[float32](x, i, Data[int64](index), src)
	}
	return addBlocks[float64](x, i, Data[int64](index), src)
}

func addBlocks[T float32 | float64](x *Tensor, a int, index []int64, src *Tensor) *Tensor {
	out := x.Clone()
	dst, from := Data[T](out), Data[T](src)
	n, inner := x.shape[a], x.shape[a+1:].Size()
	for o := range x.shape[:a].Size() {
		for k, i := range index {
			to, add := dst[(o*n+int(i))*inner:][:inner], from[(o*len(index)+k)*inner:]
			for j := range to {
				to[j] += add[j]
			}
		}
	}
	return out
}

// Gather returns out with out[…, i, …] = x[…, index[…, i, …], …] along axis a.
// index is Int64 with as many axes as x and no other axis longer than x's; out
// has its shape. It panics when an index is outside 0 … length−1.
// Source: https://pytorch.org/docs/1.13/generated/torch.gather.html
func Gather(x *Tensor, a int, index *Tensor) *Tensor {
	const op = "tensor.Gather"
	i := needAxis(op, a, x)
	checkGather(op, x.shape, i, index)
	switch x.dtype {
	case Float32:
		return gather[float32](x, i, index)
	case Float64:
		return gather[float64](x, i, index)
	case Int64:
		return gather[int64](x, i, index)
	}
	return gather[bool](x, i, index)
}

func gather[T Element](x *Tensor, a int, index *Tensor) *Tensor {
	out, dst := unset[T](index.shape)
	src := Data[T](x)
	eachPlace(x.shape, a, index, func(i, at int) { dst[i] = src[at] })
	return out
}

// ScatterAdd returns a copy of x to which src is added at the places Gather
// with the same index would read: out[…, index[…, i, …], …] += src[…, i, …].
// src has the shape of index.
// Source: https://pytorch.org/docs/1.13/generated/torch.scatter_add.html
func ScatterAdd(x *Tensor, a int, index, src *Tensor) *Tensor {
	const op = "tensor.ScatterAdd"
	i := needAxis(op, a, x)
	checkGather(op, x.shape, i, index)
	if !src.shape.Equal(index.shape) {
		panic(Errorf(op, "source %v has not the shape %v of the index", src.shape, index.shape))
	}
	needFloat(op, x)
	if sameType(op, x, src) == Float32 {
		return scatterAdd[float32](x, i, index, src)
	}
	return scatterAdd[float64](x, i, index, src)
}

func scatterAdd[T float32 | float64](x *Tensor, a int, index, src *Tensor) *Tensor {
	out := x.Clone()
	dst, from := Data[T](out), Data[T](src)
	eachPlace(x.shape, a, index, func(i, at int) { dst[at] += from[i] })
	return out
}

// eachPlace calls f with each position i in index and the offset it names in a
// tensor of the given shape.
func eachPlace(shape Shape, a int, index *Tensor, f func(i, at int)) {
	if index.size == 0 {
		return
	}
	step := strides(shape)
	along := step[a]
	step[a] = 0
	next, where := 0, Data[int64](index)
	walk(index.shape, step, nil, func(at, _ int) {
		f(next, at+int(where[next])*along)
		next++
	})
}

func checkGather(op string, shape Shape, a int, index *Tensor) {
	fits := index.dtype == Int64 && index.Dims() == len(shape)
	for i := 0; fits && i < len(shape); i++ {
		fits = i == a || index.shape[i] <= shape[i]
	}
	if !fits {
		panic(Errorf(op, "%v index %v does not fit %v along axis %d", index.dtype, index.shape, shape, a))
	}
	checkIndex(op, index, shape[a], shape)
}

// checkVector panics unless index is a 1-d Int64 tensor.
func checkVector(op string, index *Tensor) {
	if index.dtype != Int64 || index.Dims() != 1 {
		panic(Errorf(op, "the index is %v %v, not int64 with one axis", index.dtype, index.shape))
	}
}

// checkIndex panics when an index is outside 0 … n−1, naming it and its place.
func checkIndex(op string, index *Tensor, n int, shape Shape) {
	for k, i := range Data[int64](index) {
		if i < 0 || i >= int64(n) {
			panic(Errorf(op, "index%v = %d is outside 0 … %d of input %v", index.position(k), i, n-1, shape))
		}
	}
}

// position returns the index, axis by axis, of the k-th element.
func (t *Tensor) position(k int) []int {
	at := make([]int, len(t.shape))
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = k % t.shape[i]
		k /= t.shape[i]
	}
	return at
}

// needAxis is axis for operations that a 0-d tensor cannot have.
func needAxis(op string, a int, x *Tensor) int {
	if x.Dims() == 0 {
		panic(Errorf(op, "a 0-d tensor has no axes"))
	}
	return axis(op, a, x.Dims())
}
