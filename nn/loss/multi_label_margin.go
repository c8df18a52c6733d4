package loss

import (
	"github.com/declive/declive/autograd"
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
	classes := scores(op, input)
	t := newLabelTargets(op, input, target)
	x := input.Reshape(t.samples, 1, classes)
	score := input.Reshape(t.samples, classes).Gather(1, t.label).Unsqueeze(2) // [samples labels 1]
	hinge := score.Neg().AddScalar(1).Add(x)                                   // [samples labels classes]
	terms := autograd.Where(t.pairs, hinge, autograd.Const(input.DType().Scalar(0))).ReLU().Sum(1, 2)
	terms = terms.MulScalar(1 / float64(classes))
	return l.Reduction.each(terms.Reshape(input.Shape()[:input.Dims()-1]...))
}

// labelTargets is a checked target of several labels for each sample.
type labelTargets struct {
	samples int
	label   *tensor.Tensor // [samples labels], labels being the most that one sample has
	pairs   *tensor.Tensor // [samples labels classes], whether the first is a label and the last none
}

func newLabelTargets(op string, input, target *autograd.Variable) labelTargets {
	in := input.Shape()
	if target.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "target %v is %v, not int64 labels", target.Shape(), target.DType()))
	}
	if !target.Shape().Equal(in) {
		panic(tensor.Errorf(op, "target %v and input %v differ", target.Shape(), in))
	}
	classes := in[len(in)-1]
	given := tensor.Data[int64](target.Value())
	samples := len(given) / classes
	counts, most := make([]int, samples), 0
	for i := range counts {
		counts[i] = classes
		for k, c := range given[i*classes:][:classes] {
			switch {
			case c == -1:
				counts[i] = min(counts[i], k)
			case c < -1 || c >= int64(classes):
				panic(tensor.Errorf(op, "%s = %d is neither a class of input %v nor −1", position("target", i*classes+k, in), c, in))
			}
		}
		most = max(most, counts[i])
	}
	label, pairs := make([]int64, samples*most), make([]bool, samples*most*classes)
	isLabel := make([]bool, classes)
	for i, count := range counts {
		labels := given[i*classes:][:count]
		copy(label[i*most:], labels)
		clear(isLabel)
		for _, c := range labels {
			isLabel[c] = true
		}
		for k := range labels {
			for c, is := range isLabel {
				pairs[(i*most+k)*classes+c] = !is
			}
		}
	}
	return labelTargets{samples, tensor.New(label, samples, most), tensor.New(pairs, samples, most, classes)}
}
