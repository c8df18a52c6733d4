package loss

import (
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// AdaptiveLogSoftmaxWithLoss is the cross entropy over very many classes of
// which few are frequent, with an output layer of its own whose cost follows
// their frequency.
//
//	l = −ln p[t]
//	p[c] = h[c]                                    c < cutoffs[0]
//	p[c] = h[cutoffs[0] + i]·q_i[c − cutoffs[i]]   cutoffs[i] ≤ c < cutoffs[i+1]
//	h    = softmax(W·x + b)
//	q_i  = softmax(B_i·A_i·x)
//
// Classes are numbered from the most frequent to the rarest. The head W knows
// those below the first cutoff and one cluster for each further stretch, whose
// tail B_i·A_i is only computed for samples with a target in it. The last
// stretch ends at NClasses.
//
// Input x has shape [N InFeatures] or [InFeatures], the target is Int64 of
// shape [N] or [], and the loss is the mean of the terms, NaN for none. Output
// has the terms' negatives, LogProb all classes' ln p, Predict the likeliest.
// Products of matrices are computed in the input's type, everything behind
// them in float64.
//
// Set the fields, then call Init. The parameters are then found under
// PyTorch's names: head.weight, head.bias, tail.0.0.weight for A_0,
// tail.0.1.weight for B_0, and so on. When no target lies in a cluster, its
// tail gets no gradient; an optimizer's SkipMissing passes over it, as PyTorch
// does. A loss made by New takes the parameters in this order as further
// inputs, or none of them and uses its own.
//
// Forward panics when the fields break a rule told with them, there are no
// parameters, they do not fit the fields or the input's type, input and target
// do not fit, or a target is not a class.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html,
// https://arxiv.org/abs/1609.04309
type AdaptiveLogSoftmaxWithLoss struct {
	// InFeatures is the length of a sample; at least 1.
	InFeatures int `json:"in_features"`
	// NClasses is the number of classes.
	NClasses int `json:"n_classes"`
	// Cutoffs are the classes at which clusters begin: at least one, each
	// between 1 and NClasses−1, in increasing order.
	Cutoffs []int `json:"cutoffs"`
	// DivValue makes tails narrower the rarer their classes are: tail i has
	// ⌊InFeatures / DivValue^(i+1)⌋ features inside. It is positive; 4 by
	// default. Where nothing is left, the classes of the cluster are alike.
	DivValue float64 `json:"div_value"`
	// HeadBias gives the head a bias; off by default.
	HeadBias bool `json:"head_bias"`

	// Head is W and b.
	Head Projection `json:"-"`
	// Tail has A_i and B_i of every cluster, without biases.
	Tail [][2]Projection `json:"-"`
}

// Projection is the parameters of an affine map x·Weightᵀ + Bias.
type Projection struct {
	Weight *autograd.Variable // [out in]
	Bias   *autograd.Variable // [out]; nil for none
}

func init() { registerParametrised(NewAdaptiveLogSoftmaxWithLoss) }

// NewAdaptiveLogSoftmaxWithLoss returns the loss with PyTorch's defaults. There
// are none for InFeatures, NClasses and Cutoffs: set them and call Init.
func NewAdaptiveLogSoftmaxWithLoss() *AdaptiveLogSoftmaxWithLoss {
	return &AdaptiveLogSoftmaxWithLoss{DivValue: 4}
}

const adaptive = "loss.AdaptiveLogSoftmaxWithLoss"

// Forward returns the mean loss.
func (l *AdaptiveLogSoftmaxWithLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	return l.terms(input, target).Mean().To(input.DType())
}

// Output returns the log-probability of the target for every sample, in the
// target's shape. It panics like Forward.
func (l *AdaptiveLogSoftmaxWithLoss) Output(input, target *autograd.Variable) *autograd.Variable {
	return l.terms(input, target).Neg().Reshape(target.Shape()...).To(input.DType())
}

// terms returns −ln p[t] for every sample, [N] in float64.
func (l *AdaptiveLogSoftmaxWithLoss) terms(input, target *autograd.Variable) *autograd.Variable {
	x := l.samples(input)
	class := l.classes(input, target)
	rows, within := make([][]int64, len(l.Cutoffs)), make([][]int64, len(l.Cutoffs)) // of each cluster
	for i, c := range class {
		if k := l.clusterOf(int(c)); k >= 0 {
			class[i] = int64(l.Cutoffs[0] + k)
			rows[k], within[k] = append(rows[k], int64(i)), append(within[k], c-int64(l.Cutoffs[k]))
		}
	}
	y := classTerms(l.Head.of(x), class)
	for k, rows := range rows {
		if len(rows) > 0 {
			index := tensor.New(rows, len(rows))
			y = y.IndexAdd(0, index, classTerms(l.tail(k, x.IndexSelect(0, index)), within[k]))
		}
	}
	return y
}

// classTerms returns −ln softmax(logits)[class] for every row, in float64.
func classTerms(logits *autograd.Variable, class []int64) *autograd.Variable {
	n := len(class)
	t := &classTargets{axis: 1, classes: logits.Shape()[1], inner: 1, shape: tensor.Shape{n}, class: class, total: float64(n)}
	a := averaging{Reduction: None, op: adaptive}
	if logits.DType() == tensor.Float32 {
		return entropyOfClasses[float32](a, logits, t, nil, 0)
	}
	return entropyOfClasses[float64](a, logits, t, nil, 0)
}

// LogProb returns the log-probabilities of all classes: [N NClasses], or
// [NClasses] for one sample. It panics like Forward.
func (l *AdaptiveLogSoftmaxWithLoss) LogProb(input *autograd.Variable) *autograd.Variable {
	x := l.samples(input)
	shortlist := l.Cutoffs[0]
	head := l.Head.of(x).To(tensor.Float64).LogSoftmax(1)
	parts := []*autograd.Variable{head.Slice(1, 0, shortlist)}
	for k := range l.Cutoffs {
		cluster := head.Slice(1, shortlist+k, shortlist+k+1)
		parts = append(parts, l.tail(k, x).To(tensor.Float64).LogSoftmax(1).Add(cluster))
	}
	y := autograd.Concat(1, parts...).To(input.DType())
	return y.Reshape(append(slices.Clone(input.Shape()[:input.Dims()-1]), l.NClasses)...)
}

// Predict returns the likeliest class of every sample as Int64: [N], or [] for
// one sample. It is ArgMax of LogProb, but looks into the tails only for
// samples of which the head finds a cluster likelier than its classes. Nothing
// is recorded. It panics like Forward.
func (l *AdaptiveLogSoftmaxWithLoss) Predict(input *autograd.Variable) *tensor.Tensor {
	x := autograd.Untracked(l.samples(input).Value())
	class := slices.Clone(tensor.Data[int64](tensor.ArgMax(l.Head.of(x).Value(), 1)))
	var rare []int64
	for i, c := range class {
		if c >= int64(l.Cutoffs[0]) {
			rare = append(rare, int64(i))
		}
	}
	if len(rare) > 0 {
		all := l.LogProb(x.IndexSelect(0, tensor.New(rare, len(rare))))
		for i, c := range tensor.Data[int64](tensor.ArgMax(all.Value(), 1)) {
			class[rare[i]] = c
		}
	}
	return shaped(class, input.Shape()[:input.Dims()-1])
}

// tail returns the scores of the classes in cluster k.
func (l *AdaptiveLogSoftmaxWithLoss) tail(k int, x *autograd.Variable) *autograd.Variable {
	return l.Tail[k][1].of(l.Tail[k][0].of(x))
}

// of returns x·Weightᵀ + Bias.
func (p Projection) of(x *autograd.Variable) *autograd.Variable {
	return autograd.Linear(x, p.Weight, p.Bias)
}

// samples returns the input as [N InFeatures]. It panics when fields,
// parameters and input do not go together.
func (l *AdaptiveLogSoftmaxWithLoss) samples(input *autograd.Variable) *autograd.Variable {
	l.complete()
	floats(adaptive, "input", input)
	s := input.Shape()
	if len(s) < 1 || len(s) > 2 || s[len(s)-1] != l.InFeatures {
		panic(tensor.Errorf(adaptive, "input %v: want [N %d] or [%d]", s, l.InFeatures, l.InFeatures))
	}
	l.fit(input)
	return input.Reshape(s[:len(s)-1].Size(), l.InFeatures)
}

// classes returns a copy of the target's classes. It panics unless there is one
// for every sample.
func (l *AdaptiveLogSoftmaxWithLoss) classes(input, target *autograd.Variable) []int64 {
	if target.DType() != tensor.Int64 {
		panic(tensor.Errorf(adaptive, "target %v is %v, not int64 classes", target.Shape(), target.DType()))
	}
	if want := input.Shape()[:input.Dims()-1]; !target.Shape().Equal(want) {
		panic(tensor.Errorf(adaptive, "target %v does not fit input %v: want %v", target.Shape(), input.Shape(), want))
	}
	class := slices.Clone(tensor.Data[int64](target.Value()))
	for i, c := range class {
		if c < 0 || c >= int64(l.NClasses) {
			panic(tensor.Errorf(adaptive, "%s = %d is not one of %d classes", position("target", i, target.Shape()), c, l.NClasses))
		}
	}
	return class
}
