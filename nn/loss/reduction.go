package loss

import (
	"fmt"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
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

// weighted reduces terms whose mean is their sum over a total other than their
// number, such as the sum of the weights already in them.
func (r Reduction) weighted(op string, terms *autograd.Variable, total float64, empty EmptyMean) *autograd.Variable {
	switch {
	case r != Mean:
		return r.each(terms)
	case total == 0 && empty == EmptyZero:
		return terms.Sum()
	case total == 0 && empty == EmptyError:
		panic(tensor.Errorf(op, "the mean of no terms: all of target %v is ignored or has weight 0", terms.Shape()))
	case total == float64(terms.Size()):
		return terms.Mean() // rounds once
	}
	return terms.Sum().Div(autograd.Const(terms.DType().Scalar(total)))
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
