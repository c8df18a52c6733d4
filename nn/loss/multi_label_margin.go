package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// MultiLabelMarginLoss is the hinge loss of samples with several labels: the
// score of each label should exceed that of each class that is none by 1.
//
//	l = 1/C · Σ_{t in labels} Σ_{c not in labels} max(0, 1 − x[t] + x[c])
//
// Input x has shape [N C] or [C] and holds the scores of C classes. The target
// is Int64 of the same shape: a sample's labels stand before the first −1 of
// its row, and what follows counts for nothing. A label that is named twice
// counts twice. Exactly at the hinge the gradient is 0.
//
// Unlike PyTorch's it can be differentiated twice and more.
//
// Forward panics when the shapes differ or an element of the target is neither
// a class nor −1, also behind the first −1.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MultiLabelMarginLoss.html
type MultiLabelMarginLoss struct {
	// Reduction of the terms, one per sample; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewMultiLabelMarginLoss) }

// NewMultiLabelMarginLoss returns the loss with PyTorch's defaults.
func NewMultiLabelMarginLoss() *MultiLabelMarginLoss { return &MultiLabelMarginLoss{} }

// MultiLabelMargin returns the mean multi-label hinge loss.
func MultiLabelMargin(input, target *autograd.Variable) *autograd.Variable {
	return NewMultiLabelMarginLoss().Forward(input, target)
}

func (l *MultiLabelMarginLoss) check() { l.Reduction.check("loss.MultiLabelMarginLoss") }

// Forward returns the loss, reduced.
func (l *MultiLabelMarginLoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	const op = "loss.MultiLabelMarginLoss"
	l.check()
	scores(op, input)
	t := newLabelTargets(op, input, target)
	if input.DType() == tensor.Float32 {
		return fuseLabelMargins[float32](op, l.Reduction, t, input)
	}
	return fuseLabelMargins[float64](op, l.Reduction, t, input)
}

// fuseLabelMargins returns the loss by way of the kernel.
func fuseLabelMargins[T kernel.Float](op string, r Reduction, t *labelTargets, input *autograd.Variable) *autograd.Variable {
	k := &kernel.MultiLabelMargin[T]{N: t.classes, Labels: t.labels, Ends: t.ends}
	return fuseClasses(r.average(op, len(t.ends)), k, input.Shape()[:input.Dims()-1], input,
		func(x []*autograd.Variable) *autograd.Variable { return r.each(t.terms(x[0])) })
}

// labelTargets is a checked target of several labels for each sample.
type labelTargets struct {
	classes int
	labels  []int64 // of all samples, one after the other
	ends    []int   // where those of each sample end
}

// of returns the labels of a sample.
func (t *labelTargets) of(sample int) []int64 {
	if sample == 0 {
		return t.labels[:t.ends[0]]
	}
	return t.labels[t.ends[sample-1]:t.ends[sample]]
}

// terms returns the loss of each sample, in recorded operations.
func (t *labelTargets) terms(input *autograd.Variable) *autograd.Variable {
	samples := len(t.ends)
	label, pairs := t.pairs()
	x := input.Reshape(samples, 1, t.classes)
	score := input.Reshape(samples, t.classes).Gather(1, label).Unsqueeze(2) // [samples labels 1]
	hinge := score.Neg().AddScalar(1).Add(x)                                 // [samples labels classes]
	terms := autograd.Where(pairs, hinge, autograd.Const(input.DType().Scalar(0))).ReLU().Sum(1, 2)
	return terms.MulScalar(1 / float64(t.classes)).Reshape(input.Shape()[:input.Dims()-1]...)
}

// pairs returns the labels, [samples labels], the second axis being as long as
// the longest list, and, [samples labels classes], whether the one is a label
// and the other none.
func (t *labelTargets) pairs() (label, pair *tensor.Tensor) {
	samples, most := len(t.ends), 0
	for i := range t.ends {
		most = max(most, len(t.of(i)))
	}
	all, pairs := make([]int64, samples*most), make([]bool, samples*most*t.classes)
	isLabel := make([]bool, t.classes)
	for i := range t.ends {
		labels := t.of(i)
		copy(all[i*most:], labels)
		clear(isLabel)
		for _, c := range labels {
			isLabel[c] = true
		}
		for k := range labels {
			for c, is := range isLabel {
				pairs[(i*most+k)*t.classes+c] = !is
			}
		}
	}
	return tensor.New(all, samples, most), tensor.New(pairs, samples, most, t.classes)
}

func newLabelTargets(op string, input, target *autograd.Variable) *labelTargets {
	in := input.Shape()
	if target.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "target %v is %v, not int64 labels", target.Shape(), target.DType()))
	}
	if !target.Shape().Equal(in) {
		panic(tensor.Errorf(op, "target %v and input %v differ", target.Shape(), in))
	}
	t := &labelTargets{classes: in[len(in)-1]}
	given := tensor.Data[int64](target.Value())
	samples := len(given) / t.classes
	t.ends, t.labels = make([]int, samples), make([]int64, 0, 2*samples)
	for i := range t.ends {
		row := given[i*t.classes:][:t.classes]
		n := t.classes
		for k, c := range row {
			if uint64(c) < uint64(t.classes) {
				continue
			}
			if c != -1 {
				panic(tensor.Errorf(op, "%s = %d is neither a class of input %v nor −1", position("target", i*t.classes+k, in), c, in))
			}
			n = min(n, k)
		}
		t.labels = append(t.labels, row[:n]...) // of our own: whoever owns the target may change it
		t.ends[i] = len(t.labels)
	}
	return t
}
