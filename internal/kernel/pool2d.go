package kernel

import "math"

// Pool is the geometry of pooling: every plane of Planes images is seen through
// windows, one for each place of the result. A window is a range along the
// height and one along the width.
type Pool struct {
	Planes        int
	Image, Result [2]int
	Ranges        [2][]Range // by place along the height, and along the width
	Step          [2]int     // how far the elements of a window lie apart
}

// Range is the entries From, From + Step, … before To of an axis. Count is how
// many an average takes them for.
type Range struct{ From, To, Count int }

// planes calls f for pieces of the planes, cut by size alone.
func (p *Pool) planes(f func(plane int)) {
	Parallel(p.Planes, outerGrain(4*p.pixels()+16*p.places()), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f(i)
		}
	})
}

func (p *Pool) pixels() int { return p.Image[0] * p.Image[1] }
func (p *Pool) places() int { return p.Result[0] * p.Result[1] }

// MaxPool sets y to the greatest element of each window and at to where in the
// plane it is: the first one of equals, but the last NaN. Of an empty window
// they are −∞ and −1.
func MaxPool[T Float](p *Pool, y []T, at []int32, x []T) {
	even := p.halves()
	p.planes(func(i int) {
		plane := x[i*p.pixels():][:p.pixels()]
		result, where := y[i*p.places():][:p.places()], at[i*p.places():][:p.places()]
		for h, rows := range p.Ranges[0] {
			to, index := result[h*p.Result[1]:], where[h*p.Result[1]:]
			if even && rows.To == rows.From+2 {
				maxOfFour(to, index, p.Result[1], plane, rows.From*p.Image[1], p.Image[1])
				continue
			}
			for w, columns := range p.Ranges[1] {
				to[w], index[w] = maxOf(p, plane, rows, columns)
			}
		}
	})
}

// halves reports whether the windows lie side by side, each two wide.
func (p *Pool) halves() bool {
	for w, r := range p.Ranges[1] {
		if r.From != 2*w || r.To != 2*w+2 {
			return false
		}
	}
	return p.Step == [2]int{1, 1}
}

// maxOf returns the greatest element of one window and where it is.
func maxOf[T Float](p *Pool, plane []T, rows, columns Range) (best T, at int32) {
	best, at = T(math.Inf(-1)), -1
	for h := rows.From; h < rows.To; h += p.Step[0] {
		row := plane[h*p.Image[1]:][:p.Image[1]]
		for w := columns.From; w < columns.To; w += p.Step[1] {
			if v := row[w]; v > best || v != v || at < 0 {
				best, at = v, int32(h*p.Image[1]+w)
			}
		}
	}
	return best, at
}

// maxOfFour is maxOf for n windows of two by two side by side, beginning at
// element from of the plane. Where there is room it sets the next elements of y
// and at too.
func maxOfFour[T Float](y []T, at []int32, n int, plane []T, from, width int) {
	const once = 8
	upper, lower := plane[from:], plane[from+width:]
	if n < once && len(y) >= once && len(lower) >= 2*once {
		n = once
	}
	if whole := n / once * once; whole > 0 && maxOfFourAtOnce(y[:whole], at[:whole], upper[:2*whole], lower[:2*whole], from, width) {
		if rest := n - once; whole < n { // some of the last ones again
			maxOfFourAtOnce(y[rest:n], at[rest:n], upper[2*rest:2*n], lower[2*rest:2*n], from+2*rest, width)
		}
		return
	}
	maxOfFourPortable(y[:n], at, upper, lower, from, width)
}

// maxOfFourPortable is the loop. Which element is the greatest is as good as
// random, so it is found without branches.
func maxOfFourPortable[T Float](y []T, at []int32, upper, lower []T, from, width int) {
	for w := range y {
		a, b, c, d := upper[2*w], upper[2*w+1], lower[2*w], lower[2*w+1]
		i, j := step(b > a), step(d > c)
		first, second := max(a, b), max(c, d)
		k := step(second > first)
		row, column := k, i+k*(j-i)
		if first != first || second != second { // the last NaN
			row, column = step(c != c || d != d), step(d != d || c == c && b != b)
		}
		v := upper[2*w+column]
		if row == 1 {
			v = lower[2*w+column]
		}
		y[w], at[w] = v, int32(from+2*w+row*width+column)
	}
}

// step returns 1 for true.
func step(b bool) (i int) {
	if b {
		i = 1
	}
	return i
}

// PickPool sets y[i] to the element at[i] of its plane of x, and to 0 where at[i] is −1.
func PickPool[T Float](p *Pool, y []T, at []int32, x []T) {
	p.planes(func(i int) {
		plane := x[i*p.pixels():][:p.pixels()]
		to := y[i*p.places():][:p.places()]
		for k, from := range at[i*p.places():][:p.places()] {
			to[k] = 0
			if from >= 0 {
				to[k] = plane[from]
			}
		}
	})
}

// PlacePool is the transpose of PickPool: it adds each g[i] to element at[i] of
// its plane of dx, which is 0 elsewhere.
func PlacePool[T Float](p *Pool, dx []T, at []int32, g []T) {
	p.planes(func(i int) {
		plane := dx[i*p.pixels():][:p.pixels()]
		clear(plane)
		from := g[i*p.places():][:p.places()]
		for k, to := range at[i*p.places():][:p.places()] {
			if to >= 0 {
				plane[to] += from[k]
			}
		}
	})
}

// AvgPool sets y to the sum of each window divided by divisor, or, where that is
// 0, by the product of the Counts of its ranges. Of an empty window it is 0.
func AvgPool[T Float](p *Pool, y, x []T, divisor int) {
	p.planes(func(i int) {
		plane, to := x[i*p.pixels():][:p.pixels()], y[i*p.places():][:p.places()]
		for h, rows := range p.Ranges[0] {
			for w, columns := range p.Ranges[1] {
				var sum T
				for k := rows.From; k < rows.To; k++ {
					for _, v := range plane[k*p.Image[1]:][columns.From:columns.To] {
						sum += v
					}
				}
				to[h*p.Result[1]+w] = sum / T(count(rows, columns, divisor))
			}
		}
	})
}

// SpreadPool is the transpose of AvgPool: it gives every element of a window an
// even share of g.
func SpreadPool[T Float](p *Pool, dx, g []T, divisor int) {
	p.planes(func(i int) {
		plane, from := dx[i*p.pixels():][:p.pixels()], g[i*p.places():][:p.places()]
		clear(plane)
		for h, rows := range p.Ranges[0] {
			for w, columns := range p.Ranges[1] {
				share := from[h*p.Result[1]+w] / T(count(rows, columns, divisor))
				for k := rows.From; k < rows.To; k++ {
					row := plane[k*p.Image[1]:][columns.From:columns.To]
					for j := range row {
						row[j] += share
					}
				}
			}
		}
	})
}

// count returns what the sum of a window is divided by; never 0, as the sum of
// an empty window stays 0.
func count(rows, columns Range, divisor int) int {
	if divisor != 0 {
		return divisor
	}
	return max(1, rows.Count*columns.Count)
}
