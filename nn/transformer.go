package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// TransformerEncoderLayer is attention of a sequence to itself, then two Linears
// with an activation between, each added to its input and normalised: with
// f(x) = Linear2(activation(Linear1(x))),
//
//	x = Norm1(x + SelfAttn(x)), y = Norm2(x + f(x))
//
// or, with NormFirst, x + SelfAttn(Norm1(x)) and x + f(Norm2(x)).
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.TransformerEncoderLayer.html
type TransformerEncoderLayer struct {
	SelfAttn   *MultiheadAttention `json:"-"`
	Linear1    *Linear             `json:"-"`
	Dropout    *Dropout            `json:"-"` // after the activation
	Linear2    *Linear             `json:"-"`
	Norm1      *LayerNorm          `json:"-"`
	Norm2      *LayerNorm          `json:"-"`
	Dropout1   *Dropout            `json:"-"`          // of the attention
	Dropout2   *Dropout            `json:"-"`          // of Linear2
	Activation string              `json:"activation"` // "relu", the default, or "gelu"
	NormFirst  bool                `json:"norm_first"`
}

// NewTransformerEncoderLayer returns a float32 layer for dModel features with
// numHeads heads and dimFeedforward features between its Linears, 2048 in
// PyTorch. Every Dropout drops 0.1, from a source of its own, made of rng. It
// panics like NewMultiheadAttention, or when dimFeedforward is negative.
func NewTransformerEncoderLayer(dModel, numHeads, dimFeedforward int, rng *rand.Rand) *TransformerEncoderLayer {
	const p = 0.1
	l := &TransformerEncoderLayer{SelfAttn: newAttentionOf("nn.NewTransformerEncoderLayer", dModel, numHeads, p, rng)}
	l.Linear1, l.Linear2 = NewLinear(dModel, dimFeedforward, rng), NewLinear(dimFeedforward, dModel, rng)
	l.Norm1, l.Norm2 = NewLayerNorm(dModel), NewLayerNorm(dModel)
	l.Dropout, l.Dropout1, l.Dropout2 = ownDropout(p, rng), ownDropout(p, rng), ownDropout(p, rng)
	l.Activation = "relu"
	return l
}

// Forward is Encode without a mask.
func (l *TransformerEncoderLayer) Forward(x *autograd.Variable) *autograd.Variable {
	return l.Encode(x, AttentionMask{})
}

// Encode returns what the layer makes of x, [L N E] or, when its attention has
// BatchFirst, [N L E], or without N [L E]. It panics when the shapes do not fit,
// the types differ or Activation is unknown.
func (l *TransformerEncoderLayer) Encode(x *autograd.Variable, mask AttentionMask) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.TransformerEncoderLayer"
	x = residual(x, l.Norm1, l.NormFirst, l.Dropout1, func(x *autograd.Variable) *autograd.Variable {
		return l.SelfAttn.find(x, x, x, mask)
	})
	f := feedForward{op: op, first: l.Linear1, second: l.Linear2, dropout: l.Dropout, activation: l.Activation}
	return residual(x, l.Norm2, l.NormFirst, l.Dropout2, f.forward)
}

// residual returns norm(x + dropout(f(x))), or x + dropout(f(norm(x))).
func residual(x *autograd.Variable, norm *LayerNorm, normFirst bool, dropout *Dropout, f Func) *autograd.Variable {
	if normFirst {
		return x.Add(drop(dropout, f(norm.Forward(x))))
	}
	return norm.Forward(x.Add(drop(dropout, f(x))))
}

// drop is dropout.Forward; nil drops nothing.
func drop(dropout *Dropout, x *autograd.Variable) *autograd.Variable {
	if dropout == nil {
		return x
	}
	return dropout.Forward(x)
}

// TransformerEncoder is layers one after the other, and then Norm.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.TransformerEncoder.html
type TransformerEncoder struct {
	Layers []*TransformerEncoderLayer
	Norm   *LayerNorm // nil, the default, for none
}

// NewTransformerEncoder returns a stack of layers. PyTorch begins with copies of
// one layer, here every layer may be drawn for itself. It panics when one is nil.
func NewTransformerEncoder(layers ...*TransformerEncoderLayer) *TransformerEncoder {
	for i, l := range layers {
		if l == nil {
			panic(tensor.Errorf("nn.NewTransformerEncoder", "layer %d is nil", i))
		}
	}
	return &TransformerEncoder{Layers: layers}
}

// Forward is Encode without a mask.
func (m *TransformerEncoder) Forward(x *autograd.Variable) *autograd.Variable {
	return m.Encode(x, AttentionMask{})
}

// Encode returns what the layers, each with the same mask, make of x. It panics
// when one of them does.
func (m *TransformerEncoder) Encode(x *autograd.Variable, mask AttentionMask) (y *autograd.Variable) {
	defer enter(m, x).leave(&y)
	for _, l := range m.Layers {
		x = l.Encode(x, mask)
	}
	if m.Norm != nil {
		return m.Norm.Forward(x)
	}
	return x
}

func init() {
	register(func(o *options) *TransformerEncoderLayer {
		t := o.transformer()
		l := NewTransformerEncoderLayer(t.dModel, t.heads, t.feedForward, o.rng)
		l.Activation, l.NormFirst, l.SelfAttn.BatchFirst = t.activation, t.normFirst, t.batchFirst
		t.set([]*Dropout{l.SelfAttn.Dropout, l.Dropout, l.Dropout1, l.Dropout2}, l.Norm1, l.Norm2)
		return l
	})
	register(func(o *options) *TransformerEncoder {
		layers, norm := stack[*TransformerEncoderLayer](o, "encoder_layer")
		m := NewTransformerEncoder(layers...)
		m.Norm = norm
		return m
	})
}

// transformerOptions are the arguments of both layers.
type transformerOptions struct {
	dModel, heads, feedForward int
	dropout, eps               float64
	activation                 string
	batchFirst, normFirst      bool
}

func (o *options) transformer() transformerOptions {
	t := transformerOptions{feedForward: 2048, dropout: 0.1, activation: "relu", eps: 1e-5}
	t.dModel, t.heads = o.heads("d_model", "nhead")
	o.take("dim_feedforward", &t.feedForward)
	o.least("dim_feedforward", 0, &t.feedForward)
	o.probability("dropout", &t.dropout)
	word(o, "activation", &t.activation, "relu", "gelu")
	o.take("layer_norm_eps", &t.eps)
	o.take("batch_first", &t.batchFirst)
	o.take("norm_first", &t.normFirst)
	return t
}

func (t transformerOptions) set(dropouts []*Dropout, norms ...*LayerNorm) {
	for _, d := range dropouts {
		d.P = t.dropout
	}
	for _, n := range norms {
		n.Eps = t.eps
	}
}

// stack builds num_layers layers of a config, each for itself, and the norm.
func stack[L any](o *options, name string) (layers []L, norm *LayerNorm) {
	var n int
	o.length("num_layers", 0, &n)
	text, ok := o.raw(name)
	if !ok {
		o.missing(name)
	}
	for i := 0; i < n && o.err == nil; i++ {
		layers = append(layers, childFrom[L](o, join(o.path, name), text))
	}
	if text, ok := o.raw("norm"); ok && string(text) != "null" {
		norm = childFrom[*LayerNorm](o, join(o.path, "norm"), text)
	}
	return layers, norm
}
