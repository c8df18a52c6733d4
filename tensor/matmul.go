package tensor

import (
	"slices"

	"github.com/declive/declive/internal/kernel"
)

// Trans says which operands of MatMul are transposed in their last two axes.
type Trans uint8

// TransA and TransB may be joined with |.
const (
	TransA Trans = 1 << iota
	TransB
)

// MatMul returns the matrix product over the last two axes, [… m k]·[… k n] =
// [… m n]; leading axes broadcast. A flag transposes an operand without copying
// it: MatMul(x, w, TransB) is x·wᵀ. A 1-d operand is a row on the left and a
// column on the right, and its axis is dropped from the result; a flag does
// not change it. It panics when the inner lengths differ, an operand is 0-d,
// or the types are not the same float type.
// Source: https://pytorch.org/docs/1.13/generated/torch.matmul.html
func MatMul(a, b *Tensor, flags ...Trans) *Tensor {
	const op = "tensor.MatMul"
	var t Trans
	for _, f := range flags {
		t |= f
	}
	needFloat(op, a)
	sameType(op, a, b)
	if a.Dims() == 0 || b.Dims() == 0 {
		panic(Errorf(op, "a 0-d operand: shapes %v and %v", a.shape, b.shape))
	}
	shapeA, shapeB := a.shape, b.shape
	row, col := a.Dims() == 1, b.Dims() == 1
	if row {
		a, t = Unsqueeze(a, 0), t&^TransA
	}
	if col {
		b, t = Unsqueeze(b, 1), t&^TransB
	}
	var room [4]int // for the result's shape
	p, shape, ok := planProduct(room[:0], a, b, t)
	if !ok {
		panic(Errorf(op, "shapes %v%s and %v%s do not multiply", shapeA, mark(p.transA), shapeB, mark(p.transB)))
	}
	var out *Tensor
	if a.dtype == Float32 {
		out = multiplied[float32](p, shape, a, b)
	} else {
		out = multiplied[float64](p, shape, a, b)
	}
	last := out.Dims() - 1
	if row {
		out.shape = slices.Delete(out.shape, last-1, last)
		last--
	}
	if col {
		out.shape = out.shape[:last]
	}
	return out
}

// productPlan is one MatMul as a batch of equal matrix products.
type productPlan struct {
	transA, transB bool
	m, n, k        int
	batch          Shape // leading axes of the result
	stepA, stepB   []int // matrices to skip along each of them
}

// planProduct puts the result's shape into room; ok is false when a and b do
// not multiply.
func planProduct(room Shape, a, b *Tensor, t Trans) (p productPlan, shape Shape, ok bool) {
	p = productPlan{transA: t&TransA != 0, transB: t&TransB != 0}
	la, lb := a.Dims()-2, b.Dims()-2
	p.m, p.k = a.shape[la], a.shape[la+1]
	if p.transA {
		p.m, p.k = p.k, p.m
	}
	k2 := b.shape[lb]
	p.n = b.shape[lb+1]
	if p.transB {
		k2, p.n = p.n, k2
	}
	if la == 0 && lb == 0 {
		return p, append(room, p.m, p.n), p.k == k2
	}
	batch, ok := appendBroadcast(room, a.shape[:la], b.shape[:lb])
	if p.k != k2 || !ok {
		return p, nil, false
	}
	shape = append(batch, p.m, p.n)
	if lb == 0 && !p.transA { // one tall matrix times one matrix
		p.m *= batch.Size()
		batch = Shape{}
	}
	p.batch = batch
	p.stepA = broadcastStrides(a.shape[:min(la, len(batch))], batch)
	p.stepB = broadcastStrides(b.shape[:lb], batch)
	return p, shape, true
}

// mark shows a transposed operand in an error.
func mark(transposed bool) string {
	if transposed {
		return "ᵀ"
	}
	return ""
}

func multiplied[T kernel.Float](p productPlan, shape Shape, a, b *Tensor) *Tensor {
	out, c := unset[T](shape)
	product(p, c, Data[T](a), Data[T](b))
	return out
}

func product[T kernel.Float](p productPlan, c, a, b []T) {
	if len(c) == 0 {
		return
	}
	if len(p.batch) == 0 { // the usual case, with no ado
		kernel.Gemm(p.transA, p.transB, p.m, p.n, p.k, 1, a, b, 0, c)
		return
	}
	starts := make([][2]int, 0, p.batch.Size())
	walk(p.batch, p.stepA, p.stepB, func(atA, atB int) { starts = append(starts, [2]int{atA, atB}) })
	eachProduct(p, starts, c, a, b)
}

// eachProduct multiplies matrices that begin so many matrices after the first ones.
func eachProduct[T kernel.Float](p productPlan, starts [][2]int, c, a, b []T) {
	transA, transB, m, n, k := p.transA, p.transB, p.m, p.n, p.k
	kernel.Parallel(len(starts), max(1, kernel.PieceWork/max(1, m*n*k)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			atA, atB := starts[i][0]*m*k, starts[i][1]*k*n
			kernel.Gemm(transA, transB, m, n, k, 1, a[atA:atA+m*k], b[atB:atB+k*n], 0, c[i*m*n:(i+1)*m*n])
		}
	})
}
