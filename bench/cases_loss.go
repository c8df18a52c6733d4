package main

import (
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// A size is how large the input of the criteria is. torch/losses.py has the
// same under the same names.
type size struct {
	name          string
	elements      []int
	rows, classes int
	labels        int // of a row
	length        int // of a vector
	ctc           ctcSize
	adaptive      adaptiveSize
}

type ctcSize struct{ frames, batch, symbols, length int }

type adaptiveSize struct {
	samples, features, classes int
	cutoffs                    []int
}

var (
	large = size{name: "large", elements: []int{1000, 1000}, rows: 4096, classes: 1000, labels: 5, length: 256,
		ctc: ctcSize{100, 32, 50, 20}, adaptive: adaptiveSize{512, 256, 10000, []int{1000, 4000}}}
	small = size{name: "small", elements: []int{32}, rows: 32, classes: 10, labels: 2, length: 16,
		ctc: ctcSize{12, 32, 6, 4}, adaptive: adaptiveSize{32, 16, 100, []int{10, 50}}}
)

// lossCases are all criteria, forward and backward.
func lossCases(s size, target float64) []benchCase {
	var cases []benchCase
	for _, c := range criteria {
		name, variant, _ := strings.Cut(c.name, ",")
		what := name
		if variant != "" {
			name, what = name+":"+s.name+","+variant, what+", "+variant
		} else {
			name += ":" + s.name
		}
		cases = append(cases, benchCase{name: name, what: what, target: target, setup: func() step { return c.setup(s) }})
	}
	return cases
}

// criteria are the losses by class name, some with a variant behind a comma.
var criteria = []struct {
	name  string
	setup func(s size) step
}{
	{"MSELoss", regression(loss.NewMSELoss())},
	{"L1Loss", regression(loss.NewL1Loss())},
	{"SmoothL1Loss", regression(loss.NewSmoothL1Loss())},
	{"HuberLoss", regression(loss.NewHuberLoss())},
	{"SoftMarginLoss", pairs(loss.NewSoftMarginLoss(), normal, signs)},
	{"HingeEmbeddingLoss", pairs(loss.NewHingeEmbeddingLoss(), normal, signs)},
	{"BCELoss", pairs(loss.NewBCELoss(), probabilities, yesOrNo)},
	{"BCEWithLogitsLoss", pairs(loss.NewBCEWithLogitsLoss(), normal, yesOrNo)},
	{"PoissonNLLLoss", pairs(loss.NewPoissonNLLLoss(), normal, counts)},
	{"KLDivLoss", pairs(&loss.KLDivLoss{Reduction: loss.BatchMean}, logs, probabilities)},
	{"GaussianNLLLoss", gaussian},
	{"MarginRankingLoss", ranking},
	{"CosineEmbeddingLoss", cosine},
	{"TripletMarginLoss", triplets(loss.NewTripletMarginLoss())},
	{"TripletMarginWithDistanceLoss", triplets(loss.NewTripletMarginWithDistanceLoss())},
	{"CrossEntropyLoss", oneClass(loss.NewCrossEntropyLoss(), normal)},
	{"CrossEntropyLoss,probabilities", matrices(loss.NewCrossEntropyLoss(), probabilities)},
	{"CrossEntropyLoss,smoothing", smoothing},
	{"NLLLoss", oneClass(loss.NewNLLLoss(), logs)},
	{"MultiMarginLoss", oneClass(loss.NewMultiMarginLoss(), normal)},
	{"MultiLabelMarginLoss", labels},
	{"MultiLabelSoftMarginLoss", matrices(loss.NewMultiLabelSoftMarginLoss(), yesOrNo)},
	{"CTCLoss", ctc},
	{"AdaptiveLogSoftmaxWithLoss", adaptive},
}

// maker makes an input.
type maker = func(seed uint64, shape ...int) *tensor.Tensor

func counts(seed uint64, shape ...int) *tensor.Tensor {
	return integers(seed, 5, shape...).To(tensor.Float32)
}

// two differentiates l by x.
func two(l loss.Criterion, x, y *tensor.Tensor) step {
	in, target := autograd.New(x), autograd.Const(y)
	return differentiate(func() *autograd.Variable { return l.Forward(in, target) }, nil, in)
}

func regression(l loss.Criterion) func(s size) step { return pairs(l, normal, normal) }

func pairs(l loss.Criterion, x, y maker) func(s size) step {
	return func(s size) step { return two(l, x(1, s.elements...), y(2, s.elements...)) }
}

func matrices(l loss.Criterion, y maker) func(s size) step {
	return func(s size) step { return two(l, normal(1, s.rows, s.classes), y(2, s.rows, s.classes)) }
}

func oneClass(l loss.Criterion, x maker) func(s size) step {
	return func(s size) step { return two(l, x(1, s.rows, s.classes), integers(2, s.classes, s.rows)) }
}

func smoothing(s size) step {
	l := loss.NewCrossEntropyLoss()
	l.Weight, l.LabelSmoothing = probabilities(3, s.classes), 0.1
	return oneClass(l, normal)(s)
}

// labels gives every row its labels, that far apart that none comes twice.
func labels(s size) step {
	apart := s.classes / s.labels
	first := tensor.Data[int64](integers(2, apart, s.rows))
	target := make([]int64, s.rows*s.classes)
	for i := range target {
		target[i] = -1
		if label := i % s.classes; label < s.labels {
			target[i] = first[i/s.classes] + int64(apart*label)
		}
	}
	return two(loss.NewMultiLabelMarginLoss(), normal(1, s.rows, s.classes), tensor.New(target, s.rows, s.classes))
}

func gaussian(s size) step {
	l := loss.NewGaussianNLLLoss()
	x, y, v := autograd.New(normal(1, s.elements...)), autograd.Const(normal(2, s.elements...)), autograd.New(probabilities(3, s.elements...))
	return differentiate(func() *autograd.Variable { return l.Forward(x, y, v) }, nil, x, v)
}

func ranking(s size) step {
	l := loss.NewMarginRankingLoss()
	a, b, y := autograd.New(normal(1, s.elements...)), autograd.New(normal(2, s.elements...)), autograd.Const(signs(3, s.elements...))
	return differentiate(func() *autograd.Variable { return l.Forward(a, b, y) }, nil, a, b)
}

func cosine(s size) step {
	l := loss.NewCosineEmbeddingLoss()
	a, b, y := autograd.New(normal(1, s.rows, s.length)), autograd.New(normal(2, s.rows, s.length)), autograd.Const(signs(3, s.rows))
	return differentiate(func() *autograd.Variable { return l.Forward(a, b, y) }, nil, a, b)
}

func triplets(l interface {
	Forward(a, p, n *autograd.Variable) *autograd.Variable
}) func(s size) step {
	return func(s size) step {
		a, p, n := autograd.New(normal(1, s.rows, s.length)), autograd.New(normal(2, s.rows, s.length)), autograd.New(normal(3, s.rows, s.length))
		return differentiate(func() *autograd.Variable { return l.Forward(a, p, n) }, nil, a, p, n)
	}
}

func ctc(s size) step {
	l, c := loss.NewCTCLoss(), s.ctc
	x := autograd.New(tensor.LogSoftmax(normal(1, c.frames, c.batch, c.symbols), 2))
	target := autograd.Const(tensor.Add(integers(2, c.symbols-1, c.batch, c.length), tensor.Int64.Scalar(1)))
	frames, lengths := autograd.Const(tensor.Int64.Full(float64(c.frames), c.batch)), autograd.Const(tensor.Int64.Full(float64(c.length), c.batch))
	return differentiate(func() *autograd.Variable { return l.Forward(x, target, frames, lengths) }, nil, x)
}

// adaptive draws low classes more often, as the loss is made for.
func adaptive(s size) step {
	a, l := s.adaptive, loss.NewAdaptiveLogSoftmaxWithLoss()
	l.InFeatures, l.NClasses, l.Cutoffs = a.features, a.classes, a.cutoffs
	clusters, width := len(a.cutoffs), a.features
	l.Head.Weight = parameter(3, width, a.cutoffs[0]+clusters, width)
	x := autograd.New(normal(1, a.samples, a.features))
	leaves := []*autograd.Variable{x, l.Head.Weight}
	for i, start := range a.cutoffs {
		stop := append(a.cutoffs, a.classes)[i+1]
		width /= 4
		tail := [2]loss.Projection{{Weight: parameter(uint64(4+2*i), a.features, width, a.features)}, {Weight: parameter(uint64(5+2*i), width, stop-start, width)}}
		l.Tail = append(l.Tail, tail)
		leaves = append(leaves, tail[0].Weight, tail[1].Weight)
	}
	class := make([]int64, a.samples)
	for i, u := range uniform(2, a.samples) {
		class[i] = int64(u * u * u * float64(a.classes))
	}
	target := autograd.Const(tensor.New(class, a.samples))
	return differentiate(func() *autograd.Variable { return l.Forward(x, target) }, nil, leaves...)
}
