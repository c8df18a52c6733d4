package autograd

import "github.com/declive/declive/tensor"

// Custom records an operation that this package does not have, or whose
// gradient is another than that of its formula. value is the result, computed
// from the inputs' values; rules holds, for each input, the function that
// returns its gradient from the result y and the result's gradient g, or nil
// for an input that gets none.
//
// Rules are written in operations on Variables, so derivatives of every order
// come from them. A rule may return a gradient that is broadcast against its
// input's shape or the reverse, which is mended, and nil for 0.
//
// Fused is for operations whose rules are too slow. Custom panics when the
// numbers of inputs and rules differ.
func Custom(op string, value *tensor.Tensor, inputs []*Variable, rules ...func(y, g *Variable) *Variable) *Variable {
	if len(inputs) != len(rules) {
		panic(tensor.Errorf("autograd.Custom", "%d rules for the %d inputs of %s", len(rules), len(inputs), op))
	}
	edges := make([]edge, len(inputs))
	for i, x := range inputs {
		r := rules[i]
		if r == nil {
			r = func(_, _ *Variable) *Variable { return nil }
		}
		edges[i] = wrt(x, r)
	}
	y := record(op, value, edges...)
	if y.made != nil {
		y.made.custom = true
	}
	return y
}
