package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Func is a differentiable function of several Variables. The inputs are
// passed in the order and shapes in which they were given to Check; those that
// are not floats are constants. It must not change them.
type Func = func(x []*autograd.Variable) *autograd.Variable

// Check compares the first derivatives of f at the inputs with finite
// differences, element by element. It returns a *Mismatch, or what f panicked
// with where that is a *tensor.Error.
func Check(f Func, inputs ...*tensor.Tensor) error { return Options{}.Check(f, inputs...) }

// CheckGrad compares first and second derivatives, like Check.
func CheckGrad(f Func, inputs ...*tensor.Tensor) error { return Options{Order: 2}.Check(f, inputs...) }

// Options says how to compare. The zero value compares first derivatives
// element by element with tolerances that suit the inputs' type.
type Options struct {
	// Order is the highest derivative to compare; every lower one is compared
	// first. 0 stands for 1.
	Order int
	// Step is the distance h of finite differences, times |x| for elements
	// beyond ±1. 0 stands for the cube root of the type's precision, 6.1e-6
	// for float64 and 4.9e-3 for float32, where truncation and rounding weigh
	// alike.
	Step float64
	// RTol and ATol are the tolerances: analytic and numeric values agree when
	// they differ by at most ATol + RTol·|numeric|. Where both are 0 they
	// stand for 1e-5 and 1e-7 with float64, 1e-2 and 2e-3 if anything is
	// float32.
	RTol, ATol float64
	// Directions, when not 0, is how many random directions each input is
	// varied along in place of its elements one by one: the cost no longer
	// grows with the size, but the error cannot name an element.
	Directions int
	// Seed determines the cotangents and directions.
	Seed uint64
}

