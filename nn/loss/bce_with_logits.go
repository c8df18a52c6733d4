package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// BCEWithLogitsLoss is the binary cross entropy between logits and
// probabilities: a sigmoid and its loss in one, stable for any logit.
//
//	l = w·(p·y·softplus(−x) + (1−y)·softplus(x))
//
// which is −w·(p·y·ln σ(x) + (1−y)·ln(1−σ(x))). Input x and target y, of one
// shape, are both differentiated; y is usually in [0, 1]. Weight w and positive
// weight p broadcast to x.
//
// For y in [0, 1] both terms are positive, so nothing cancels, and float32 terms
// are right to some 3 units in the last place; they are added in float64. The loss of a
// logit of −50 with target 0 is 1.9e-22, where PyTorch has 0. A logit of ±Inf
// costs 0 when it is right.
//
// Forward panics when x and y differ in shape or type or are not floats, or a
// weight does not broadcast to x or has another type.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.BCEWithLogitsLoss.html
type BCEWithLogitsLoss struct {
	// Weight w of each element, in any shape that broadcasts to the input's;
	// nil for 1.
	Weight *tensor.Tensor `json:"weight"`
	// Reduction of the terms, one per element; Mean by default, which divides
	// by their number whatever the weights.
	Reduction Reduction `json:"reduction"`
	// PosWeight p weighs the positive part, usually by class in shape [C];
	// nil for 1. Above 1 it favours recall, below precision.
	PosWeight *tensor.Tensor `json:"pos_weight"`
}

func init() { register2(NewBCEWithLogitsLoss) }

// NewBCEWithLogitsLoss returns the loss with PyTorch's defaults.
func NewBCEWithLogitsLoss() *BCEWithLogitsLoss { return &BCEWithLogitsLoss{} }

// BCEWithLogits returns the mean binary cross entropy of logits with
// probabilities.
func BCEWithLogits(input, target *autograd.Variable) *autograd.Variable {
	return NewBCEWithLogitsLoss().Forward(input, target)
}

func (l *BCEWithLogitsLoss) check() { l.Reduction.check("loss.BCEWithLogitsLoss") }

// Forward returns the loss, reduced.
func (l *BCEWithLogitsLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.BCEWithLogitsLoss"
	l.check()
	same(op, "input", input, "target", target)
	weight, positive := broadcast(op, "weight", l.Weight, input), broadcast(op, "pos_weight", l.PosWeight, input)
	return logitEntropy(op, l.Reduction, l.Reduction.each, input, target, weight, positive)
}

// logitEntropy returns the binary cross entropy of logits, reduced in one of
// the ways that fuse knows, which reduce does to Variables.
func logitEntropy(op string, r Reduction, reduce func(terms *autograd.Variable) *autograd.Variable,
	input, target *autograd.Variable, weight, positive *tensor.Tensor) *autograd.Variable {
	operands := append([]*autograd.Variable{input, target}, constants(weight, positive)...)
	definition := func(x []*autograd.Variable) *autograd.Variable {
		weights := x[2:]
		yes := x[1].Mul(x[0].Neg().Softplus())
		if positive != nil {
			last := len(weights) - 1
			yes, weights = yes.Mul(weights[last]), weights[:last]
		}
		return reduce(times(yes.Add(x[1].Neg().AddScalar(1).Mul(x[0].Softplus())), weights))
	}
	return fuse(op, r, logits[float32]{weight != nil, positive != nil}, logits[float64]{weight != nil, positive != nil}, definition, operands...)
}

// logits is w·(p·y·softplus(−x) + (1−y)·softplus(x)) with
// softplus(±x) = max(±x, 0) + softplus(−|x|). The slopes are
// w·((1−y)·σ(x) − p·y·σ(−x)) and w·(p·softplus(−x) − softplus(x)).
type logits[T kernel.Float] struct{ weighted, positive bool }

// weights returns w and p of a block, nil for ones.
func (f logits[T]) weights(b *block[T]) (w, p []T) {
	switch {
	case f.weighted && f.positive:
		return b.z, b.w
	case f.weighted:
		return b.z, nil
	}
	return nil, b.z
}

func (f logits[T]) terms(dst []T, b *block[T]) {
	f.softplus(dst, b)
	w, p := f.weights(b)
	kernel.Mul(b.t, b.t, b.y)
	b.weigh(b.t, p)
	kernel.Neg(b.u, b.y)
	kernel.Offset(b.u, b.u, 1)
	kernel.Mul(dst, dst, b.u)
	kernel.Add(dst, dst, b.t)
	b.weigh(dst, w)
	if s := kernel.Sum64(dst); s != s { // 0·Inf, it may be
		f.exact(dst, b)
	}
}

// softplus sets dst to softplus(x) and b.t to softplus(−x).
func (logits[T]) softplus(dst []T, b *block[T]) {
	kernel.Abs(b.s, b.x)
	kernel.Neg(b.s, b.s)
	kernel.Softplus(b.s, b.s)
	kernel.ReLU(dst, b.x)
	kernel.Add(dst, dst, b.s)
	kernel.Neg(b.t, b.x)
	kernel.ReLU(b.t, b.t)
	kernel.Add(b.t, b.t, b.s)
}

// exact computes terms one by one: a factor of 0 makes nothing of an infinite
// softplus.
func (f logits[T]) exact(dst []T, b *block[T]) {
	f.softplus(dst, b)
	w, p := f.weights(b)
	for i, y := range b.y {
		yes, no := y, 1-y
		if p != nil {
			yes *= p[i]
		}
		dst[i] = unless0(no, dst[i]) + unless0(yes, b.t[i])
		if w != nil {
			dst[i] *= w[i]
		}
	}
}

// unless0 returns c·v, and 0 where c is 0 though v be infinite.
func unless0[T kernel.Float](c, v T) T {
	if c == 0 {
		return 0
	}
	return c * v
}

func (f logits[T]) slope(i int, dst []T, b *block[T]) {
	w, p := f.weights(b)
	if i == 1 {
		f.targetSlope(dst, b, p)
		b.weigh(dst, w)
		return
	}
	kernel.Neg(b.s, b.x)
	kernel.Sigmoid(b.s, b.s)
	kernel.Mul(b.s, b.s, b.y)
	b.weigh(b.s, p)
	kernel.Neg(b.t, b.y)
	kernel.Offset(b.t, b.t, 1)
	kernel.Sigmoid(dst, b.x)
	kernel.Mul(dst, dst, b.t)
	kernel.Sub(dst, dst, b.s)
	b.weigh(dst, w)
}

// targetSlope sets dst to p·softplus(−x) − softplus(x) = (p−1)·softplus(−x) − x.
func (logits[T]) targetSlope(dst []T, b *block[T], p []T) {
	kernel.Neg(dst, b.x)
	if p == nil {
		return
	}
	kernel.Softplus(b.s, dst)
	for i := range dst {
		dst[i] += unless0(p[i]-1, b.s[i])
	}
}
