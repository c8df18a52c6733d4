package loss

import (
	"path"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Objective is a criterion and what large parameters cost beside it:
//
//	objective = criterion + Σ penalties
//
// It is a Criterion itself. For losses of more inputs than two, add Penalty.
type Objective struct {
	Criterion Criterion
	// Parameters are the model's, as package nn lists them.
	Parameters []autograd.Parameter
	Penalties  []Penalty
}

var _ Criterion = (*Objective)(nil)

// Penalty is a price on the size of some parameters, an elastic net:
//
//	L1·Σ|w| + L2·Σw²
//
// The gradient is L1·sign(w) + 2·L2·w, so L2 is half an optimizer's weight decay.
type Penalty struct {
	// Pattern of the names of the parameters, as in path.Match: "*.weight"
	// leaves biases out, "fc[12].*" takes two layers. "" means all.
	Pattern string `json:"parameters"`
	// L1 pulls all alike, so that the ones of little use end at 0.
	L1 float64 `json:"l1"`
	// L2 pulls large parameters more.
	L2 float64 `json:"l2"`
}

// NewObjective returns the criterion with penalties on parameters.
func NewObjective(criterion Criterion, parameters []autograd.Parameter, penalties ...Penalty) *Objective {
	return &Objective{Criterion: criterion, Parameters: parameters, Penalties: penalties}
}

// Forward returns the criterion of input and target plus the penalty. It
// panics like the criterion and like Penalty, and when the criterion is not
// reduced to one element.
func (o *Objective) Forward(input, target *autograd.Variable) *autograd.Variable {
	l := o.Criterion.Forward(input, target)
	if l.Size() != 1 {
		panic(tensor.Errorf("loss.Objective", "the criterion gave %v, not one element: a penalty would be added to each", l.Shape()))
	}
	if p := o.Penalty(); p != nil {
		l = l.Add(p.To(l.DType()))
	}
	return l
}

// Penalty returns the sum of the penalties, a 0-d Variable in the type of the
// parameters; nil when there is none. It panics when a factor is negative or
// NaN, a pattern is malformed or names no parameter, or the types of
// parameters differ.
func (o *Objective) Penalty() *autograd.Variable {
	var sum *autograd.Variable
	for _, p := range o.Penalties {
		if !(p.L1 >= 0 && p.L2 >= 0) {
			panic(tensor.Errorf("loss.Objective", "penalty l1 %v, l2 %v on %q: a reward for large parameters", p.L1, p.L2, p.Pattern))
		}
		for _, w := range o.matching(p.Pattern) {
			for _, term := range p.of(w) {
				if sum != nil {
					term = sum.Add(term)
				}
				sum = term
			}
		}
	}
	return sum
}

// of returns the terms that are not 0 by their factor.
func (p Penalty) of(w *autograd.Variable) (terms []*autograd.Variable) {
	if p.L1 > 0 {
		terms = append(terms, w.Abs().Sum().MulScalar(p.L1))
	}
	if p.L2 > 0 {
		terms = append(terms, w.Square().Sum().MulScalar(p.L2))
	}
	return terms
}

func (o *Objective) matching(pattern string) (found []*autograd.Variable) {
	for _, w := range o.Parameters {
		ok := pattern == ""
		if !ok {
			var err error
			if ok, err = path.Match(pattern, w.Name); err != nil {
				panic(tensor.Errorf("loss.Objective", "pattern %q: %v", pattern, err))
			}
		}
		if ok {
			found = append(found, w.Variable)
		}
	}
	if found == nil {
		panic(tensor.Errorf("loss.Objective", "pattern %q names none of the %d parameters", pattern, len(o.Parameters)))
	}
	return found
}
