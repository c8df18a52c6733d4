package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// EmbeddingBag is an Embedding whose rows are put together, bag by bag: their
// sum, mean or greatest elements. A bag of nothing is 0.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.EmbeddingBag.html
type EmbeddingBag struct {
	Weight            *autograd.Variable `json:"-"`                   // [number dim]
	Mode              string             `json:"mode"`                // "sum", "mean" or "max"; "mean" by default
	IncludeLastOffset bool               `json:"include_last_offset"` // the last offset is the end of the last bag
	PaddingIdx        *int               `json:"padding_idx"`         // a row that bags leave out; nil for none
	MaxNorm           *float64           `json:"max_norm"`            // see Embedding
	NormType          float64            `json:"norm_type"`           // 2 by default
}

// NewEmbeddingBag returns a float32 EmbeddingBag of means, of rows drawn from
// the standard normal distribution. It panics when a length is negative or rng
// is nil.
func NewEmbeddingBag(number, dim int, rng *rand.Rand) *EmbeddingBag {
	return &EmbeddingBag{Weight: newRows("nn.NewEmbeddingBag", number, dim, rng), Mode: "mean", NormType: 2}
}

// Forward returns [N dim] for int64 [N length], N bags of the same length,
// untracked when x is. It panics like Bags.
func (l *EmbeddingBag) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.EmbeddingBag"
	if x.Dims() != 2 {
		panic(tensor.Errorf(op, "input %v is not [N length]; for bags of other lengths use Bags", x.Shape()))
	}
	n, length := x.Shape()[0], x.Shape()[1]
	bags := make([]int64, 0, n*length)
	for b := range n {
		for range length {
			bags = append(bags, int64(b))
		}
	}
	numbers := rowNumbers(op, x.Value(), l.Weight)
	return l.gather(op, tableFor(l.Weight, x), numbers, bags, n, nil)
}

// Bags returns a row for each bag of the numbers in index, int64 [n]: bag b
// begins at offsets[b] and ends where the next begins. weights [n], which may be
// nil, multiply the rows of a sum.
//
// It panics when index names a row that is not there, offsets do not begin at
// 0, fall, or exceed n, there are weights but Mode is not "sum", or Mode is
// unknown.
func (l *EmbeddingBag) Bags(index, offsets *tensor.Tensor, weights *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, weights).leave(&y)
	const op = "nn.EmbeddingBag"
	numbers := rowNumbers(op, index, l.Weight)
	if index.Dims() != 1 || offsets.Dims() != 1 || offsets.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "index %v and offsets %v %v are not int64 [n] and [bags]", index.Shape(), offsets.DType(), offsets.Shape()))
	}
	if weights != nil && !weights.Shape().Equal(index.Shape()) {
		panic(tensor.Errorf(op, "weights %v are not one for each of %d numbers", weights.Shape(), len(numbers)))
	}
	bags, count := l.bagOf(op, len(numbers), tensor.Data[int64](offsets))
	return l.gather(op, l.Weight, numbers, bags, count, weights)
}

// bagOf returns the bag of each of n numbers, and how many bags there are.
func (l *EmbeddingBag) bagOf(op string, n int, offsets []int64) (bags []int64, count int) {
	begins, end := offsets, int64(n)
	if l.IncludeLastOffset {
		if len(offsets) == 0 {
			panic(tensor.Errorf(op, "there is no last offset"))
		}
		begins, end = offsets[:len(offsets)-1], offsets[len(offsets)-1]
	}
	for b, at := range begins {
		next := end
		if b+1 < len(begins) {
			next = begins[b+1]
		}
		if b == 0 && at != 0 || at > next || next > int64(n) {
			panic(tensor.Errorf(op, "offsets %v do not rise from 0 to at most %d", offsets, n))
		}
		for range next - at {
			bags = append(bags, int64(b))
		}
	}
	return bags, len(begins)
}

// gather puts rows of weight together; numbers beyond the last bag count for nothing.
func (l *EmbeddingBag) gather(op string, weight *autograd.Variable, numbers, bags []int64, count int, weights *autograd.Variable) *autograd.Variable {
	if weights != nil && l.Mode != "sum" {
		panic(tensor.Errorf(op, "weights are for Mode \"sum\", not %q", l.Mode))
	}
	padding := paddingRow(op, l.PaddingIdx, l.Weight.Shape()[0])
	limitRows(l.Weight.Value(), numbers, l.MaxNorm, l.NormType)
	var rows, to, from []int64
	for k, b := range bags {
		if int(numbers[k]) != padding {
			rows, to, from = append(rows, numbers[k]), append(to, b), append(from, int64(k))
		}
	}
	x := weight.IndexSelect(0, tensor.New(rows))
	if weights != nil {
		x = x.Mul(weights.IndexSelect(0, tensor.New(from)).Unsqueeze(-1))
	}
	switch l.Mode {
	case "sum":
		return bagSums(x, to, count)
	case "mean":
		share := x.DType().Zeros(count, 1)
		for _, b := range to {
			share.Set(share.At(int(b), 0)+1, int(b), 0)
		}
		return bagSums(x, to, count).Div(autograd.Const(tensor.Clamp(share, 1, float64(len(to)+1))))
	case "max":
		return bagMaxima(x, to, count)
	}
	panic(tensor.Errorf(op, "Mode is %q, not \"sum\", \"mean\" or \"max\"", l.Mode))
}

func bagSums(x *autograd.Variable, bags []int64, count int) *autograd.Variable {
	return autograd.Const(x.DType().Zeros(count, x.Shape()[1])).IndexAdd(0, tensor.New(bags), x)
}

// bagMaxima takes the first of equal maxima.
func bagMaxima(x *autograd.Variable, bags []int64, count int) *autograd.Variable {
	dim, values := x.Shape()[1], x.Value().Float64s()
	best, empty := tensor.Int64.Zeros(count, dim), tensor.Bool.Zeros(count, 1)
	for b := range count {
		tensor.Data[bool](empty)[b] = true
	}
	at := tensor.Data[int64](best)
	for k, b := range bags {
		first := tensor.Data[bool](empty)[b]
		tensor.Data[bool](empty)[b] = false
		for j := range dim {
			if old := &at[int(b)*dim+j]; first || values[k*dim+j] > values[int(*old)*dim+j] {
				*old = int64(k)
			}
		}
	}
	zero := autograd.Const(x.DType().Zeros(count, dim))
	if len(bags) == 0 {
		return zero
	}
	return autograd.Where(empty, zero, x.Gather(0, best))
}

func init() {
	register(func(o *options) *EmbeddingBag {
		l := NewEmbeddingBag(o.rows(), o.dim(), o.rng)
		o.rowOptions(l.Weight, &l.PaddingIdx, &l.MaxNorm, &l.NormType)
		o.only("scale_grad_by_freq", "false")
		word(o, "mode", &l.Mode, "sum", "mean", "max")
		o.take("include_last_offset", &l.IncludeLastOffset)
		return l
	})
}
