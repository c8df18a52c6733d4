package autograd_test

import (
	"math"
	"slices"

	"github.com/declive/declive/tensor"
)

// array is a tensor of the references: plain loops over float64, which share
// no code with the kernels.
type array struct {
	shape []int
	v     []float64
}

func arrayOf(t *tensor.Tensor) array { return array{slices.Clone([]int(t.Shape())), t.Float64s()} }

// indices lists every index of a shape in row-major order.
func indices(shape []int) [][]int {
	out := [][]int{{}}
	for _, d := range shape {
		var next [][]int
		for _, head := range out {
			for i := range d {
				next = append(next, append(slices.Clone(head), i))
			}
		}
		out = next
	}
	return out
}

// build makes an array from a function of the index.
func build(shape []int, f func(i []int) float64) array {
	a := array{shape: shape, v: []float64{}}
	for _, i := range indices(shape) {
		a.v = append(a.v, f(i))
	}
	return a
}

func (a array) flat(i []int) int {
	k := 0
	for axis, d := range a.shape {
		k = k*d + i[axis]
	}
	return k
}

func (a array) at(i ...int) float64 { return a.v[a.flat(i)] }

// broadcastAt reads a as if it were repeated to a larger shape.
func (a array) broadcastAt(i []int) float64 {
	i = slices.Clone(i[len(i)-len(a.shape):])
	for axis, d := range a.shape {
		if d == 1 {
			i[axis] = 0
		}
	}
	return a.at(i...)
}

// together is the shape that two shapes broadcast to.
func together(a, b []int) []int {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for i, d := range b {
		if j := len(a) - len(b) + i; d != 1 {
			out[j] = d
		}
	}
	return out
}

func zipped(a, b array, f func(x, y float64) float64) array {
	return build(together(a.shape, b.shape), func(i []int) float64 { return f(a.broadcastAt(i), b.broadcastAt(i)) })
}

func mapped(a array, f func(x float64) float64) array {
	return build(a.shape, func(i []int) float64 { return f(a.at(i...)) })
}

// lanes groups the elements of a by their index outside of axes and applies f
// to each group.
func lanes(a array, axes []int, f func(lane []float64) float64) array {
	keep := false
	if n := len(axes); n > 0 && axes[n-1] == tensor.KeepDims {
		axes, keep = axes[:n-1], true
	}
	reduced := make([]bool, len(a.shape))
	for i := range reduced {
		reduced[i] = len(axes) == 0
	}
	for _, x := range axes {
		if len(a.shape) > 0 {
			reduced[(x+len(a.shape))%len(a.shape)] = true
		}
	}
	outer, dropped := slices.Clone(a.shape), []int{}
	for i, r := range reduced {
		if r {
			outer[i] = 1
		} else {
			dropped = append(dropped, a.shape[i])
		}
	}
	groups := make([][]float64, len(indices(outer)))
	for _, i := range indices(a.shape) {
		at := slices.Clone(i)
		for axis, r := range reduced {
			if r {
				at[axis] = 0
			}
		}
		k := array{shape: outer}.flat(at)
		groups[k] = append(groups[k], a.at(i...))
	}
	out := array{shape: dropped, v: []float64{}}
	if keep {
		out.shape = outer
	}
	for _, g := range groups {
		out.v = append(out.v, f(g))
	}
	return out
}

func sum(lane []float64) float64 {
	s := 0.0
	for _, v := range lane {
		s += v
	}
	return s
}

func mean(lane []float64) float64 { return sum(lane) / float64(len(lane)) }

func prod(lane []float64) float64 {
	p := 1.0
	for _, v := range lane {
		p *= v
	}
	return p
}

func variance(correction int) func(lane []float64) float64 {
	return func(lane []float64) float64 {
		m, s := mean(lane), 0.0
		for _, v := range lane {
			s += (v - m) * (v - m)
		}
		return s / float64(len(lane)-correction)
	}
}

func logSumExp(lane []float64) float64 {
	s := 0.0
	for _, v := range lane {
		s += math.Exp(v)
	}
	return math.Log(s)
}

