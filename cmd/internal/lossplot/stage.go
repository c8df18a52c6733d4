package lossplot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// stage is a loss together with inputs that it accepts.
type stage struct {
	plan   Plan
	loss   *loss.Named
	about  loss.Description
	forms  []form
	vary   int
	x      *tensor.Tensor
	inputs []choice // of the inputs that do not vary
}

const curvePoints = 401 // odd, so that the middle, usually 0, is one

// ErrParameters is why a loss with parameters has no picture.
var ErrParameters = errors.New("cannot be drawn: its curve is whatever its parameters make of it")

func newStage(p Plan) (*stage, error) {
	l, err := loss.New(p.Loss, nil)
	if err != nil {
		return nil, err
	}
	if len(l.Parameters) > 0 {
		return nil, fmt.Errorf("%s %w", p.Loss, ErrParameters)
	}
	about, err := loss.Describe(p.Loss)
	if err != nil {
		return nil, err
	}
	s := &stage{plan: p, loss: l, about: about}
	if p.Vary != "" {
		s.vary = slices.Index(l.Inputs, p.Vary)
	}
	for _, in := range append(slices.Clone(p.Inputs), Setting{Name: cmp.Or(p.Vary, l.Inputs[0])}) {
		if !slices.Contains(l.Inputs, in.Name) {
			return nil, fmt.Errorf("%s has no input %q; its inputs are %s", p.Loss, in.Name, strings.Join(l.Inputs, ", "))
		}
	}
	return s, s.find()
}

// find tries scenes and ranges until the loss accepts one, with those targets
// that make most curves.
func (s *stage) find() error {
	wrong := errors.New("it takes inputs of a kind that nobody has drawn yet")
	within := ranges
	if s.plan.From != 0 || s.plan.To != 0 {
		within = [][2]float64{{s.plan.From, s.plan.To}}
	}
	options := combinations(s.plan.Options)[0]
	for i, forms := range scenes[len(s.loss.Inputs)] {
		for j, r := range within {
			s.forms, s.x, s.inputs = forms, tensor.Float64.Linspace(r[0], r[1], curvePoints), nil
			for k, inputs := range s.choices() {
				kept, err := s.accepted(options, inputs)
				if i+j+k == 0 && err != nil { // what is tried first is what people mean most often
					wrong = err
				}
				if err == nil && len(kept) > len(s.inputs) {
					s.inputs = kept
				}
			}
			if len(s.inputs) > 0 {
				return nil
			}
		}
	}
	return fmt.Errorf("%s cannot be drawn: %w", s.plan.Loss, wrong)
}

// choices returns what the inputs that do not vary may be, likely ones first.
func (s *stage) choices() (out [][]choice) {
	given := func(name string) bool {
		return slices.ContainsFunc(s.plan.Inputs, func(in Setting) bool { return in.Name == name })
	}
	for i, name := range s.loss.Inputs {
		if i != s.vary && isTarget(name) && !given(name) {
			for _, values := range targets {
				out = append(out, combinations(append(slices.Clone(s.plan.Inputs), Setting{name, numbers(values...)})))
			}
			return out
		}
	}
	return [][]choice{combinations(s.plan.Inputs)}
}

// accepted returns those of the inputs that make a curve, or why one of them is
// an error. Inputs that nobody asked for make none where the gradient is 0
// everywhere, and where another target only shifts the curve.
func (s *stage) accepted(options choice, inputs []choice) (kept []choice, err error) {
	var curves []Curve
	for _, in := range inputs {
		c, err := s.curve(options, in)
		switch {
		case err != nil:
			return nil, err
		case 2*c.finite() < len(c.X):
			return nil, errors.New("it is not finite over most of the range")
		case len(s.plan.Inputs) == 0 && c.flat():
			continue
		}
		kept, curves = append(kept, in), append(curves, c)
	}
	if len(s.plan.Inputs) == 0 && len(kept) == 2 && s.shifts(curves[0], options, kept) {
		kept = kept[:1]
	}
	if len(kept) == 0 {
		return nil, errors.New("its gradient is 0 everywhere")
	}
	return kept, nil
}

