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
	slotHeight = 15
	chartRest  = 96 // above and below the slots
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

// chart draws the bars as SVG.
func (r *report) chart(w io.Writer) error {
	slots := r.slots()
	canvas := vgsvg.New(chartWidth, vg.Length(len(slots)*slotHeight+chartRest))
	c := draw.New(canvas)
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, 10, -16, 10, -10)

	title, small := style(14), style(10)
	c.Max.Y -= title.Height("T")
	c.FillText(title, vg.Point{X: c.Min.X, Y: c.Max.Y}, "Time of Declive divided by that of PyTorch")
	c.Max.Y -= 16
	c.FillText(small, vg.Point{X: c.Min.X, Y: c.Max.Y}, "To the left of 1 Declive is faster. Blue: target met. Vermilion: missed. Grey: no target or no verdict. "+
		"Upright line: target.")
	c.Max.Y -= 13
	c.FillText(small, vg.Point{X: c.Min.X, Y: c.Max.Y}, "Where there are two bars, the lower one is for two threads.")
	c.Max.Y -= 8

	p := plot.New()
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ratioTicks{}
	p.X.Min, p.X.Max = extent(slots)
	p.Y.Min, p.Y.Max = -float64(len(slots)), 0
	var labels plot.ConstantTicks
	for i, s := range slots {
		if !s.title {
			labels = append(labels, plot.Tick{Value: -float64(i) - 0.5, Label: s.text})
		}
	}
	p.Y.Tick.Marker = labels
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Label.Font, axis.Tick.Label.Color = small.Font, ink
		axis.LineStyle.Width, axis.Tick.LineStyle.Width, axis.Tick.Length = 0, 0, 2
		axis.Padding = 2
	}
	p.Add(bars(slots))
	p.Draw(c)
	_, err := canvas.WriteTo(w)
	return err
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

// bars draws the slots from y = 0 downwards.
type bars []slot

// Plot draws a grid, the bars from ratio 1 and the targets.
func (b bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range (ratioTicks{}).Ticks(p.X.Min, p.X.Max) {
		c.StrokeLine2(draw.LineStyle{Color: faint, Width: 0.5}, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	bold := style(11)
	bold.YAlign, bold.Font.Weight = draw.YCenter, bold.Font.Weight+3
	for i, s := range b {
		top := y(-float64(i)) - 2
		if s.title {
			c.FillText(bold, vg.Point{X: c.Min.X + 2, Y: top - slotHeight/2 + 1}, s.text)
			continue
		}
		thick := vg.Length(slotHeight-4) / vg.Length(max(len(s.bars), 1))
		for k, bar := range s.bars {
			left, right := x(min(1, bar.ratio)), x(max(1, bar.ratio))
			high := top - vg.Length(k)*thick
			c.FillPolygon(bar.color, []vg.Point{{X: left, Y: high}, {X: right, Y: high}, {X: right, Y: high - thick + 1}, {X: left, Y: high - thick + 1}})
		}
		if s.target > 0 {
			c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1.5}, x(s.target), top+1, x(s.target), top-slotHeight+3)
		}
	}
	c.StrokeLine2(draw.LineStyle{Color: ink, Width: 1}, x(1), c.Min.Y, x(1), c.Max.Y)
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
