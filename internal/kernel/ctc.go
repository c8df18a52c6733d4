package kernel

import "math"

// CTC is one sequence of connectionist temporal classification: log
// probabilities of Classes symbols in Frames frames, of which frame t begins at
// t·Stride, and the target to be read from them.
//
// A path names a symbol for every frame; it reads as the target when repeats
// are merged and blanks dropped. The states of a path are the target's symbols
// with a blank before, between and after them.
// Source: Graves et al., Connectionist Temporal Classification, ICML 2006,
// https://www.cs.toronto.edu/~graves/icml_2006.pdf
type CTC struct {
	Frames, Classes, Stride int
	Target                  []int64
	Blank                   int64
}

// states is the number of states of a path.
func (c *CTC) states() int { return 2*len(c.Target) + 1 }

// symbol returns the symbol of a state.
func (c *CTC) symbol(s int) int64 {
	if s%2 == 0 {
		return c.Blank
	}
	return c.Target[s/2]
}

// skips reports whether a path may come to state s straight from s−2: between
// two different symbols no blank is needed.
func (c *CTC) skips(s int) bool { return s >= 2 && s%2 == 1 && c.Target[s/2] != c.Target[s/2-1] }

// within returns the states lo ≤ s < hi that count in frame t: two more can
// have been reached with every frame before, two more be left with every frame
// to come.
func (c *CTC) within(t int) (lo, hi int) {
	n := c.states()
	return max(0, n-2*(c.Frames-t)), min(n, 2*(t+1))
}

// CTCForward returns −ln of the total probability of all paths that read as
// the target; +Inf when there is none. alpha, of Frames·(2·len(Target)+1)
// elements, receives for each frame and state the logarithm of the probability
// of all beginnings of paths that are in that state, −Inf where none can still
// come to an end.
func CTCForward[T Float](c CTC, lp []T, alpha []float64) float64 {
	n := c.states()
	if c.Frames == 0 {
		if n == 1 {
			return 0
		}
		return math.Inf(1)
	}
	Fill(alpha, math.Inf(-1))
	for s, hi := c.within(0); s < hi; s++ {
		alpha[s] = float64(lp[c.symbol(s)])
	}
	for t := 1; t < c.Frames; t++ {
		prev, row, frame := alpha[(t-1)*n:][:n], alpha[t*n:][:n], lp[t*c.Stride:]
		for s, hi := c.within(t); s < hi; s++ {
			one, two := math.Inf(-1), math.Inf(-1)
			if s >= 1 {
				one = prev[s-1]
			}
			if c.skips(s) {
				two = prev[s-2]
			}
			row[s] = logAdd(prev[s], one, two) + float64(frame[c.symbol(s)])
		}
	}
	last := alpha[(c.Frames-1)*n:][:n]
	total := last[n-1]
	if n > 1 {
		total = logAdd(total, last[n-2], math.Inf(-1))
	}
	return -total
}

// CTCBackward adds g·(exp(lp) − posterior) to grad, laid out like lp, given
// what CTCForward found: posterior is the probability that a path which reads
// as the target has the symbol in the frame. Where no path does, nothing is
// added.
func CTCBackward[T Float](c CTC, lp, grad []T, alpha []float64, loss, g float64) {
	if c.Frames == 0 || math.IsInf(loss, 1) || g == 0 {
		return
	}
	n := c.states()
	beta, next := Get[float64](n+2), Get[float64](n+2) // two more that no path is in
	post := Get[float64](c.Classes)
	defer Put(beta)
	defer Put(next)
	defer Put(post)
	Fill(beta, math.Inf(-1))
	for s := max(0, n-2); s < n; s++ {
		beta[s] = 0 // a path may end here
	}
	for t := c.Frames - 1; t >= 0; t-- {
		frame, out := lp[t*c.Stride:], grad[t*c.Stride:]
		Fill(post, 0)
		lo, hi := c.within(t)
		for s := lo; s < hi; s++ {
			k := c.symbol(s)
			post[k] += math.Exp(alpha[t*n+s] + beta[s] + loss)
			beta[s] += float64(frame[k])
		}
		for k, p := range post {
			out[k] += T(g * (math.Exp(float64(frame[k])) - p))
		}
		Fill(next, math.Inf(-1))
		lo, hi = c.within(t - 1)
		for s := lo; s < hi; s++ { // what a path in state s at t−1 may still become
			two := math.Inf(-1)
			if s+2 < n && c.skips(s+2) {
				two = beta[s+2]
			}
			next[s] = logAdd(beta[s], beta[s+1], two)
		}
		beta, next = next, beta
	}
}

// logAdd returns ln(exp a + exp b + exp c).
func logAdd(a, b, c float64) float64 {
	if a < b {
		a, b = b, a
	}
	if a < c {
		a, c = c, a
	}
	var rest float64
	if !math.IsInf(b, -1) {
		rest = math.Exp(b - a)
	}
	if !math.IsInf(c, -1) {
		rest += math.Exp(c - a)
	}
	switch {
	case rest == 0:
		return a
	case a < -1: // a's last place is no smaller than what 1 + rest loses
		return a + math.Log(1+rest)
	}
	return a + math.Log1p(rest)
}
