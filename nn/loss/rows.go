package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// rowFormula is the fast side of a loss with one term for each row, the vector
// along the last axis, of up to three operands of one shape.
type rowFormula[T kernel.Float] interface {
	// term returns the loss of row i of the operands. What it leaves in saved,
	// which starts as zeros, slopes finds there again.
	term(i int, r *row[T], saved []float64) float64
	// slopes sets each dst that is not nil to the derivative of g times the
	// loss with respect to the operand.
	slopes(g float64, dst [3][]T, r *row[T], saved []float64)
}

// row is one row of the operands, and room for two more.
type row[T kernel.Float] struct {
	x    [3][]T
	s, t []T
}

// rowSaved is how many numbers a rowFormula can save of a row.
const rowSaved = 4

// rowFusion is one call of fuseRows.
type rowFusion[T kernel.Float] struct {
	rowFormula[T]
	averaging
	operands []*autograd.Variable
	length   int       // of a row
	saved    []float64 // of all rows
}

// fuseRows returns the reduced loss of operands of one type and shape, [… D]:
// its value and first derivative by way of the formula, every other derivative
// by way of the definition, which returns the reduced loss too.
func fuseRows[T kernel.Float](op string, r Reduction, f rowFormula[T], definition func(x []*autograd.Variable) *autograd.Variable,
	operands ...*autograd.Variable) *autograd.Variable {
	shape := operands[0].Shape()
	last := len(shape) - 1
	rows := shape[:last].Size()
	l := &rowFusion[T]{rowFormula: f, averaging: r.average(op, rows), operands: operands, length: shape[last], saved: make([]float64, rows*rowSaved)}
	terms := kernel.Get[float64](rows)
	defer kernel.Put(terms)
	l.each(rows, func(i int, r *row[T]) { terms[i] = l.term(i, r, l.of(i)) })
	value := l.value(terms, shape[:last], operands[0].DType())
	return autograd.Fused(op, value, definition, l.gradients, operands...)
}

// of returns what is saved of row i.
func (l *rowFusion[T]) of(i int) []float64 { return l.saved[i*rowSaved:][:rowSaved] }

// gradients returns the gradient of every operand that needs one.
func (l *rowFusion[T]) gradients(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
	out, dst := make([]*tensor.Tensor, len(l.operands)), [3][]T{}
	for i, x := range l.operands {
		if needed[i] {
			out[i] = x.DType().Empty(x.Shape()...)
			dst[i] = tensor.Data[T](out[i])
		}
	}
	up := l.factors(g)
	l.each(len(l.saved)/rowSaved, func(i int, r *row[T]) {
		factor := up[0]
		if len(up) > 1 {
			factor = up[i]
		}
		to := dst
		for k := range to {
			if to[k] != nil {
				to[k] = to[k][i*l.length:][:l.length]
			}
		}
		l.slopes(factor, to, r, l.of(i))
	})
	return out
}

// each calls f with every row.
func (l *rowFusion[T]) each(rows int, f func(i int, r *row[T])) {
	var data [3][]T
	for k, x := range l.operands {
		data[k] = tensor.Data[T](x.Value())
	}
	const grain = 1 << 14 // elements that one goroutine takes at a time
	kernel.Parallel(rows, grain/(l.length+1)+1, func(lo, hi int) {
		room := kernel.Get[T](2 * l.length)
		defer kernel.Put(room)
		r := &row[T]{s: room[:l.length], t: room[l.length:]}
		for i := lo; i < hi; i++ {
			for k := range l.operands {
				r.x[k] = data[k][i*l.length:][:l.length]
			}
			f(i, r)
		}
	})
}
