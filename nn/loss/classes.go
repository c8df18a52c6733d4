package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
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
	coef    []float64    // the weight of each class named, 0 where ignored; nil for ones
	total   float64      // Σ coef

	dims [4]int    // room for most shapes
	room [32]int64 // and for the classes of small batches
}

// newClassTargets panics unless target is Int64, has one class of input for
// every position, and weight, where given, one element for every class.
func newClassTargets(op string, input, target *autograd.Variable, weight *tensor.Tensor, ignore int) *classTargets {
	axis := classAxis(op, input)
	in := input.Shape()
	t := &classTargets{axis: axis, classes: in[axis], inner: in[axis+1:].Size()}
	t.shape = append(append(t.dims[:0], in[:axis]...), in[axis+1:]...)
	checkClassWeight(op, input, weight, t.classes)
	t.read(op, input, target, func(c int64) bool { return c == int64(ignore) })
	if weight != nil {
		t.weigh(weight.Float64s())
	}
	return t
}

// read takes the classes of a target of the shape of t, or panics.
func (t *classTargets) read(op string, input, target *autograd.Variable, ignored func(c int64) bool) {
	if target.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "target %v is %v, not int64 classes", target.Shape(), target.DType()))
	}
	if !target.Shape().Equal(t.shape) {
		panic(tensor.Errorf(op, "target %v does not fit input %v: want %v", target.Shape(), input.Shape(), t.shape))
	}
	given := tensor.Data[int64](target.Value())
	if t.class = t.room[:0]; len(given) > len(t.room) {
		t.class = make([]int64, 0, len(given))
	}
	for i, c := range given {
		switch {
		case ignored(c):
			c = -1
		case c < 0 || c >= int64(t.classes):
			panic(tensor.Errorf(op, "%s = %d is not a class of input %v", position("target", i, t.shape), c, input.Shape()))
		default:
			t.total++
		}
		t.class = append(t.class, c)
	}
}

// weigh gives every target the weight of its class.
func (t *classTargets) weigh(weights []float64) {
	t.coef, t.total = make([]float64, len(t.class)), 0
	for i, c := range t.class {
		if c >= 0 {
			t.coef[i] = weights[c]
			t.total += weights[c]
		}
	}
}

// coefOf returns the weight of target i, 0 where it is ignored.
func (t *classTargets) coefOf(i int) float64 {
	switch {
	case t.class[i] < 0:
		return 0
	case t.coef == nil:
		return 1
	}
	return t.coef[i]
}

// classKernel is the fast side of a loss with one term for each position: the
// terms, and the gradient of Σ g·term, a g of one element being every term's.
// It is computed in T, or better. One that keeps something of Forward for Backward
// has a Release.
type classKernel[T kernel.Float] interface {
	Forward(terms []float64, x []T)
	Backward(dx []T, g []float64, x []T)
}

// fuseClasses returns the terms by way of a kernel, reduced; there is one for
// each position of a shape. The definition returns them, reduced, in recorded
// operations.
func fuseClasses[T kernel.Float](a averaging, k classKernel[T], shape tensor.Shape, input *autograd.Variable,
	definition func(x []*autograd.Variable) *autograd.Variable) *autograd.Variable {
	x := tensor.Data[T](input.Value())
	terms := kernel.Get[float64](shape.Size())
	defer kernel.Put(terms)
	k.Forward(terms, x)
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
		out, dx := likeOperand[T](input)
		k.Backward(dx, a.factors(g), x)
		return []*tensor.Tensor{out}
	}
	y := autograd.Fused(a.op, a.value(terms, shape, input.DType()), definition, backward, input)
	if k, keeps := k.(interface{ Release() }); keeps {
		ownership.WhenFreed(y, k.Release)
	}
	return y
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

// picked returns −w[t]·logp[t] for every position, in recorded operations; 0
// where the target is ignored or weighs nothing, even if logp is −Inf.
func (t *classTargets) picked(logp *autograd.Variable) *autograd.Variable {
	index := make([]int64, len(t.class))
	for i, c := range t.class {
		index[i] = max(c, 0)
	}
	at := tensor.Unsqueeze(shaped(index, t.shape), t.axis)
	coefs := make([]float64, len(t.class))
	for i := range coefs {
		coefs[i] = t.coefOf(i)
	}
	coef := shaped(coefs, t.shape).To(logp.DType())
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
