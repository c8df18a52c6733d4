package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// TripletMarginLoss is the loss of anchors that should be nearer to a positive
// example, one of their kind, than to a negative one, by a margin.
//
//	l = max(0, d(a, p) − d(a, n) + m),    d(x, y) = ‖x − y + ε‖_p
//
// Anchor a, positive p and negative n have one shape, [N D] or [D], and are all
// differentiated; distances are taken along the last axis, so there may be more
// axes before it. ε is added to every difference inside the norm. At the hinge
// the gradient is passed on.
//
// The norm neither over- nor underflows in between. Where it is 0 its gradient
// is 0.
//
// Forward panics when the shapes differ, the inputs are not floats of one type,
// or an option is NaN.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.TripletMarginLoss.html
type TripletMarginLoss struct {
	// Margin m that should lie between the distances; 1 by default.
	Margin float64 `json:"margin"`
	// P is the power of the norm, which may be infinite; 2 by default.
	P float64 `json:"p"`
	// Eps ε is added to differences; 1e-6 by default.
	Eps float64 `json:"eps"`
	// Swap takes the distance of positive and negative in place of that of
	// anchor and negative, where it is the smaller. Where they are equal they
	// share the gradient half and half.
	// Source: http://www.bmva.org/bmvc/2016/papers/paper119/index.html
	Swap bool `json:"swap"`
	// Reduction of the terms, one per triplet; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register3(NewTripletMarginLoss, "anchor", "positive", "negative") }

// NewTripletMarginLoss returns the loss with PyTorch's defaults.
func NewTripletMarginLoss() *TripletMarginLoss { return &TripletMarginLoss{Margin: 1, P: 2, Eps: 1e-6} }

// TripletMargin returns the mean triplet loss with margin 1 and Euclidean
// distances.
func TripletMargin(anchor, positive, negative *autograd.Variable) *autograd.Variable {
	return NewTripletMarginLoss().Forward(anchor, positive, negative)
}

func (l *TripletMarginLoss) check() {
	const op = "loss.TripletMarginLoss"
	l.Reduction.check(op)
	if math.IsNaN(l.Margin) || math.IsNaN(l.P) || math.IsNaN(l.Eps) {
		panic(tensor.Errorf(op, "an option is NaN: margin %v, p %v, eps %v", l.Margin, l.P, l.Eps))
	}
}

// Forward returns the loss, reduced.
func (l *TripletMarginLoss) Forward(anchor, positive, negative *autograd.Variable) *autograd.Variable {
	const op = "loss.TripletMarginLoss"
	l.check()
	checkTriplet(op, anchor, positive, negative)
	return tripletLoss(op, l.Reduction, PairwiseDistance(l.P, l.Eps), l.Margin, l.Swap, anchor, positive, negative)
}
