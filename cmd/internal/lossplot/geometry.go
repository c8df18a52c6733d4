package lossplot

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// finiteParts returns the stretches of a curve between points that are not
// finite.
func finiteParts(x, y []float64) (parts []plotter.XYs) {
	var part plotter.XYs
	for i := range x {
		if isFinite(y[i]) {
			part = append(part, plotter.XY{X: x[i], Y: y[i]})
		}
		if len(part) > 0 && (!isFinite(y[i]) || i == len(x)-1) {
			parts, part = append(parts, part), nil
		}
	}
	return parts
}

// thin leaves out points that lie within tolerance above or below the line
// between those that stay, so that a straight line needs two.
// Source: Douglas and Peucker, https://doi.org/10.3138/FM57-6770-U75U-7727
func thin(p plotter.XYs, tolerance float64) plotter.XYs {
	if len(p) < 3 {
		return p
	}
	first, last := p[0], p[len(p)-1]
	slope := (last.Y - first.Y) / (last.X - first.X)
	worst, at := 0.0, 0
	for i, q := range p {
		if d := math.Abs(q.Y - first.Y - slope*(q.X-first.X)); d > worst {
			worst, at = d, i
		}
	}
	if worst <= tolerance {
		return plotter.XYs{first, last}
	}
	left, right := thin(p[:at+1], tolerance), thin(p[at:], tolerance)
	return append(left[:len(left):len(left)], right[1:]...)
}

// ticks marks an axis at about five round numbers.
type ticks struct{}

// Ticks returns the marks between two numbers.
func (ticks) Ticks(lo, hi float64) (marks []plot.Tick) {
	exponent := int(math.Floor(math.Log10((hi - lo) / 4)))
	step := math.Pow10(exponent)
	for _, m := range []float64{1, 2, 5, 10} {
		if step = m * math.Pow10(exponent); (hi-lo)/step < 7 {
			break
		}
	}
	digits := max(0, -exponent)
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		label := strings.Replace(strconv.FormatFloat(i*step+0, 'f', digits, 64), "-", "−", 1)
		marks = append(marks, plot.Tick{Value: i * step, Label: label})
	}
	return marks
}
