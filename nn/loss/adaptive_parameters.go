package loss

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Init makes new float32 parameters, drawn evenly from ±1/√in for a map of in
// features, as PyTorch does. It returns l, and panics when the fields break a
// rule told with them or rng is nil.
func (l *AdaptiveLogSoftmaxWithLoss) Init(rng *rand.Rand) *AdaptiveLogSoftmaxWithLoss {
	l.complete()
	if rng == nil {
		panic(tensor.Errorf(adaptive, "rng is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	shapes := l.shapes()
	made := make([]*autograd.Variable, len(shapes))
	for i, s := range shapes {
		made[i] = autograd.New(uniform(rng, s.in, s.shape))
	}
	l.hold(made)
	return l
}

// uniform returns numbers between ±1/√in, in being the length that a map sums
// over.
func uniform(rng *rand.Rand, in int, shape tensor.Shape) *tensor.Tensor {
	bound := 1 / math.Sqrt(float64(max(in, 1)))
	return tensor.AddScalar(tensor.MulScalar(tensor.Rand(rng, shape...), 2*bound), -bound)
}

// parameter is what one of the parameters must be.
type parameter struct {
	name  string
	in    int // features of the map
	shape tensor.Shape
}

// shapes lists the parameters that the fields ask for, in PyTorch's order.
func (l *AdaptiveLogSoftmaxWithLoss) shapes() []parameter {
	head := len(l.Cutoffs)
	if head > 0 { // else nobody has set the fields yet
		head += l.Cutoffs[0]
	}
	all := []parameter{{"head.weight", l.InFeatures, tensor.Shape{head, l.InFeatures}}}
	if l.HeadBias {
		all = append(all, parameter{"head.bias", l.InFeatures, tensor.Shape{head}})
	}
	for i := range l.Cutoffs {
		start, stop := l.cluster(i)
		width := int(l.width(i))
		all = append(all,
			parameter{fmt.Sprintf("tail.%d.0.weight", i), l.InFeatures, tensor.Shape{width, l.InFeatures}},
			parameter{fmt.Sprintf("tail.%d.1.weight", i), width, tensor.Shape{stop - start, width}})
	}
	return all
}

// cluster returns the classes of cluster i, from start to before stop.
func (l *AdaptiveLogSoftmaxWithLoss) cluster(i int) (start, stop int) {
	if i+1 < len(l.Cutoffs) {
		return l.Cutoffs[i], l.Cutoffs[i+1]
	}
	return l.Cutoffs[i], l.NClasses
}

// clusterOf returns the cluster of class c, −1 for the head.
func (l *AdaptiveLogSoftmaxWithLoss) clusterOf(c int) int {
	return sort.SearchInts(l.Cutoffs, c+1) - 1
}

// width returns Python's InFeatures // DivValue**(i+1), which is exact where
// the quotient of floats would be rounded up to an integer.
func (l *AdaptiveLogSoftmaxWithLoss) width(i int) float64 {
	in, div := float64(l.InFeatures), math.Pow(l.DivValue, float64(i+1))
	return math.Round((in - math.Mod(in, div)) / div)
}

// hold takes parameters in the order of shapes.
func (l *AdaptiveLogSoftmaxWithLoss) hold(p []*autograd.Variable) {
	l.Head, l.Tail = Projection{Weight: p[0]}, make([][2]Projection, len(l.Cutoffs))
	p = p[1:]
	if l.HeadBias {
		l.Head.Bias, p = p[0], p[1:]
	}
	for i := range l.Tail {
		l.Tail[i][0].Weight, l.Tail[i][1].Weight = p[2*i], p[2*i+1]
	}
}

// held returns what hold has taken.
func (l *AdaptiveLogSoftmaxWithLoss) held() []*autograd.Variable {
	p := []*autograd.Variable{l.Head.Weight}
	if l.HeadBias {
		p = append(p, l.Head.Bias)
	}
	for _, t := range l.Tail {
		p = append(p, t[0].Weight, t[1].Weight)
	}
	return p
}

// fit panics unless there are the parameters that the fields ask for, in the
// input's type.
func (l *AdaptiveLogSoftmaxWithLoss) fit(input *autograd.Variable) {
	if l.Head.Bias != nil && !l.HeadBias {
		panic(tensor.Errorf(adaptive, "there is a head.bias %v, but head_bias is false", l.Head.Bias.Shape()))
	}
	held := l.held()
	for i, want := range l.shapes() {
		switch {
		case i >= len(held) || held[i] == nil:
			panic(tensor.Errorf(adaptive, "there is no %s; call Init", want.name))
		case !held[i].Shape().Equal(want.shape):
			panic(tensor.Errorf(adaptive, "%s %v does not fit the options: want %v", want.name, held[i].Shape(), want.shape))
		}
		sameType(adaptive, "input", input, want.name, held[i].DType())
	}
}

// parameters returns the names of the parameters.
func (l *AdaptiveLogSoftmaxWithLoss) parameters() (names []string) {
	for _, s := range l.shapes() {
		names = append(names, s.name)
	}
	return names
}

// with returns the loss with other parameters.
func (l *AdaptiveLogSoftmaxWithLoss) with(parameters []*autograd.Variable) Criterion {
	other := *l
	other.hold(parameters)
	return &other
}

// check lets a loss pass whose fields nobody has set yet.
func (l *AdaptiveLogSoftmaxWithLoss) check() {
	if l.InFeatures != 0 || l.NClasses != 0 || len(l.Cutoffs) != 0 {
		l.complete()
	}
}

// complete panics when the fields break a rule.
func (l *AdaptiveLogSoftmaxWithLoss) complete() {
	if l.InFeatures < 1 {
		panic(tensor.Errorf(adaptive, "in_features is %d, not at least 1", l.InFeatures))
	}
	if len(l.Cutoffs) == 0 {
		panic(tensor.Errorf(adaptive, "there are no cutoffs"))
	}
	for i, c := range l.Cutoffs {
		switch {
		case c < 1 || c >= l.NClasses:
			panic(tensor.Errorf(adaptive, "cutoffs[%d] = %d is not between 1 and n_classes−1, which is %d", i, c, l.NClasses-1))
		case i > 0 && c <= l.Cutoffs[i-1]:
			panic(tensor.Errorf(adaptive, "cutoffs[%d] = %d is not greater than the one before, %d", i, c, l.Cutoffs[i-1]))
		}
	}
	if !(l.DivValue > 0) {
		panic(tensor.Errorf(adaptive, "div_value %v is not positive", l.DivValue))
	}
	for i := range l.Cutoffs {
		if w := l.width(i); !(w <= math.MaxInt32) {
			panic(tensor.Errorf(adaptive, "div_value %v makes tail %d %v features wide", l.DivValue, i, w))
		}
	}
}
