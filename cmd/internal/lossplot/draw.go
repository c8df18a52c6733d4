package lossplot

import (
	"fmt"
	"image/color"
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	width  = 720 // points
	height = 320
	margin = 12
)

// palette is told apart by people with any kind of colour vision.
// Source: Okabe and Ito, https://jfly.uni-koeln.de/color/
var palette = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x9e, 0x73, 0xff}, // green
	{0xcc, 0x79, 0xa7, 0xff}, // purple
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x56, 0xb4, 0xe9, 0xff}, // sky
}

var dashes = [][]vg.Length{nil, {6, 4}, {1.5, 3}, {9, 3, 1.5, 3}}

var (
	ink   = color.NRGBA{0x33, 0x33, 0x33, 0xff}
	faint = color.NRGBA{0xdd, 0xdd, 0xdd, 0xff}
)

// Formats are the formats of pictures.
var Formats = []string{"svg", "png"}

// Write draws the figure in one of the formats.
func (f *Figure) Write(w io.Writer, format string) error {
	var canvas vg.CanvasWriterTo
	switch format {
	case "svg":
		canvas = vgsvg.New(width, height)
	case "png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(144))}
	default:
		return fmt.Errorf("%q is not a format of pictures; there are svg and png", format)
	}
	if err := f.draw(draw.New(canvas)); err != nil {
		return err
	}
	_, err := canvas.WriteTo(w)
	return err
}

func (f *Figure) draw(c draw.Canvas) error {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)

	title := style(15)
	c.Max.Y -= title.Height(f.Title)
	c.FillText(title, vg.Point{X: c.Min.X, Y: c.Max.Y}, f.Title)
	c.Max.Y = f.legend(c, c.Max.Y-20)

	value, err := f.panel(f.Value, func(c Curve) []float64 { return c.Value })
	if err != nil {
		return err
	}
	gradient, err := f.panel(f.Gradient, func(c Curve) []float64 { return c.Gradient })
	if err != nil {
		return err
	}
	tiles := draw.Tiles{Rows: 1, Cols: 2, PadX: 28}
	panels := plot.Align([][]*plot.Plot{{value, gradient}}, tiles, c)
	value.Draw(panels[0][0])
	gradient.Draw(panels[0][1])
	return nil
}

// panel is one of the two plots.
func (f *Figure) panel(label string, of func(Curve) []float64) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.Title.TextStyle, p.Title.Padding = label, style(12), 8
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	p.X.Label.Text = f.X
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Label.TextStyle.Color = style(11).Font, ink
		axis.Tick.Label.Font, axis.Tick.Label.Color = style(10).Font, ink
		axis.LineStyle.Width, axis.Tick.LineStyle.Width, axis.Tick.Length = 0, 0, 2
		axis.Padding = 2
		axis.Tick.Marker = ticks{}
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = faint, faint
	p.Add(grid)
	lo, hi := f.extent(of)
	p.X.Min, p.X.Max = f.Curves[0].X[0], f.Curves[0].X[curvePoints-1]
	for _, c := range f.Curves {
		for _, part := range finiteParts(c.X, of(c)) {
			line, err := plotter.NewLine(thin(part, (hi-lo)/4000))
			if err != nil {
				return nil, err
			}
			line.LineStyle = c.line()
			p.Add(line)
		}
	}
	p.Y.Min, p.Y.Max = lo, hi
	return p, nil
}

// extent returns the range of a panel, a little more than the curves take. A
// pole does not count: where all but a few points lie within a twentieth of the
// range, it is theirs.
func (f *Figure) extent(of func(Curve) []float64) (lo, hi float64) {
	var all []float64
	for _, c := range f.Curves {
		for _, v := range of(c) {
			if isFinite(v) {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		return -1, 1
	}
	slices.Sort(all)
	lo, hi = all[0], all[len(all)-1]
	few := len(all) / 100
	if l, h := all[few], all[len(all)-1-few]; 20*(h-l) < hi-lo {
		lo, hi = max(lo, l-(h-l)/4), min(hi, h+(h-l)/4)
	}
	if lo == hi {
		return lo - 1, hi + 1
	}
	pad := 0.04 * (hi - lo)
	return lo - pad, hi + pad
}

// line is the style of the curve.
func (c Curve) line() draw.LineStyle {
	return draw.LineStyle{Color: palette[c.Color%len(palette)], Width: 2, Dashes: dashes[c.Dash%len(dashes)]}
}

// legend draws a sample and the label of each curve in rows, the first at the
// height y, and returns where what is beneath it may begin.
func (f *Figure) legend(c draw.Canvas, y vg.Length) vg.Length {
	const sample, gap, space, row = 26, 6, 20, 17
	s := style(11)
	s.YAlign = draw.YCenter
	var widest vg.Length
	for _, curve := range f.Curves {
		if curve.Label == "" {
			return y + 8
		}
		widest = max(widest, sample+gap+s.Width(curve.Label)+space)
	}
	x := c.Min.X
	for i, curve := range f.Curves {
		full := x+widest-space > c.Max.X
		if i > 0 && (full || curve.Color < f.Curves[i-1].Color) { // a row for each target
			x, y = c.Min.X, y-row
		}
		c.StrokeLine2(curve.line(), x, y, x+sample, y)
		c.FillText(s, vg.Point{X: x + sample + gap, Y: y}, curve.Label)
		x += widest
	}
	return y - row
}

// style is text of a size in points.
func style(size font.Length) text.Style {
	f := font.From(plot.DefaultFont, size)
	f.Variant = "Sans"
	return text.Style{Color: ink, Font: f, Handler: plot.DefaultTextHandler}
}
