package kernel

import "math"

// ChannelNorm normalises the channels of [outer, Channels, Inner], each by one
// mean and variance: y = (x − Mean)·Rstd·weight + bias.
type ChannelNorm[T Float] struct {
	Channels, Inner int
	Weight, Bias    []T       // Channels; nil for 1 and 0
	Mean, Rstd      []float64 // Channels
	Fixed           bool      // Mean and Rstd are given, not x's own
}

// Moments sets Mean to the mean of each channel of x, and returns the variances,
// those of a population.
func (l *ChannelNorm[T]) Moments(x []T) (variance []float64) {
	l.Mean, variance = make([]float64, l.Channels), make([]float64, l.Channels)
	count := float64(len(x) / l.Channels)
	l.total(l.Mean, x, nil)
	for c := range l.Mean {
		l.Mean[c] /= count
	}
	l.total(variance, x, l.Mean)
	for c := range variance {
		variance[c] /= count
	}
	return variance
}

// Invert sets Rstd = 1/√(variance + eps).
func (l *ChannelNorm[T]) Invert(variance []float64, eps float64) {
	l.Rstd = make([]float64, len(variance))
	for c, v := range variance {
		l.Rstd[c] = 1 / math.Sqrt(v+eps)
	}
}

// total sets dst to the sum of each channel, or of its squared deviations from
// a mean.
func (l *ChannelNorm[T]) total(dst []float64, x []T, mean []float64) {
	outer := len(x) / (l.Channels * l.Inner)
	if l.Inner == 1 {
		sumColumns(dst, x, outer, l.Channels, mean)
		return
	}
	l.eachChannel(outer, func(c int, at func(o int) int) {
		dst[c] = 0
		for o := range outer {
			run := x[at(o):][:l.Inner]
			if mean == nil {
				dst[c] += Sum64(run)
			} else {
				dst[c] += deviations(run, mean[c])
			}
		}
	})
}

// eachChannel calls f with each channel and the place of its runs.
func (l *ChannelNorm[T]) eachChannel(outer int, f func(c int, at func(o int) int)) {
	Parallel(l.Channels, max(1, simpleGrain/max(outer*l.Inner, 1)), func(lo, hi int) {
		for c := lo; c < hi; c++ {
			f(c, func(o int) int { return (o*l.Channels + c) * l.Inner })
		}
	})
}

// eachRun calls f with runs of elements, as places in x, and the channels of
// theirs: one for the whole run, or one for each element where Inner is 1.
func (l *ChannelNorm[T]) eachRun(size int, f func(lo, hi, c, end int)) {
	length, width := l.Inner, 1
	if l.Inner == 1 {
		length, width = l.Channels, l.Channels
	}
	Parallel(size/length, max(1, simpleGrain/length), func(lo, hi int) {
		for k := lo; k < hi; k++ {
			c := k * width % l.Channels
			f(k*length, (k+1)*length, c, c+width)
		}
	})
}

// perChannel returns f of every channel, in a buffer.
func (l *ChannelNorm[T]) perChannel(f func(c int) float64) []T {
	p := Get[T](l.Channels)
	for c := range p {
		p[c] = T(f(c))
	}
	return p
}

// scale returns Rstd·weight of a channel.
func (l *ChannelNorm[T]) scale(c int) float64 {
	if l.Weight == nil {
		return l.Rstd[c]
	}
	return l.Rstd[c] * float64(l.Weight[c])
}

// Forward sets dst to the normalised x.
func (l *ChannelNorm[T]) Forward(dst, x []T) {
	mean := l.perChannel(func(c int) float64 { return l.Mean[c] })
	scale := l.perChannel(l.scale)
	defer Put(mean)
	defer Put(scale)
	bias := orConstant(l.Bias, l.Channels, 0)
	l.eachRun(len(x), func(lo, hi, c, end int) {
		if l.Inner == 1 {
			columnForward(dst[lo:hi], x[lo:hi], mean, scale, bias)
		} else {
			runForward(dst[lo:hi], x[lo:hi], mean[c], scale[c], bias[c])
		}
	})
}

