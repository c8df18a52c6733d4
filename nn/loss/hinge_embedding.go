package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// HingeEmbeddingLoss is for distances of pairs that are alike, which shall be
// small, or not, which shall be at least the margin.
//
//	l = x                   where y = 1
//	l = max(0, margin − x)  where y = −1
//
// Input x, distances usually, and target y have one shape, any. The target,
// which may also be Int64, gets no gradient. At the hinge itself, x = margin,
// the gradient is still −1.
//
// Forward panics when they differ in shape or type, the input is not of floats,
// or a target is neither 1 nor −1.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.HingeEmbeddingLoss.html
type HingeEmbeddingLoss struct {
	// Margin that pairs which are not alike shall have; 1 by default.
	Margin float64 `json:"margin"`
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewHingeEmbeddingLoss) }

// NewHingeEmbeddingLoss returns the loss with PyTorch's defaults.
func NewHingeEmbeddingLoss() *HingeEmbeddingLoss { return &HingeEmbeddingLoss{Margin: 1} }

// HingeEmbedding returns the mean loss of distances and labels ±1.
func HingeEmbedding(input, target *autograd.Variable) *autograd.Variable {
	return NewHingeEmbeddingLoss().Forward(input, target)
}

func (l *HingeEmbeddingLoss) check() { l.Reduction.check("loss.HingeEmbeddingLoss") }

// Forward returns the loss, reduced.
func (l *HingeEmbeddingLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.HingeEmbeddingLoss"
	l.check()
	target = numbers(target, input.DType())
	same(op, "input", input, "target", target)
	checkSigns(op, target)
	reduction, margin := l.Reduction, l.Margin
	definition := func(x []*autograd.Variable) *autograd.Variable {
		alike := tensor.Greater(x[1].Value(), x[1].DType().Scalar(0))
		return reduction.each(autograd.Where(alike, x[0], hinge(x[0].Neg().AddScalar(margin))))
	}
	return fuse(op, reduction, hinged[float32]{float32(margin)}, hinged[float64]{margin}, definition, input, target.Detach())
}

// hinged is x where y is 1, with slope 1, and max(0, m − x) where it is −1,
// with slope −1 up to m.
type hinged[T kernel.Float] struct{ margin T }

func (f hinged[T]) terms(dst []T, b *block[T]) {
	f.room(b.s, b)
	kernel.Clamp(b.s, b.s, 0, inf[T]())
	kernel.SelectPositive(dst, b.y, b.x, b.s)
}

func (f hinged[T]) slope(_ int, dst []T, b *block[T]) {
	kernel.Fill(dst, 0)
	f.room(b.s, b)
	upTo(b.s, b.s)
	kernel.SelectPositive(b.s, b.s, b.y, dst) // y is −1 where it matters
	kernel.SelectPositive(dst, b.y, b.y, b.s)
}

// room sets dst to m − x.
func (f hinged[T]) room(dst []T, b *block[T]) {
	kernel.Neg(dst, b.x)
	kernel.Offset(dst, dst, f.margin)
}
