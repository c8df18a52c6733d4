package nn

import (
	"math/rand/v2"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Dropout replaces each element by 0 with probability P, independently, and
// multiplies the others by 1/(1 − P), so that the mean stays. It does so in
// training only; after Eval everything passes unchanged.
//
// Goroutines may share a Dropout, but then which of them draws which numbers
// is chance. A Dropout of its own for each makes results repeat.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Dropout.html
type Dropout struct {
	Mode
	P    float64    // 0.5 by default in PyTorch
	Rand *rand.Rand // two numbers are drawn per Forward

	mu sync.Mutex // guards Rand
}

// NewDropout returns a Dropout of probability p that draws from rng.
func NewDropout(p float64, rng *rand.Rand) *Dropout { return &Dropout{P: p, Rand: rng} }

// Forward returns x after the drop. It panics when P is not in [0, 1], or in
// training without Rand.
func (l *Dropout) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	if !l.drops("nn.Dropout", x) {
		return x
	}
	return kept(x, l.keep(x.Size()), l.scale())
}

// drops reports whether anything of x may go. It panics like Forward.
func (l *Dropout) drops(op string, x *autograd.Variable) bool {
	if !(l.P >= 0 && l.P <= 1) {
		panic(tensor.Errorf(op, "P is %v, not a probability", l.P))
	}
	if !l.Training() || l.P == 0 {
		return false
	}
	if !x.DType().IsFloat() {
		panic(tensor.Errorf(op, "input %v %v is not of floats", x.DType(), x.Shape()))
	}
	if l.Rand == nil {
		panic(tensor.Errorf(op, "Rand is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	return true
}

// scale returns what multiplies the elements that stay.
func (l *Dropout) scale() float64 {
	if l.P == 1 {
		return 1
	}
	return 1 / (1 - l.P)
}

// keep draws which of n elements stay.
func (l *Dropout) keep(n int) []uint64 {
	l.mu.Lock()
	a, b := l.Rand.Uint64(), l.Rand.Uint64()
	l.mu.Unlock()
	mask := make([]uint64, kernel.MaskWords(n))
	kernel.DrawMask(mask, n, l.P, rand.NewPCG(a, b))
	return mask
}

// kept is dropped for either type.
func kept(x *autograd.Variable, mask []uint64, scale float64) *autograd.Variable {
	if x.DType() == tensor.Float32 {
		return dropped[float32](x, mask, scale)
	}
	return dropped[float64](x, mask, scale)
}

// dropped returns scale·x where the mask has a bit, else 0.
func dropped[T kernel.Float](x *autograd.Variable, mask []uint64, scale float64) *autograd.Variable {
	apply := func(x *tensor.Tensor) *tensor.Tensor {
		y := x.DType().Empty(x.Shape()...)
		kernel.Masked(tensor.Data[T](y), tensor.Data[T](x), T(scale), mask)
		return y
	}
	backward := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor { return []*tensor.Tensor{apply(g)} }
	// Chosen, not multiplied by 0: what is dropped is 0 even if it was infinite.
	definition := func(in []*autograd.Variable) *autograd.Variable {
		keep := asBools(mask, x.Shape()...)
		return autograd.Where(keep, in[0].MulScalar(scale), autograd.Const(x.DType().Scalar(0)))
	}
	return autograd.Fused("Dropout", apply(x.Value()), definition, backward, x)
}

// asBools returns the bits of a mask as a tensor.
func asBools(mask []uint64, shape ...int) *tensor.Tensor {
	keep := tensor.Bool.Zeros(shape...)
	data := tensor.Data[bool](keep)
	for i := range data {
		data[i] = mask[i/64]>>(i%64)&1 == 1
	}
	return keep
}

func init() {
	register(func(o *options) *Dropout {
		l := ownDropout(0.5, o.rng)
		l.options(o)
		return l
	})
}

// options reads what every Dropout has.
func (l *Dropout) options(o *options) {
	o.probability("p", &l.P)
	o.inplace()
}
