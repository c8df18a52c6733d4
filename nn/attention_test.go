package nn_test

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// given is what internal/torchref/nn_attention.py says about a case.
type given struct {
	BatchFirst        bool `json:"batch_first"`
	NormFirst         bool `json:"norm_first"`
	Activation        string
	Norm, Cross, Bias bool
	Layers, Length    int
	Width, Heads      int // 0 for 8 and 2
	Between           int // 0 for 5
	KDim, VDim        int
	Attn, Padding     *written
	MemoryAttn        *written `json:"memory_attn"`
}

// written is a mask in a file.
type written struct {
	Type, Values string
	Shape        []int
}

func (m *written) tensor() *tensor.Tensor {
	if m == nil {
		return nil
	}
	var data []float64
	for _, field := range strings.Fields(m.Values) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			panic(err)
		}
		data = append(data, v)
	}
	x := tensor.New(data, m.Shape...)
	if m.Type == "bool" {
		return x.To(tensor.Bool)
	}
	return x
}

// parts cuts one input into two, as the program does.
func (s *given) parts(x *autograd.Variable) (a, b *autograd.Variable) {
	axis := 0
	if x.Dims() == 3 && s.BatchFirst {
		axis = 1
	} else if x.Dims() == 3 {
		x = x.Transpose(0, 1)
	}
	return x.Slice(axis, 0, s.Length), x.Slice(axis, s.Length, x.Shape()[axis])
}

type attention struct {
	*nn.MultiheadAttention
	given  `nn:"-"`
	masked nn.AttentionMask
}

func (m *attention) Forward(x *autograd.Variable) *autograd.Variable {
	q, memory := m.parts(x)
	k, v := q, q
	if m.Cross {
		k, v = memory.Slice(-1, 0, m.KDim), memory.Slice(-1, 0, m.VDim)
	}
	y, w := m.Attend(q, k, v, m.masked)
	return autograd.Concat(0, y.Reshape(-1), w.Reshape(-1), w.Mean(-3).Reshape(-1))
}

type encoderLayer struct {
	*nn.TransformerEncoderLayer
	given  `nn:"-"`
	masked nn.AttentionMask
}

func (m *encoderLayer) Forward(x *autograd.Variable) *autograd.Variable {
	x, _ = m.parts(x)
	return m.Encode(x, m.masked)
}

type encoder struct {
	*nn.TransformerEncoder
	given  `nn:"-"`
	masked nn.AttentionMask
}

func (m *encoder) Forward(x *autograd.Variable) *autograd.Variable {
	x, _ = m.parts(x)
	return m.Encode(x, m.masked)
}

type decoderLayer struct {
	*nn.TransformerDecoderLayer
	given          `nn:"-"`
	masked, memory nn.AttentionMask
}

func (m *decoderLayer) Forward(x *autograd.Variable) *autograd.Variable {
	x, memory := m.parts(x)
	return m.Decode(x, memory, m.masked, m.memory)
}

type decoder struct {
	*nn.TransformerDecoder
	given          `nn:"-"`
	masked, memory nn.AttentionMask
}

func (m *decoder) Forward(x *autograd.Variable) *autograd.Variable {
	x, memory := m.parts(x)
	return m.Decode(x, memory, m.masked, m.memory)
}

func products(x *autograd.Variable) *autograd.Variable {
	s := x.Split(1, 1)
	y, w := nn.ScaledDotProductAttention(s[0].Squeeze(1), s[1].Squeeze(1), s[2].Squeeze(1), nil, nil)
	return autograd.Concat(-1, y, w)
}

// newEncoderLayer returns a small layer without dropout.
func newEncoderLayer(s *given) *nn.TransformerEncoderLayer {
	l := nn.NewTransformerEncoderLayer(cmp.Or(s.Width, 8), cmp.Or(s.Heads, 2), cmp.Or(s.Between, 5), source())
	l.NormFirst, l.Activation, l.SelfAttn.BatchFirst = s.NormFirst, s.Activation, s.BatchFirst
	l.SelfAttn.Dropout, l.Dropout, l.Dropout1, l.Dropout2 = nil, nil, nil, nil
	return l
}

func newDecoderLayer(s *given) *nn.TransformerDecoderLayer {
	l := nn.NewTransformerDecoderLayer(8, 2, 5, source())
	l.NormFirst, l.Activation = s.NormFirst, s.Activation
	l.SelfAttn.BatchFirst, l.MultiheadAttn.BatchFirst = s.BatchFirst, s.BatchFirst
	l.SelfAttn.Dropout, l.MultiheadAttn.Dropout = nil, nil
	l.Dropout, l.Dropout1, l.Dropout2, l.Dropout3 = nil, nil, nil, nil
	return l
}

