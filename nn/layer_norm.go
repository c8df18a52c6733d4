package nn

import (
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// LayerNorm normalises over the last axes, those of NormalizedShape:
// (x − mean)/√(variance + Eps)·Weight + Bias, with the variance of a population.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.LayerNorm.html,
// https://arxiv.org/abs/1607.06450
type LayerNorm struct {
	NormalizedShape []int              `json:"normalized_shape"`
	Eps             float64            `json:"eps"` // 1e-5 by default
	Weight          *autograd.Variable `json:"-"`   // of NormalizedShape; nil for 1
	Bias            *autograd.Variable `json:"-"`   // of NormalizedShape; nil for 0
}

// NewLayerNorm returns a float32 LayerNorm of weights 1 and biases 0. For one
// that learns nothing, elementwise_affine=False in PyTorch, set both to nil. It
// panics when there is no shape or a length is less than 1.
func NewLayerNorm(normalizedShape ...int) *LayerNorm {
	checkLengths("nn.NewLayerNorm", normalizedShape)
	return &LayerNorm{slices.Clone(normalizedShape), 1e-5,
		autograd.New(tensor.Ones(normalizedShape...)), autograd.New(tensor.Zeros(normalizedShape...))}
}

// Forward returns x normalised. It panics when the last axes of x are not
// NormalizedShape, or the types differ.
func (l *LayerNorm) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.LayerNorm"
	n := checkEnd(op, x, l.NormalizedShape)
	checkAffine(op, x, l.Weight, l.Bias, l.NormalizedShape...)
	return (&rowNorm{op: "LayerNorm", n: n, inner: 1, groups: 1, eps: l.Eps, weight: l.Weight, bias: l.Bias}).forward(x)
}

// RMSNorm divides by the root of the mean square over the last axes, those of
// NormalizedShape: x/√(mean x² + Eps)·Weight. Unlike LayerNorm it leaves the
// mean alone. PyTorch 1.13 has no such layer.
//
// Source: https://arxiv.org/abs/1910.07467
type RMSNorm struct {
	NormalizedShape []int              `json:"normalized_shape"`
	Eps             float64            `json:"eps"` // 1e-5 by default
	Weight          *autograd.Variable `json:"-"`   // of NormalizedShape; nil for 1
}

// NewRMSNorm returns a float32 RMSNorm of weights 1. It panics when there is no
// shape or a length is less than 1.
func NewRMSNorm(normalizedShape ...int) *RMSNorm {
	checkLengths("nn.NewRMSNorm", normalizedShape)
	return &RMSNorm{slices.Clone(normalizedShape), 1e-5, autograd.New(tensor.Ones(normalizedShape...))}
}

// Forward returns x normalised. It panics when the last axes of x are not
// NormalizedShape, or the types differ.
func (l *RMSNorm) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.RMSNorm"
	n := checkEnd(op, x, l.NormalizedShape)
	checkAffine(op, x, l.Weight, nil, l.NormalizedShape...)
	return (&rowNorm{op: "RMSNorm", n: n, inner: 1, groups: 1, eps: l.Eps, uncentred: true, weight: l.Weight}).forward(x)
}

func checkLengths(op string, shape []int) {
	if len(shape) == 0 {
		panic(tensor.Errorf(op, "no shape is given"))
	}
	for _, n := range shape {
		if n < 1 {
			panic(tensor.Errorf(op, "a length of %v is less than 1", shape))
		}
	}
}

// checkEnd returns how many elements the last axes have.
func checkEnd(op string, x *autograd.Variable, shape []int) int {
	at := x.Dims() - len(shape)
	if len(shape) == 0 || at < 0 || !slices.Equal(x.Shape()[at:], shape) {
		panic(tensor.Errorf(op, "input %v does not end in the normalized shape %v", x.Shape(), shape))
	}
	return tensor.Shape(shape).Size()
}

func init() {
	register(func(o *options) *LayerNorm {
		l := NewLayerNorm(o.normalizedShape()...)
		o.take("eps", &l.Eps)
		o.affine("elementwise_affine", &l.Weight, &l.Bias)
		return l
	})
	register(func(o *options) *RMSNorm {
		var none *autograd.Variable
		l := NewRMSNorm(o.normalizedShape()...)
		o.take("eps", &l.Eps)
		o.affine("elementwise_affine", &l.Weight, &none)
		return l
	})
}

// normalizedShape reads a length or several.
func (o *options) normalizedShape() []int {
	var shape PerAxis[int]
	o.length("normalized_shape", 1, &shape)
	if o.err == nil && len(shape) == 0 {
		o.refuse("normalized_shape", "is no shape")
	}
	return shape
}
