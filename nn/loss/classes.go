package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// classAxis returns the axis of the classes: the only one of (C), the second
// of (N, C, d1, …).
func classAxis(op string, input *autograd.Variable) int {
	floats(op, "input", input)
	axis := min(1, input.Dims()-1)
	if axis < 0 || input.Shape()[axis] == 0 {
		panic(tensor.Errorf(op, "input %v has no classes: want [C], [N C] or [N C d1 …]", input.Shape()))
	}
	return axis
}

// classTargets is a checked target of class indices.
type classTargets struct {
	axis    int          // of the classes in the input
	classes int          // their number
	inner   int          // how many positions lie behind the class axis
	shape   tensor.Shape // the input's without the class axis
	class   []int64      // row-major, −1 where ignored
	coef    []float64    // the weight of each class named, 0 where ignored
	total   float64      // Σ coef
}

// newClassTargets panics unless target is Int64, has one class of input for
// every position, and weight, where given, one element for every class.
func newClassTargets(op string, input, target *autograd.Variable, weight *tensor.Tensor, ignore int) *classTargets {
	axis := classAxis(op, input)
	in := input.Shape()
	t := &classTargets{axis: axis, classes: in[axis], inner: in[axis+1:].Size()}
	t.shape = append(append(t.shape, in[:axis]...), in[axis+1:]...)
	checkClassWeight(op, input, weight, t.classes)
	if target.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "target %v is %v, not int64 classes", target.Shape(), target.DType()))
	}
	if !target.Shape().Equal(t.shape) {
		panic(tensor.Errorf(op, "target %v does not fit input %v: want %v", target.Shape(), in, t.shape))
	}
	weights := ones(weight, t.classes)
	given := tensor.Data[int64](target.Value())
	t.class, t.coef = make([]int64, len(given)), make([]float64, len(given))
	for i, c := range given {
		switch {
		case c == int64(ignore):
			t.class[i] = -1
		case c < 0 || c >= int64(t.classes):
			panic(tensor.Errorf(op, "%s = %d is not a class of input %v", position("target", i, t.shape), c, in))
		default:
			t.class[i], t.coef[i] = c, weights[c]
			t.total += weights[c]
		}
	}
	return t
}

// checkClassWeight panics unless weight has one element of input's type for
// every class. There may be none.
func checkClassWeight(op string, input *autograd.Variable, weight *tensor.Tensor, classes int) {
	if weight == nil {
		return
	}
	sameType(op, "input", input, "weight", weight.DType())
	if !weight.Shape().Equal(tensor.Shape{classes}) {
		panic(tensor.Errorf(op, "weight %v for the classes of input %v: want [%d]", weight.Shape(), input.Shape(), classes))
	}
}

func ones(weight *tensor.Tensor, n int) []float64 {
	if weight != nil {
		return weight.Float64s()
	}
	return tensor.Float64.Ones(n).Float64s()
}

// picked returns −w[t]·logp[t] for every position, in recorded operations; 0
// where the target is ignored or weighs nothing, even if logp is −Inf.
func (t *classTargets) picked(logp *autograd.Variable) *autograd.Variable {
	index := make([]int64, len(t.class))
	for i, c := range t.class {
		index[i] = max(c, 0)
	}
	at := tensor.Unsqueeze(shaped(index, t.shape), t.axis)
	coef := shaped(t.coef, t.shape).To(logp.DType())
	terms := logp.Gather(t.axis, at).Reshape(t.shape...).Mul(autograd.Const(tensor.Neg(coef)))
	return autograd.Where(coef.To(tensor.Bool), terms, autograd.Const(logp.DType().Zeros(t.shape...)))
}

// heeded returns, as a Bool tensor, where the target is not ignored.
func (t *classTargets) heeded() *tensor.Tensor {
	heeded := make([]bool, len(t.class))
	for i, c := range t.class {
		heeded[i] = c >= 0
	}
	return shaped(heeded, t.shape)
}

// shaped is tensor.New that can also make a 0-d tensor.
func shaped[T tensor.Element](data []T, shape tensor.Shape) *tensor.Tensor {
	return tensor.Reshape(tensor.New(data, len(data)), shape...)
}

// alongClasses gives a class weight the axes it needs to broadcast to input.
func alongClasses(weight *tensor.Tensor, input *autograd.Variable, axis int) *tensor.Tensor {
	shape := make([]int, input.Dims()-axis)
	for i := range shape {
		shape[i] = 1
	}
	shape[0] = weight.Size()
	return tensor.Reshape(weight, shape...)
}