func newAttention(s *given) *nn.MultiheadAttention {
	l := nn.NewMultiheadAttention(4, 2, source())
	if s.KDim != 4 || s.VDim != 4 {
		l = nn.NewCrossAttention(4, 2, s.KDim, s.VDim, source())
	}
	if l.BatchFirst = s.BatchFirst; !s.Bias {
		l.InProjBias, l.OutProj.Bias = nil, nil
	}
	return l
}

// attentionOf makes the module of a case.
func attentionOf(layer string, s given, masks, memory nn.AttentionMask) nn.Module {
	switch layer {
	case "MultiheadAttention":
		return &attention{newAttention(&s), s, masks}
	case "TransformerEncoderLayer":
		return &encoderLayer{newEncoderLayer(&s), s, masks}
	case "TransformerDecoderLayer":
		return &decoderLayer{newDecoderLayer(&s), s, masks, memory}
	case "TransformerEncoder":
		m := &encoder{nn.NewTransformerEncoder(), s, masks}
		for range s.Layers {
			m.TransformerEncoder.Layers = append(m.TransformerEncoder.Layers, newEncoderLayer(&s))
		}
		if s.Norm {
			m.TransformerEncoder.Norm = nn.NewLayerNorm(8)
		}
		return m
	}
	m := &decoder{nn.NewTransformerDecoder(), s, masks, memory}
	for range s.Layers {
		m.TransformerDecoder.Layers = append(m.TransformerDecoder.Layers, newDecoderLayer(&s))
	}
	if s.Norm {
		m.TransformerDecoder.Norm = nn.NewLayerNorm(8)
	}
	return m
}

// later is a module that is made when its settings are known.
type later struct {
	nn.Module
	layer string
}

func (m *later) UnmarshalJSON(data []byte) error {
	var s given
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	masks := nn.AttentionMask{Attn: s.Attn.tensor(), KeyPadding: s.Padding.tensor()}
	m.Module = attentionOf(m.layer, s, masks, nn.AttentionMask{Attn: s.MemoryAttn.tensor()})
	return nil
}

// positioned adds to each row of x what tells its position.
func positioned(x *autograd.Variable) *autograd.Variable {
	return x.Add(autograd.Const(nn.SinusoidalPositions(x.DType(), x.Shape()[0], x.Shape()[1])))
}

func init() {
	makers["SinusoidalPositions"] = func() nn.Module { return nn.Func(positioned) }
	makers["ScaledDotProductAttention"] = func() nn.Module { return nn.Func(products) }
	derivatives["ScaledDotProductAttention"] = derivative{through(nn.Func(products)), [][]int{{2, 3, 4, 3}}}
	causal := nn.AttentionMask{Attn: nn.CausalMask(3)}
	plain := given{KDim: 4, VDim: 4, Bias: true, Cross: true, Length: 3, Layers: 1, Norm: true, Activation: "gelu"}
	cross, first := plain, plain
	cross.KDim, cross.VDim, first.NormFirst, first.BatchFirst = 3, 2, true, true
	for _, name := range []string{"MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer",
		"TransformerEncoder", "TransformerDecoder"} {
		makers[name] = func() nn.Module { return &later{layer: name} }
		width := 8
		if name == "MultiheadAttention" {
			width = 4
		}
		for title, s := range map[string]given{"": plain, ", keys of their own": cross, ", norm first": first} {
			masks := causal
			if name == "MultiheadAttention" {
				masks = nn.AttentionMask{KeyPadding: tensor.FromSlice([][]bool{{false, true}, {false, false}})}
			}
			m := attentionOf(name, s, masks, nn.AttentionMask{})
			nn.To(m, tensor.Float64)
			derivatives[name+title] = derivative{through(m), [][]int{{2, 5, width}}}
		}
	}
}

func init() {
	for _, activation := range []string{"relu", "gelu"} {
		derivatives["TransformerEncoderLayer, dropping, "+activation] = derivative{func(x []*autograd.Variable) *autograd.Variable {
			l := nn.NewTransformerEncoderLayer(8, 2, 5, source())
			l.Activation = activation
			l.SelfAttn.Dropout.P, l.Dropout.P = 0.4, 0.3
			nn.To(l, tensor.Float64)
			return l.Forward(x[0])
		}, [][]int{{5, 2, 8}}}
	}
	derivatives["MultiheadAttention, its parameters"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		l := &nn.MultiheadAttention{InProjWeight: x[1], InProjBias: x[2], OutProj: &nn.Linear{Weight: x[3], Bias: x[4]}, NumHeads: 2}
		return l.Forward(x[0])
	}, [][]int{{3, 1, 4}, {12, 4}, {12}, {4, 4}, {4}}}
}
