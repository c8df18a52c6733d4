package kernel

import "math"

// Probabilities of paths are added and multiplied as they are, in float64, the
// numbers of a frame times a power of two that keeps them from growing small
// together. What bounds them apart is checked, so that a result either has the
// accuracy of float64 or is not given at all.
const (
	ctcNear = 0x1p60  // sums of frames beyond 1/ctcNear to ctcNear are scaled
	ctcFar  = 0x1p400 // beyond these not even that: the factors themselves may have lost digits
	ctcLow  = 0x1p-700
	// ctcShared is the least that the product of two scaled sums may come to:
	// what underflowed in either of them is nothing beside it.
	ctcShared = 0x1p-800
	// ctcAgreement is how far the totals of two frames may be apart.
	ctcAgreement = 1e-10
	// ctcSmall is the loss below which its digits hide behind a total of
	// nearly 1.
	ctcSmall = 1e-3
	// ctcInspect is how many frames apart frames are looked at for small
	// numbers at least; no factor greater than ctcGreat may come between.
	ctcInspect = 16
	ctcGreat   = 0x1p8
)

// ctcScaled is a CTC that is computed by products.
//
// saved has a row for every frame: the probabilities of all beginnings of paths
// that are in each blank state, then those in each label's, the probabilities
// of the distinct symbols, and the exponent of 2 that the first two are to be
// multiplied by.
type ctcScaled struct {
	CTC
	symbols []int32   // the distinct ones, the blank first
	at      []int32   // of each of the target's labels among them
	skip    []float64 // 1 where a path may come to the label from the one before, else 0
	saved   []float64
	loss    float64
	exact   bool // by logarithms, and saved holds those

	total, exponent float64 // total·2^exponent is the probability of all paths
}

// width is the length of a row of saved.
func (c *ctcScaled) width() int { return c.states() + len(c.symbols) + 1 }

// row returns the parts of a row of saved.
func (c *ctcScaled) row(t int) (blanks, labels, probs []float64, exponent *float64) {
	k, w := len(c.Target), c.width()
	row := c.saved[t*w:][:w]
	return row[:k+1], row[k+1 : 2*k+1], row[2*k+1 : w-1], &row[w-1]
}

// ctcForward finds the loss and what ctcBackward needs, by logarithms where
// products do not do.
func ctcForward[T Float](c *ctcScaled, lp []T) {
	c.exact = true
	if c.Frames > 0 {
		ok, doubt := ctcSums(c, lp)
		if ok && doubt {
			ok = ctcRest(c, lp, nil, 0)
		}
		if ok {
			c.loss = -(math.Log(c.total) + c.exponent*math.Ln2)
			c.exact = c.loss < ctcSmall
		}
	}
	if c.exact {
		c.loss = CTCForward(c.CTC, lp, c.saved[:c.Frames*c.states()])
	}
}

// ctcBackward sets the frames of the sample in grad, laid out like lp, to the
// gradient that CTCBackward defines. If grad holds exp(lp), as ctcShort wants,
// that is used.
func ctcBackward[T Float](c *ctcScaled, lp, grad []T, g float64) {
	if !c.exact && g != 0 && ctcRest(c, lp, grad, g) {
		return
	}
	for t := range c.Frames {
		clear(grad[t*c.Stride:][:c.Classes])
	}
	if g == 0 {
		return
	}
	alpha, loss := c.saved, c.loss
	if !c.exact {
		alpha = Get[float64](c.Frames * c.states())
		defer Put(alpha)
		loss = CTCForward(c.CTC, lp, alpha)
	}
	CTCBackward(c.CTC, lp, grad, alpha, loss, g)
}

// ctcSums fills c.saved and finds c.total. It reports whether all went well,
// and if so whether there is doubt: some number was so small that others may
// have vanished, which only the way back can tell to be harmless.
func ctcSums[T Float](c *ctcScaled, lp []T) (ok, doubt bool) {
	n, last := c.states(), len(c.Target)
	b := Zeroed[float64](n)
	defer Put(b)
	blanks, labels := b[:last+1], b[last+1:] // before the first frame
	blanks[0] = 1
	clear(c.saved)
	if !ctcExps(c, lp) {
		return false, false
	}
	exponent, top := 0.0, 0
	for t := range c.Frames {
		nextBlanks, nextLabels, probs, scale := c.row(t)
		lo, _ := c.within(t)
		if top = c.reach(top); lo > top {
			return false, false
		}
		sum := c.step(nextBlanks, nextLabels, blanks, labels, probs, lo/2, top/2)
		blanks, labels = nextBlanks, nextLabels
		power, fits := ctcPower(sum)
		if !fits {
			return false, false
		}
		if power != 0 {
			f := math.Ldexp(1, -power)
			ctcScale(blanks[lo/2:top/2+1], f)
			ctcScale(labels[lo/2:(top+1)/2], f)
			exponent += float64(power)
		}
		*scale = exponent
		if power != 0 || t%ctcInspect == ctcInspect-1 || t == c.Frames-1 {
			doubt = doubt || ctcAnyLow(blanks[(lo+1)/2:top/2+1]) || ctcAnyLow(labels[lo/2:(top+1)/2])
		}
	}
	c.total, c.exponent = blanks[last], exponent
	if last > 0 {
		c.total += labels[last-1]
	}
	return c.total >= ctcShared, doubt
}

