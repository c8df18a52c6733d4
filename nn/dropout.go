package nn

import (
	"math/rand/v2"
	"sync"

	"github.com/declive/declive/autograd"
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
func (l *Dropout) Forward(x *autograd.Variable) *autograd.Variable {
	const op = "nn.Dropout"
	if !(l.P >= 0 && l.P <= 1) {
		panic(tensor.Errorf(op, "P is %v, not a probability", l.P))
	}
	if !l.Training() || l.P == 0 {
		return x
	}
	if !x.DType().IsFloat() {
		panic(tensor.Errorf(op, "input %v %v is not of floats", x.DType(), x.Shape()))
	}
	if l.Rand == nil {
		panic(tensor.Errorf(op, "Rand is nil; give a source such as rand.New(rand.NewPCG(1, 2))"))
	}
	scale := 1.0
	if l.P < 1 {
		scale = 1 / (1 - l.P)
	}
	// Chosen, not multiplied by 0: what is dropped is 0 even if it was infinite.
	return autograd.Where(l.keep(x.Shape()), x.MulScalar(scale), autograd.Const(x.DType().Scalar(0)))
}

// keep draws which elements stay.
func (l *Dropout) keep(shape tensor.Shape) *tensor.Tensor {
	l.mu.Lock()
	a, b := l.Rand.Uint64(), l.Rand.Uint64()
	l.mu.Unlock()
	source := rand.NewPCG(a, b)
	drop := uint64(l.P * (1 << 53))
	keep := make([]bool, shape.Size())
	for i := range keep {
		keep[i] = source.Uint64()>>11 >= drop
	}
	return tensor.Reshape(tensor.New(keep), shape...)
}
