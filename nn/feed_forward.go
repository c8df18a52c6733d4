package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// feedForward is two Linears with an activation and a Dropout between.
type feedForward struct {
	op            string
	first, second *Linear
	dropout       *Dropout // nil for none
	activation    string   // "relu" or "gelu"

	kept  []uint64 // what the Dropout has left; nil for all
	scale float64  // and what that is multiplied by
}

// forward is compose, as one operation.
func (l *feedForward) forward(x *autograd.Variable) *autograd.Variable {
	if l.activation != "relu" && l.activation != "gelu" {
		panic(tensor.Errorf(l.op, "Activation %q is neither \"relu\" nor \"gelu\"", l.activation))
	}
	l.first.check(x)
	in := l.inputs(x)
	if x.Size() == 0 || traced(x) || !l.fits(in) {
		return l.compose(x)
	}
	if l.dropout != nil && l.dropout.drops("nn.Dropout", x) {
		hidden, features := l.first.Weight.Shape()[0], l.first.Weight.Shape()[1]
		l.kept, l.scale = l.dropout.keep(x.Size()/features*hidden), l.dropout.scale()
	}
	if x.DType() == tensor.Float32 {
		return fusedForward[float32](l, in)
	}
	return fusedForward[float64](l, in)
}

// inputs are those of the operation; what is not there is nil.
func (l *feedForward) inputs(x *autograd.Variable) []*autograd.Variable {
	return []*autograd.Variable{x, l.first.Weight, l.first.Bias, l.second.Weight, l.second.Bias}
}

// fits reports whether the second layer takes what the first one gives, and all
// are of one type; if not, the layers' own checks tell.
func (l *feedForward) fits(in []*autograd.Variable) bool {
	for _, p := range in[1:] {
		if p != nil && p.DType() != in[0].DType() {
			return false
		}
	}
	w, hidden := l.second.Weight, l.first.Weight.Shape()[0]
	return w != nil && w.Dims() == 2 && w.Shape()[1] == hidden && hidden > 0 && w.Shape()[0] > 0 &&
		(l.second.Bias == nil || l.second.Bias.Shape().Equal(w.Shape()[:1]))
}

// define is compose with the given inputs.
func (l *feedForward) define(in []*autograd.Variable) *autograd.Variable {
	given := *l
	given.first, given.second = &Linear{Weight: in[1], Bias: in[2]}, &Linear{Weight: in[3], Bias: in[4]}
	return given.compose(in[0])
}

// compose calls the layers one by one.
func (l *feedForward) compose(x *autograd.Variable) *autograd.Variable {
	x = l.first.Forward(x)
	if l.activation == "gelu" {
		x = x.GELU()
	} else {
		x = x.ReLU()
	}
	if l.kept != nil {
		x = kept(x, l.kept, l.scale)
	} else {
		x = drop(l.dropout, x)
	}
	return l.second.Forward(x)
}

func fusedForward[T kernel.Float](l *feedForward, in []*autograd.Variable) *autograd.Variable {
	x, w1, w2 := in[0], in[1].Shape(), in[3].Shape()
	k := &kernel.FeedForward[T]{In: w1[1], Hidden: w1[0], Out: w2[0], GELU: l.activation == "gelu",
		W1: dataOf[T](in[1]), B1: dataOf[T](in[2]), W2: dataOf[T](in[3]), B2: dataOf[T](in[4])}
	if l.kept != nil {
		k.Kept, k.KeptScale = l.kept, T(l.scale)
	}
	shape := append(x.Shape()[:x.Dims()-1:x.Dims()-1], k.Out)
	y := x.DType().Empty(shape...)
	k.Forward(tensor.Data[T](y), dataOf[T](x))
	backward := func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
		out, d := gradientsLike[T](in, needed)
		k.Backward(kernel.FeedForwardGradients[T]{X: d[0], W1: d[1], B1: d[2], W2: d[3], B2: d[4]}, tensor.Data[T](g), dataOf[T](x))
		return out
	}
	result := autograd.Fused("FeedForward", y, func(x []*autograd.Variable) *autograd.Variable { return l.define(restored(in, x)) },
		backward, present(in...)...)
	ownership.WhenFreed(result, k.Release)
	return result
}
