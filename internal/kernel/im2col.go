package kernel

// tap is which places of a result, along an axis, read the image through one
// element of the kernel, and what must be added to place·Stride to get there.
type tap struct{ first, end, offset int }

func (c *Conv) tap(axis, k int) tap {
	offset := k*c.Dilation[axis] - c.Pad[axis]
	at := func(pixel int) int { // the first place at or beyond a pixel; what is below 0 stays there, rounded either way
		return min(max(0, (pixel-offset+c.Stride[axis]-1)/c.Stride[axis]), c.Result[axis])
	}
	return tap{at(0), at(c.Image[axis]), offset}
}

// eachTap calls f for every element of the kernels of so many channels.
func (c *Conv) eachTap(channels int, f func(i, channel int, down, over tap)) {
	const most = 16
	width := make([]tap, 0, most)
	for k := range c.Kernel[1] {
		width = append(width, c.tap(1, k))
	}
	for i := range channels * c.Kernel[0] {
		down := c.tap(0, i%c.Kernel[0])
		for k, over := range width {
			f(i*c.Kernel[1]+k, i/c.Kernel[0], down, over)
		}
	}
}

// rowKernels are the assembly kernels on rows of up to cols elements. They store
// cols elements in each row, zeros or what was there beyond its end.
type rowKernels[T Float] struct {
	cols      int
	copy, add func(rows, n int, src *T, srcRow int, dst *T, dstRow int)
}

// rowSlack is how many elements rowKernels may store beyond the last row.
const rowSlack = 16

// rowsAtOnce returns the kernels for whole rows of a result, if places lo to hi
// are that, and lie in the image as closely.
func rowsAtOnce[T Float](c *Conv, lo, hi int) *rowKernels[T] {
	if c.Stride[1] != 1 || lo%c.Result[1] != 0 || hi%c.Result[1] != 0 {
		return nil
	}
	return rowsFor[T]()
}

// rowBlock returns how many places, of at most n, are done at once: whole rows,
// if n is one or more.
func (c *Conv) rowBlock(n int) int {
	if n >= c.Result[1] {
		n -= n % c.Result[1]
	}
	return min(n, c.places())
}

// im2col sets col, a matrix whose rows are channels and the kernel's elements
// and whose columns are the places lo to hi of the result, to what each place
// reads of the image; 0 stands beyond its edges. There is a rowSlack behind col.
func im2col[T Float](c *Conv, col, image []T, channels, lo, hi int) {
	n, pixels, rows := hi-lo, c.pixels(), rowsAtOnce[T](c, lo, hi)
	col = col[: channels*c.taps()*n+rowSlack : channels*c.taps()*n+rowSlack]
	c.eachTap(channels, func(i, channel int, down, over tap) {
		to, plane := col[i*n:], image[channel*pixels:][:pixels]
		if down.first > 0 || down.end < c.Result[0] || over.first > 0 || over.end < c.Result[1] {
			clear(to[:n])
		}
		if rows == nil {
			readPlaces(c, to[:n], plane, lo, hi, down, over)
			return
		}
		top, bottom := max(down.first, lo/c.Result[1]), min(down.end, hi/c.Result[1])
		if top >= bottom || over.first >= over.end {
			return
		}
		pixel, place := (top*c.Stride[0]+down.offset)*c.Image[1]+over.offset, top*c.Result[1]-lo
		// From right to left, as what is stored beyond a row is written over.
		for x := over.first + (over.end-over.first-1)/rows.cols*rows.cols; x >= over.first; x -= rows.cols {
			rows.copy(bottom-top, min(rows.cols, over.end-x), &plane[pixel+x], c.Stride[0]*c.Image[1], &to[place+x], c.Result[1])
		}
	})
}

// col2im adds every element of col, as im2col makes it, to the element of the
// image that it would be read from. There is a rowSlack behind the image.
func col2im[T Float](c *Conv, image, col []T, channels, lo, hi int) {
	n, pixels, rows := hi-lo, c.pixels(), rowsAtOnce[T](c, lo, hi)
	image = image[: channels*pixels+rowSlack : channels*pixels+rowSlack]
	c.eachTap(channels, func(i, channel int, down, over tap) {
		from, plane := col[i*n:][:n], image[channel*pixels:]
		if rows == nil {
			addPlaces(c, plane[:pixels], from, lo, hi, down, over)
			return
		}
		top, bottom := max(down.first, lo/c.Result[1]), min(down.end, hi/c.Result[1])
		if top >= bottom || over.first >= over.end {
			return
		}
		pixel, place := (top*c.Stride[0]+down.offset)*c.Image[1]+over.offset, top*c.Result[1]-lo
		for x := over.first; x < over.end; x += rows.cols {
			rows.add(bottom-top, min(rows.cols, over.end-x), &from[place+x], c.Result[1], &plane[pixel+x], c.Stride[0]*c.Image[1])
		}
	})
}

// rowParts calls f for the parts of rows of the result, from place x on to end,
// that lie in places lo to hi and read the image, at being where the part
// begins among the places and pixel what its first place reads.
func (c *Conv) rowParts(lo, hi int, down, over tap, f func(at, count, pixel int)) {
	for at, y := lo, lo/c.Result[1]; at < hi; y++ {
		x, next := at-y*c.Result[1], min(hi, (y+1)*c.Result[1])
		from, to := max(x, over.first), min(next-y*c.Result[1], over.end)
		if y >= down.first && y < down.end && from < to {
			f(at+from-x-lo, to-from, (y*c.Stride[0]+down.offset)*c.Image[1]+from*c.Stride[1]+over.offset)
		}
		at = next
	}
}

// readPlaces sets the elements of one row of columns that lie in the image.
func readPlaces[T Float](c *Conv, row, plane []T, lo, hi int, down, over tap) {
	stride := c.Stride[1]
	c.rowParts(lo, hi, down, over, func(at, count, pixel int) {
		if stride == 1 {
			copy(row[at:at+count], plane[pixel:])
			return
		}
		for i := range row[at : at+count] {
			row[at+i] = plane[pixel+i*stride]
		}
	})
}

// addPlaces adds one row of columns to the elements of the image that it was
// read from.
func addPlaces[T Float](c *Conv, plane, row []T, lo, hi int, down, over tap) {
	stride := c.Stride[1]
	c.rowParts(lo, hi, down, over, func(at, count, pixel int) {
		for i, v := range row[at : at+count] {
			plane[pixel+i*stride] += v
		}
	})
}
