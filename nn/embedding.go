package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Embedding replaces numbers by rows of Weight: int64 […] becomes […, dim].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Embedding.html
type Embedding struct {
	Weight *autograd.Variable `json:"-"` // [number dim]
	// PaddingIdx is a row that gets no gradient, from the end where negative;
	// nil for none.
	PaddingIdx *int `json:"padding_idx"`
	// MaxNorm is the greatest norm of a row: those that Forward takes and are
	// longer are scaled down to it first, in place, so such a layer cannot be
	// shared by goroutines; nil for no limit.
	MaxNorm  *float64 `json:"max_norm"`
	NormType float64  `json:"norm_type"` // the p of that norm; 2 by default
	// ScaleGradByFreq divides the gradient of a row by how often Forward was
	// asked for it, so that rare words learn as fast as frequent ones.
	ScaleGradByFreq bool `json:"scale_grad_by_freq"`
}

// NewEmbedding returns a float32 Embedding of rows drawn from the standard
// normal distribution. It panics when a length is negative or rng is nil.
func NewEmbedding(number, dim int, rng *rand.Rand) *Embedding {
	return &Embedding{Weight: newRows("nn.NewEmbedding", number, dim, rng), NormType: 2}
}

// NewPaddedEmbedding returns an Embedding whose row padding is 0 and gets no
// gradient. It panics like NewEmbedding, and when there is no such row.
func NewPaddedEmbedding(number, dim, padding int, rng *rand.Rand) *Embedding {
	const op = "nn.NewPaddedEmbedding"
	l := &Embedding{Weight: newRows(op, number, dim, rng), NormType: 2, PaddingIdx: &padding}
	row := paddingRow(op, l.PaddingIdx, number)
	for k := range dim {
		l.Weight.Value().Set(0, row, k)
	}
	return l
}

func newRows(op string, number, dim int, rng *rand.Rand) *autograd.Variable {
	if number < 0 || dim < 0 {
		panic(tensor.Errorf(op, "a length is negative: %d rows of %d", number, dim))
	}
	return autograd.New(fill(op, tensor.Zeros(number, dim), rng, func() float64 { return rng.NormFloat64() }))
}

// paddingRow returns the row that padding names, or −1 for none.
func paddingRow(op string, padding *int, number int) int {
	if padding == nil {
		return -1
	}
	row := *padding
	if row < 0 {
		row += number
	}
	if row < 0 || row >= number {
		panic(tensor.Errorf(op, "PaddingIdx %d is not among %d rows", *padding, number))
	}
	return row
}

// Forward returns the rows that x names, untracked when x is. It panics when x
// is not of int64, or names a row that is not there.
func (l *Embedding) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.Embedding"
	index := rowNumbers(op, x.Value(), l.Weight)
	padding := paddingRow(op, l.PaddingIdx, l.Weight.Shape()[0])
	limitRows(l.Weight.Value(), index, l.MaxNorm, l.NormType)
	rows := tableFor(l.Weight, x).IndexSelect(0, tensor.New(index))
	if l.ScaleGradByFreq {
		rows = byFrequency(rows, index)
	}
	rows = withoutGradient(rows, index, padding)
	return rows.Reshape(append(append([]int{}, x.Shape()...), l.Weight.Shape()[1])...)
}

// tableFor returns weight, untracked when x is: only x's numbers enter the graph,
// so it could not say by itself that nothing is to be recorded.
func tableFor(weight, x *autograd.Variable) *autograd.Variable {
	if x.IsUntracked() {
		return autograd.Untracked(weight.Value())
	}
	return weight
}

// rowNumbers returns the elements of index after a look at each.
func rowNumbers(op string, index *tensor.Tensor, weight *autograd.Variable) []int64 {
	if weight == nil || weight.Dims() != 2 {
		panic(tensor.Errorf(op, "there is no Weight [number dim]; make the layer with New%s", op[len("nn."):]))
	}
	if index.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "input %v %v is not of int64", index.DType(), index.Shape()))
	}
	n := weight.Shape()[0]
	data := tensor.Data[int64](index)
	for _, i := range data {
		if i < 0 || i >= int64(n) {
			panic(tensor.Errorf(op, "there is no row %d among %d", i, n))
		}
	}
	return data
}

// limitRows scales the rows of weight at index down to a norm, in place.
func limitRows(weight *tensor.Tensor, index []int64, limit *float64, p float64) {
	if limit == nil {
		return
	}
	done := map[int64]bool{}
	for _, i := range index {
		if done[i] {
			continue
		}
		done[i] = true
		row := tensor.Slice(weight, 0, int(i), int(i)+1)
		norm := tensor.Norm(row, p).Item()
		if norm <= *limit {
			continue
		}
		scale := *limit / (norm + 1e-7) // as PyTorch does
		for k, v := range row.Float64s() {
			weight.Set(v*scale, int(i), k)
		}
	}
}

// withoutGradient cuts the gradient of the rows whose number is padding.
func withoutGradient(rows *autograd.Variable, index []int64, padding int) *autograd.Variable {
	cut, found := tensor.Bool.Zeros(len(index), 1), false
	for k, i := range index {
		if i == int64(padding) {
			tensor.Data[bool](cut)[k], found = true, true
		}
	}
	if !found {
		return rows
	}
	return autograd.Where(cut, rows.Detach(), rows)
}

// byFrequency returns rows, whose gradients it divides by how often their number
// is in index.
func byFrequency(rows *autograd.Variable, index []int64) *autograd.Variable {
	count := map[int64]int{}
	for _, i := range index {
		count[i]++
	}
	share := rows.DType().Zeros(len(index), 1)
	for k, i := range index {
		share.Set(1/float64(count[i]), k, 0)
	}
	return autograd.Custom("ByFrequency", rows.Value(), []*autograd.Variable{rows},
		func(_, g *autograd.Variable) *autograd.Variable { return g.Mul(autograd.Const(share)) })
}

func init() {
	register(func(o *options) *Embedding {
		l := NewEmbedding(o.rows(), o.dim(), o.rng)
		o.rowOptions(l.Weight, &l.PaddingIdx, &l.MaxNorm, &l.NormType)
		o.take("scale_grad_by_freq", &l.ScaleGradByFreq)
		return l
	})
}

// rows reads how many rows an embedding has.
func (o *options) rows() (n int) {
	o.length("num_embeddings", 0, &n)
	return n
}

// dim reads how long the rows are.
func (o *options) dim() (n int) {
	o.length("embedding_dim", 0, &n)
	return n
}

// rowOptions reads what both embeddings have, and empties the row of padding.
func (o *options) rowOptions(weight *autograd.Variable, padding **int, limit **float64, p *float64) {
	o.take("padding_idx", padding)
	o.take("max_norm", limit)
	o.take("norm_type", p)
	o.only("sparse", "false")
	if *padding == nil || o.err != nil {
		return
	}
	n := weight.Shape()[0]
	if **padding < -n || **padding >= n {
		o.refuse("padding_idx", "is not among %d rows", n)
		return
	}
	for k := range weight.Shape()[1] {
		weight.Value().Set(0, (**padding+n)%n, k)
	}
}
