package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// BCELoss is the binary cross entropy between probabilities. BCEWithLogitsLoss,
// which takes the logits, is faster and right for any of them.
//
//	l = −w·(y·ln x + (1−y)·ln(1−x))
//
// Input x, in [0, 1], and target y have one shape, any; both are
// differentiated; y is usually in [0, 1] too. Weight w broadcasts to x.
//
// The logarithms are at least −100, as in PyTorch, so a wrong and certain
// answer costs 100. The gradient is w·(x−y)/max(x·(1−x), 1e−12) and
// w·(ln(1−x) − ln x), infinite where x is 0 or 1. Everything is computed in
// float64 and rounded once; ln(1−x) is log1p(−x), which does not lose a small
// x.
//
// Forward panics when x and y differ in shape or type or are not floats, an
// element of x is outside [0, 1] or NaN, or the weight does not broadcast to x
// or has another type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.BCELoss.html
type BCELoss struct {
	// Weight w of each element, in any shape that broadcasts to the input's;
	// nil for 1.
	Weight *tensor.Tensor `json:"weight"`
	// Reduction of the terms, one per element; Mean by default, which divides
	// by their number whatever the weights.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewBCELoss) }

// NewBCELoss returns the loss with PyTorch's defaults.
func NewBCELoss() *BCELoss { return &BCELoss{} }

// BCE returns the mean binary cross entropy of probabilities.
func BCE(input, target *autograd.Variable) *autograd.Variable {
	return NewBCELoss().Forward(input, target)
}

func (l *BCELoss) check() { l.Reduction.check("loss.BCELoss") }

// Forward returns the loss, reduced.
func (l *BCELoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.BCELoss"
	l.check()
	same(op, "input", input, "target", target)
	checkProbabilities(op, input)
	weight := broadcast(op, "weight", l.Weight, input)
	terms := clampedEntropy(input.To(tensor.Float64), target.To(tensor.Float64))
	if weight != nil {
		terms = terms.Mul(autograd.Const(weight.To(tensor.Float64)))
	}
	return l.Reduction.each(terms).To(input.DType())
}

func checkProbabilities(op string, input *autograd.Variable) {
	for i, p := range input.Value().Float64s() {
		if !(p >= 0 && p <= 1) {
			panic(tensor.Errorf(op, "%s = %v is not in [0, 1]; BCEWithLogitsLoss takes logits", position("input", i, input.Shape()), p))
		}
	}
}

// clampedEntropy returns the terms. Their derivatives are PyTorch's, which are
// not those of the clamped logarithms.
func clampedEntropy(x, y *autograd.Variable) *autograd.Variable {
	const lowest = -100
	const least = float32(1e-12) // PyTorch keeps it as a float for doubles too
	atLeast := func(v *tensor.Tensor) *tensor.Tensor { return tensor.Clamp(v, lowest, math.Inf(1)) }
	yes := tensor.Mul(y.Value(), atLeast(tensor.Log(x.Value())))
	no := tensor.Mul(tensor.AddScalar(tensor.Neg(y.Value()), 1), atLeast(tensor.Log1p(tensor.Neg(x.Value()))))
	return autograd.Custom("BCELoss", tensor.Neg(tensor.Add(yes, no)), []*autograd.Variable{x, y},
		func(_, g *autograd.Variable) *autograd.Variable {
			variance := x.Sub(x.Square()).Clamp(float64(least), math.Inf(1))
			return g.Mul(x.Sub(y)).Div(variance)
		},
		func(_, g *autograd.Variable) *autograd.Variable {
			return g.Mul(x.Neg().Log1p().Sub(x.Log()))
		})
}
