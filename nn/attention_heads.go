package nn

import (
	"math"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// headLayout says how queries, keys and values [L N E], or batch first [N L E],
// are shared by heads: each has E/heads neighbouring features. All three may
// also come as one [L N 3·E].
type headLayout struct {
	heads, features int
	batchFirst      bool
	mask            *tensor.Tensor // what to add to the products [N heads L S]; nil for none
}

// batch returns the axis of N.
func (a *headLayout) batch() int {
	if a.batchFirst {
		return 0
	}
	return 1
}

// attend composes attention of recorded operations: the results of all heads
// side by side, [L N E], and the weights, of which drop may drop some.
func (a *headLayout) attend(in []*autograd.Variable, drop Func) (y, weights *autograd.Variable) {
	if len(in) == 1 {
		in = in[0].Split(2, a.features)
	}
	weights = drop(attentionWeights(a.apart(in[0]), a.apart(in[1]), a.mask))
	y = weights.MatMul(a.apart(in[2]))
	if a.batchFirst {
		y = y.Permute(0, 2, 1, 3)
	} else {
		y = y.Permute(2, 0, 1, 3)
	}
	return y.Reshape(in[0].Shape()...), weights
}

// apart returns x as [N heads length E/heads].
func (a *headLayout) apart(x *autograd.Variable) *autograd.Variable {
	s := x.Shape()
	x = x.Reshape(s[0], s[1], a.heads, s[2]/a.heads)
	if a.batchFirst {
		return x.Permute(0, 2, 1, 3)
	}
	return x.Permute(1, 2, 0, 3)
}

// find is attend without the weights, as one operation.
func (a *headLayout) find(in []*autograd.Variable, dropout *Dropout) *autograd.Variable {
	switch {
	case traced(in[0]) || slices.ContainsFunc(in, func(x *autograd.Variable) bool { return x.Size() == 0 }):
		y, _ := a.attend(in, func(weights *autograd.Variable) *autograd.Variable { return drop(dropout, weights) })
		return y
	case in[0].DType() == tensor.Float32:
		return fusedHeads[float32](a, in, dropout)
	}
	return fusedHeads[float64](a, in, dropout)
}

func fusedHeads[T kernel.Float](a *headLayout, in []*autograd.Variable, dropout *Dropout) *autograd.Variable {
	q, values := in[0].Shape(), make([]*tensor.Tensor, len(in))
	for i, x := range in {
		values[i] = x.Value()
	}
	each, from := kernelOf[T](a, q, in[len(in)-1].Shape()), rowsOf[T](a, values...)
	keep := Func(func(weights *autograd.Variable) *autograd.Variable { return weights })
	if dropout != nil && dropout.drops("nn.Dropout", in[0]) {
		keep = keepSome(each, dropout)
	}
	y := in[0].DType().Empty(q[0], q[1], a.features)
	each.Forward(rowsOf[T](a, y)[0], from[0], from[1], from[2])
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
		out := make([]*tensor.Tensor, len(values))
		for i, x := range values {
			out[i] = x.DType().Empty(x.Shape()...)
		}
		to := rowsOf[T](a, out...)
		each.Backward(to[0], to[1], to[2], rowsOf[T](a, g)[0], from[0], from[1], from[2])
		return out
	}
	definition := func(in []*autograd.Variable) *autograd.Variable {
		y, _ := a.attend(in, keep)
		return y
	}
	result := autograd.Fused("Attention", y, definition, backward, in...)
	ownership.WhenFreed(result, each.Release)
	return result
}

// kernelOf returns what works on queries and values of the given shapes.
func kernelOf[T kernel.Float](a *headLayout, q, v tensor.Shape) *kernel.Attention[T] {
	axis, width := a.batch(), a.features/a.heads
	each := &kernel.Attention[T]{Batch: q[axis], Heads: a.heads, Queries: q[1-axis], Keys: v[1-axis], Width: width, Values: width,
		Scale: T(1 / math.Sqrt(float64(width)))}
	if a.mask != nil {
		each.Mask = tensor.Data[T](a.mask)
		each.MaskBatch, each.MaskHead, each.MaskRow = maskSteps(a.mask.Shape())
	}
	return each
}

// keepSome draws which weights stay, and returns the function that drops the
// same ones of [N heads L S].
func keepSome[T kernel.Float](each *kernel.Attention[T], dropout *Dropout) Func {
	size, scale := each.Queries*each.Keys, dropout.scale()
	bits := dropout.keep(each.Batch * each.Heads * kernel.MaskWords(size) * 64)
	each.Kept, each.KeptScale = bits, T(scale)
	return func(weights *autograd.Variable) *autograd.Variable {
		return kept(weights, closeUp(bits, weights.Size(), size), scale)
	}
}

// rowsOf returns where operands of E features lie, one of them, or all three
// in one tensor or in three.
func rowsOf[T kernel.Float](a *headLayout, in ...*tensor.Tensor) (rows [3]kernel.Rows[T]) {
	for i := range rows {
		x := in[i%len(in)]
		s := x.Shape()
		at := 0
		if s[2] > a.features {
			at = i * a.features
		}
		rows[i] = kernel.Rows[T]{Data: tensor.Data[T](x)[at:], Batch: s[2], Row: s[1] * s[2]}
		if a.batchFirst {
			rows[i].Batch, rows[i].Row = rows[i].Row, rows[i].Batch
		}
	}
	return rows
}

// maskSteps returns how far apart the batch's entries, heads and rows lie of a
// mask that broadcasts to [N heads L S].
func maskSteps(s tensor.Shape) (batch, head, row int) {
	var steps [3]int
	step := s[len(s)-1]
	for i := len(s) - 2; i >= 0; i-- {
		if s[i] > 1 {
			steps[i+4-len(s)] = step
		}
		step *= s[i]
	}
	return steps[0], steps[1], steps[2]
}

// closeUp returns n bits, of which runs of so many each begin with a word of
// their own, without the gaps between.
func closeUp(bits []uint64, n, run int) []uint64 {
	if run%64 == 0 {
		return bits
	}
	out, words := make([]uint64, kernel.MaskWords(n)), kernel.MaskWords(run)
	for i := range n {
		at := i/run*words*64 + i%run
		out[i/64] |= bits[at/64] >> (at % 64) & 1 << (i % 64)
	}
	return out
}
