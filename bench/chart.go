package main

import (
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	chartWidth = 760 // points
	labelWidth = 300
	slotHeight = 15
	chartRest  = 96 // above and below the slots

	boldWeight = 3 // WeightBold of golang.org/x/image/font
)

// The colours are told apart by people with any kind of colour vision.
// Source: Okabe and Ito, https://jfly.uni-koeln.de/color/
var (
	blue      = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	vermilion = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	grey      = color.NRGBA{0x99, 0x99, 0x99, 0xff}
	ink       = color.NRGBA{0x33, 0x33, 0x33, 0xff}
	faint     = color.NRGBA{0xdd, 0xdd, 0xdd, 0xff}
)

// A slot is a line of the chart: the title of a section, or a case with a bar
// for each number of threads.
type slot struct {
	text   string
	title  bool
	target float64
	bars   []bar
}

type bar struct {
	ratio float64
	color color.NRGBA
}

// slots returns the lines of the chart from top to bottom, nil where PyTorch was
// not measured.
func (r *report) slots() (all []slot) {
	for _, t := range r.tables {
		var lines []slot
		for _, x := range t.rows {
			if x.ratio == 0 || x.differs != "" {
				continue
			}
			i := slices.IndexFunc(lines, func(s slot) bool { return s.text == x.what })
			if i < 0 {
				i, lines = len(lines), append(lines, slot{text: x.what, target: x.target})
			}
			lines[i].bars = append(lines[i].bars, bar{x.ratio, r.colour(t.section, x)})
		}
		if len(lines) > 0 {
			all = append(append(all, slot{text: t.title, title: true}), lines...)
		}
	}
	return all
}

// colour says whether a target was met.
func (r *report) colour(s section, x row) color.NRGBA {
	switch v := r.judge(s, x); {
	case !v.judged:
		return grey
	case v.met:
		return blue
	}
	return vermilion
}

// chart draws the slots as SVG.
func (r *report) chart(w io.Writer) error {
	slots := r.slots()
	canvas := vgsvg.New(chartWidth, vg.Length(len(slots)*slotHeight+chartRest))
	c := draw.New(canvas)
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = heading(draw.Crop(c, 10, -16, 10, -10))

	p := plot.New()
	p.HideY()
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ratioTicks{}
	p.X.Tick.Label.Font, p.X.Tick.Label.Color = style(10).Font, ink
	p.X.LineStyle.Width, p.X.Tick.LineStyle.Width, p.X.Tick.Length, p.X.Padding = 0, 0, 2, 2
	p.X.Min, p.X.Max = extent(slots)
	p.Y.Min, p.Y.Max = -float64(len(slots)), 0
	p.Add(bars{slots, c.Min.X})
	c.Min.X += labelWidth
	p.Draw(c)
	_, err := canvas.WriteTo(w)
	return err
}

// heading writes the title and the legend, and returns what is left beneath.
func heading(c draw.Canvas) draw.Canvas {
	line := func(s text.Style, height vg.Length, words string) {
		c.Max.Y -= height
		c.FillText(s, vg.Point{X: c.Min.X, Y: c.Max.Y}, words)
	}
	line(style(14), 14, "Time of Declive divided by that of PyTorch")
	line(style(10), 16, "Left of 1 Declive is faster. Blue: target met. Vermilion: missed. Grey: no target or no verdict. Upright line: target.")
	line(style(10), 13, "Where a line has several bars, they are for more and more threads from top to bottom.")
	c.Max.Y -= 8
	return c
}

// extent returns the range of the ratios and targets, and some room.
func extent(slots []slot) (lo, hi float64) {
	lo, hi = 0.5, 2
	for _, s := range slots {
		for _, b := range s.bars {
			lo, hi = min(lo, b.ratio), max(hi, b.ratio)
		}
		if s.target > 0 {
			lo = min(lo, s.target)
		}
	}
	return lo / 1.2, hi * 1.2
}

// bars draws slots from y = 0 downwards, with their labels at x = left.
type bars struct {
	slots []slot
	left  vg.Length
}

// Plot draws a grid, the bars from ratio 1 and the targets.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	upright := func(at float64, s draw.LineStyle) { c.StrokeLine2(s, x(at), c.Min.Y, x(at), c.Max.Y) }
	for _, t := range (ratioTicks{}).Ticks(p.X.Min, p.X.Max) {
		upright(t.Value, draw.LineStyle{Color: faint, Width: 0.5})
	}
	for i, s := range b.slots {
		top := y(-float64(i)) - 2
		label, indent := style(10), vg.Length(8)
		if s.title {
			label, indent = style(11), 0
			label.Font.Weight = boldWeight
		}
		label.YAlign = draw.YCenter
		c.FillText(label, vg.Point{X: b.left + indent, Y: top - slotHeight/2 + 1}, s.text)
		thick := vg.Length(slotHeight-4) / vg.Length(max(len(s.bars), 1))
		for k, bar := range s.bars {
			lo, hi, high := x(min(1, bar.ratio)), x(max(1, bar.ratio)), top-vg.Length(k)*thick
			c.FillPolygon(bar.color, []vg.Point{{X: lo, Y: high}, {X: hi, Y: high}, {X: hi, Y: high - thick + 1}, {X: lo, Y: high - thick + 1}})
		}
		if s.target > 0 {
			c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1.5}, x(s.target), top+1, x(s.target), top-slotHeight+3)
		}
	}
	upright(1, draw.LineStyle{Color: ink, Width: 1})
}

// ratioTicks marks 1, 2 and 5 of every power of ten.
type ratioTicks struct{}

// Ticks returns the marks between two ratios.
func (ratioTicks) Ticks(lo, hi float64) (marks []plot.Tick) {
	for e := math.Floor(math.Log10(lo)); math.Pow(10, e) <= hi; e++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow(10, e); v >= lo && v <= hi {
				marks = append(marks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 2, 64)})
			}
		}
	}
	return marks
}

// style is text of a size in points.
func style(size font.Length) text.Style {
	f := font.From(plot.DefaultFont, size)
	f.Variant = "Sans"
	return text.Style{Color: ink, Font: f, Handler: plot.DefaultTextHandler}
}
