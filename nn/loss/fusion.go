package loss

import (
	"sync/atomic"
	"unsafe"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// blockBytes is the length of one row of a block.
const blockBytes = 4096

// blockLen is how many elements fill one row.
func blockLen[T kernel.Float]() int {
	var x T
	return blockBytes / int(unsafe.Sizeof(x))
}

// pieceBlocks is how many blocks one goroutine takes at a time.
const pieceBlocks = 32

// fusion is one call of fuse: operands of type S, computed with as T.
type fusion[S, T kernel.Float] struct {
	formula[T]
	reduction Reduction
	operands  []*autograd.Variable
	data      [4][]S
	// ready are the gradients of the reduced loss itself, until they are taken.
	// Formulas that only wait for the memory make them together with it, when
	// the operands are in the cache; for others it would be no faster.
	ready [4]*tensor.Tensor
	taken atomic.Bool
}

// value returns the terms, reduced: they are added in float64, block by block,
// and rounded once.
func (l *fusion[S, T]) value() *tensor.Tensor {
	x := l.operands[0]
	if l.reduction == None {
		out := x.DType().Empty(x.Shape()...)
		l.run(pass[S, T]{fusion: l, values: tensor.Data[S](out)})
		return out
	}
	sums := kernel.Get[float64]((x.Size() + blockLen[T]() - 1) / blockLen[T]())
	defer kernel.Put(sums)
	p := pass[S, T]{fusion: l, sums: sums, all: T(1 / l.divisor())}
	if _, ok := l.formula.(directFormula[T]); ok {
		for i, x := range l.operands {
			if x.WantsGrad() {
				l.ready[i], p.slopes[i] = likeOperand[S](x)
			}
		}
	}
	l.run(p)
	return x.DType().Scalar(kernel.Sum64(sums) / l.divisor())
}

// likeOperand returns a tensor for the gradient of x, and its elements.
func likeOperand[S kernel.Float](x *autograd.Variable) (*tensor.Tensor, []S) {
	t := ownership.Gradient(x.Value()).(*tensor.Tensor)
	return t, tensor.Data[S](t)
}

// divisor is what the sum of the terms is divided by: 0 for the mean of
// nothing, which is NaN.
func (l *fusion[S, T]) divisor() float64 {
	shape := l.operands[0].Shape()
	switch {
	case l.reduction == Mean:
		return float64(shape.Size())
	case l.reduction == BatchMean && len(shape) > 0:
		return float64(shape[0])
	}
	return 1
}

// gradients returns the gradient of every operand that needs one. Those that
// are ready serve the first walk that begins at the loss itself.
func (l *fusion[S, T]) gradients(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(l.operands))
	p := pass[S, T]{fusion: l}
	if up := tensor.Data[S](g); l.reduction == None {
		p.each = up
	} else {
		p.all = T(float64(up[0]) / l.divisor())
		if up[0] == 1 && !l.taken.Swap(true) {
			copy(out, l.ready[:])
			clear(l.ready[:])
		}
	}
	missing := false
	for i, x := range l.operands {
		if needed[i] && out[i] == nil {
			out[i], p.slopes[i] = likeOperand[S](x)
			missing = true
		}
	}
	if missing {
		l.run(p)
	}
	return out
}

// run makes a pass over the operands, in one piece where they are short.
func (l *fusion[S, T]) run(p pass[S, T]) {
	n, grain := len(l.data[0]), pieceBlocks*blockLen[T]()
	if n <= grain {
		p.piece(0, n)
		return
	}
	shared := p // only here does it outlive the stack
	kernel.Parallel(n, grain, func(lo, hi int) { shared.piece(lo, hi) })
}

// pass says what is computed of every element: the terms, kept in values or
// added up in sums, one for each block, and the slopes of operands.
type pass[S, T kernel.Float] struct {
	*fusion[S, T]
	values []S
	sums   []float64
	slopes [4][]S
	each   []S // factors of the slopes
	all    T   // their common factor where there is no each
}

// piece computes elements first to last. Of the rows of room, three are the
// formula's, four are for operands that do not lie as it wants them, and one
// each for factors and results.
func (p *pass[S, T]) piece(first, last int) {
	per := min(blockLen[T](), last-first)
	room := kernel.Get[T](9 * per)
	defer kernel.Put(room)
	b := new(block[T])
	for lo := first; lo < last; lo += per {
		hi := min(lo+per, last)
		row := func(i int) []T { return room[i*per:][:hi-lo] }
		*b = block[T]{
			x: p.part(p.data[0], lo, hi, row(3)), y: p.part(p.data[1], lo, hi, row(4)),
			z: p.part(p.data[2], lo, hi, row(5)), w: p.part(p.data[3], lo, hi, row(6)),
			s: row(0), t: row(1), u: row(2),
		}
		if p.sums != nil {
			p.sums[lo/blockLen[T]()] = p.total(b, row(8))
		}
		if p.values != nil {
			dst, there := place(p.values[lo:hi], row(8))
			p.terms(dst, b)
			if !there {
				kernel.Convert(p.values[lo:hi], dst)
			}
		}
		for i, all := range p.slopes {
			if all == nil {
				continue
			}
			dst, there := place(all[lo:hi], row(8))
			p.scaled(i, dst, b, lo, hi, row(7))
			if !there {
				kernel.Convert(all[lo:hi], dst)
			}
		}
	}
}

// place returns where to compute what belongs to to: there, if the type is T, or in
// room.
func place[S, T kernel.Float](to []S, room []T) (dst []T, there bool) {
	if dst, there = as[T](to); there {
		return dst, true
	}
	return room, false
}

// total returns the sum of the terms of a block.
func (p *pass[S, T]) total(b *block[T], room []T) float64 {
	if direct, ok := p.formula.(directFormula[T]); ok {
		return direct.sum(b)
	}
	p.terms(room, b)
	return kernel.Sum64(room)
}

// scaled sets dst to a slope times its factors.
func (p *pass[S, T]) scaled(i int, dst []T, b *block[T], lo, hi int, room []T) {
	if p.each != nil {
		p.slope(i, dst, b)
		kernel.Mul(dst, dst, p.part(p.each, lo, hi, room))
		return
	}
	if direct, ok := p.formula.(directFormula[T]); ok {
		direct.scaledSlope(i, dst, b, p.all)
		return
	}
	p.slope(i, dst, b)
	if p.all != 1 {
		kernel.Scale(dst, dst, p.all)
	}
}

// part returns elements lo to hi of an operand, written to room where they are
// of another type or repeated.
func (l *fusion[S, T]) part(all []S, lo, hi int, room []T) []T {
	if len(all) == 0 {
		return nil
	}
	same, ok := as[T](all)
	switch whole := len(all) == len(l.data[0]); {
	case ok && whole:
		return same[lo:hi]
	case ok:
		for rest := room; len(rest) > 0; {
			n := copy(rest, same[lo%len(all):])
			rest, lo = rest[n:], lo+n
		}
	case whole:
		kernel.Convert(room, all[lo:hi])
	default:
		for rest := room; len(rest) > 0; {
			from := all[lo%len(all):]
			n := min(len(rest), len(from))
			kernel.Convert(rest[:n], from[:n])
			rest, lo = rest[n:], lo+n
		}
	}
	return room
}

// as returns x as a slice of T, if that is what it is.
func as[T, S kernel.Float](x []S) ([]T, bool) {
	if unsafe.Sizeof(*new(S)) != unsafe.Sizeof(*new(T)) {
		return nil, false
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(x))), len(x)), true
}
