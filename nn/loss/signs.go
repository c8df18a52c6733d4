package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
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
	var good bool
	if target.DType() == tensor.Float32 {
		good = areSigns(tensor.Data[float32](target.Value()))
	} else {
		good = areSigns(tensor.Data[float64](target.Value()))
	}
	if !good {
		blame(op, "target", target, func(y float64) bool { return y != 1 && y != -1 }, "is not 1 or -1")
	}
}

func areSigns[T kernel.Float](x []T) bool {
	for _, y := range x {
		if y != 1 && y != -1 {
			return false
		}
	}
	return true
}

// upTo sets dst to something positive where x is 0 or more, which is where the
// gradient of hinge passes; not where x is NaN.
func upTo[T kernel.Float](dst, x []T) {
	kernel.Sign(dst, x)
	kernel.Offset(dst, dst, 0.5)
}
