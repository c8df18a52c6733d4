package nn

import (
	"math"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Bilinear is y_o = aᵀ·W_o·b + bias_o of the last axes of two inputs: [… in1]
// and [… in2] become [… out].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Bilinear.html
type Bilinear struct {
	Weight *autograd.Variable `json:"-"` // [out in1 in2]
	Bias   *autograd.Variable `json:"-"` // [out]; nil for none
}

// NewBilinear returns a float32 Bilinear with weights and biases drawn evenly
// from ±1/√in1, as PyTorch does. It panics when a length is less than 1 or rng
// is nil.
func NewBilinear(in1, in2, out int, rng *rand.Rand) *Bilinear {
	checkLengths("nn.NewBilinear", []int{in1, in2, out})
	bound := 1 / math.Sqrt(float64(in1))
	draw := func() float64 { return bound * (2*rng.Float64() - 1) }
	weight := fill("nn.NewBilinear", tensor.Zeros(out, in1, in2), rng, draw)
	return &Bilinear{autograd.New(weight), autograd.New(fill("nn.NewBilinear", tensor.Zeros(out), rng, draw))}
}

// Forward returns aᵀ·W·b + bias. It panics when the last axes of a and b are not
// as long as Weight says, their other axes differ, or types do.
func (l *Bilinear) Forward(a, b *autograd.Variable) (result *autograd.Variable) {
	defer enter(l, a).leave(&result)
	const op = "nn.Bilinear"
	if l.Weight == nil || l.Weight.Dims() != 3 {
		panic(tensor.Errorf(op, "there is no Weight [out in1 in2]; make the layer with NewBilinear"))
	}
	out, in1, in2 := l.Weight.Shape()[0], l.Weight.Shape()[1], l.Weight.Shape()[2]
	checkEnd(op, a, []int{in1})
	checkEnd(op, b, []int{in2})
	before := a.Shape()[:a.Dims()-1]
	if !before.Equal(b.Shape()[:b.Dims()-1]) {
		panic(tensor.Errorf(op, "inputs %v and %v differ before the last axis", a.Shape(), b.Shape()))
	}
	for _, x := range [...]*autograd.Variable{a, b} {
		checkAffine(op, x, l.Weight, nil, out, in1, in2)
		checkAffine(op, x, nil, l.Bias, out)
	}
	n := before.Size()
	left := a.Reshape(n, in1).MatMul(l.Weight.Permute(1, 0, 2).Reshape(in1, out*in2)).Reshape(n, out, in2)
	y := left.Mul(b.Reshape(n, 1, in2)).Sum(-1)
	return affine(y, nil, l.Bias, out).Reshape(append(append([]int{}, before...), out)...)
}

// CosineSimilarity is the cosine of the angle between a and b along axis Dim:
// Σ a·b/(max(‖a‖, Eps)·max(‖b‖, Eps)).
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.CosineSimilarity.html
type CosineSimilarity struct {
	Dim int     `json:"dim"` // 1 by default
	Eps float64 `json:"eps"` // 1e-8 by default
}

// NewCosineSimilarity returns a CosineSimilarity along axis 1.
func NewCosineSimilarity() *CosineSimilarity { return &CosineSimilarity{Dim: 1, Eps: 1e-8} }

// Forward returns the cosines, without axis Dim. It panics when shapes differ or
// there is no such axis.
func (l *CosineSimilarity) Forward(a, b *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, a).leave(&y)
	checkPair("nn.CosineSimilarity", a, b)
	if l.Dim >= a.Dims() || l.Dim < -a.Dims() {
		panic(tensor.Errorf("nn.CosineSimilarity", "input %v has no axis %d", a.Shape(), l.Dim))
	}
	return l.unit(a).Mul(l.unit(b)).Sum(l.Dim)
}

func (l *CosineSimilarity) unit(x *autograd.Variable) *autograd.Variable {
	eps := autograd.Const(x.DType().Scalar(l.Eps))
	return x.Div(x.Norm(2, l.Dim, tensor.KeepDims).Maximum(eps))
}

// PairwiseDistance is ‖a − b + Eps‖ over the last axis, in the norm of P.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.PairwiseDistance.html
type PairwiseDistance struct {
	P       float64 `json:"p"`       // 2 by default
	Eps     float64 `json:"eps"`     // 1e-6 by default
	KeepDim bool    `json:"keepdim"` // leave an axis of length 1
}

// NewPairwiseDistance returns a PairwiseDistance of P 2.
func NewPairwiseDistance() *PairwiseDistance { return &PairwiseDistance{P: 2, Eps: 1e-6} }

// Forward returns the distances. It panics when shapes differ or have no axes.
func (l *PairwiseDistance) Forward(a, b *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, a).leave(&y)
	checkPair("nn.PairwiseDistance", a, b)
	axes := []int{-1}
	if l.KeepDim {
		axes = append(axes, tensor.KeepDims)
	}
	return a.Sub(b).AddScalar(l.Eps).Norm(l.P, axes...)
}

func checkPair(op string, a, b *autograd.Variable) {
	if a.Dims() == 0 || !a.Shape().Equal(b.Shape()) || a.DType() != b.DType() || !a.DType().IsFloat() {
		panic(tensor.Errorf(op, "inputs %v %v and %v %v are not vectors of floats, or differ", a.DType(), a.Shape(), b.DType(), b.Shape()))
	}
}

func init() {
	register(func(o *options) *Bilinear {
		var in1, in2, out int
		o.length("in1_features", 1, &in1)
		o.length("in2_features", 1, &in2)
		o.length("out_features", 1, &out)
		l := NewBilinear(in1, in2, out, o.rng)
		o.bias(&l.Bias)
		return l
	})
	register(func(o *options) *CosineSimilarity {
		l := NewCosineSimilarity()
		o.take("dim", &l.Dim)
		o.take("eps", &l.Eps)
		return l
	})
	register(func(o *options) *PairwiseDistance {
		l := NewPairwiseDistance()
		o.take("p", &l.P)
		o.take("eps", &l.Eps)
		o.take("keepdim", &l.KeepDim)
		return l
	})
}
