package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// TripletMarginWithDistanceLoss is TripletMarginLoss with any distance.
//
//	l = max(0, d(a, p) − d(a, n) + m)
//
// Anchor a, positive p and negative n have one shape, [N D] or [D], and are all
// differentiated, as often as the distance is. At the hinge the gradient is
// passed on.
//
// Forward panics when the shapes differ, the inputs are not floats of one type,
// or the distances of the pairs differ in shape or type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.TripletMarginWithDistanceLoss.html
type TripletMarginWithDistanceLoss struct {
	// Distance d; PairwiseDistance(2, 1e-6) by default.
	Distance Distance `json:"distance_function"`
	// Margin m that should lie between the distances; 1 by default.
	Margin float64 `json:"margin"`
	// Swap takes the distance of positive and negative in place of that of
	// anchor and negative, where it is the smaller. Where they are equal they
	// share the gradient half and half.
	Swap bool `json:"swap"`
	// Reduction of the terms, one per triplet; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register3(NewTripletMarginWithDistanceLoss, "anchor", "positive", "negative") }

// NewTripletMarginWithDistanceLoss returns the loss with PyTorch's defaults.
func NewTripletMarginWithDistanceLoss() *TripletMarginWithDistanceLoss {
	return &TripletMarginWithDistanceLoss{Margin: 1}
}

// TripletMarginWithDistance returns the mean triplet loss with margin 1.
func TripletMarginWithDistance(anchor, positive, negative *autograd.Variable, d Distance) *autograd.Variable {
	l := NewTripletMarginWithDistanceLoss()
	l.Distance = d
	return l.Forward(anchor, positive, negative)
}

func (l *TripletMarginWithDistanceLoss) check() {
	const op = "loss.TripletMarginWithDistanceLoss"
	l.Reduction.check(op)
	if math.IsNaN(l.Margin) {
		panic(tensor.Errorf(op, "margin is NaN"))
	}
}

// Forward returns the loss, reduced.
func (l *TripletMarginWithDistanceLoss) Forward(anchor, positive, negative *autograd.Variable) *autograd.Variable {
	const op = "loss.TripletMarginWithDistanceLoss"
	l.check()
	checkTriplet(op, anchor, positive, negative)
	return tripletLoss(op, l.Reduction, l.Distance, l.Margin, l.Swap, anchor, positive, negative)
}
