package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// MultiheadAttention is attention in several heads, each on a part of E/heads
// features: with q, k and v projections of query, key and value, it is
// OutProj(join of softmax(q·kᵀ/√(E/heads))·v).
//
// Keys and values that are as wide as queries have one weight, InProjWeight;
// others have three, and InProjWeight is nil.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MultiheadAttention.html
type MultiheadAttention struct {
	InProjWeight *autograd.Variable `json:"-"` // [3·E E]
	QProjWeight  *autograd.Variable `json:"-"` // [E E]
	KProjWeight  *autograd.Variable `json:"-"` // [E kdim]
	VProjWeight  *autograd.Variable `json:"-"` // [E vdim]
	InProjBias   *autograd.Variable `json:"-"` // [3·E]; nil for none
	BiasK        *autograd.Variable `json:"-"` // [1 1 E], one more key for every query, see AddBiasKV; nil for none
	BiasV        *autograd.Variable `json:"-"` // [1 1 E], the value of that key
	OutProj      *Linear            `json:"-"`
	Dropout      *Dropout           `json:"-"` // of the weights; nil for none
	NumHeads     int                `json:"num_heads"`
	BatchFirst   bool               `json:"batch_first"` // inputs are [N L E], not [L N E]
	// AddZeroAttn adds a key and a value of zeros, the last of all, so that a
	// query may look at nothing.
	AddZeroAttn bool `json:"add_zero_attn"`
}

// NewMultiheadAttention returns a float32 MultiheadAttention of embedDim
// features in numHeads heads, with PyTorch's weights: Glorot's, biases 0. Its
// Dropout has a probability of 0 and a source of its own, made of rng. It panics
// when embedDim is not a multiple of numHeads, or rng is nil.
func NewMultiheadAttention(embedDim, numHeads int, rng *rand.Rand) *MultiheadAttention {
	return newAttentionOf("nn.NewMultiheadAttention", embedDim, numHeads, 0, rng)
}

// newAttentionOf is NewMultiheadAttention with a Dropout of p.
func newAttentionOf(op string, embedDim, numHeads int, p float64, rng *rand.Rand) *MultiheadAttention {
	l := newAttention(op, embedDim, numHeads, rng)
	l.InProjWeight = autograd.New(XavierUniform(tensor.Zeros(3*embedDim, embedDim), 1, rng))
	l.Dropout.P = p
	return l
}

// NewCrossAttention is NewMultiheadAttention for keys of kdim features and
// values of vdim, PyTorch's arguments of these names. It panics like it, and
// when one of these is less than 1.
func NewCrossAttention(embedDim, numHeads, kdim, vdim int, rng *rand.Rand) *MultiheadAttention {
	const op = "nn.NewCrossAttention"
	if kdim < 1 || vdim < 1 {
		panic(tensor.Errorf(op, "a length is less than 1: keys of %d, values of %d", kdim, vdim))
	}
	l := newAttention(op, embedDim, numHeads, rng)
	l.QProjWeight = autograd.New(XavierUniform(tensor.Zeros(embedDim, embedDim), 1, rng))
	l.KProjWeight = autograd.New(XavierUniform(tensor.Zeros(embedDim, kdim), 1, rng))
	l.VProjWeight = autograd.New(XavierUniform(tensor.Zeros(embedDim, vdim), 1, rng))
	return l
}

func newAttention(op string, embedDim, numHeads int, rng *rand.Rand) *MultiheadAttention {
	if numHeads < 1 || embedDim < 1 || embedDim%numHeads != 0 {
		panic(tensor.Errorf(op, "%d features cannot be shared by %d heads", embedDim, numHeads))
	}
	checkRand(op, rng)
	l := &MultiheadAttention{NumHeads: numHeads, Dropout: ownDropout(0, rng),
		OutProj: NewLinear(embedDim, embedDim, rng), InProjBias: autograd.New(tensor.Zeros(3 * embedDim))}
	Zeros(l.OutProj.Bias.Value())
	return l
}

