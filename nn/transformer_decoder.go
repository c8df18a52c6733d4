package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// TransformerDecoderLayer is a TransformerEncoderLayer with attention to a
// memory, the result of an encoder, in the middle:
//
//	x = Norm1(x + SelfAttn(x)), x = Norm2(x + MultiheadAttn(x, memory)), y = Norm3(x + f(x))
//
// or, with NormFirst, each Norm before what is added.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.TransformerDecoderLayer.html
type TransformerDecoderLayer struct {
	SelfAttn      *MultiheadAttention `json:"-"`
	MultiheadAttn *MultiheadAttention `json:"-"`
	Linear1       *Linear             `json:"-"`
	Dropout       *Dropout            `json:"-"` // after the activation
	Linear2       *Linear             `json:"-"`
	Norm1         *LayerNorm          `json:"-"`
	Norm2         *LayerNorm          `json:"-"`
	Norm3         *LayerNorm          `json:"-"`
	Dropout1      *Dropout            `json:"-"`          // of the attention to itself
	Dropout2      *Dropout            `json:"-"`          // of the attention to the memory
	Dropout3      *Dropout            `json:"-"`          // of Linear2
	Activation    string              `json:"activation"` // "relu", the default, or "gelu"
	NormFirst     bool                `json:"norm_first"`
}

// NewTransformerDecoderLayer returns a float32 layer, like
// NewTransformerEncoderLayer, and panics like it.
func NewTransformerDecoderLayer(dModel, numHeads, dimFeedforward int, rng *rand.Rand) *TransformerDecoderLayer {
	const op, p = "nn.NewTransformerDecoderLayer", 0.1
	l := &TransformerDecoderLayer{SelfAttn: newAttentionOf(op, dModel, numHeads, p, rng),
		MultiheadAttn: newAttentionOf(op, dModel, numHeads, p, rng), Activation: "relu"}
	l.Linear1, l.Linear2 = NewLinear(dModel, dimFeedforward, rng), NewLinear(dimFeedforward, dModel, rng)
	l.Norm1, l.Norm2, l.Norm3 = NewLayerNorm(dModel), NewLayerNorm(dModel), NewLayerNorm(dModel)
	l.Dropout, l.Dropout1 = ownDropout(p, rng), ownDropout(p, rng)
	l.Dropout2, l.Dropout3 = ownDropout(p, rng), ownDropout(p, rng)
	return l
}

// Decode returns what the layer makes of x and memory, each [length N E] or,
// when the attentions have BatchFirst, [N length E], or without N. The masks are
// for looking at x and at the memory; x is usually given a CausalMask. It panics
// when the shapes do not fit, the types differ or Activation is unknown.
func (l *TransformerDecoderLayer) Decode(x, memory *autograd.Variable, mask, memoryMask AttentionMask) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.TransformerDecoderLayer"
	x = residual(x, l.Norm1, l.NormFirst, l.Dropout1, func(x *autograd.Variable) *autograd.Variable {
		return l.SelfAttn.find(x, x, x, mask)
	})
	x = residual(x, l.Norm2, l.NormFirst, l.Dropout2, func(x *autograd.Variable) *autograd.Variable {
		return l.MultiheadAttn.find(x, memory, memory, memoryMask)
	})
	f := feedForward{op: op, first: l.Linear1, second: l.Linear2, dropout: l.Dropout, activation: l.Activation}
	return residual(x, l.Norm3, l.NormFirst, l.Dropout3, f.forward)
}

// TransformerDecoder is layers one after the other, and then Norm.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.TransformerDecoder.html
type TransformerDecoder struct {
	Layers []*TransformerDecoderLayer
	Norm   *LayerNorm // nil, the default, for none
}

// NewTransformerDecoder returns a stack of layers. It panics when one is nil.
func NewTransformerDecoder(layers ...*TransformerDecoderLayer) *TransformerDecoder {
	for i, l := range layers {
		if l == nil {
			panic(tensor.Errorf("nn.NewTransformerDecoder", "layer %d is nil", i))
		}
	}
	return &TransformerDecoder{Layers: layers}
}

// Decode returns what the layers, each with the same memory and masks, make of
// x. It panics when one of them does.
func (m *TransformerDecoder) Decode(x, memory *autograd.Variable, mask, memoryMask AttentionMask) (y *autograd.Variable) {
	defer enter(m, x).leave(&y)
	for _, l := range m.Layers {
		x = l.Decode(x, memory, mask, memoryMask)
	}
	if m.Norm != nil {
		return m.Norm.Forward(x)
	}
	return x
}

func init() {
	register(func(o *options) *TransformerDecoderLayer {
		t := o.transformer()
		l := NewTransformerDecoderLayer(t.dModel, t.heads, t.feedForward, o.rng)
		l.Activation, l.NormFirst = t.activation, t.normFirst
		l.SelfAttn.BatchFirst, l.MultiheadAttn.BatchFirst = t.batchFirst, t.batchFirst
		t.set([]*Dropout{l.SelfAttn.Dropout, l.MultiheadAttn.Dropout, l.Dropout, l.Dropout1, l.Dropout2, l.Dropout3},
			l.Norm1, l.Norm2, l.Norm3)
		return l
	})
	register(func(o *options) *TransformerDecoder {
		layers, norm := stack[*TransformerDecoderLayer](o, "decoder_layer")
		m := NewTransformerDecoder(layers...)
		m.Norm = norm
		return m
	})
}
