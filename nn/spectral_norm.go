package nn

import (
	"math/rand/v2"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// SpectralNorm is a layer whose weight is divided by its largest singular value,
// so that the layer stretches nothing:
//
//	weight = Weight/σ,  σ = uᵀ·M·v,
//
// M being Weight as a matrix [axis Dim, all other axes]. The vectors u and v come
// from power iteration: in training every Forward takes NPowerIterations steps of
// v = Mᵀ·u/‖Mᵀ·u‖, u = M·v/‖M·v‖ first. Gradients flow through σ with u and v held
// constant. It is for the layers that WeightNorm is for. State dicts have
// weight_orig where the layer's weight was, and u and v as weight_u and weight_v.
//
// Many goroutines may call Forward; in training they take turns at the steps.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.utils.spectral_norm.html,
// https://arxiv.org/abs/1802.05957
type SpectralNorm struct {
	Mode
	Layer            any                `nn:"" json:"-"`            // a pointer to the layer, which has everything but its Weight
	Weight           *autograd.Variable `nn:"weight_orig" json:"-"` // what is learned
	U                *tensor.Tensor     `nn:"weight_u" json:"-"`    // [rows of M]
	V                *tensor.Tensor     `nn:"weight_v" json:"-"`    // [columns of M]
	Dim              int                `json:"dim"`                // the axis of Weight that makes the rows of M
	NPowerIterations int                `json:"n_power_iterations"` // 1 by default
	Eps              float64            `json:"eps"`                // norms are at least so long in divisions; 1e-12 by default

	mu sync.Mutex // guards U and V
}

// NewSpectralNorm returns a SpectralNorm of a layer, given by pointer, along the
// axis that PyTorch takes: 1 for ConvTranspose1d and ConvTranspose2d, 0 otherwise.
// See NewSpectralNormAlong.
func NewSpectralNorm(layer any, rng *rand.Rand) *SpectralNorm {
	dim := 0
	switch layer.(type) {
	case *ConvTranspose1d, *ConvTranspose2d:
		dim = 1
	}
	return NewSpectralNormAlong(layer, dim, rng)
}

// NewSpectralNormAlong returns a SpectralNorm of a layer, given by pointer, along
// axis dim, u and v having random directions.
//
// The layer is copied and stays as it is, but the copy shares everything other
// than the weight with it, such as the bias. NewSpectralNormAlong panics like
// NewWeightNorm, and when rng is nil.
func NewSpectralNormAlong(layer any, dim int, rng *rand.Rand) *SpectralNorm {
	const op = "nn.NewSpectralNorm"
	w := weightOf(op, layer)
	l := &SpectralNorm{Weight: leafLike(w, w.Value().Clone()), Layer: withWeight(layer, nil), Dim: dim, NPowerIterations: 1, Eps: 1e-12}
	m := l.matrix(op).Value()
	checkRand(op, rng)
	l.U = l.unit(w.DType().Randn(rng, m.Shape()[0]))
	l.V = l.unit(w.DType().Randn(rng, m.Shape()[1]))
	return l
}

// matrix returns M, recorded.
func (l *SpectralNorm) matrix(op string) *autograd.Variable {
	w := l.Weight
	if l.Dim < 0 || l.Dim >= w.Dims() {
		panic(tensor.Errorf(op, "weight %v has no axis %d", w.Shape(), l.Dim))
	}
	rows := w.Shape()[l.Dim]
	if w.Size() == 0 {
		panic(tensor.Errorf(op, "weight %v is empty", w.Shape()))
	}
	if l.Dim > 0 {
		w = w.Permute(append([]int{l.Dim}, allBut(w.Dims(), l.Dim)...)...)
	}
	return w.Reshape(rows, w.Size()/rows)
}

// unit returns x/‖x‖.
func (l *SpectralNorm) unit(x *tensor.Tensor) *tensor.Tensor {
	norm := max(tensor.Norm(x, 2).Item(), l.Eps)
	return tensor.Div(x, x.DType().Scalar(norm))
}

// Forward returns what the layer makes of x with its present weight, after steps
// of power iteration in training. It panics when the layer does or is not of one
// input, for which there is Weighted, or when a setting is out of range.
func (l *SpectralNorm) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return forwardOf("nn.SpectralNorm", l.Weighted(), x)
}

// Weighted returns a copy of the layer whose Weight is Weight/σ, recorded, so that
// gradients flow to the latter. Like Forward it takes steps of power iteration in
// training. It is for layers of two inputs and for a look at the weight. It panics
// when a setting is out of range.
func (l *SpectralNorm) Weighted() any { return withWeight(l.Layer, l.weight(l.Training())) }

func (l *SpectralNorm) weight(iterate bool) *autograd.Variable {
	const op = "nn.SpectralNorm"
	if l.Weight == nil {
		panic(tensor.Errorf(op, "there is no Weight; make one with NewSpectralNorm"))
	}
	checkLayer(op, l.Layer)
	m := l.matrix(op)
	for i, x := range [...]*tensor.Tensor{l.U, l.V} {
		if want := m.Shape()[i : i+1]; x == nil || !x.Shape().Equal(want) || x.DType() != m.DType() {
			panic(tensor.Errorf(op, "%s is not %v %v, as weight %v and Dim %d have it",
				[...]string{"weight_u", "weight_v"}[i], m.DType(), want, l.Weight.Shape(), l.Dim))
		}
	}
	if l.NPowerIterations < 1 {
		panic(tensor.Errorf(op, "NPowerIterations is %d", l.NPowerIterations))
	}
	u, v := l.directions(m.Value(), iterate)
	sigma := autograd.Const(u).MatMul(m.MatMul(autograd.Const(v)))
	return l.Weight.Div(sigma)
}

// directions returns u and v in tensors that later calls leave alone, for a graph
// to hold.
func (l *SpectralNorm) directions(m *tensor.Tensor, iterate bool) (u, v *tensor.Tensor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, v = l.U.Clone(), l.V.Clone()
	if !iterate {
		return u, v
	}
	for range l.NPowerIterations {
		v = l.unit(tensor.MatMul(u, m))
		u = l.unit(tensor.MatMul(m, v))
	}
	l.U.CopyFrom(u)
	l.V.CopyFrom(v)
	return u, v
}

// Remove returns a copy of the layer as it is without a norm: the present weight,
// with no further step, is its Weight, a parameter. It panics like Weighted.
func (l *SpectralNorm) Remove() any {
	w := l.weight(false)
	return withWeight(l.Layer, leafLike(w, w.Value()))
}
