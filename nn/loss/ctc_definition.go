package loss

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// define is what the kernel computes, in recorded operations on float64: the
// forward recursion over frames for all samples at once, states of shorter
// targets being padded. To −ln p it adds S − detach(S) with S = Σ exp(x) over
// the frames that count, which is 0 but has the gradient exp(x) that PyTorch
// has beside −posterior.
func (b *ctcBatch) define(logProbs *autograd.Variable) *autograd.Variable {
	frames, n, classes := logProbs.Shape()[0], len(b.samples), logProbs.Shape()[logProbs.Dims()-1]
	inf := autograd.Const(tensor.Float64.Scalar(math.Inf(-1)))
	states := 1
	for _, c := range b.samples {
		states = max(states, 2*len(c.Target)+1)
	}
	symbol, enter := make([]int64, n*states), make([]bool, n*states)
	skip, end, empty, counts := make([]bool, n*states), make([]bool, n*states), make([]float64, n), make([]bool, frames*n)
	for i, c := range b.samples {
		own := symbol[i*states:][:states]
		last := 2 * len(c.Target)
		for s := range own {
			own[s] = b.blank
			if s%2 == 1 && s < last {
				own[s] = c.Target[s/2]
				skip[i*states+s] = s > 1 && c.Target[s/2] != c.Target[s/2-1]
			}
			enter[i*states+s] = s < 2 && s <= last
			end[i*states+s] = c.Frames > 0 && (s == last || s == last-1)
		}
		if c.Frames == 0 && last > 0 {
			empty[i] = math.Inf(1)
		}
		for t := range c.Frames {
			counts[t*n+i] = true
		}
	}
	live := tensor.New(counts, frames, n, 1)
	x := autograd.Where(live, logProbs.To(tensor.Float64).Reshape(frames, n, classes), autograd.Const(tensor.Float64.Scalar(0)))
	index := tensor.Expand(tensor.New(symbol, 1, n, states), frames, n, states)
	emitted := x.Gather(2, index)
	loss := autograd.Const(tensor.New(empty, n))
	if frames > 0 {
		var alpha *autograd.Variable
		for t, e := range emitted.Split(0, 1) {
			e = e.Reshape(n, states)
			if t == 0 {
				alpha = autograd.Where(tensor.New(enter, n, states), e, inf)
				continue
			}
			before := alpha.Pad(math.Inf(-1), [2]int{2, 0})
			jump := autograd.Where(tensor.New(skip, n, states), before.Slice(1, 0, states), inf)
			next := autograd.Stack(0, alpha, before.Slice(1, 1, states+1), jump).LogSumExp(0).Add(e)
			alpha = autograd.Where(tensor.Reshape(tensor.Slice(live, 0, t, t+1), n, 1), next, alpha) // a sample that has ended stays
		}
		total := autograd.Where(tensor.New(end, n, states), alpha, inf).LogSumExp(1).Neg()
		loss = autograd.Where(tensor.Reshape(tensor.Slice(live, 0, 0, 1), n), total, loss)
	}
	possible := tensor.Less(loss.Value(), tensor.Float64.Scalar(math.Inf(1)))
	mass := autograd.Where(tensor.And(live, tensor.Reshape(possible, 1, n, 1)), x.Exp(), autograd.Const(tensor.Float64.Scalar(0))).Sum(0, 2)
	return loss.Add(mass.Sub(mass.Detach())).Reshape(b.shape...).To(logProbs.DType())
}
