package lossplot

import (
	"bytes"
	"encoding/json"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"

	"github.com/declive/declive/nn/loss"
)

// Every loss that is registered and has no parameters can be drawn, and the same
// bytes come each time.
func TestEveryLoss(t *testing.T) {
	for _, name := range loss.Names() {
		t.Run(name, func(t *testing.T) {
			f, err := Plan{Loss: name}.Figure()
			if l, _ := loss.New(name, nil); len(l.Parameters) > 0 {
				require.ErrorIs(t, err, ErrParameters)
				return
			}
			require.NoError(t, err)
			assert.LessOrEqual(t, len(f.Curves), 9)
			for _, c := range f.Curves {
				assert.Len(t, c.Value, curvePoints)
				assert.False(t, c.flat(), c.Label)
				assertSlopes(t, c)
			}
			var first, second bytes.Buffer
			require.NoError(t, f.Write(&first, "svg"))
			require.NoError(t, f.Write(&second, "svg"))
			assert.Equal(t, first.String(), second.String())
			assert.Contains(t, first.String(), ">"+name+"<")
		})
	}
}

// assertSlopes checks that the second panel is the derivative of the first:
// the mean slope between two points lies between the gradients there, but for
// the curvature, except where a kink or a jump lies between them.
func assertSlopes(t *testing.T, c Curve) {
	wrong := 0
	for i := 1; i < len(c.X); i++ {
		slope := (c.Value[i] - c.Value[i-1]) / (c.X[i] - c.X[i-1])
		a, b := c.Gradient[i-1], c.Gradient[i]
		if isFinite(slope) && math.Abs(slope-(a+b)/2) > 1e-3+0.01*math.Abs(slope)+math.Abs(a-b)/4 {
			wrong++
		}
	}
	assert.LessOrEqual(t, wrong, 8, "%s", c.Label)
}

func labelsOf(f *Figure) (out []string) {
	for _, c := range f.Curves {
		out = append(out, c.Label)
	}
	return out
}

func raw(values ...string) (out []json.RawMessage) {
	for _, v := range values {
		out = append(out, json.RawMessage(v))
	}
	return out
}

func TestChosenCurves(t *testing.T) {
	for name, want := range map[string][]string{
		"MSELoss":           {""}, // another target shifts the curve, no option changes it
		"BCEWithLogitsLoss": {"target = 0", "target = 1"},
		"NLLLoss":           {""}, // nothing depends on the score of another class
		"CrossEntropyLoss": {"target = 0, label_smoothing = 0", "target = 0, label_smoothing = 0.25", "target = 0, label_smoothing = 0.5",
			"target = 1, label_smoothing = 0", "target = 1, label_smoothing = 0.25", "target = 1, label_smoothing = 0.5"},
	} {
		f, err := Plan{Loss: name}.Figure()
		require.NoError(t, err)
		assert.Equal(t, want, labelsOf(f), name)
	}
}

func TestPlan(t *testing.T) {
	f, err := Plan{Loss: "BCEWithLogitsLoss", Options: []Setting{{"pos_weight", raw("1", "3")}},
		Inputs: []Setting{{"target", raw("1", "0.5")}}, From: -1, To: 4}.Figure()
	require.NoError(t, err)
	assert.Equal(t, []string{"target = 1, pos_weight = 1", "target = 1, pos_weight = 3",
		"target = 0.5, pos_weight = 1", "target = 0.5, pos_weight = 3"}, labelsOf(f))
	assert.Equal(t, [2]float64{-1, 4}, [2]float64{f.Curves[0].X[0], f.Curves[0].X[curvePoints-1]})
	assert.InDelta(t, math.Log1p(math.E), f.Curves[0].Value[0], 1e-15)
	assert.InDelta(t, 3*math.Log1p(math.E), f.Curves[1].Value[0], 1e-14)

	f, err = Plan{Loss: "L1Loss", Vary: "target"}.Figure()
	require.NoError(t, err)
	assert.Equal(t, "∂ loss / ∂ target", f.Gradient)
	assert.Equal(t, "target", f.X)

	f, err = Plan{Loss: "CrossEntropyLoss", Options: []Setting{{"weight", raw("[1,2,3]")}}}.Figure()
	require.NoError(t, err)
	assert.InDelta(t, math.Log(3), f.Curves[0].Value[curvePoints/2], 1e-15)
}

func TestPlanErrors(t *testing.T) {
	many := raw("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13")
	for want, p := range map[string]Plan{
		`no loss "Loss"`:                     {Loss: "Loss"},
		`no input "x"; its inputs are input`: {Loss: "MSELoss", Vary: "x"},
		`no input "y"; its inputs are input`: {Loss: "MSELoss", Inputs: []Setting{{"y", raw("1")}}},
		`no option "beta"`:                   {Loss: "MSELoss", Options: []Setting{{"beta", raw("1")}}},
		"drawn as they are":                  {Loss: "MSELoss", Options: []Setting{{"reduction", raw(`"sum"`)}}},
		"label smoothing 7":                  {Loss: "CrossEntropyLoss", Options: []Setting{{"label_smoothing", raw("7")}}},
		`target: "x" is not a number`:        {Loss: "MSELoss", Inputs: []Setting{{"target", raw(`"x"`)}}},
		"26 curves":                          {Loss: "BCEWithLogitsLoss", Options: []Setting{{"pos_weight", many}}},
	} {
		_, err := p.Figure()
		assert.ErrorContains(t, err, want)
	}
	f, err := Plan{Loss: "MSELoss"}.Figure()
	require.NoError(t, err)
	assert.ErrorContains(t, f.Write(new(bytes.Buffer), "pdf"), "svg and png")
}

func TestPNG(t *testing.T) {
	f, err := Plan{Loss: "MSELoss"}.Figure()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, f.Write(&out, "png"))
	picture, err := png.Decode(&out)
	require.NoError(t, err)
	assert.Equal(t, 2*width, picture.Bounds().Dx())
}

func TestThin(t *testing.T) {
	var line, bend plotter.XYs
	for i := range 100 {
		x := float64(i)
		line = append(line, plotter.XY{X: x, Y: 2 * x})
		bend = append(bend, plotter.XY{X: x, Y: math.Abs(x - 30)})
	}
	assert.Equal(t, plotter.XYs{line[0], line[99]}, thin(line, 1e-9))
	assert.Equal(t, plotter.XYs{bend[0], bend[30], bend[99]}, thin(bend, 1e-9))
}

func TestTicks(t *testing.T) {
	for want, ends := range map[string][2]float64{
		"−3 −2 −1 0 1 2 3":                     {-3, 3},
		"0.0 0.2 0.4 0.6 0.8 1.0":              {0, 1.05},
		"0 5 10 15 20":                         {-0.4, 20.9},
		"−0.0010 −0.0005 0.0000 0.0005 0.0010": {-0.001, 0.001},
	} {
		var got []byte
		for i, m := range (ticks{}).Ticks(ends[0], ends[1]) {
			if i > 0 {
				got = append(got, ' ')
			}
			got = append(got, m.Label...)
		}
		assert.Equal(t, want, string(got))
	}
}

func TestFiniteParts(t *testing.T) {
	nan := math.NaN()
	parts := finiteParts([]float64{0, 1, 2, 3, 4}, []float64{nan, 1, 2, nan, 4})
	assert.Equal(t, []plotter.XYs{{{X: 1, Y: 1}, {X: 2, Y: 2}}, {{X: 4, Y: 4}}}, parts)
}
