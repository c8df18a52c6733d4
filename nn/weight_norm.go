package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// AllAxes as the Dim of a WeightNorm has one norm for the whole weight, as None
// has in PyTorch.
const AllAxes = -1

// WeightNorm is a layer whose weight is learned as length and direction,
//
//	weight = G·V/‖V‖,
//
// the norm being over all axes but Dim, so that each slice along Dim has a length
// of its own. It is for whatever has a Weight: Linear, convolutions, Embedding
// without MaxNorm, layers of one's own. State dicts call the parts weight_g and
// weight_v, where the layer's weight was.
//
// Every Forward computes the weight anew and changes nothing, so many goroutines
// may call it. A direction of length 0 gives NaN.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.utils.weight_norm.html,
// https://arxiv.org/abs/1602.07868
type WeightNorm struct {
	Layer any                `nn:"" json:"-"`         // a pointer to the layer, which has everything but its Weight
	G     *autograd.Variable `nn:"weight_g" json:"-"` // lengths: the shape of V with 1 for all axes but Dim, or []
	V     *autograd.Variable `nn:"weight_v" json:"-"` // directions: of the shape of the weight
	Dim   int                `json:"dim"`             // the axis that norms are not taken over, or AllAxes
}

// NewWeightNorm returns a WeightNorm of a layer, given by pointer, that computes
// what the layer does. PyTorch's default for dim is 0.
//
// The layer is copied and stays as it is, but the copy shares everything other
// than the weight with it, such as the bias. NewWeightNorm panics when layer is
// no pointer to a struct with a Weight, is Switchable, has a MaxNorm, or when
// there is no axis dim.
func NewWeightNorm(layer any, dim int) *WeightNorm {
	const op = "nn.NewWeightNorm"
	w := weightOf(op, layer)
	checkDim(op, w, dim)
	v := leafLike(w, w.Value().Clone())
	return &WeightNorm{Layer: withWeight(layer, nil), G: leafLike(w, lengths(v.Detach(), dim).Value()), V: v, Dim: dim}
}

func checkDim(op string, w *autograd.Variable, dim int) {
	if dim != AllAxes && (dim < 0 || dim >= w.Dims()) {
		panic(tensor.Errorf(op, "weight %v has no axis %d; AllAxes stands for one norm of all of it", w.Shape(), dim))
	}
}

// lengths returns the norms of the slices of v along dim.
func lengths(v *autograd.Variable, dim int) *autograd.Variable {
	switch axes := allBut(v.Dims(), dim); {
	case dim == AllAxes:
		return v.Norm(2)
	case len(axes) == 0: // no axes would be all
		return v.Abs()
	default:
		return v.Norm(2, append(axes, tensor.KeepDims)...)
	}
}

// Forward returns what the layer makes of x with its present weight. It panics
// when that does or is not of one input, for which there is Weighted, or when G
// does not fit V.
func (l *WeightNorm) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return forwardOf("nn.WeightNorm", l.Weighted(), x)
}

// Weighted returns a copy of the layer whose Weight is G·V/‖V‖, recorded, so that
// gradients flow to G and V. It is for layers of two inputs and for a look at the
// weight. It panics when G does not fit V.
func (l *WeightNorm) Weighted() any { return withWeight(l.Layer, l.weight()) }

func (l *WeightNorm) weight() *autograd.Variable {
	const op = "nn.WeightNorm"
	if l.G == nil || l.V == nil {
		panic(tensor.Errorf(op, "there is no G or no V; make one with NewWeightNorm"))
	}
	checkDim(op, l.V, l.Dim)
	checkLayer(op, l.Layer)
	norm := lengths(l.V, l.Dim)
	if !l.G.Shape().Equal(norm.Shape()) || l.G.DType() != l.V.DType() {
		panic(tensor.Errorf(op, "weight_g %v %v is not %v %v, as weight_v %v and Dim %d have it",
			l.G.DType(), l.G.Shape(), l.V.DType(), norm.Shape(), l.V.Shape(), l.Dim))
	}
	return l.V.Mul(l.G.Div(norm))
}

// Remove returns a copy of the layer as it is without a norm: the present weight
// is its Weight, a parameter, which wants a gradient if G or V does. It panics
// like Weighted.
func (l *WeightNorm) Remove() any {
	w := l.weight()
	return withWeight(l.Layer, leafLike(w, w.Value()))
}
