package loss

import "github.com/declive/declive/autograd"

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
	return l.Reduction.each(hinge(target.Neg().Mul(input1.Sub(input2)).AddScalar(l.Margin)))
}
