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
	if len(y) == 0 {
		return
	}
	in, out := c.perGroup()
	depth, places := in*c.taps(), c.places()
	block := c.rowBlock(max(64, columnRoom/max(1, depth)))
	if c.plain() {
		block = places
	}
	blocks := (places + block - 1) / block
	Parallel(c.Batch*c.Groups*blocks, max(1, PieceWork/max(1, out*depth*block)), func(lo, hi int) {
		col := Get[T](depth*block + rowSlack)
		defer Put(col)
		for i := lo; i < hi; i++ {
			from := i % blocks * block
			forwardBlock(c, y, x, w, bias, col, i/blocks, from, min(from+block, places))
		}
	})
}

// forwardBlock makes the places from to end of a group of results, counted
// through all images.
func forwardBlock[T Float](c *Conv, y, x, w, bias, col []T, at, from, end int) {
	in, out := c.perGroup()
	depth, places, group := in*c.taps(), c.places(), at%c.Groups
	image, result := x[at*in*c.pixels():][:in*c.pixels()], y[at*out*places:][:out*places]
	if bias != nil {
		for o := range out {
			Fill(result[o*places+from:o*places+end], bias[group*out+o])
		}
	}
	b := image
	if !c.plain() {
		im2col(c, col, image, in, from, end)
		b = col[:depth*(end-from)]
	}
	gemmStrided(out, end-from, depth, w[group*out*depth:][:out*depth], depth, 1, b, bias != nil, result[from:], places)
}

// ConvInput sets dx to the gradient with respect to the images, from g, that of
// the results, plus bias, one element for each channel of dx; nil is none. It is
// the transposed convolution of g with w.
func ConvInput[T Float](c *Conv, dx, w, g, bias []T) {
	if len(dx) == 0 {
		return
	}
	in, out := c.perGroup()
	taps, pixels := c.taps(), c.pixels()
	channels := min(in, max(1, columnRoom/max(1, taps*c.places()))) // at once
	parts := (in + channels - 1) / channels
	Parallel(c.Batch*c.Groups*parts, max(1, PieceWork/max(1, out*channels*taps*c.places())), func(lo, hi int) {
		image := Get[T](channels*pixels + rowSlack)
		defer Put(image)
		for i := lo; i < hi; i++ {
			at, first := i/parts, i%parts*channels
			count := min(channels, in-first)
			for ch := range count {
				var v T
				if bias != nil {
					v = bias[at%c.Groups*in+first+ch]
				}
				Fill(image[ch*pixels:(ch+1)*pixels], v)
			}
			addInput(c, image, w, g, at, first, count)
			copy(dx[(at*in+first)*pixels:], image[:count*pixels])
		}
	})
}

// addInput adds to so many channels of an image, from first on in a group that
// is counted through all images.
func addInput[T Float](c *Conv, image, w, g []T, at, first, count int) {
	in, out := c.perGroup()
	taps, places := c.taps(), c.places()
	block := c.rowBlock(max(64, columnRoom/max(1, taps*count)))
	col := Get[T](count * taps * block)
	defer Put(col)
	kernels, grad := w[at%c.Groups*out*in*taps:][first*taps:], g[at*out*places:][:out*places]
	var part []T // of grad, where that is too long for col
	if block < places {
		part = Get[T](out * block)
		defer Put(part)
	}
	for from := 0; from < places; from += block {
		n := min(block, places-from)
		b := grad
		if block < places {
			b = part[:out*n]
			copyColumns(b, grad[from:], out, n, places)
		}
		gemmStrided(count*taps, n, out, kernels, 1, in*taps, b, false, col, n)
		col2im(c, image, col, count, from, from+n)
	}
}

// copyColumns copies the first n columns of rows that are stride apart.
func copyColumns[T any](dst, src []T, rows, n, stride int) {
	for i := range rows {
		copy(dst[i*n:(i+1)*n], src[i*stride:])
	}
}
