package kernel

import "sync"

// CTCBatch is a number of sequences that lie side by side: the first frame of
// sample i begins at element i·Classes of the log probabilities.
type CTCBatch struct {
	samples []ctcScaled
	grain   int
	size    int // of all that the samples save

	mu    sync.Mutex
	saved []float64 // nil until there is something, and when it was given back
}

// NewCTCBatch returns a batch of samples, which must have one Classes and one
// Blank, and targets and lengths that fit.
func NewCTCBatch(samples []CTC) *CTCBatch {
	var labels, places, classes, cost int
	for _, c := range samples {
		labels += len(c.Target)
		classes = c.Classes
		cost = max(cost, c.Frames*(c.states()+c.Classes))
	}
	b := &CTCBatch{samples: make([]ctcScaled, len(samples)), grain: 1 + ctcPiece/(cost+1)}
	places = 2*labels + len(samples)
	// seen has for every symbol where it last stood among all the samples'
	indices, skip, seen := make([]int32, 0, places), make([]float64, 0, labels), make([]int32, classes)
	for i, c := range samples {
		s, first := &b.samples[i], len(indices)
		s.CTC = c
		indices = append(indices, int32(c.Blank))
		for _, k := range c.Target {
			if int(seen[k]) <= first {
				seen[k] = int32(len(indices))
				indices = append(indices, int32(k))
			}
		}
		s.symbols = indices[first:len(indices):len(indices)]
		labels, from := len(indices), len(skip)
		for j, k := range c.Target {
			indices = append(indices, seen[k]-int32(first))
			may := 0.0
			if c.skips(2*j + 1) {
				may = 1
			}
			skip = append(skip, may)
		}
		s.at, s.skip = indices[labels:len(indices):len(indices)], skip[from:len(skip):len(skip)]
		b.size += c.Frames * s.width()
	}
	return b
}

// ctcPiece is for how many numbers a goroutine is worth its while.
const ctcPiece = 1 << 13

// CTCLosses sets losses to those of the samples, as CTCForward finds them, and
// keeps in b what CTCGradients needs.
func CTCLosses[T Float](b *CTCBatch, lp []T, losses []float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ctcForwards(b, lp)
	for i := range losses {
		losses[i] = b.samples[i].loss
	}
}

func ctcForwards[T Float](b *CTCBatch, lp []T) {
	b.saved = Get[float64](b.size)
	rest := b.saved
	for i := range b.samples {
		s := &b.samples[i]
		s.saved, rest = rest[:s.Frames*s.width()], rest[s.Frames*s.width():]
	}
	Parallel(len(b.samples), b.grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			ctcForward(&b.samples[i], ofSample(lp, i, &b.samples[i]))
		}
	})
}

// CTCGradients sets grad, laid out like lp, of frames frames, to the gradient
// that CTCBackward defines, of sample i times g[i]. CTCLosses must have been
// called with the same b and lp. What that kept is given back, for most callers
// come once; for the others it is computed again.
func CTCGradients[T Float](b *CTCBatch, lp, grad []T, frames int, g []float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.saved == nil {
		ctcForwards(b, lp)
	}
	if len(g) > 0 && ctcShort(b.samples[0].Classes) {
		Parallel(len(grad), ctcPiece, func(lo, hi int) { Exp(grad[lo:hi], lp[lo:hi]) })
	}
	Parallel(len(g), b.grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			c := &b.samples[i]
			ctcBackward(c, ofSample(lp, i, c), ofSample(grad, i, c), g[i])
			for t := c.Frames; t < frames; t++ {
				clear(grad[t*c.Stride+i*c.Classes:][:c.Classes])
			}
		}
	})
	Put(b.saved)
	b.saved = nil
}

// ofSample returns the part of x that begins with the first frame of sample i.
func ofSample[T Float](x []T, i int, c *ctcScaled) []T {
	if c.Frames == 0 {
		return nil
	}
	return x[i*c.Classes:]
}
