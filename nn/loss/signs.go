package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// numbers returns labels or counts, which may be Int64, as elements of type d.
// Others are left as they are, to be found fault with by same.
func numbers(target *autograd.Variable, d tensor.DType) *autograd.Variable {
	if target.DType() != tensor.Int64 || !d.IsFloat() {
		return target
	}
	return target.To(d)
}

// hinge returns max(0, x), with gradient 1 at 0, where ReLU has 0.
func hinge(x *autograd.Variable) *autograd.Variable { return x.Clamp(0, math.Inf(1)) }

// checkSigns panics unless every label is 1 or −1: with another one the formula
// would be neither or, as in PyTorch, both.
func checkSigns(op string, target *autograd.Variable) {
	for i, y := range target.Value().Float64s() {
		if y != 1 && y != -1 {
			panic(tensor.Errorf(op, "%s = %v is not 1 or -1", position("target", i, target.Shape()), y))
		}
	}
}
