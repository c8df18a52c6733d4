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
	reduction := l.Reduction
	definition := func(x []*autograd.Variable) *autograd.Variable { return reduction.each(t.terms(x[0])) }
	if input.DType() == tensor.Float32 {
		return fuseRows(op, reduction, labelMargins[float32]{t}, definition, input)
	}
	return fuseRows(op, reduction, labelMargins[float64]{t}, definition, input)
}

// labelMargins is Σ_t Σ_c h/C with h = max(0, 1 − x[t] + x[c]) over all labels t
// and all classes c that are none. Where h is positive the slope is 1/C for x[c]
// and −1/C for x[t].
type labelMargins[T kernel.Float] struct{ *labelTargets }

func (f labelMargins[T]) term(i int, r *row[T], saved []float64) float64 {
	saved[0] = float64(i)
	var y float64
	for _, t := range f.labels[i] {
		f.hinge(r.s, r.x[0], i, t)
		y += kernel.Sum64(r.s)
	}
	return y / float64(f.classes)
}

// hinge sets dst to h for one label, and to 0 for labels.
func (f labelMargins[T]) hinge(dst, x []T, i int, t int64) {
	kernel.Offset(dst, x, 1-x[t])
	kernel.ReLU(dst, dst)
	for _, c := range f.labels[i] {
		dst[c] = 0
	}
}

func (f labelMargins[T]) slopes(g float64, dst [3][]T, r *row[T], saved []float64) {
	d, i := dst[0], int(saved[0])
	step := []T{T(g / float64(f.classes))}
	clear(d)
	for _, t := range f.labels[i] {
		f.hinge(r.s, r.x[0], i, t)
		kernel.SelectPositive(r.s, r.s, step, []T{0})
		kernel.Add(d, d, r.s)
		d[t] -= T(kernel.Sum64(r.s))
	}
}

// labelTargets is a checked target of several labels for each sample.
type labelTargets struct {
	classes int
	labels  [][]int64 // of each sample
}

// terms returns the loss of each sample, in recorded operations.
func (t *labelTargets) terms(input *autograd.Variable) *autograd.Variable {
	samples := len(t.labels)
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
	samples, most := len(t.labels), 0
	for _, labels := range t.labels {
		most = max(most, len(labels))
	}
	all, pairs := make([]int64, samples*most), make([]bool, samples*most*t.classes)
	isLabel := make([]bool, t.classes)
	for i, labels := range t.labels {
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
	t.labels = make([][]int64, len(given)/t.classes)
	var all []int64 // of our own: whoever owns the target may change it
	for i := range t.labels {
		n := t.classes
		for k, c := range given[i*t.classes:][:t.classes] {
			switch {
			case c == -1:
				n = min(n, k)
			case c < -1 || c >= int64(t.classes):
				panic(tensor.Errorf(op, "%s = %d is neither a class of input %v nor −1", position("target", i*t.classes+k, in), c, in))
			}
		}
		all = append(all, given[i*t.classes:][:n]...)
		t.labels[i] = all[len(all)-n:]
	}
	return t
}
