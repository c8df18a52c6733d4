package kernel

import "slices"

// MultiLabelMargin is the hinge loss of scores x, seen as rows of N classes, of
// which some are a row's labels:
//
//	loss = 1/N · Σ_{t in labels} Σ_{c not in labels} max(0, 1 − x[t] + x[c])
//
// The losses are float64, for they are few.
type MultiLabelMargin[T Float] struct {
	N      int
	Labels []int64 // of all rows, one after the other
	Ends   []int   // where the labels of each row end
}

// of returns the labels of a row.
func (l *MultiLabelMargin[T]) of(row int) []int64 {
	if row == 0 {
		return l.Labels[:l.Ends[0]]
	}
	return l.Labels[l.Ends[row-1]:l.Ends[row]]
}

// labelCost is how many labels a row is thought to have.
const labelCost = 4

// Forward sets dst, one element per row.
func (l *MultiLabelMargin[T]) Forward(dst []float64, x []T) {
	if per := outerGrain(l.N * labelCost); len(dst) > per {
		to := lasting(dst)
		Parallel(len(dst), per, func(lo, hi int) { l.losses(to, x, lo, hi) })
		return
	}
	l.losses(dst, x, 0, len(dst))
}

func (l *MultiLabelMargin[T]) losses(dst []float64, x []T, lo, hi int) {
	room := Get[float64](3 * l.most(lo, hi))
	defer Put(room)
	for i := lo; i < hi; i++ {
		dst[i] = l.loss(x[i*l.N:][:l.N], l.of(i), room) / float64(l.N)
	}
}

// most returns the greatest number of labels of some rows.
func (l *MultiLabelMargin[T]) most(lo, hi int) (n int) {
	for i := lo; i < hi; i++ {
		n = max(n, len(l.of(i)))
	}
	return n
}

// loss takes the labels off the sum over all classes again.
func (l *MultiLabelMargin[T]) loss(x []T, labels []int64, room []float64) (y float64) {
	k := len(labels)
	lead, sum, squares := room[:k], room[k:2*k], room[2*k:3*k]
	for j, t := range labels {
		lead[j] = float64(1 - x[t])
	}
	fast := hinges(x, l.N, 0, lead, sum, squares)
	var few [fewLabels]int64
	once := distinct(few[:0], labels)
	const usual = 64 // a hinge of the labels among themselves
	for j := range labels {
		var own float64
		for _, c := range once {
			own += float64(max(0, x[c]+T(lead[j])))
		}
		if sum[j] -= own; !fast || cancels(sum[j], own, usual) {
			sum[j] = plainHinge(x, labels, T(lead[j]))
		}
		y += sum[j]
	}
	return y
}

// fewLabels are so few that the list of them is not worth an allocation.
const fewLabels = 16

// distinct appends every label once.
func distinct(to, labels []int64) []int64 {
	for i, t := range labels {
		if !slices.Contains(labels[:i], t) {
			to = append(to, t)
		}
	}
	return to
}

// plainHinge returns Σ max(0, x + lead) over the classes that are no labels.
func plainHinge[T Float](x []T, labels []int64, lead T) float64 {
	h := Get[T](len(x))
	defer Put(h)
	hinge(h, x, lead)
	for _, c := range labels {
		h[c] = 0
	}
	return Sum64(h)
}

// Backward sets dst, of the size of x, to the gradient of Σ g·loss: where a hinge
// is open, it is g/N for the class and −g/N for the label. A g of one element is
// every row's.
func (l *MultiLabelMargin[T]) Backward(dst []T, g []float64, x []T) {
	if per := outerGrain(l.N * labelCost); len(l.Ends) > per {
		up := lasting(g)
		Parallel(len(l.Ends), per, func(lo, hi int) { l.slopes(dst, up, x, lo, hi) })
		return
	}
	l.slopes(dst, g, x, 0, len(l.Ends))
}

func (l *MultiLabelMargin[T]) slopes(dst []T, g []float64, x []T, lo, hi int) {
	room := Get[float64](3 * l.most(lo, hi))
	defer Put(room)
	for i := lo; i < hi; i++ {
		l.slope(dst[i*l.N:][:l.N], x[i*l.N:][:l.N], l.of(i), of(g, i)/float64(l.N), room)
	}
}

func (l *MultiLabelMargin[T]) slope(d, x []T, labels []int64, g float64, room []float64) {
	k, step := len(labels), T(g)
	lead, steps, sum := room[:k], room[k:2*k], room[2*k:3*k]
	for j, t := range labels {
		lead[j], steps[j] = float64(1-x[t]), g
	}
	clear(d)
	if y, ok := float32s(x); ok {
		classes32.addHingeSteps(k, l.N, head(any(d).([]float32)), head(y), 0, head(lead), head(steps), head(sum))
	} else {
		h := Get[T](l.N)
		defer Put(h)
		for j := range labels {
			hinge(h, x, T(lead[j]))
			SelectPositive(h, h, []T{step}, []T{0})
			Add(d, d, h)
			sum[j] = Sum64(h)
		}
	}
	var few [fewLabels]int64
	once := distinct(few[:0], labels)
	for j := range labels { // what a label got as a class is not for it
		for _, c := range once {
			if x[c]+T(lead[j]) > 0 {
				sum[j] -= float64(step)
			}
		}
	}
	for _, t := range labels {
		d[t] = 0
	}
	for j, t := range labels {
		d[t] -= T(sum[j])
	}
}