// reach returns the last state that a path can be in one frame after top was.
func (c *ctcScaled) reach(top int) int {
	n := c.states()
	if top+2 < n && c.skips(top+2) {
		return top + 2
	}
	return min(top+1, n-1)
}

// step sets the states from the pair of blank and label lo to the state 2·hi or
// 2·hi+1, and returns their sum.
func (c *ctcScaled) step(nextBlanks, nextLabels, blanks, labels, probs []float64, lo, hi int) float64 {
	blank, before := probs[0], 0.0
	if lo > 0 {
		before = labels[lo-1]
	}
	pairs := min(hi+1, len(labels))
	l := labels[lo:pairs]
	b, nb, nl, skip, at := blanks[lo:][:len(l)], nextBlanks[lo:][:len(l)], nextLabels[lo:][:len(l)], c.skip[lo:][:len(l)], c.at[lo:][:len(l)]
	ofBlanks, ofLabels := 0.0, 0.0
	for i, label := range l {
		x := (b[i] + before) * blank
		y := (label + b[i] + skip[i]*before) * probs[at[i]]
		nb[i], nl[i] = x, y
		ofBlanks += x
		ofLabels += y
		before = label
	}
	if hi == len(labels) {
		nextBlanks[hi] = (blanks[hi] + before) * blank
		ofBlanks += nextBlanks[hi]
	}
	return ofBlanks + ofLabels
}

// ctcRest goes back through the frames with the probabilities of all ends of
// paths, and sets grad, unless it is nil, to g·(exp(lp) − posterior). It
// reports whether every frame comes to the total that ctcSums found; if not,
// grad is of no use.
func ctcRest[T Float](c *ctcScaled, lp, grad []T, g float64) bool {
	n, last := c.states(), len(c.Target)
	room := Get[float64](n + len(c.symbols))
	defer Put(room)
	blanks, labels, posts := room[:last+1], room[last+1:n], room[n:]
	clear(room[:n])
	blanks[last] = 1 // a path may end here
	if last > 0 {
		labels[last-1] = 1
	}
	exponent, known, unit := 0.0, math.NaN(), 0.0
	for t := c.Frames - 1; t >= 0; t-- {
		alphaBlanks, alphaLabels, probs, scale := c.row(t)
		clear(posts)
		lo, _ := c.within(t - 1)
		sum := c.back(blanks, labels, alphaBlanks, alphaLabels, probs, posts, lo/2, t)
		shared := 0.0
		for _, p := range posts {
			shared += p
		}
		if shift := *scale + exponent - c.exponent; shift != known {
			known, unit = shift, math.Ldexp(1, int(shift))
		}
		if !(shared >= ctcShared && math.Abs(shared*unit-c.total) <= ctcAgreement*c.total) {
			return false
		}
		if grad != nil {
			out := grad[t*c.Stride:][:c.Classes]
			if factor := T(g); ctcShort(c.Classes) {
				for i := range out {
					out[i] *= factor
				}
			} else {
				Exp(out, lp[t*c.Stride:][:c.Classes])
				Scale(out, out, factor)
			}
			rate := 1 / shared
			for i, k := range c.symbols {
				out[k] = T(g * (probs[i] - posts[i]*rate))
			}
		}
		power, fits := ctcPower(sum)
		if !fits && t > 0 {
			return false
		}
		if power != 0 {
			f := math.Ldexp(1, -power)
			ctcScale(blanks, f)
			ctcScale(labels, f)
			exponent += float64(power)
		}
	}
	return true
}

// ctcShort reports whether frames are so short that the exponentials are better
// found for many frames at once.
func ctcShort(classes int) bool { return classes < 32 }

// back adds what each symbol has of the paths through frame t to posts, and
// turns the probabilities of ends after frame t into those of ends after the
// frame before. It returns their sum.
func (c *ctcScaled) back(blanks, labels, alphaBlanks, alphaLabels, probs, posts []float64, lo, t int) float64 {
	blank, last := probs[0], len(labels)
	post, nextBlank, skipped := 0.0, 0.0, 0.0
	sum, pairs := 0.0, min(last, t+1)
	if t >= last {
		post = alphaBlanks[last] * blanks[last]
		nextBlank = blanks[last] * blank
		blanks[last] = nextBlank
		sum = nextBlank
	}
	l := labels[:pairs]
	b, ab, al, skip, at := blanks[:len(l)], alphaBlanks[:len(l)], alphaLabels[:len(l)], c.skip[:len(l)], c.at[:len(l)]
	for i := len(l) - 1; i >= lo; i-- {
		k := at[i]
		post += ab[i] * b[i]
		posts[k] += al[i] * l[i]
		x, y := b[i]*blank, l[i]*probs[k]
		l[i] = y + nextBlank + skipped
		b[i] = x + y
		sum += x + l[i]
		nextBlank, skipped = x, y*skip[i]
	}
	posts[0] += post
	return sum
}

// ctcPower returns the power of two that a sum is to be divided by, 0 if it is
// near enough to 1, and whether it can be relied on.
func ctcPower(sum float64) (power int, ok bool) {
	if sum >= 1/ctcNear && sum <= ctcNear {
		return 0, true
	}
	return math.Ilogb(sum), sum >= 1/ctcFar && sum <= ctcFar
}

func ctcScale(x []float64, f float64) {
	for i := range x {
		x[i] *= f
	}
}

func ctcAnyLow(x []float64) bool {
	for _, v := range x {
		if v < ctcLow {
			return true
		}
	}
	return false
}
