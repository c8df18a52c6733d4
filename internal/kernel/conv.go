package kernel

// Conv is the geometry of a convolution of images, whose layout is [Batch In
// height width], with kernels [Out In/Groups height width], which makes results
// [Batch Out height width]. In the pairs the height comes first.
//
//	result[n,o,i] = Σ_{c,k} image[n,c, i·Stride + k·Dilation − Pad] · kernel[o,c,k]
//
// A sum over three factors, image, kernel and the result's gradient, has three
// derivatives: ConvForward, ConvInput and ConvWeight. Each of them differentiates
// to the two others.
type Conv struct {
	Batch, In, Out, Groups int
	Image, Kernel, Result  [2]int
	Stride, Dilation, Pad  [2]int // Pad counts the zeros before the image
}

// columnRoom is how many elements of columns stay in the second-level cache.
const columnRoom = 1 << 16

// taps returns how many elements of a kernel lie on one channel.
func (c *Conv) taps() int { return c.Kernel[0] * c.Kernel[1] }

// places returns how many results there are per channel.
func (c *Conv) places() int { return c.Result[0] * c.Result[1] }

// pixels returns how many elements a channel of an image has.
func (c *Conv) pixels() int { return c.Image[0] * c.Image[1] }

// perGroup returns the channels of images and results in one group.
func (c *Conv) perGroup() (in, out int) { return c.In / c.Groups, c.Out / c.Groups }

// plain reports whether the columns of an image are the image itself.
func (c *Conv) plain() bool {
	one := [2]int{1, 1}
	return c.Kernel == one && c.Stride == one && c.Pad == [2]int{} && c.Image == c.Result
}

// ConvForward sets y to the convolution of x with w, plus bias, one element for
// each channel of y; nil is none.
func ConvForward[T Float](c *Conv, y, x, w, bias []T) {
	in, out := c.perGroup()
	depth, places := in*c.taps(), c.places()
	if len(y) == 0 {
		return
	}
	block := c.rowBlock(max(64, roundUp(columnRoom/max(1, depth), 16)))
	if c.plain() {
		block = places
	}
	blocks := (places + block - 1) / block
	grain := max(1, PieceWork/max(1, out*depth*block))
	Parallel(c.Batch*c.Groups*blocks, grain, func(lo, hi int) {
		var col []T
		if !c.plain() {
			col = Get[T](depth*block + rowSlack)
			defer Put(col)
		}
		for i := lo; i < hi; i++ {
			at, from := i/blocks, i%blocks*block
			to, group := min(from+block, places), at%c.Groups
			image := x[at*in*c.pixels():][:in*c.pixels()]
			result := y[at*out*places:][:out*places]
			for o := 0; bias != nil && o < out; o++ {
				Fill(result[o*places+from:o*places+to], bias[group*out+o])
			}
			b := image
			if !c.plain() {
				im2col(c, col, image, in, from, to)
				b = col[:depth*(to-from)]
			}
			gemmStrided(out, to-from, depth, w[group*out*depth:][:out*depth], depth, 1, b, bias != nil, result[from:], places)
		}
	})
}

// ConvInput sets dx to the gradient with respect to the images, from g, that of
// the results, plus bias, one element for each channel of dx; nil is none. It is
// the transposed convolution of g with w.
func ConvInput[T Float](c *Conv, dx, w, g, bias []T) {
	in, out := c.perGroup()
	taps, places, pixels := c.taps(), c.places(), c.pixels()
	if len(dx) == 0 {
		return
	}
	channels := min(in, max(1, columnRoom/max(1, taps*places))) // at once
	block := c.rowBlock(max(64, roundUp(columnRoom/max(1, taps*channels), 16)))
	parts := (in + channels - 1) / channels
	grain := max(1, PieceWork/max(1, out*channels*taps*places))
	Parallel(c.Batch*c.Groups*parts, grain, func(lo, hi int) {
		col, image := Get[T](channels*taps*block), Get[T](channels*pixels+rowSlack)
		defer Put(col)
		defer Put(image)
		for i := lo; i < hi; i++ {
			at, first := i/parts, i%parts*channels
			group, count := at%c.Groups, min(channels, in-first)
			for ch := range count {
				var v T
				if bias != nil {
					v = bias[group*in+first+ch]
				}
				Fill(image[ch*pixels:(ch+1)*pixels], v)
			}
			kernels := w[group*out*in*taps+first*taps:]
			for from := 0; from < places; from += block {
				to := min(from+block, places)
				b := g[at*out*places:][:out*places]
				if to-from < places {
					b = Get[T](out * (to - from))
					copyColumns(b, g[at*out*places+from:], out, to-from, places)
				}
				part := col[:count*taps*(to-from)]
				gemmStrided(count*taps, to-from, out, kernels, 1, in*taps, b, false, part, to-from)
				if to-from < places {
					Put(b)
				}
				col2im(c, image, part, count, from, to)
			}
			copy(dx[(at*in+first)*pixels:], image[:count*pixels])
		}
	})
}

// copyColumns copies the first n columns of rows that are stride apart.
func copyColumns[T any](dst, src []T, rows, n, stride int) {
	for i := range rows {
		copy(dst[i*n:(i+1)*n], src[i*stride:])
	}
}

// gemmStrided sets c, or adds to it where keep is set, a·b: a's rows and
// columns and c's rows are as far apart as it is told, b's rows follow one
// another.
func gemmStrided[T Float](m, n, k int, a []T, aRow, aCol int, b []T, keep bool, c []T, cRow int) {
	if m == 0 || n == 0 {
		return
	}
	if k > 0 {
		_, _, _ = a[(m-1)*aRow+(k-1)*aCol], b[k*n-1], c[(m-1)*cRow+n-1] // the kernels beneath check no bounds
	}
	t := tilesFor[T]()
	if t == nil || k == 0 {
		row := Get[T](k)
		defer Put(row)
		for i := range m {
			for p := range row {
				row[p] = a[i*aRow+p*aCol]
			}
			to := c[i*cRow:][:n]
			if !keep {
				clear(to)
			}
			gemmRow(to, 1, row, b)
		}
		return
	}
	p := product[T]{tiles: t, m: m, n: n, k: k, alpha: 1, a: a, b: b, c: c, aRow: aRow, aCol: aCol, bRow: n, bPanel: t.cols, cRow: cRow}
	if keep {
		p.keep = 1
	}
	if m*n*k > smallWork {
		p.large(aRow == 1 && aCol > 1, false)
		return
	}
	p.multiply()
}
