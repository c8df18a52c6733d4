package loss

import (
	"strconv"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// floats panics unless x, called name, has float elements.
func floats(op, name string, x *autograd.Variable) {
	if !x.DType().IsFloat() {
		panic(tensor.Errorf(op, "%s %v is %v, not float32 or float64", name, x.Shape(), x.DType()))
	}
}

// same panics unless a and b are floats of one type and one shape. Nothing is
// broadcast: the difference of [N] and [N 1] is a silent [N N].
func same(op, aName string, a *autograd.Variable, bName string, b *autograd.Variable) {
	floats(op, aName, a)
	floats(op, bName, b)
	if !a.Shape().Equal(b.Shape()) {
		panic(tensor.Errorf(op, "%s %v and %s %v differ", aName, a.Shape(), bName, b.Shape()))
	}
	sameType(op, aName, a, bName, b.DType())
}

// sameType panics unless the elements of a are of type d, which b has.
func sameType(op, aName string, a *autograd.Variable, bName string, d tensor.DType) {
	if a.DType() != d {
		panic(tensor.Errorf(op, "%s is %v and %s is %v", aName, a.DType(), bName, d))
	}
}

// broadcast returns a weight that is repeated to the shape of input, as few
// times as needed: a weight that repeats along leading axes only is returned as
// it is, for kernels go round it. It panics when the weight does not broadcast
// to input or has another type. A nil weight stays nil.
func broadcast(op, name string, weight *tensor.Tensor, input *autograd.Variable) *tensor.Tensor {
	if weight == nil {
		return nil
	}
	sameType(op, "input", input, name, weight.DType())
	shape := input.Shape()
	if out, ok := tensor.Broadcast(weight.Shape(), shape); !ok || !out.Equal(shape) {
		panic(tensor.Errorf(op, "%s %v does not broadcast to input %v", name, weight.Shape(), shape))
	}
	tail := weight.Shape()
	for len(tail) > 0 && tail[0] == 1 {
		tail = tail[1:]
	}
	if tail.Equal(shape[len(shape)-len(tail):]) {
		return weight
	}
	return tensor.Expand(weight, shape...)
}

// within reports whether every element is in [lo, hi] and none NaN.
func within(x *autograd.Variable, lo, hi float64) bool {
	if x.Size() == 0 {
		return true
	}
	if x.DType() == tensor.Float32 {
		data := tensor.Data[float32](x.Value())
		return kernel.Min(data) >= float32(lo) && kernel.Max(data) <= float32(hi)
	}
	data := tensor.Data[float64](x.Value())
	return kernel.Min(data) >= lo && kernel.Max(data) <= hi
}

// blame panics over the first element of x that is bad, if there is one.
func blame(op, name string, x *autograd.Variable, bad func(v float64) bool, says string) {
	for i, v := range x.Value().Float64s() {
		if bad(v) {
			panic(tensor.Errorf(op, "%s = %v %s", position(name, i, x.Shape()), v, says))
		}
	}
}

// position names the i-th element of a tensor, as in "target[5,2]".
func position(name string, i int, shape tensor.Shape) string {
	index := make([]string, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		index[a] = strconv.Itoa(i % shape[a])
		i /= shape[a]
	}
	if len(index) == 0 {
		return name
	}
	return name + "[" + strings.Join(index, ",") + "]"
}
