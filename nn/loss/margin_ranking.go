package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
)

// MarginRankingLoss is for pairs of scores of which one shall be higher by the
// margin, the first where the target is 1, the second where it is −1.
//
//	l = max(0, −y·(x1 − x2) + margin)
//
// Inputs x1 and x2 and target y have one shape, any; all are differentiated.
// The target may also be Int64. At the hinge itself the gradient passes.
//
// Forward panics when they differ in shape or type or the inputs are not of
// floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MarginRankingLoss.html
type MarginRankingLoss struct {
	// Margin between the scores; 0 by default.
	Margin float64 `json:"margin"`
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register3(NewMarginRankingLoss, "input1", "input2", "target") }

// NewMarginRankingLoss returns the loss with PyTorch's defaults.
func NewMarginRankingLoss() *MarginRankingLoss { return &MarginRankingLoss{} }

// MarginRanking returns the mean loss of pairs of scores and labels ±1.
func MarginRanking(input1, input2, target *autograd.Variable) *autograd.Variable {
	return NewMarginRankingLoss().Forward(input1, input2, target)
}

func (l *MarginRankingLoss) check() { l.Reduction.check("loss.MarginRankingLoss") }

// Forward returns the loss, reduced.
func (l *MarginRankingLoss) Forward(input1, input2, target *autograd.Variable) *autograd.Variable {
	const op = "loss.MarginRankingLoss"
	l.check()
	same(op, "input1", input1, "input2", input2)
	target = numbers(target, input1.DType())
	same(op, "input1", input1, "target", target)
	reduction, margin := l.Reduction, l.Margin
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return reduction.each(hinge(x[2].Neg().Mul(x[0].Sub(x[1])).AddScalar(margin)))
	}
	return fuse(op, reduction, ranking[float32]{float32(margin)}, ranking[float64]{margin}, definition, input1, input2, target)
}

// ranking is max(0, m − z·(x − y)). Up to the hinge, where z·(x − y) is at
// most m, the slopes are −z, z and y − x.
type ranking[T kernel.Float] struct{ margin T }

func (f ranking[T]) terms(dst []T, b *block[T]) {
	f.short(dst, b)
	kernel.Clamp(dst, dst, 0, inf[T]())
}

func (f ranking[T]) slope(i int, dst []T, b *block[T]) {
	f.short(b.t, b)
	upTo(b.t, b.t)
	switch i {
	case 0:
		kernel.Neg(dst, b.z)
	case 1:
		copy(dst, b.z)
	default:
		kernel.Sub(dst, b.y, b.x)
	}
	kernel.Fill(b.s, 0)
	kernel.SelectPositive(dst, b.t, dst, b.s)
}

// short sets dst to m − z·(x − y).
func (f ranking[T]) short(dst []T, b *block[T]) {
	kernel.Sub(dst, b.y, b.x)
	kernel.Mul(dst, dst, b.z)
	kernel.Offset(dst, dst, f.margin)
}
