package loss

import (
	"fmt"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Reduction says how the terms of a loss, one per element or sample, become
// its result. In JSON it is "mean", "sum", "none" or "batchmean".
type Reduction uint8

const (
	// Mean is PyTorch's default and the zero value: the sum of the terms over
	// their number or, where classes are weighted, over the sum of the weights
	// that counted. The mean of nothing is NaN.
	Mean Reduction = iota
	// Sum adds the terms; 0 for none.
	Sum
	// None keeps them.
	None
	// BatchMean is the sum over the length of the first axis. KLDivLoss alone
	// has it.
	BatchMean
)

var reductions = []string{"mean", "sum", "none", "batchmean"}

// String returns PyTorch's name of the reduction.
func (r Reduction) String() string { return nameOf(reductions, r) }

// MarshalText returns PyTorch's name of the reduction.
func (r Reduction) MarshalText() ([]byte, error) { return marshalName(reductions, r) }

// UnmarshalText reads PyTorch's name of a reduction.
func (r *Reduction) UnmarshalText(text []byte) error { return unmarshalName(reductions, r, text) }

// check panics unless r is one of the three that every loss has.
func (r Reduction) check(op string) {
	if r > None {
		panic(tensor.Errorf(op, "reduction %v is not mean, sum or none", r))
	}
}

// each reduces terms that all count alike.
func (r Reduction) each(terms *autograd.Variable) *autograd.Variable {
	switch r {
	case Mean:
		return terms.Mean()
	case Sum:
		return terms.Sum()
	}
	return terms
}

// averaging is a Reduction whose mean may divide by another total than the
// number of terms, such as the sum of the weights already in them.
type averaging struct {
	Reduction
	op    string
	total float64
	empty EmptyMean
	shape tensor.Shape // of the target
}

// average says how n terms that all count alike are reduced.
func (r Reduction) average(op string, n int) averaging {
	return averaging{Reduction: r, op: op, total: float64(n)}
}

// divisor returns what the sum of the terms is divided by. It panics when the
// mean of nothing shall be an error.
func (a averaging) divisor() float64 {
	switch {
	case a.Reduction != Mean || a.total == 0 && a.empty == EmptyZero:
		return 1
	case a.total == 0 && a.empty == EmptyError:
		panic(tensor.Errorf(a.op, "the mean of no terms: all of target %v is ignored or has weight 0", a.shape))
	}
	return a.total
}

// value returns terms of the given shape, reduced and rounded once.
func (a averaging) value(terms []float64, shape tensor.Shape, d tensor.DType) *tensor.Tensor {
	if a.Reduction == None {
		return shaped(slices.Clone(terms), shape).To(d)
	}
	return d.Scalar(kernel.Sum64(terms) / a.divisor())
}

// factors returns what the derivative of each term is multiplied by, g being the
// gradient of the value: one number if it is the same for all.
func (a averaging) factors(g *tensor.Tensor) []float64 {
	if a.Reduction == None {
		return g.Float64s()
	}
	return []float64{g.Item() / a.divisor()}
}

// reduce reduces recorded terms.
func (a averaging) reduce(terms *autograd.Variable) *autograd.Variable {
	if a.Reduction == None {
		return terms
	}
	return terms.Sum().Div(autograd.Const(terms.DType().Scalar(a.divisor())))
}

// EmptyMean says what Mean gives when no term counts, because all targets are
// ignored, their weights add up to 0 or the batch is empty. In JSON it is
// "nan", "zero" or "error".
type EmptyMean uint8

const (
	EmptyNaN   EmptyMean = iota // NaN, as in PyTorch
	EmptyZero                   // 0, and gradients 0
	EmptyError                  // Forward panics
)

var emptyMeans = []string{"nan", "zero", "error"}

// String returns the name that JSON has for e.
func (e EmptyMean) String() string { return nameOf(emptyMeans, e) }

// MarshalText returns the name that JSON has for e.
func (e EmptyMean) MarshalText() ([]byte, error) { return marshalName(emptyMeans, e) }

// UnmarshalText reads what MarshalText writes.
func (e *EmptyMean) UnmarshalText(text []byte) error { return unmarshalName(emptyMeans, e, text) }

func (e EmptyMean) check(op string) {
	if e > EmptyError {
		panic(tensor.Errorf(op, "empty mean %v is not nan, zero or error", e))
	}
}

// A choice is an option with few values, kept as a number and named in JSON.
type choice interface{ ~uint8 }

func nameOf[C choice](names []string, c C) string {
	if int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("%T(%d)", c, uint8(c))
}

func marshalName[C choice](names []string, c C) ([]byte, error) {
	if int(c) < len(names) {
		return []byte(names[c]), nil
	}
	return nil, fmt.Errorf("%T(%d) has no name", c, uint8(c))
}

func unmarshalName[C choice](names []string, c *C, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return fmt.Errorf("%q is not one of %s", text, strings.Join(names, ", "))
	}
	*c = C(i)
	return nil
}