func norm(p float64) func(lane []float64) float64 {
	return func(lane []float64) float64 {
		abs := make([]float64, len(lane))
		for i, v := range lane {
			abs[i] = math.Abs(v)
		}
		switch {
		case math.IsInf(p, 1):
			return slices.Max(abs)
		case math.IsInf(p, -1):
			return slices.Min(abs)
		}
		s := 0.0
		for _, v := range abs {
			if p != 0 {
				s += math.Pow(v, p)
			} else if v != 0 {
				s++
			}
		}
		if p == 0 {
			return s
		}
		return math.Pow(s, 1/p)
	}
}

// softmax is exp(x)/Σ exp(x) along one axis.
func softmax(a array, axis int) array {
	total := lanes(mapped(a, math.Exp), []int{axis, tensor.KeepDims}, sum)
	return zipped(mapped(a, math.Exp), total, func(x, y float64) float64 { return x / y })
}

// matmul is the matrix product with transposition flags and broadcast batches;
// 1-d operands are a row on the left, a column on the right.
func matmul(a, b array, t tensor.Trans) array {
	row, col := len(a.shape) == 1, len(b.shape) == 1
	if row {
		a, t = array{append([]int{1}, a.shape...), a.v}, t&^tensor.TransA
	}
	if col {
		b, t = array{append(slices.Clone(b.shape), 1), b.v}, t&^tensor.TransB
	}
	if t&tensor.TransA != 0 {
		a = transposed(a)
	}
	if t&tensor.TransB != 0 {
		b = transposed(b)
	}
	la, lb := len(a.shape)-2, len(b.shape)-2
	batch := together(a.shape[:la], b.shape[:lb])
	m, k, n := a.shape[la], a.shape[la+1], b.shape[lb+1]
	y := build(append(slices.Clone(batch), m, n), func(i []int) float64 {
		head, r, c := i[:len(batch)], i[len(batch)], i[len(batch)+1]
		s := 0.0
		for j := range k {
			s += a.broadcastBatch(head, r, j) * b.broadcastBatch(head, j, c)
		}
		return s
	})
	if col {
		y.shape = y.shape[:len(y.shape)-1]
	}
	if row {
		at := len(batch)
		y.shape = append(slices.Clone(y.shape[:at]), y.shape[at+1:]...)
	}
	return y
}

func (a array) broadcastBatch(head []int, r, c int) float64 {
	i := slices.Clone(head[len(head)-(len(a.shape)-2):])
	for axis := range i {
		if a.shape[axis] == 1 {
			i[axis] = 0
		}
	}
	return a.at(append(i, r, c)...)
}

// transposed exchanges the last two axes.
func transposed(a array) array {
	n := len(a.shape)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	order[n-2], order[n-1] = n-1, n-2
	return permuted(a, order)
}

func permuted(a array, order []int) array {
	shape := make([]int, len(order))
	for i, x := range order {
		shape[i] = a.shape[x]
	}
	return build(shape, func(i []int) float64 {
		from := make([]int, len(i))
		for k, x := range order {
			from[x] = i[k]
		}
		return a.at(from...)
	})
}

// sliced takes every step-th entry from start to stop along an axis.
func sliced(a array, axis, start, stop, step int) array {
	shape := slices.Clone(a.shape)
	shape[axis] = max(0, (stop-start+step-1)/step)
	return build(shape, func(i []int) float64 {
		from := slices.Clone(i)
		from[axis] = start + i[axis]*step
		return a.at(from...)
	})
}

func joined(axis int, parts ...array) array {
	shape := slices.Clone(parts[0].shape)
	shape[axis] = 0
	for _, p := range parts {
		shape[axis] += p.shape[axis]
	}
	return build(shape, func(i []int) float64 {
		at := slices.Clone(i)
		for _, p := range parts {
			if at[axis] < p.shape[axis] {
				return p.at(at...)
			}
			at[axis] -= p.shape[axis]
		}
		panic("unreachable")
	})
}

func reshaped(a array, shape ...int) array { return array{shape, a.v} }