// shifts reports whether the curve is the one of the second inputs, moved by as
// much as the target is.
func (s *stage) shifts(first Curve, options choice, inputs []choice) bool {
	x := s.x
	defer func() { s.x = x }()
	s.x = tensor.AddScalar(x, number(inputs[1])-number(inputs[0]))
	second, err := s.curve(options, inputs[1])
	return err == nil && first.apart(second) < 1e-9
}

// number returns the last value of a choice, 0 if it is none.
func number(c choice) float64 {
	v, _ := strconv.ParseFloat(string(c[len(c)-1].value), 64)
	return v
}

// curve computes the terms of the loss and their derivatives. It is an error
// when the loss does not accept the inputs or has not one term a point.
func (s *stage) curve(options, inputs choice) (Curve, error) {
	text, err := s.json(options)
	if err != nil {
		return Curve{}, err
	}
	l, err := loss.New(s.plan.Loss, text)
	if err != nil {
		return Curve{}, err
	}
	c := Curve{X: s.x.Float64s(), Label: append(slices.Clone(inputs), options...).String()}
	var failure error
	misuse := autograd.Try(func() { failure = c.compute(l, s, inputs) })
	return c, cmp.Or(misuse, failure)
}

func (c *Curve) compute(l *loss.Named, s *stage, inputs choice) error {
	x := autograd.New(s.x)
	all := make([]*autograd.Variable, len(s.loss.Inputs))
	for i, name := range s.loss.Inputs {
		v := usual(i)
		for _, in := range inputs {
			if in.name != name {
				continue
			}
			if err := json.Unmarshal(in.value, &v); err != nil {
				return fmt.Errorf("%s: %s is not a number", name, in.value)
			}
		}
		all[i] = s.forms[i].of(autograd.Const(tensor.Float64.Full(v, s.x.Size())))
	}
	all[s.vary] = s.forms[s.vary].of(x)
	y := l.Apply(all...)
	if y.Size() != s.x.Size() {
		return fmt.Errorf("%d terms for %d points", y.Size(), s.x.Size())
	}
	if !y.WantsGrad() {
		return fmt.Errorf("it has no gradient with respect to %s", s.loss.Inputs[s.vary])
	}
	c.Value, c.Gradient = y.Value().Float64s(), autograd.Grad(y.Sum(), x)[0].Value().Float64s()
	for i, v := range c.Value {
		if !isFinite(v) { // the formula of the derivative may go on
			c.Gradient[i] = v
		}
	}
	return nil
}

// json returns the options for New. Terms are not reduced, and numbers where
// the loss wants a tensor become one of the inputs' type.
func (s *stage) json(options choice) ([]byte, error) {
	all := map[string]json.RawMessage{"reduction": json.RawMessage(`"none"`)}
	for _, o := range options {
		if o.name == "reduction" {
			return nil, errors.New("reduction: the terms are drawn as they are")
		}
		all[o.name] = o.value
		for _, about := range s.about.Options {
			if about.Name == o.name && about.Type == "tensor" && o.value[0] != '{' {
				all[o.name] = json.RawMessage(`{"dtype":"float64","data":` + string(o.value) + `}`)
			}
		}
	}
	return json.Marshal(all)
}

// telling returns values of the first option that makes a visible difference:
// both of a boolean, a few around the default of a number. If none does it
// returns the defaults.
func (s *stage) telling(inputs choice) []choice {
	base, err := s.curve(nil, inputs)
	if err != nil {
		return []choice{nil}
	}
	for _, o := range s.about.Options {
		values, differ := []choice(nil), false
		for _, v := range around(o) {
			c := choice{{o.Name, v}}
			if curve, err := s.curve(c, inputs); err == nil && 2*curve.finite() >= len(curve.X) {
				values = append(values, c)
				differ = differ || base.apart(curve) > 0.01*base.height()
			}
		}
		if differ {
			return values
		}
	}
	return []choice{nil}
}

// around returns values of an option about its default.
func around(o loss.Option) []json.RawMessage {
	switch o.Type {
	case "boolean":
		return []json.RawMessage{json.RawMessage("false"), json.RawMessage("true")}
	case "number", "integer":
		v, err := strconv.ParseFloat(o.Default, 64)
		switch {
		case err != nil || math.Abs(v) > 10: // a code, such as −100
			return nil
		case v == 0:
			return numbers(0, 0.25, 0.5)
		}
		return numbers(v/2, v, 2*v)
	}
	return nil
}
