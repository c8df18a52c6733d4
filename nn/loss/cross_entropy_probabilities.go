package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// withProbabilities returns the loss for a target of probabilities.
func (l *CrossEntropyLoss) withProbabilities(op string, input, target *autograd.Variable) *autograd.Variable {
	axis := classAxis(op, input)
	same(op, "input", input, "target", target)
	classes := input.Shape()[axis]
	checkClassWeight(op, input, l.Weight, classes)
	if l.IgnoreIndex >= 0 {
		panic(tensor.Errorf(op, "ignore index %d with probabilities as target %v", l.IgnoreIndex, target.Shape()))
	}
	if axis != input.Dims()-1 { // rows lie along the last axis
		order := []int{0}
		for i := 2; i < input.Dims(); i++ {
			order = append(order, i)
		}
		order = append(order, axis)
		input, target = input.Permute(order...), target.Permute(order...)
	}
	if input.Size() == 0 && l.Reduction == Mean { // there may be a say in what that is
		a := averaging{l.Reduction, op, 0, l.EmptyMean, target.Shape()}
		return a.reduce(entropyOfProbabilities(input, target, l.Weight, l.LabelSmoothing)).To(input.DType())
	}
	weight, smoothing, r := l.Weight, l.LabelSmoothing, l.Reduction // as they are now
	definition := func(x []*autograd.Variable) *autograd.Variable {
		return r.each(entropyOfProbabilities(x[0], x[1], weight, smoothing)).To(x[0].DType())
	}
	if input.DType() == tensor.Float32 {
		return fuseRows(op, r, probabilities[float32]{classWeights[float32](weight), smoothing}, definition, input, target)
	}
	return fuseRows(op, r, probabilities[float64]{classWeights[float64](weight), smoothing}, definition, input, target)
}

func classWeights[T tensor.Element](weight *tensor.Tensor) []T {
	if weight == nil {
		return nil
	}
	return tensor.Data[T](weight)
}

// entropyOfProbabilities returns the terms of rows, in recorded operations on
// float64.
func entropyOfProbabilities(input, target *autograd.Variable, weight *tensor.Tensor, smoothing float64) *autograd.Variable {
	x, q := input.To(tensor.Float64), target.To(tensor.Float64)
	if smoothing > 0 {
		q = q.MulScalar(1 - smoothing).AddScalar(smoothing / float64(x.Shape()[x.Dims()-1]))
	}
	if weight != nil {
		q = q.Mul(autograd.Const(weight.To(tensor.Float64)))
	}
	return expected(q, x.LogSoftmax(-1), -1)
}

// expected returns −Σ q·logp along an axis. Where q is 0 and logp −Inf the
// product is 0, as its limit is.
func expected(q, logp *autograd.Variable, axis int) *autograd.Variable {
	zero := logp.DType().Scalar(0)
	impossible := tensor.Equals(logp.Value(), logp.DType().Scalar(math.Inf(-1)))
	moot := tensor.And(impossible, tensor.Equals(q.Value(), zero))
	return q.Mul(autograd.Where(moot, autograd.Const(zero), logp)).Sum(axis).Neg()
}

// probabilities is Σ q·(lse − x) with q = w·((1−ε)·p + ε/C). The slopes are
// softmax(x)·Σq − q and w·(1−ε)·(lse − x).
type probabilities[T kernel.Float] struct {
	weight    []T
	smoothing float64
}

// What is saved of a row: its greatest score, the sum of exponentials beside it,
// the logarithm of that, and Σq.
const (
	savedGreatest = iota
	savedSum
	savedRest
	savedShare
)

func (f probabilities[T]) prepare(x []T, n int, saved []float64) {
	rows := len(saved) / rowSaved
	room := kernel.Get[float64](3 * rows)
	defer kernel.Put(room)
	greatest, sum, rest := room[:rows], room[rows:2*rows], room[2*rows:]
	kernel.LogSumExpRows(x, n, greatest, sum, rest)
	for i := range rows {
		s := saved[i*rowSaved:][:rowSaved]
		s[savedGreatest], s[savedSum], s[savedRest] = greatest[i], sum[i], rest[i]
	}
}

func (f probabilities[T]) term(_ int, r row[T], saved []float64) float64 {
	rest, mixed := saved[savedRest], f.mix(r)
	kernel.Offset(r.t, r.x[0], T(-saved[savedGreatest]))
	saved[savedShare] = kernel.Sum64(mixed)
	if y := saved[savedShare]*rest - kernel.Dot(mixed, r.t); y == y {
		return y
	}
	var y float64
	for k, q := range mixed { // an impossible class that is not asked for costs nothing
		if q != 0 || !math.IsInf(float64(r.t[k]), -1) {
			y += float64(q) * (rest - float64(r.t[k]))
		}
	}
	return y
}

// mix returns q.
func (f probabilities[T]) mix(r row[T]) []T {
	p, q := r.x[1], r.s
	if f.smoothing == 0 && f.weight == nil {
		return p
	}
	kernel.Scale(q, p, T(1-f.smoothing))
	if f.smoothing != 0 {
		kernel.Offset(q, q, T(f.smoothing/float64(len(p))))
	}
	if f.weight != nil {
		kernel.Mul(q, q, f.weight)
	}
	return q
}

func (f probabilities[T]) slopes(g float64, dst [3][]T, r row[T], saved []float64) {
	mixed := f.mix(r)
	if d := dst[0]; d != nil {
		kernel.ExpShifted(d, r.x[0], saved[savedGreatest], g*saved[savedShare]/saved[savedSum])
		kernel.Axpy(d, T(-g), mixed)
	}
	if d := dst[1]; d != nil {
		kernel.Offset(d, r.x[0], T(-saved[savedGreatest]))
		kernel.Offset(d, d, T(-saved[savedRest]))
		kernel.Scale(d, d, T(-g*(1-f.smoothing)))
		if f.weight != nil {
			kernel.Mul(d, d, f.weight)
		}
		for k, x := range r.x[0] {
			if math.IsInf(float64(x), -1) && mixed[k] == 0 {
				d[k] = 0
			}
		}
	}
}
