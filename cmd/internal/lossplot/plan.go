package lossplot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Plan says what to draw. Everything but Loss may be left out and is chosen
// then.
type Plan struct {
	Loss string // class name
	// Options are values of options: a curve for each of them and, where there
	// are several options, each combination. Without any, the first option
	// that makes a visible difference gets a few values around its default.
	Options []Setting
	// Inputs are values of inputs that do not vary, such as the target.
	Inputs []Setting
	// Vary names the input that varies; the first one by default.
	Vary string
	// From and To are the ends of the range of the input that varies. Both 0
	// stand for a range that the loss likes.
	From, To float64
}

// Setting is the values that an option or an input has in turn.
type Setting struct {
	Name   string
	Values []json.RawMessage
}

// Figure is a drawing of a loss in two panels.
type Figure struct {
	Title    string
	X        string // what varies
	Value    string // what the first panel shows
	Gradient string // what the second panel shows
	Curves   []Curve
}

// maxCurves is how many curves a reader may be able to tell apart.
const maxCurves = 24

// Figure computes the curves. A plan that the loss does not accept is an error.
func (p Plan) Figure() (*Figure, error) {
	s, err := newStage(p)
	if err != nil {
		return nil, err
	}
	var f Figure
	var colors []string // the choices of options seen so far
	for dash, inputs := range s.inputs {
		options := combinations(p.Options)
		if len(p.Options) == 0 {
			options = s.telling(inputs)
		}
		for _, o := range options {
			c, err := s.curve(o, inputs)
			if err != nil {
				return nil, err
			}
			c.Dash, c.Color = dash, slices.Index(colors, o.String())
			if c.Color < 0 {
				c.Color, colors = len(colors), append(colors, o.String())
			}
			f.Curves = append(f.Curves, c)
		}
	}
	if len(f.Curves) > maxCurves {
		return nil, fmt.Errorf("%d curves are more than the %d that can be told apart", len(f.Curves), maxCurves)
	}
	if len(colors) == 1 { // only inputs differ: they may have colours as well
		for i := range f.Curves {
			f.Curves[i].Color = f.Curves[i].Dash
		}
	}
	if len(f.Curves) == 1 && len(p.Options)+len(p.Inputs) == 0 {
		f.Curves[0].Label = ""
	}
	name := s.loss.Inputs[s.vary]
	f.Title, f.X, f.Value, f.Gradient = p.Loss, name+s.forms[s.vary].where, "loss", "∂ loss / ∂ "+name
	return &f, nil
}

// choice is a value for each of several settings.
type choice []setting

type setting struct {
	name  string
	value json.RawMessage
}

// combinations returns all choices of one value of each setting, the last one
// changing fastest; one empty choice for no settings.
func combinations(settings []Setting) []choice {
	out := []choice{nil}
	for _, s := range settings {
		var longer []choice
		for _, c := range out {
			for _, v := range s.Values {
				longer = append(longer, append(slices.Clone(c), setting{s.Name, v}))
			}
		}
		out = longer
	}
	return out
}

// String returns the choice as a label such as "delta = 0.5, target = −1".
func (c choice) String() string {
	words := make([]string, len(c))
	for i, s := range c {
		value := strings.ReplaceAll(strings.Trim(string(s.value), `"`), "-", "−")
		words[i] = s.name + " = " + value
	}
	return strings.Join(words, ", ")
}

// numbers returns values as JSON. They are finite.
func numbers(values ...float64) []json.RawMessage {
	out := make([]json.RawMessage, len(values))
	for i, v := range values {
		out[i] = json.RawMessage(fmt.Sprint(v))
	}
	return out
}
