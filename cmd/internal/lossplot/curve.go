package lossplot

import "math"

// Curve is one line in each of the panels.
type Curve struct {
	Label              string // the settings that differ between curves
	X, Value, Gradient []float64
	Color, Dash        int // numbers of styles: options have colours, inputs dashes
}

// finite returns the number of points where value and gradient are finite.
func (c Curve) finite() int {
	n := 0
	for i := range c.X {
		if isFinite(c.Value[i]) && isFinite(c.Gradient[i]) {
			n++
		}
	}
	return n
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// flat reports whether the gradient is 0 wherever it is finite.
func (c Curve) flat() bool {
	for _, g := range c.Gradient {
		if g != 0 && isFinite(g) {
			return false
		}
	}
	return true
}

// apart returns the largest distance of two curves, in value or gradient;
// points that are finite in one only count as infinitely far.
func (c Curve) apart(d Curve) float64 {
	var worst float64
	for i := range c.X {
		for _, pair := range [][2]float64{{c.Value[i], d.Value[i]}, {c.Gradient[i], d.Gradient[i]}} {
			switch a, b := isFinite(pair[0]), isFinite(pair[1]); {
			case a && b:
				worst = max(worst, math.Abs(pair[0]-pair[1]))
			case a != b:
				return math.Inf(1)
			}
		}
	}
	return worst
}

// height returns the greatest finite value in magnitude.
func (c Curve) height() float64 {
	var h float64
	for _, v := range c.Value {
		if isFinite(v) {
			h = max(h, math.Abs(v))
		}
	}
	return h
}