// Check compares the derivatives of f at the inputs up to Order. It returns a
// *Mismatch, or what f panicked with where that is a *tensor.Error.
func (o Options) Check(f Func, inputs ...*tensor.Tensor) error {
	c := &checker{Options: o, rng: rand.New(rand.NewPCG(o.Seed, 0x9e3779b97f4a7c15))}
	s := &system{order: 1, eval: func(x []*autograd.Variable, _ bool) []*autograd.Variable {
		return []*autograd.Variable{f(x)}
	}}
	for i, x := range inputs {
		s.inputs = append(s.inputs, input{name: fmt.Sprintf("input %d", i), at: x.Clone()})
	}
	for k := range max(1, o.Order) {
		if k > 0 {
			s = s.gradient(c.cotangents)
		}
		var failed error
		if err := autograd.Try(func() { failed = c.compare(s) }); err != nil {
			return fmt.Errorf("gradcheck: derivative of order %d: %w", s.order, err)
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

type checker struct {
	Options
	rng        *rand.Rand
	cotangents []*tensor.Tensor // of the system compared last
}

// compare checks the first derivatives of one system.
func (c *checker) compare(s *system) error {
	base := s.values(nil)
	leaves := s.leaves()
	outputs := s.eval(leaves, true)
	if err := sameTwice(s, outputs, base); err != nil {
		return err
	}
	seeds := c.draw(s, outputs)
	analytic := gradients(autograd.Walk{Seeds: seeds, AllowUnused: true}, outputs, leaves)
	for i, in := range s.inputs {
		if !in.at.DType().IsFloat() {
			continue
		}
		if err := c.compareInput(s, i, analytic[i]); err != nil {
			return err
		}
	}
	return nil
}

// sameTwice compares two evaluations at the same point.
func sameTwice(s *system, recorded []*autograd.Variable, again []*tensor.Tensor) error {
	for k, y := range recorded {
		// Above order 1 the second may be a kernel's, whose rounding is its own.
		if !tensor.AllClose(y.Value(), again[k], 1e-4, 1e-4) {
			return fmt.Errorf("gradcheck: order %d: two evaluations at one point differ: the function is not deterministic, or a fused gradient differs from its definition's", s.order)
		}
	}
	return nil
}

// draw chooses a cotangent for every output.
func (c *checker) draw(s *system, outputs []*autograd.Variable) []*autograd.Variable {
	seeds := make([]*autograd.Variable, len(outputs))
	c.cotangents = make([]*tensor.Tensor, len(outputs))
	for k, y := range outputs {
		t := y.DType().Randn(c.rng, y.Shape()...)
		if s.order == 1 && y.Size() == 1 {
			t = y.DType().Ones(y.Shape()...) // so that errors speak of f's own derivative
		}
		c.cotangents[k], seeds[k] = t, autograd.Const(t)
	}
	return seeds
}

// compareInput checks the derivative with respect to one input.
func (c *checker) compareInput(s *system, i int, analytic *tensor.Tensor) error {
	in := s.inputs[i]
	var first *Mismatch
	wrong, n := 0, in.at.Size()
	if c.Directions > 0 && n > 0 {
		n = c.Directions
	}
	for j := range n {
		got, want := c.alongElement(s, i, j, analytic)
		if c.close(s, got, want) {
			continue
		}
		if wrong++; first == nil {
			first = &Mismatch{Order: s.order, Input: i, Name: in.name, Shape: in.at.Shape(), Index: j, Analytic: got, Numeric: want}
			if c.Directions > 0 {
				first.Directional = true
			} else {
				first.Position = position(j, in.at.Shape())
			}
		}
	}
	if first == nil {
		return nil
	}
	first.Wrong, first.Compared = wrong, n
	return first
}

// alongElement returns the analytic and the numeric derivative along element
// j, or along the j-th random direction, of input i.
func (c *checker) alongElement(s *system, i, j int, analytic *tensor.Tensor) (got, want float64) {
	at := s.inputs[i].at
	g, x := analytic.Float64s(), at.Float64s()
	low, high := at.Clone(), at.Clone()
	if c.Directions == 0 {
		h := c.step(at.DType()) * max(1, math.Abs(x[j]))
		p := position(j, at.Shape())
		high.Set(x[j]+h, p...)
		low.Set(x[j]-h, p...)
		return g[j], c.difference(s, i, low, high) / (high.At(p...) - low.At(p...)) // the step as rounded
	}
	u := at.DType().Randn(c.rng, at.Shape()...)
	for k, v := range u.Float64s() {
		p, h := position(k, at.Shape()), c.step(at.DType())*max(1, math.Abs(x[k]))
		high.Set(x[k]+h*v, p...)
		low.Set(x[k]-h*v, p...)
	}
	// Steps differ between elements, so both sides are ⟨gradient, step taken⟩
	// over the length of one step.
	for k, d := range tensor.Sub(high, low).Float64s() {
		got += g[k] * d
	}
	h := 2 * c.step(at.DType())
	return got / h, c.difference(s, i, low, high) / h
}

// difference returns ⟨c, f(high) − f(low)⟩, summed in float64 and difference
// by difference so that large outputs which do not change cost no digits.
func (c *checker) difference(s *system, i int, low, high *tensor.Tensor) float64 {
	above := s.values(map[int]*tensor.Tensor{i: high})
	below := s.values(map[int]*tensor.Tensor{i: low})
	sum := 0.0
	for k, w := range c.cotangents {
		a, b := above[k].Float64s(), below[k].Float64s()
		for j, wj := range w.Float64s() {
			sum += wj * (a[j] - b[j])
		}
	}
	return sum
}

func (c *checker) step(d tensor.DType) float64 {
	switch {
	case c.Step != 0:
		return c.Step
	case d == tensor.Float32:
		return 4.9e-3 // (2⁻²³)^⅓
	}
	return 6.1e-6 // (2⁻⁵²)^⅓
}

// close compares by the tolerances; NaN and Inf agree with nothing, since a
// derivative that is not finite cannot be compared.
func (c *checker) close(s *system, got, want float64) bool {
	rtol, atol := c.RTol, c.ATol
	if rtol == 0 && atol == 0 {
		rtol, atol = 1e-5, 1e-7
		if s.coarse(c.cotangents) {
			rtol, atol = 1e-2, 2e-3
		}
	}
	return math.Abs(got-want) <= atol+rtol*math.Abs(want) && !math.IsInf(want, 0)
}
