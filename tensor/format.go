package tensor

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Above threshold elements only the first and last edge entries of each axis
// are printed, as in NumPy.
const (
	threshold = 1000
	edge      = 3
	lineWidth = 75
)

// String formats t as NumPy does: nested brackets, aligned columns, blank lines
// between matrices, lines of 75 columns, the middle of tensors of more than
// 1000 elements elided; no elements are "[]".
//
// Floats have four decimals, as in PyTorch, or none where all are whole and
// below 10⁸. When the magnitudes reach 10⁸, fall below 10⁻⁴ or differ by more
// than a factor of 1000, so that decimals would lose digits, every element gets
// an exponent.
func (t *Tensor) String() string {
	if t.size == 0 {
		return "[]"
	}
	p := printer{t: t, elide: t.size > threshold}
	p.choose()
	if len(t.shape) == 0 {
		return strings.TrimSpace(p.cell(0))
	}
	var b strings.Builder
	p.print(&b, 0, 0)
	return b.String()
}

// GoString formats t with its type and shape, for the verb %#v.
func (t *Tensor) GoString() string {
	return fmt.Sprintf("tensor %v %v\n%v", t.dtype, []int(t.shape), t)
}

type printer struct {
	t     *Tensor
	elide bool
	verb  byte // 'f', or 'e' when the range is too wide, for floats
	prec  int
	width int
}

// choose picks one format that serves all elements shown.
func (p *printer) choose() {
	var low, high float64 = math.Inf(1), 0
	whole := true
	p.shown(0, 0, func(i int) {
		v := math.Abs(p.t.flat(i))
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		if v != 0 {
			low, high = min(low, v), max(high, v)
		}
		whole = whole && v == math.Trunc(v)
	})
	p.verb, p.prec = 'f', 4
	switch {
	case whole && high < 1e8:
		p.prec = 0
	case high >= 1e8 || low < 1e-4 || high/low > 1000:
		p.verb = 'e'
	}
	p.shown(0, 0, func(i int) { p.width = max(p.width, len(p.text(i))) })
}

// text formats one element without padding.
func (p *printer) text(i int) string {
	v := p.t.flat(i)
	switch {
	case p.t.dtype == Bool:
		return strconv.FormatBool(v != 0)
	case p.t.dtype == Int64:
		return strconv.FormatInt(Data[int64](p.t)[i], 10)
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	s := strconv.FormatFloat(v, p.verb, p.prec, 64)
	if p.verb == 'f' && p.prec == 0 {
		s += "." // a float that is whole, as NumPy shows it
	}
	return s
}

func (p *printer) cell(i int) string { return fmt.Sprintf("%*s", p.width, p.text(i)) }

// indices lists the places to show along an axis of length n; −1 is the gap.
func (p *printer) indices(n int) []int {
	var at []int
	for i := range n {
		if p.elide && n > 2*edge && i >= edge && i < n-edge {
			if i == edge {
				at = append(at, -1)
			}
			continue
		}
		at = append(at, i)
	}
	return at
}

// shown calls f for every element that is printed.
func (p *printer) shown(a, at int, f func(i int)) {
	if a == len(p.t.shape) {
		f(at)
		return
	}
	for _, i := range p.indices(p.t.shape[a]) {
		if i >= 0 {
			p.shown(a+1, at*p.t.shape[a]+i, f)
		}
	}
}

// print writes the part of t below one index of each of the first a axes, at
// being its place counted in such parts.
func (p *printer) print(b *strings.Builder, a, at int) {
	n, dims := p.t.shape[a], len(p.t.shape)
	last := a == dims-1
	b.WriteByte('[')
	column := dims
	for k, i := range p.indices(n) {
		item := "..."
		if i >= 0 && last {
			item = p.cell(at*n + i)
		}
		switch {
		case k == 0:
		case !last:
			b.WriteString(strings.Repeat("\n", dims-1-a) + strings.Repeat(" ", a+1))
		case column+1+len(item) > lineWidth-dims: // leaves room for the closing brackets
			b.WriteString("\n" + strings.Repeat(" ", a+1))
			column = dims
		default:
			b.WriteByte(' ')
			column++
		}
		if i >= 0 && !last {
			p.print(b, a+1, at*n+i)
			continue
		}
		b.WriteString(item)
		column += len(item)
	}
	b.WriteByte(']')
}
