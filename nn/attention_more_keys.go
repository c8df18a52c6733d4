package nn

import (
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// AddBiasKV gives the layer a key and a value that are learned and that every
// query may look at, whatever it is allowed: PyTorch's add_bias_kv. Both are drawn
// from Glorot's normal distribution. It panics when rng is nil.
func (l *MultiheadAttention) AddBiasKV(rng *rand.Rand) {
	checkRand("nn.AddBiasKV", rng)
	d, e := l.OutProj.Weight.DType(), l.OutProj.Weight.Shape()[0]
	l.BiasK = autograd.New(XavierNormal(d.Zeros(1, 1, e), 1, rng))
	l.BiasV = autograd.New(XavierNormal(d.Zeros(1, 1, e), 1, rng))
}

// withMoreKeys returns queries, keys and values with the keys and values that are
// the layer's own, for which the mask has columns of 0.
func (l *MultiheadAttention) withMoreKeys(in []*autograd.Variable, layout *headLayout) []*autograd.Variable {
	more := l.moreKeys(in[0].DType(), layout.features)
	if more == nil {
		return in
	}
	if len(in) == 1 {
		in = in[0].Split(2, layout.features)
	}
	axis, shape := 1-layout.batch(), append([]int{}, in[1].Shape()...)
	shape[axis] = 1
	for _, kv := range more {
		for i, x := range kv {
			in[1+i] = autograd.Concat(axis, in[1+i], x.Expand(shape...))
		}
	}
	if m := layout.mask; m != nil {
		layout.mask = tensor.Pad(m, 0, [2]int{0, len(more)})
	}
	return in
}

// moreKeys returns the layer's own pairs of key and value.
func (l *MultiheadAttention) moreKeys(d tensor.DType, e int) (more [][2]*autograd.Variable) {
	if l.BiasK != nil || l.BiasV != nil {
		for i, x := range [...]*autograd.Variable{l.BiasK, l.BiasV} {
			if x == nil || !x.Shape().Equal(tensor.Shape{1, 1, e}) || x.DType() != d {
				panic(tensor.Errorf("nn.MultiheadAttention", "%s is not %v [1 1 %d]; give both with AddBiasKV, or none",
					[...]string{"bias_k", "bias_v"}[i], d, e))
			}
		}
		more = append(more, [2]*autograd.Variable{l.BiasK, l.BiasV})
	}
	if l.AddZeroAttn {
		zero := autograd.Const(d.Zeros(1, 1, e))
		more = append(more, [2]*autograd.Variable{zero, zero})
	}
	return more
}
