package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// CosineEmbeddingLoss is the loss of pairs of vectors that should point in one
// direction where they belong together, and elsewhere not.
//
//	l = 1 − cos(x1, x2)            where y = 1
//	    max(0, cos(x1, x2) − m)    where y = −1
//
// with cos(a, b) = a·b / √((a·a + 1e-12)·(b·b + 1e-12)), so that a vector of
// zeros has cosine 0. Inputs x1 and x2 have one shape, [N D] or [D], and are
// both differentiated; target y has shape [N] or [], in any type. A target that
// is neither 1 nor −1 costs 0, as in PyTorch. At the hinge the gradient is
// passed on.
//
// Products are added in float64: the loss of vectors that nearly agree has all
// its digits, and no square of a float32 overflows.
//
// Forward panics when the shapes do not fit or the inputs are not floats of one
// type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.CosineEmbeddingLoss.html
type CosineEmbeddingLoss struct {
	// Margin m is the cosine up to which a pair that does not belong together
	// costs nothing; 0 by default, 0 to 0.5 are sensible.
	Margin float64 `json:"margin"`
	// Reduction of the terms, one per pair; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register3(NewCosineEmbeddingLoss, "input1", "input2", "target") }

// NewCosineEmbeddingLoss returns the loss with PyTorch's defaults.
func NewCosineEmbeddingLoss() *CosineEmbeddingLoss { return &CosineEmbeddingLoss{} }

// CosineEmbedding returns the mean cosine embedding loss with margin 0.
func CosineEmbedding(input1, input2, target *autograd.Variable) *autograd.Variable {
	return NewCosineEmbeddingLoss().Forward(input1, input2, target)
}

func (l *CosineEmbeddingLoss) check() { l.Reduction.check("loss.CosineEmbeddingLoss") }

// Forward returns the loss, reduced.
func (l *CosineEmbeddingLoss) Forward(input1, input2, target *autograd.Variable) *autograd.Variable {
	const op = "loss.CosineEmbeddingLoss"
	l.check()
	same(op, "input1", input1, "input2", input2)
	vectors(op, "input1", input1)
	if want := input1.Shape()[:input1.Dims()-1]; input1.Dims() > 2 || !target.Shape().Equal(want) {
		panic(tensor.Errorf(op, "target %v does not fit inputs %v: want [N] for [N D] or [] for [D]", target.Shape(), input1.Shape()))
	}
	// One number per pair; Float64s of any type.
	return cosineLoss(op, l.Reduction, l.Margin, target.Value().Float64s(), input1, input2)
}

// cosineLoss returns the reduced loss for labels y.
func cosineLoss(op string, r Reduction, margin float64, y []float64, operands ...*autograd.Variable) *autograd.Variable {
	shape, d := operands[0].Shape(), operands[0].DType()
	definition := func(x []*autograd.Variable) *autograd.Variable {
		cos, zero := cosine(x[0].To(tensor.Float64), x[1].To(tensor.Float64)), autograd.Const(tensor.Float64.Scalar(0))
		y := shaped(y, shape[:len(shape)-1])
		apart := autograd.Where(signed(y, -1), hinge(cos.AddScalar(-margin)), zero)
		return r.each(autograd.Where(signed(y, 1), cos.Neg().AddScalar(1), apart)).To(d)
	}
	switch {
	case d == tensor.Float32:
		return fuseRows(op, r, cosines[float32]{margin, y}, definition, operands...)
	case !within(operands[0], -huge, huge) || !within(operands[1], -huge, huge):
		return definition(operands) // which scales them first
	}
	return fuseRows(op, r, cosines[float64]{margin, y}, definition, operands...)
}

// cosines is 1 − c for pairs with label 1 and max(0, c − m) for those with −1,
// with c = a·b/(A·B), A² = a·a + ε and B² = b·b + ε. The slopes of c are
// b/(A·B) − a·c/A² and the same with a and b exchanged.
type cosines[T kernel.Float] struct {
	margin float64
	y      []float64 // labels
}

func (f cosines[T]) term(i int, r row[T], saved []float64) float64 {
	a, b := r.x[0], r.x[1]
	saved[0] = math.Sqrt(kernel.Dot(a, a) + leastSquare)
	saved[1] = math.Sqrt(kernel.Dot(b, b) + leastSquare)
	c := kernel.Dot(a, b) / (saved[0] * saved[1])
	saved[2] = c
	switch {
	case f.y[i] == 1:
		saved[3] = -1
		return 1 - c
	case f.y[i] != -1:
		return 0
	case c-f.margin >= 0:
		saved[3] = 1
	}
	return max(0, c-f.margin)
}

func (f cosines[T]) slopes(g float64, dst [3][]T, r row[T], saved []float64) {
	g *= saved[3]
	for k, d := range dst[:2] {
		if d == nil {
			continue
		}
		if g == 0 {
			kernel.Fill(d, 0)
			continue
		}
		kernel.Scale(d, r.x[1-k], T(g/(saved[0]*saved[1])))
		kernel.Axpy(d, T(-g*saved[2]/(saved[k]*saved[k])), r.x[k])
	}
}

const (
	leastSquare = float64(float32(1e-12)) // PyTorch has it as a float
	huge        = 1e100                   // squares of what is greater are scaled
)

// cosine returns the cosine along the last axis of float64 vectors.
func cosine(a, b *autograd.Variable) *autograd.Variable {
	a, aSize := scaled(a)
	b, bSize := scaled(b)
	return a.Mul(b).Sum(-1).Div(aSize.Mul(bSize))
}

// scaled returns the vectors x divided by a power of two, which rounds nothing,
// where they are so long that their squares might overflow, and the length
// √(x·x + 1e-12) divided likewise.
func scaled(x *autograd.Variable) (vectors, size *autograd.Variable) {
	by := make([]float64, x.Shape()[:x.Dims()-1].Size())
	for i, m := range tensor.Norm(x.Value(), math.Inf(1), -1).Float64s() {
		by[i] = 1
		if m > huge && !math.IsInf(m, 1) {
			_, e := math.Frexp(m)
			by[i] = math.Ldexp(1, -e)
		}
	}
	factor := shaped(by, x.Shape()[:x.Dims()-1])
	x = x.Mul(autograd.Const(tensor.Unsqueeze(factor, -1)))
	least := tensor.MulScalar(tensor.Square(factor), leastSquare)
	return x, x.Square().Sum(-1).Add(autograd.Const(least)).Sqrt()
}

// signed returns, as a Bool tensor, where y is the given sign.
func signed(y *tensor.Tensor, sign float64) *tensor.Tensor {
	return tensor.Equals(y, y.DType().Scalar(sign))
}

// vectors panics unless x, called name, has a last axis.
func vectors(op, name string, x *autograd.Variable) {
	if x.Dims() == 0 {
		panic(tensor.Errorf(op, "%s is a number, not a vector or a batch of them", name))
	}
}
