package optim

import (
	"math"
)

// A trial t along the direction suits the strong Wolfe conditions when its loss
// is at most
//
//	loss(0) + decrease·t·slope(0)
//
// and its |slope| at most −flatness·slope(0). Tries are counted from the second
// on; a bracket that moves no parameter by smallest is not searched further.
// All four are PyTorch's, whatever LBFGS.ToleranceChange.
const (
	decrease = 1e-4
	flatness = 0.9
	retries  = 25
	smallest = 1e-9
)

// trial is what is known at one distance along a direction.
type trial struct {
	t     float64
	slope float64 // grad·direction
	point
}

// lineSearch looks for a distance that suits.
type lineSearch struct {
	start trial
	reach float64 // the greatest element of the direction
	at    func(t float64) trial
	tries int
}

// search walks from at along the direction and leaves the parameters at the
// best place that it finds.
func (o *LBFGS) search(loss func() float64, at point, slope float64) (best point, evals int) {
	origin := o.position()
	l := lineSearch{start: trial{0, slope, at}, reach: norm(o.direction, math.Inf(1))}
	l.at = func(t float64) trial {
		defer o.place(origin) // also when loss panics
		l.tries++
		o.move(t)
		there := o.evaluate(loss)
		return trial{t, dot(there.grad, o.direction), there}
	}
	found := l.run(o.step)
	o.step = found.t
	o.move(o.step)
	return found.point, l.tries
}

// run returns the best trial, having tried t first.
func (l *lineSearch) run(t float64) trial {
	ends, done := l.enclose(t)
	if done {
		return ends[1]
	}
	return l.zoom(ends)
}

func (l *lineSearch) tooHigh(x trial) bool { return x.loss > l.start.loss+decrease*x.t*l.start.slope }
func (l *lineSearch) level(x trial) bool   { return math.Abs(x.slope) <= -flatness*l.start.slope }

// enclose goes outwards until a trial suits, which is then the second that it
// returns, or a trial and the one before have one that suits between them.
func (l *lineSearch) enclose(t float64) (ends [2]trial, done bool) {
	before, now := l.start, l.at(t)
	for l.tries <= retries {
		switch {
		case l.tooHigh(now) || l.tries > 2 && now.loss >= before.loss:
			return [2]trial{before, now}, false
		case l.level(now):
			return [2]trial{before, now}, true
		case now.slope >= 0:
			return [2]trial{before, now}, false
		}
		next := cubic(before, now, now.t+0.01*(now.t-before.t), now.t*10)
		before, now = now, l.at(next)
	}
	return [2]trial{l.start, now}, false
}

// zoom narrows a bracket until a trial suits, and returns the best.
func (l *lineSearch) zoom(ends [2]trial) trial {
	low, crowded := lower(ends), false
	for l.tries <= retries && !(math.Abs(ends[1].t-ends[0].t)*l.reach < smallest) {
		var t float64
		t, crowded = between(ends, crowded)
		now := l.at(t)
		if l.tooHigh(now) || now.loss >= ends[low].loss {
			ends[1-low] = now
			low = lower(ends)
			continue
		}
		if l.level(now) {
			return now
		}
		if now.slope*(ends[1-low].t-ends[low].t) >= 0 {
			ends[1-low] = ends[low]
		}
		ends[low] = now
	}
	return ends[low]
}

// lower is the index of the trial with the lower loss.
func lower(ends [2]trial) int {
	if ends[0].loss <= ends[1].loss {
		return 0
	}
	return 1
}

// between chooses the next trial within a bracket. The second time running that
// interpolation comes close to an end, a tenth of the bracket is kept from it.
func between(ends [2]trial, crowded bool) (t float64, stillCrowded bool) {
	lo, hi := min(ends[0].t, ends[1].t), max(ends[0].t, ends[1].t)
	t = cubic(ends[0], ends[1], lo, hi)
	margin := 0.1 * (hi - lo)
	switch {
	case !(min(hi-t, t-lo) < margin):
		return t, false
	case !crowded && lo < t && t < hi:
		return t, true
	case math.Abs(t-hi) < math.Abs(t-lo):
		return hi - margin, false
	}
	return lo + margin, false
}

// cubic returns where, from lo to hi, the cubic through two trials with their
// slopes is least, or the middle when it has no minimum.
func cubic(a, b trial, lo, hi float64) float64 {
	if a.t > b.t {
		a, b = b, a
	}
	d := a.slope + b.slope - 3*(a.loss-b.loss)/(a.t-b.t)
	square := d*d - a.slope*b.slope
	if !(square >= 0) {
		return (lo + hi) / 2
	}
	root := math.Sqrt(square)
	t := b.t - (b.t-a.t)*((b.slope+root-d)/(b.slope-a.slope+2*root))
	return min(max(t, lo), hi)
}