// Backward sets the gradients of x, weight and bias, each unless it is nil, for
// the gradient g of the result: with x̂ = (x − Mean)·Rstd these are
// Rstd·weight·(g − mean g − x̂·mean(g·x̂)), or Rstd·weight·g where Fixed, then
// Σ g·x̂ and Σ g.
func (l *ChannelNorm[T]) Backward(dx, dweight, dbias, g, x []T) {
	sum, dot := Zeroed[float64](l.Channels), Zeroed[float64](l.Channels)
	defer Put(sum)
	defer Put(dot)
	if dweight != nil || dbias != nil || !l.Fixed {
		l.products(sum, dot, g, x)
	}
	for c := range dweight {
		dweight[c] = T(dot[c])
	}
	for c := range dbias {
		dbias[c] = T(sum[c])
	}
	if dx != nil {
		l.backwardInput(dx, g, x, sum, dot)
	}
}

func (l *ChannelNorm[T]) backwardInput(dx, g, x []T, sum, dot []float64) {
	scale := l.perChannel(l.scale)
	defer Put(scale)
	if l.Fixed {
		l.eachRun(len(x), func(lo, hi, c, end int) { Mul(dx[lo:hi], g[lo:hi], scale[c:end]) })
		return
	}
	count := float64(len(x) / l.Channels)
	mean := l.perChannel(func(c int) float64 { return l.Mean[c] })
	slope := l.perChannel(func(c int) float64 { return -l.scale(c) * l.Rstd[c] * dot[c] / count })
	shift := l.perChannel(func(c int) float64 { return -l.scale(c) * sum[c] / count })
	defer Put(mean)
	defer Put(slope)
	defer Put(shift)
	l.eachRun(len(x), func(lo, hi, c, end int) {
		if l.Inner == 1 {
			columnBackward(dx[lo:hi], x[lo:hi], g[lo:hi], mean, slope, shift, scale)
		} else {
			runBackward(dx[lo:hi], x[lo:hi], g[lo:hi], mean[c], slope[c], shift[c], scale[c])
		}
	})
}

// products sets sum = Σ g and dot = Σ g·x̂ of each channel.
func (l *ChannelNorm[T]) products(sum, dot []float64, g, x []T) {
	outer := len(x) / (l.Channels * l.Inner)
	if l.Inner == 1 {
		l.productColumns(sum, dot, g, x, outer)
	} else {
		l.eachChannel(outer, func(c int, at func(o int) int) {
			room := Get[T](l.Inner)
			defer Put(room)
			for o := range outer {
				i := at(o)
				Offset(room, x[i:][:l.Inner], T(-l.Mean[c]))
				sum[c] += Sum64(g[i:][:l.Inner])
				dot[c] += Dot(g[i:][:l.Inner], room)
			}
		})
	}
	for c := range dot {
		dot[c] *= l.Rstd[c]
	}
}

// productColumns is products, without Rstd, where channels are columns.
func (l *ChannelNorm[T]) productColumns(sum, dot []float64, g, x []T, outer int) {
	n := l.Channels
	per := max(1, simpleGrain/n)
	parts := Zeroed[float64]((outer + per - 1) / per * 2 * n)
	defer Put(parts)
	mean := l.perChannel(func(c int) float64 { return l.Mean[c] })
	defer Put(mean)
	Parallel(outer, per, func(lo, hi int) {
		recent := Zeroed[T](2 * n)
		defer Put(recent)
		to := parts[lo/per*2*n:][:2*n]
		for o := lo; o < hi; o++ {
			columnProducts(recent[:n], recent[n:], x[o*n:][:n], g[o*n:][:n], mean)
			if (o-lo)%exactRows == exactRows-1 || o == hi-1 {
				addRow(to, recent, nil)
				clear(recent)
			}
		}
	})
	foldParts(dot, parts, 2*n)
	foldParts(sum, parts[min(n, len(parts)):], 2*n)
}
