package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
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
// w·(ln(1−x) − ln x), infinite where x is 0 or 1. ln(1−x) is log1p(−x), which
// does not lose a small x, and no term cancels another, so float32 terms are
// right to some 2 units in the last place; they are added in float64.
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
	operands := append([]*autograd.Variable{input, target}, constants(broadcast(op, "weight", l.Weight, input))...)
	reduction := l.Reduction
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return reduction.each(times(clampedEntropy(x[0], x[1]), x[2:]))
	}
	return fuse(op, reduction, entropy[float32]{}, entropy[float64]{}, definition, operands...)
}

const (
	leastLog      = -100
	leastVariance = float64(float32(1e-12)) // PyTorch keeps it as a float for doubles too
)

// entropy is −z·(y·ln x + (1−y)·ln(1−x)) with logarithms of at least −100, z
// being the weight. The slopes are z·(x − y)/max(x·(1−x), 1e−12) and
// z·(ln(1−x) − ln x).
type entropy[T kernel.Float] struct{}

func (entropy[T]) terms(dst []T, b *block[T]) {
	kernel.Neg(b.s, b.x)
	kernel.Log1p(b.s, b.s)
	kernel.Clamp(b.s, b.s, leastLog, inf[T]())
	kernel.Log(b.t, b.x)
	kernel.Clamp(b.t, b.t, leastLog, inf[T]())
	kernel.Neg(b.u, b.y)
	kernel.Mul(dst, b.u, b.t)
	kernel.Offset(b.u, b.u, 1)
	kernel.Mul(b.u, b.u, b.s)
	kernel.Sub(dst, dst, b.u)
	b.weigh(dst, b.z)
}

func (entropy[T]) slope(i int, dst []T, b *block[T]) {
	kernel.Neg(b.s, b.x)
	if i == 0 {
		kernel.Offset(b.s, b.s, 1)
		kernel.Mul(b.s, b.s, b.x)
		kernel.Clamp(b.s, b.s, T(leastVariance), inf[T]())
		kernel.Sub(dst, b.x, b.y)
		kernel.Div(dst, dst, b.s)
	} else {
		kernel.Log1p(b.s, b.s)
		kernel.Log(dst, b.x)
		kernel.Sub(dst, b.s, dst)
	}
	b.weigh(dst, b.z)
}

func checkProbabilities(op string, input *autograd.Variable) {
	if !within(input, 0, 1) {
		blame(op, "input", input, func(p float64) bool { return !(p >= 0 && p <= 1) }, "is not in [0, 1]; BCEWithLogitsLoss takes logits")
	}
}

// clampedEntropy returns the terms. Their derivatives are PyTorch's, which are
// not those of the clamped logarithms.
func clampedEntropy(x, y *autograd.Variable) *autograd.Variable {
	atLeast := func(v *tensor.Tensor) *tensor.Tensor { return tensor.Clamp(v, leastLog, math.Inf(1)) }
	yes := tensor.Mul(y.Value(), atLeast(tensor.Log(x.Value())))
	no := tensor.Mul(tensor.AddScalar(tensor.Neg(y.Value()), 1), atLeast(tensor.Log1p(tensor.Neg(x.Value()))))
	return autograd.Custom("BCELoss", tensor.Neg(tensor.Add(yes, no)), []*autograd.Variable{x, y},
		func(_, g *autograd.Variable) *autograd.Variable {
			variance := x.Sub(x.Square()).Clamp(leastVariance, math.Inf(1))
			return g.Mul(x.Sub(y)).Div(variance)
		},
		func(_, g *autograd.Variable) *autograd.Variable {
			return g.Mul(x.Neg().Log1p().Sub(x.Log()))
		})
}
