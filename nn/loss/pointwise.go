package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// formula is the fast side of a loss whose terms depend on one element of each
// operand: how to compute a block of terms, and of their derivatives, with
// vector kernels. What a definition does to a whole tensor, one operation after
// the other, a formula does to a few thousand bytes that stay in the
// first-level cache.
type formula[T kernel.Float] interface {
	// terms sets dst to the loss of every element of the block.
	terms(dst []T, b *block[T])
	// slope sets dst to the derivative of the loss with respect to operand i.
	slope(i int, dst []T, b *block[T])
}

// directFormula is a formula with kernels that do all in one pass.
type directFormula[T kernel.Float] interface {
	// sum returns the sum of the terms of the block.
	sum(b *block[T]) float64
	// scaledSlope sets dst to c times what slope would.
	scaledSlope(i int, dst []T, b *block[T], c T)
}

// block is a piece of the operands, and room for what a formula computes in
// between. Operands are read only; terms and slope may use the room as they
// like.
type block[T kernel.Float] struct {
	x, y, z, w []T // operands 0 to 3
	s, t, u    []T // room
}

// pair returns the operands in the order in which their difference is what a loss
// of the difference makes the slope with respect to operand i of.
func (b *block[T]) pair(i int) (plus, minus []T) {
	if i == 0 {
		return b.x, b.y
	}
	return b.y, b.x
}

// weigh multiplies dst by a weight, if there is one.
func (*block[T]) weigh(dst, weight []T) {
	if weight != nil {
		kernel.Mul(dst, dst, weight)
	}
}

// fuse returns the reduced loss of up to four operands of one type: its value
// and first derivative by way of the formula for that type, every other
// derivative by way of the definition, which returns the reduced loss too. An
// operand shorter than the first is repeated; it gets no gradient.
func fuse(op string, r Reduction, single formula[float32], double formula[float64],
	definition func(x []*autograd.Variable) *autograd.Variable, operands ...*autograd.Variable) *autograd.Variable {
	if operands[0].DType() == tensor.Float32 {
		return fuseAs[float32](op, r, single, definition, operands)
	}
	return fuseAs[float64](op, r, double, definition, operands)
}

// fuseWide is fuse for a loss whose terms cancel: float32 operands are widened
// block by block, everything is computed in float64 and rounded once.
func fuseWide(op string, r Reduction, f formula[float64], definition func(x []*autograd.Variable) *autograd.Variable,
	operands ...*autograd.Variable) *autograd.Variable {
	if operands[0].DType() == tensor.Float32 {
		return fuseAs[float32](op, r, f, definition, operands)
	}
	return fuseAs[float64](op, r, f, definition, operands)
}

// fuseAs fuses operands of type S with a formula for T, which is S or wider.
func fuseAs[S, T kernel.Float](op string, r Reduction, f formula[T], definition func(x []*autograd.Variable) *autograd.Variable,
	operands []*autograd.Variable) *autograd.Variable {
	l := &fusion[S, T]{formula: f, reduction: r, operands: operands}
	for i, x := range operands {
		l.data[i] = tensor.Data[S](x.Value())
	}
	return autograd.Fused(op, l.value(), definition, l.gradients, operands...)
}

// constants returns the tensors that are not nil as operands without gradient.
func constants(t ...*tensor.Tensor) (x []*autograd.Variable) {
	for _, t := range t {
		if t != nil {
			x = append(x, autograd.Const(t))
		}
	}
	return x
}

// times returns x times each of the factors, of which there may be none.
func times(x *autograd.Variable, factors []*autograd.Variable) *autograd.Variable {
	for _, f := range factors {
		x = x.Mul(f)
	}
	return x
}

// inf returns +Inf.
func inf[T kernel.Float]() T { return T(math.Inf(1)) }
