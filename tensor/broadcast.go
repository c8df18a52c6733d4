package tensor

import (
	"slices"

	"github.com/declive/declive/internal/kernel"
)

// zip returns f applied to a and b, broadcast together. f sees runs of
// elements, in which an operand of length 1 is a constant.
func zip[D, T Element](op string, a, b *Tensor, f func(dst []D, a, b []T)) *Tensor {
	x, y := Data[T](a), Data[T](b)
	if a.shape.Equal(b.shape) {
		out, dst := unset[D](a.shape)
		f(dst, x, y)
		return out
	}
	var room [4]int
	shape, ok := appendBroadcast(room[:0], a.shape, b.shape)
	if !ok {
		panic(Errorf(op, "shapes %v and %v do not broadcast", a.shape, b.shape))
	}
	out, dst := unset[D](shape)
	switch {
	case out.size == 0:
	case a.size == 1 || b.size == 1:
		f(dst, x, y)
	case endsWith(a.shape, b.shape): // as a bias is added to each row
		zipRows(dst, x, y, f)
	case endsWith(b.shape, a.shape):
		zipRows(dst, y, x, func(dst []D, b, a []T) { f(dst, a, b) })
	default:
		zipRuns(dst, x, y, a.shape, b.shape, out.shape, f)
	}
	return out
}

const (
	// narrow is the length below which a row is not worth a call.
	narrow = 64
	// rowsGrain is how many elements of rows are worth another goroutine.
	rowsGrain = 1 << 16
)

// zipRows applies f to every row of x and to row. A narrow row is repeated, so
// that f takes several rows of x at a time.
func zipRows[D, T Element](dst []D, x, row []T, f func(dst []D, x, row []T)) {
	if len(row) < narrow && len(dst) >= 4*narrow {
		var room [2 * narrow]T
		wide := room[:2*narrow/len(row)*len(row)]
		for at := 0; at < len(wide); at += len(row) {
			copy(wide[at:], row)
		}
		row = wide
	}
	n := len(row)
	if len(dst) <= rowsGrain {
		zipRowsPiece(dst, x, row, f)
		return
	}
	kernel.Parallel((len(dst)-1)/n+1, max(1, rowsGrain/n), func(lo, hi int) {
		lo, hi = lo*n, min(hi*n, len(dst))
		zipRowsPiece(dst[lo:hi], x[lo:hi], row, f)
	})
}

func zipRowsPiece[D, T Element](dst []D, x, row []T, f func(dst []D, x, row []T)) {
	for len(dst) > 0 {
		n := min(len(row), len(dst))
		f(dst[:n], x[:n], row[:n])
		dst, x = dst[n:], x[n:]
	}
}

// endsWith reports whether the last axes of s are those of t.
func endsWith(s, t Shape) bool {
	return len(s) >= len(t) && slices.Equal(s[len(s)-len(t):], t)
}

// zipRuns cuts the result into runs along its last axes, as long as both
// operands go through them in step or one stands still.
func zipRuns[D, T Element](dst []D, x, y []T, a, b, out Shape, f func(dst []D, a, b []T)) {
	shape, sa, sb := merged(out, broadcastStrides(a, out), broadcastStrides(b, out))
	last := len(shape) - 1
	n := shape[last]
	runA, runB := 1+(n-1)*sa[last], 1+(n-1)*sb[last]
	walk(shape[:last], sa[:last], sb[:last], func(atA, atB int) {
		f(dst[:n], x[atA:atA+runA], y[atB:atB+runB])
		dst = dst[n:]
	})
}

// merged joins neighbouring axes that both operands walk as if they were one,
// and drops axes of length 1.
func merged(shape Shape, a, b []int) (Shape, []int, []int) {
	n := len(shape)
	room := make([]int, 3*n)
	s, sa, sb := Shape(room[:0:n]), room[n:n:2*n], room[2*n:2*n]
	for i, d := range shape {
		if d == 1 {
			continue
		}
		if j := len(s) - 1; j >= 0 && sa[j] == a[i]*d && sb[j] == b[i]*d {
			s[j], sa[j], sb[j] = s[j]*d, a[i], b[i]
			continue
		}
		s, sa, sb = append(s, d), append(sa, a[i]), append(sb, b[i])
	}
	return s, sa, sb
}

// mapped returns f applied to x, whose type must be T.
func mapped[D, T Element](x *Tensor, f func(dst []D, x []T)) *Tensor {
	out, dst := unset[D](x.shape)
	f(dst, Data[T](x))
	return out
}
