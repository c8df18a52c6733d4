package nn

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// ScaledDotProductAttention returns weights·value and the weights themselves,
// softmax(query·keyᵀ/√D + mask) over the keys: of query [… L D], key [… S D] and
// value [… S V] come [… L V] and [… L S]. Leading axes broadcast.
//
// The mask, which broadcasts to [… L S], may be nil. True in a Bool mask means
// not allowed, as −Inf does in a mask of floats, which is added. A query that is
// allowed no key at all gets NaN, as in PyTorch; Watch finds where. The dropout,
// nil for none, acts on the weights. It panics when the shapes do not fit, or
// the types differ.
//
// Source: https://arxiv.org/abs/1706.03762
func ScaledDotProductAttention(query, key, value *autograd.Variable, mask *tensor.Tensor, dropout *Dropout) (y, weights *autograd.Variable) {
	const op = "nn.ScaledDotProductAttention"
	q, k, v := query.Shape(), key.Shape(), value.Shape()
	switch {
	case len(q) < 2 || len(k) < 2 || len(v) < 2:
		panic(tensor.Errorf(op, "query %v, key %v or value %v has fewer than 2 axes", q, k, v))
	case q[len(q)-1] != k[len(k)-1]:
		panic(tensor.Errorf(op, "query %v and key %v differ in their last axis", q, k))
	case k[len(k)-2] != v[len(v)-2]:
		panic(tensor.Errorf(op, "key %v and value %v differ in their number", k, v))
	case query.DType() != key.DType() || key.DType() != value.DType():
		panic(tensor.Errorf(op, "query %v, key %v and value %v differ in type", query.DType(), key.DType(), value.DType()))
	}
	weights = drop(dropout, attentionWeights(query, key, mask))
	return weights.MatMul(value), weights
}

// attentionWeights are those of ScaledDotProductAttention before the dropout.
func attentionWeights(query, key *autograd.Variable, mask *tensor.Tensor) *autograd.Variable {
	// The queries are fewer numbers than the products, so they are scaled.
	width := query.Shape()[query.Dims()-1]
	products := query.MulScalar(1/math.Sqrt(float64(width))).MatMul(key, tensor.TransB)
	if mask != nil {
		products = products.Add(autograd.Const(additive(mask, query.DType())))
	}
	return products.Softmax(-1)
}

// CausalMask returns the Bool mask [n n] that forbids what comes later: it is
// true where the column is greater than the row. It panics when n is negative.
func CausalMask(n int) *tensor.Tensor {
	if n < 0 {
		panic(tensor.Errorf("nn.CausalMask", "the length %d is negative", n))
	}
	mask := tensor.Bool.Zeros(n, n)
	data := tensor.Data[bool](mask)
	for row := range n {
		for column := row + 1; column < n; column++ {
			data[row*n+column] = true
		}
	}
	return mask
}

// AttentionMask says what a MultiheadAttention may not look at. In either mask
// true means not allowed; a mask of floats is added to the products instead. The
// zero value allows everything.
type AttentionMask struct {
	Attn       *tensor.Tensor // [L S], or [N·heads L S]; which keys a query may see
	KeyPadding *tensor.Tensor // [N S], or [S] without a batch; which keys are there at all
}

// joined returns what to add to products [n heads rows columns], nil for nothing.
func (m AttentionMask) joined(op string, d tensor.DType, n, heads, rows, columns int) *tensor.Tensor {
	var sum *tensor.Tensor
	if a := m.Attn; a != nil {
		switch s := a.Shape(); {
		case s.Equal([]int{rows, columns}):
			sum = additive(a, d)
		case s.Equal([]int{n * heads, rows, columns}):
			sum = tensor.Reshape(additive(a, d), n, heads, rows, columns)
		default:
			panic(tensor.Errorf(op, "mask %v is neither %v nor %v", s, []int{rows, columns}, []int{n * heads, rows, columns}))
		}
	}
	if p := m.KeyPadding; p != nil {
		s := p.Shape()
		if !s.Equal([]int{n, columns}) && !(n == 1 && s.Equal([]int{columns})) {
			panic(tensor.Errorf(op, "key padding mask %v is not %v", s, []int{n, columns}))
		}
		padding := tensor.Reshape(additive(p, d), n, 1, 1, columns)
		if sum == nil {
			return padding
		}
		sum = tensor.Add(sum, padding)
	}
	return sum
}

// additive returns a mask as floats: −Inf where a Bool one is true.
func additive(mask *tensor.Tensor, d tensor.DType) *tensor.Tensor {
	if mask.DType() != tensor.Bool {
		return mask.To(d)
	}
	return tensor.Where(mask, d.Scalar(math.Inf(-1)), d.Scalar(0))
}
