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
}

// forward is compose, as one operation unless something is dropped.
func (l *feedForward) forward(x *autograd.Variable) *autograd.Variable {
	if l.activation != "relu" && l.activation != "gelu" {
		panic(tensor.Errorf(l.op, "Activation %q is neither \"relu\" nor \"gelu\"", l.activation))
	}
	l.first.check(x)
	if x.Size() == 0 || traced(x) || l.dropout != nil && l.dropout.drops("nn.Dropout", x) || !l.fits(x) {
		return l.compose(x)
	}
	in := l.inputs(x)
	if x.DType() == tensor.Float32 {
		return fusedForward[float32](l, in)
	}
	return fusedForward[float64](l, in)
}

// inputs are those of the operation; what is not there is nil.
func (l *feedForward) inputs(x *autograd.Variable) []*autograd.Variable {
	return []*autograd.Variable{x, l.first.Weight, l.first.Bias, l.second.Weight, l.second.Bias}
}

// fits reports whether the second layer takes what the first one gives; if not,
// its own check tells.
func (l *feedForward) fits(x *autograd.Variable) bool {
	w, hidden := l.second.Weight, l.first.Weight.Shape()[0]
	return w != nil && w.Dims() == 2 && w.Shape()[1] == hidden && hidden > 0 && w.Shape()[0] > 0 && w.DType() == x.DType() &&
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
	return l.second.Forward(drop(l.dropout, x))
}

func fusedForward[T kernel.Float](l *feedForward, in []*autograd.Variable) *autograd.Variable {
	x, w1, w2 := in[0], in[1].Shape(), in[3].Shape()
	k := &kernel.FeedForward[T]{In: w1[1], Hidden: w1[0], Out: w2[0], GELU: l.activation == "gelu",
		W1: dataOf[T](in[1]), B1: dataOf[T](in[2]), W2: dataOf[T](in[3]), B2: dataOf[T](in[4])}
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