func checkRand(op string, rng *rand.Rand) {
	if rng == nil {
		panic(tensor.Errorf(op, "rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
}

// ownDropout returns a Dropout that shares its source with no other, so that
// goroutines may use a model.
func ownDropout(p float64, rng *rand.Rand) *Dropout {
	return NewDropout(p, ownRand(rng))
}

func ownRand(rng *rand.Rand) *rand.Rand { return rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())) }

// Forward returns the attention of x to itself. It panics like Attend.
func (l *MultiheadAttention) Forward(x *autograd.Variable) *autograd.Variable {
	return l.find(x, x, x, AttentionMask{})
}

// Attend returns what the queries [L N E] find with keys [S N kdim] among values
// [S N vdim], [L N E], and the weights of every head, [N heads L S], of which
// weights.Mean(-3) is the average that PyTorch returns. With BatchFirst N comes
// first; all three may be without N, then so are the results. Keys of the layer's
// own come after those S, and no mask hides them. A query that is allowed no key
// gets NaN. Attend panics when shapes or types do not fit.
func (l *MultiheadAttention) Attend(query, key, value *autograd.Variable, mask AttentionMask) (y, weights *autograd.Variable) {
	defer enter(l, query).leave(&y)
	projected, layout := l.project(query, key, value, mask)
	y, weights = layout.attend(projected, func(weights *autograd.Variable) *autograd.Variable { return drop(l.Dropout, weights) })
	y = l.OutProj.Forward(y)
	if query.Dims() == 2 {
		return y.Squeeze(layout.batch()), weights.Squeeze(0)
	}
	return y, weights
}

// find is Attend for who does not want the weights, which is faster.
func (l *MultiheadAttention) find(query, key, value *autograd.Variable, mask AttentionMask) (y *autograd.Variable) {
	defer enter(l, query).leave(&y)
	projected, layout := l.project(query, key, value, mask)
	y = l.OutProj.Forward(layout.find(projected, l.Dropout))
	if query.Dims() == 2 {
		return y.Squeeze(layout.batch())
	}
	return y
}

// project returns queries, keys and values as the heads want them: one for all
// three where their weights and inputs are one.
func (l *MultiheadAttention) project(query, key, value *autograd.Variable, mask AttentionMask) ([]*autograd.Variable, *headLayout) {
	const op = "nn.MultiheadAttention"
	l.check(op, query, key, value)
	layout := &headLayout{heads: l.NumHeads, batchFirst: l.BatchFirst}
	batch, same := layout.batch(), query == key && key == value
	if query.Dims() == 2 {
		query, key, value = query.Unsqueeze(batch), key.Unsqueeze(batch), value.Unsqueeze(batch)
	}
	q, k := query.Shape(), key.Shape()
	layout.features = q[2]
	layout.mask = mask.joined(op, query.DType(), q[batch], l.NumHeads, q[1-batch], k[1-batch])
	if same && l.InProjWeight != nil {
		return l.withMoreKeys([]*autograd.Variable{autograd.Linear(query, l.InProjWeight, l.InProjBias)}, layout), layout
	}
	w, b := l.projections(q[2])
	in := []*autograd.Variable{autograd.Linear(query, w[0], b[0]), autograd.Linear(key, w[1], b[1]), autograd.Linear(value, w[2], b[2])}
	return l.withMoreKeys(in, layout), layout
}

// projections returns weights and biases of queries, keys and values.
func (l *MultiheadAttention) projections(e int) (w, b [3]*autograd.Variable) {
	w = [3]*autograd.Variable{l.QProjWeight, l.KProjWeight, l.VProjWeight}
	for i := range w {
		// Weights are cut, not results: they are fewer.
		if l.InProjWeight != nil {
			w[i] = l.InProjWeight.Slice(0, i*e, (i+1)*e)
		}
		if l.InProjBias != nil {
			b[i] = l.InProjBias.Slice(0, i*e, (i+1)*e)
		}
	}
	return w, b
}

func (l *MultiheadAttention) check(op string, query, key, value *autograd.Variable) {
	if l.OutProj == nil || l.InProjWeight == nil && (l.QProjWeight == nil || l.KProjWeight == nil || l.VProjWeight == nil) {
		panic(tensor.Errorf(op, "there are no weights; make the layer with NewMultiheadAttention"))
	}
	e := l.OutProj.Weight.Shape()[0]
	widths := [3]int{e, e, e}
	if l.InProjWeight == nil {
		widths = [3]int{e, l.KProjWeight.Shape()[1], l.VProjWeight.Shape()[1]}
	}
	if l.NumHeads < 1 || e%l.NumHeads != 0 {
		panic(tensor.Errorf(op, "%d features cannot be shared by %d heads", e, l.NumHeads))
	}
	d := l.OutProj.Weight.DType()
	for i, x := range []*autograd.Variable{query, key, value} {
		name, s := [...]string{"query", "key", "value"}[i], x.Shape()
		switch {
		case len(s) != 2 && len(s) != 3 || len(s) != query.Dims():
			panic(tensor.Errorf(op, "%s %v is not of 3 axes, nor are all inputs of 2", name, s))
		case s[len(s)-1] != widths[i]:
			panic(tensor.Errorf(op, "%s %v does not end in %d features", name, s, widths[i]))
		case x.DType() != d:
			panic(tensor.Errorf(op, "%s %v %v, but weight %v; convert one, with To or nn.To", name, x.DType(), s, d))
		}
	}
	k, v, q := key.Shape(), value.Shape(), query.Shape()
	if !k[:len(k)-1].Equal(v[:len(v)-1]) {
		panic(tensor.Errorf(op, "key %v and value %v differ in number", k, v))
	}
	batch := 1
	if l.BatchFirst {
		batch = 0
	}
	if len(q) == 3 && q[batch] != k[batch] {
		panic(tensor.Errorf(op, "query %v and key %v differ in axis %d, the batch", q, k, batch))
	}
}

func init() {
	register(func(o *options) *MultiheadAttention {
		var p float64
		embed, heads := o.heads("embed_dim", "num_heads")
		kdim, vdim := embed, embed
		o.takeOrNull("kdim", &kdim)
		o.least("kdim", 1, &kdim)
		o.takeOrNull("vdim", &vdim)
		o.least("vdim", 1, &vdim)
		o.probability("dropout", &p)
		var l *MultiheadAttention
		if kdim == embed && vdim == embed {
			l = NewMultiheadAttention(embed, heads, o.rng)
		} else {
			l = NewCrossAttention(embed, heads, kdim, vdim, o.rng)
		}
		l.Dropout.P = p
		if !o.flag("bias", true) {
			l.InProjBias, l.OutProj.Bias = nil, nil
		}
		if o.flag("add_bias_kv", false) && o.err == nil {
			l.AddBiasKV(o.rng)
		}
		o.take("add_zero_attn", &l.AddZeroAttn)
		o.take("batch_first", &l.BatchFirst)
		return l
	})
}

// heads reads the number of features and of the heads that share them.
func (o *options) heads(features, heads string) (e, h int) {
	o.length(features, 1, &e)
	o.length(heads, 1, &h)
	if o.err == nil && e%h != 0 {
		o.refuse(heads, "does not divide %s, %d", features, e)
	}
	return e, h
}
