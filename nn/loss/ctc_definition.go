package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// define returns the terms before they are added, in recorded operations.
func (l *CTCLoss) define(b *ctcBatch, logProbs *autograd.Variable) *autograd.Variable {
	terms := b.define(logProbs)
	if l.ZeroInfinity {
		infinite := tensor.Equals(terms.Value(), terms.DType().Scalar(math.Inf(1)))
		terms = autograd.Where(infinite, autograd.Const(terms.DType().Scalar(0)), terms)
	}
	if l.Reduction == Mean {
		shares := make([]float64, len(b.samples))
		for i := range shares {
			shares[i] = l.share(b, i)
		}
		terms = terms.Div(autograd.Const(shaped(shares, b.shape).To(terms.DType())))
	}
	return terms
}

// define is what the kernel computes, in recorded operations on float64. To
// −ln p it adds S − detach(S) with S = Σ exp(x) over the frames that count,
// which is 0 but has the gradient exp(x) that PyTorch has beside −posterior.
func (b *ctcBatch) define(logProbs *autograd.Variable) *autograd.Variable {
	shape := logProbs.Shape()
	frames, n, classes := shape[0], len(b.samples), shape[len(shape)-1]
	x := logProbs.To(tensor.Float64).Reshape(frames, n, classes)
	if frames == 0 { // the recursion wants a first frame, though it may not count
		x, frames = x.Pad(0, [2]int{1, 0}, [2]int{}, [2]int{}), 1
	}
	zero := autograd.Const(tensor.Float64.Scalar(0))
	live := b.live(frames)
	x = autograd.Where(live, x, zero)
	l := b.lattice().loss(x, live)

	possible := tensor.Less(l.Value(), tensor.Float64.Scalar(math.Inf(1)))
	counts := tensor.And(live, tensor.Reshape(possible, 1, n, 1))
	mass := autograd.Where(counts, x.Exp(), zero).Sum(0, 2)
	return l.Add(mass.Sub(mass.Detach())).Reshape(b.shape...).To(logProbs.DType())
}

// live returns, as a Bool tensor [T N 1], which frames are within the samples.
func (b *ctcBatch) live(frames int) *tensor.Tensor {
	n := len(b.samples)
	live := make([]bool, frames*n)
	for i, c := range b.samples {
		for t := range c.Frames {
			live[t*n+i] = true
		}
	}
	return tensor.New(live, frames, n, 1)
}

// ctcLattice is the states of the paths of all samples, [N states], those of
// shorter targets padded with states that no path reaches the end from.
type ctcLattice struct {
	symbol *tensor.Tensor // [1 N states]
	enter  *tensor.Tensor // may a path begin in the state
	skip   *tensor.Tensor // may it come straight from two states before
	end    *tensor.Tensor // may it end there
}

func (b *ctcBatch) lattice() *ctcLattice {
	n, states := len(b.samples), 1
	for _, c := range b.samples {
		states = max(states, 2*len(c.Target)+1)
	}
	symbol, enter, skip, end := make([]int64, n*states), make([]bool, n*states), make([]bool, n*states), make([]bool, n*states)
	for i, c := range b.samples {
		last := 2 * len(c.Target)
		for s := range states {
			at := i*states + s
			symbol[at] = b.blank
			if s%2 == 1 && s < last {
				symbol[at] = c.Target[s/2]
				skip[at] = s > 1 && c.Target[s/2] != c.Target[s/2-1]
			}
			enter[at] = s < 2 && s <= last
			end[at] = s == last || s == last-1 && c.Frames > 0
		}
		if c.Frames == 0 && last > 0 { // not even a blank can be read
			end[i*states+last] = false
		}
	}
	return &ctcLattice{tensor.New(symbol, 1, n, states), tensor.New(enter, n, states), tensor.New(skip, n, states), tensor.New(end, n, states)}
}

// loss returns −ln p for each sample by the forward recursion over frames, all
// samples at once. A sample that has ended keeps its state.
func (l *ctcLattice) loss(x *autograd.Variable, live *tensor.Tensor) *autograd.Variable {
	frames, n, states := x.Shape()[0], l.end.Shape()[0], l.end.Shape()[1]
	never := autograd.Const(tensor.Float64.Scalar(math.Inf(-1)))
	emitted := x.Gather(2, tensor.Expand(l.symbol, frames, n, states)).Split(0, 1)
	alpha := autograd.Where(l.enter, emitted[0].Reshape(n, states), never)
	for t := 1; t < frames; t++ {
		before := alpha.Pad(math.Inf(-1), [2]int{2, 0})
		jump := autograd.Where(l.skip, before.Slice(1, 0, states), never)
		next := autograd.Stack(0, alpha, before.Slice(1, 1, states+1), jump).LogSumExp(0).Add(emitted[t].Reshape(n, states))
		alpha = autograd.Where(tensor.Reshape(tensor.Slice(live, 0, t, t+1), n, 1), next, alpha)
	}
	return autograd.Where(l.end, alpha, never).LogSumExp(1).Neg()
}
