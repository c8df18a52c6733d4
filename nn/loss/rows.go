package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// rowFormula is the fast side of a loss with one term for each row, the vector
// along the last axis, of up to three operands of one shape.
type rowFormula[T kernel.Float] interface {
	// term returns the loss of row i of the operands. What it leaves in saved,
	// which starts as zeros, slopes finds there again.
	term(i int, r row[T], saved []float64) float64
	// slopes sets each dst that is not nil to the derivative of g times the
	// loss with respect to the operand.
	slopes(g float64, dst [3][]T, r row[T], saved []float64)
}

// preparation is a rowFormula that computes something of many rows at once,
// before their terms.
type preparation[T kernel.Float] interface {
	// prepare leaves what term wants to know in saved, for all rows of length n
	// of the first operand, x.
	prepare(x []T, n int, saved []float64)
}

// row is one row of the operands, and room for two more. It is passed by value,
// so that it costs no allocation.
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
	l := &rowFusion[T]{rowFormula: f, averaging: r.average(op, rows), operands: operands, length: shape[last], saved: kernel.Zeroed[float64](rows * rowSaved)}
	terms := kernel.Get[float64](rows)
	defer kernel.Put(terms)
	l.run(rowPass[T]{rowFusion: l, terms: terms})
	value := l.value(terms, shape[:last], operands[0].DType())
	y := autograd.Fused(op, value, definition, l.gradients, operands...)
	ownership.WhenFreed(y, l.release)
	return y
}

func (l *rowFusion[T]) release() { kernel.Put(l.saved) }

// gradients returns the gradient of every operand that needs one.
func (l *rowFusion[T]) gradients(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(l.operands))
	p := rowPass[T]{rowFusion: l, up: l.factors(g)}
	for i, x := range l.operands {
		if needed[i] {
			out[i], p.dst[i] = likeOperand[T](x)
		}
	}
	l.run(p)
	return out
}

// rowPass computes the terms of all rows or, where there are none to be set, the
// slopes.
type rowPass[T kernel.Float] struct {
	*rowFusion[T]
	terms []float64
	dst   [3][]T
	up    []float64 // factors of the slopes
	data  [3][]T
}

// run makes a pass over the rows, in one piece where they are short.
func (l *rowFusion[T]) run(p rowPass[T]) {
	for k, x := range l.operands {
		p.data[k] = tensor.Data[T](x.Value())
	}
	const grain = 1 << 14 // elements that one goroutine takes at a time
	rows, per := len(l.saved)/rowSaved, grain/(l.length+1)+1
	if rows <= per {
		p.piece(0, rows)
		return
	}
	shared := p // only here does it outlive the stack
	kernel.Parallel(rows, per, func(lo, hi int) { shared.piece(lo, hi) })
}

// piece computes rows first to last.
func (p *rowPass[T]) piece(first, last int) {
	n := p.length
	room := kernel.Get[T](2 * n)
	defer kernel.Put(room)
	r := row[T]{s: room[:n], t: room[n:]}
	if f, ok := p.rowFormula.(preparation[T]); ok && p.terms != nil {
		f.prepare(p.data[0][first*n:last*n], n, p.saved[first*rowSaved:last*rowSaved])
	}
	var dst [3][]T
	for i := first; i < last; i++ {
		for k := range p.operands {
			r.x[k] = p.data[k][i*n:][:n]
			if p.dst[k] != nil {
				dst[k] = p.dst[k][i*n:][:n]
			}
		}
		saved := p.saved[i*rowSaved:][:rowSaved]
		if p.terms != nil {
			p.terms[i] = p.term(i, r, saved)
		} else {
			p.slopes(p.up[min(i, len(p.up)-1)], dst, r, saved)
		}
	}
}
