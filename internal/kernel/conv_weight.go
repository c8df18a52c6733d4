package kernel

// sumParts is into how many partial sums at most a gradient of kernels is cut.
const sumParts = 16

// weightPlan cuts the gradient of the kernels into pieces: by group, by
// channels of the images, and by images, whose sums are added at the end.
type weightPlan struct {
	channels, parts int // channels at once, and how many times
	images, sums    int // images per sum, and how many sums
	block           int // places at once
}

func (c *Conv) weightPlan() (p weightPlan) {
	in, out := c.perGroup()
	taps, places := c.taps(), c.places()
	p.block = c.rowBlock(512)
	p.channels = min(in, max(1, columnRoom/max(1, taps*p.block)))
	p.parts = (in + p.channels - 1) / p.channels
	p.sums = max(1, min(sumParts/(p.parts*c.Groups), c.Batch*in*taps*out*places/PieceWork))
	p.images = max(1, (c.Batch+p.sums-1)/p.sums)
	p.sums = (c.Batch + p.images - 1) / p.images
	return p
}

// ConvWeight sets dw to the gradient with respect to the kernels, from x and g,
// the gradient of the results.
func ConvWeight[T Float](c *Conv, dw, x, g []T) {
	if len(dw) == 0 {
		return
	}
	in, out := c.perGroup()
	if len(x) == 0 || len(g) == 0 {
		clear(dw)
		return
	}
	p, depth := c.weightPlan(), in*c.taps()
	sums := Get[T](p.sums * len(dw)) // by sum and group, transposed: [depth out]
	defer Put(sums)
	Parallel(p.sums*c.Groups*p.parts, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			sum, group, first := i/(p.parts*c.Groups), i/p.parts%c.Groups, i%p.parts*p.channels
			count := min(p.channels, in-first)
			to := sums[(sum*c.Groups+group)*depth*out+first*c.taps()*out:][:count*c.taps()*out]
			weightSum(c, p, to, x, g, group, first, count, sum*p.images)
		}
	})
	for i := 1; i < p.sums; i++ {
		Add(sums[:len(dw)], sums[:len(dw)], sums[i*len(dw):(i+1)*len(dw)])
	}
	for group := range c.Groups {
		Transpose(dw[group*depth*out:][:depth*out], sums[group*depth*out:][:depth*out], depth, out)
	}
}

// weightSum sets sum, [channels·taps out], to the part of the gradient that p.images
// images from first on give to so many channels of a group.
func weightSum[T Float](c *Conv, p weightPlan, sum, x, g []T, group, channel, count, first int) {
	in, out := c.perGroup()
	rows, places, pixels := count*c.taps(), c.places(), c.pixels()
	col := Get[T](rows*p.block + rowSlack)
	defer Put(col)
	turned := Get[T](p.block * roundUp(out, 16))
	defer Put(turned)
	for n := first; n < min(first+p.images, c.Batch); n++ {
		image := x[(n*c.In+group*in+channel)*pixels:][:count*pixels]
		grad := g[(n*c.Out+group*out)*places:][:out*places]
		for from := 0; from < places; from += p.block {
			to := min(from+p.block, places)
			im2col(c, col, image, count, from, to)
			gemmTurned(rows, out, to-from, col, grad[from:], places, turned, n > first || from > 0, sum)
		}
	}
}
