package main

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/declive/declive/internal/golden"
	"github.com/declive/declive/internal/losscase"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// goldenCase is a request and what PyTorch answered.
type goldenCase struct {
	losscase.Request
	Output *tensor.Tensor
	Grads  map[string]*tensor.Tensor
	HVP    map[string]*tensor.Tensor
	Error  *string
}

// measured is what some cases came to.
type measured struct {
	Wide     int // cases in float64
	Narrow   int // cases in float32
	Rejected int // by PyTorch and by us
	Second   int // with second derivatives
	// Result and Gradient are the largest |ours − PyTorch's| / |PyTorch's| in
	// float64, of the elements of at least floor.
	Result, Gradient float64
	// ULP is the largest error of a result in float32 in units of the last
	// place, against float64 on the same numbers; Theirs is PyTorch's.
	ULP, Theirs float64
}

// floor keeps what PyTorch itself loses by cancellation out of the relative
// deviation.
const floor = 1e-6

func (m *measured) add(o measured) {
	m.Wide += o.Wide
	m.Narrow += o.Narrow
	m.Rejected += o.Rejected
	m.Second += o.Second
	m.Result, m.Gradient = max(m.Result, o.Result), max(m.Gradient, o.Gradient)
	m.ULP, m.Theirs = max(m.ULP, o.ULP), max(m.Theirs, o.Theirs)
}

// measure compares one case.
func measure(c goldenCase) (m measured, err error) {
	a := c.Evaluate()
	if (a.Error != nil) != (c.Error != nil) {
		return m, fmt.Errorf("%s: PyTorch and we do not agree whether it is an error", c.ID)
	}
	if c.Error != nil {
		return measured{Rejected: 1}, nil
	}
	if len(c.HVP) > 0 {
		m.Second = 1
	}
	if c.Output.DType() == tensor.Float64 {
		m.Wide = 1
		m.Result = golden.Deviation(a.Output, c.Output, floor)
		for name, g := range c.Grads {
			if g != nil {
				m.Gradient = max(m.Gradient, golden.Deviation(a.Grads[name], g, floor))
			}
		}
		return m, nil
	}
	m.Narrow = 1
	wide, err := c.Widened()
	if err != nil {
		return m, err
	}
	exact := wide.Evaluate()
	if exact.Error != nil {
		return m, fmt.Errorf("%s in float64: %s", c.ID, *exact.Error)
	}
	m.ULP, m.Theirs = golden.ULP(a.Output, exact.Output), golden.ULP(c.Output, exact.Output)
	return m, nil
}

// row is what the cases with one value of one option came to.
type row struct {
	option, value string
	measured
}

// measureAll compares all cases of a loss, in all and for each value of each
// option.
func measureAll(root, name string, options []loss.Option) (all measured, rows []row, err error) {
	cases, err := golden.Read[goldenCase](filepath.Join(root, "nn", "loss", "testdata", name+".json.gz"))
	if err != nil {
		return all, nil, err
	}
	defaults := map[string]string{}
	var order []string
	for _, o := range options {
		defaults[o.Name], order = o.Default, append(order, o.Name)
	}
	found := map[[2]string]*row{}
	for _, c := range cases {
		m, err := measure(c)
		if err != nil {
			return all, nil, err
		}
		all.add(m)
		if m.Rejected > 0 {
			continue
		}
		values, err := optionValues(c.Args, defaults)
		if err != nil {
			return all, nil, err
		}
		for option, value := range values {
			key := [2]string{option, value}
			if found[key] == nil {
				found[key] = &row{option: option, value: value}
			}
			found[key].add(m)
		}
	}
	for _, r := range found {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b row) int { return compareRows(order, a, b) })
	return all, rows, nil
}

// compareRows orders rows as the fields of the loss are, and what is no field,
// such as reduce, after them.
func compareRows(order []string, a, b row) int {
	place := func(r row) int {
		if i := slices.Index(order, r.option); i >= 0 {
			return i
		}
		return len(order)
	}
	if d := place(a) - place(b); d != 0 {
		return d
	}
	if d := strings.Compare(a.option, b.option); d != 0 {
		return d
	}
	var x, y float64
	if json.Unmarshal([]byte(a.value), &x) == nil && json.Unmarshal([]byte(b.value), &y) == nil && x != y {
		if x < y {
			return -1
		}
		return 1
	}
	return strings.Compare(a.value, b.value)
}

// optionValues returns the value of each option in a case, in words.
func optionValues(args json.RawMessage, defaults map[string]string) (map[string]string, error) {
	var given map[string]json.RawMessage
	if len(args) > 0 {
		if err := json.Unmarshal(args, &given); err != nil {
			return nil, err
		}
	}
	values := map[string]string{}
	for name, v := range defaults {
		values[name] = word(json.RawMessage(v))
	}
	for name, v := range given {
		values[name] = word(v)
	}
	return values, nil
}

// word is a value as people write it; tensors are just that.
func word(v json.RawMessage) string {
	var number float64
	var text string
	var object map[string]any
	switch {
	case json.Unmarshal(v, &number) == nil && string(v) != "null":
		return fmt.Sprint(number)
	case json.Unmarshal(v, &text) == nil && string(v) != "null":
		return text
	case json.Unmarshal(v, &object) == nil && object["data"] != nil:
		return "tensor"
	case object["name"] != nil:
		return fmt.Sprint(object["name"])
	case string(v) == "null":
		return "none"
	}
	return string(v)
}

// cells returns the columns of rowsHead after the option and its value.
func (m measured) cells() string {
	result, gradient, ours, theirs := "–", "–", "–", "–"
	if m.Wide > 0 {
		result, gradient = golden.Bound(m.Result), golden.Bound(m.Gradient)
	}
	if m.Narrow > 0 {
		ours, theirs = ulps(m.ULP), ulps(m.Theirs)
	}
	return fmt.Sprintf("%d | %s | %s | %s | %s", m.Wide+m.Narrow, result, gradient, ours, theirs)
}

// ulps is a number of units in the last place, rounded up: to hundredths below
// 10, else to one digit.
func ulps(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.2f", max(0, math.Ceil(v*100-1e-6)/100))
	}
	return golden.Bound(v)
}
