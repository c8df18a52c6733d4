package kernel

// tap returns which places of a result, along an axis, read the image through
// element k of the kernel, and what must be added to place·Stride to get there.
func (c *Conv) tap(axis, k int) (first, end, offset int) {
	offset = k*c.Dilation[axis] - c.Pad[axis]
	at := func(pixel int) int { // the first place at or beyond a pixel; what is below 0 stays there, rounded either way
		return min(max(0, (pixel-offset+c.Stride[axis]-1)/c.Stride[axis]), c.Result[axis])
	}
	return at(0), at(c.Image[axis]), offset
}

// im2col sets col, a matrix whose rows are channels and the kernel's elements
// and whose columns are the places lo to hi of the result, to what each place
// reads of the image; 0 stands beyond its edges.
func im2col[T Float](c *Conv, col, image []T, channels, lo, hi int) {
	width, across, stride := c.Image[1], c.Result[1], c.Stride[1]
	startY, startX := lo/across, lo%across
	for ch := range channels {
		plane := image[ch*c.pixels():][:c.pixels()]
		for kh := range c.Kernel[0] {
			top, bottom, down := c.tap(0, kh)
			for kw := range c.Kernel[1] {
				left, right, over := c.tap(1, kw)
				row := col[:hi-lo]
				col = col[hi-lo:]
				for y, x := startY, startX; len(row) > 0; y, x = y+1, 0 {
					end := min(across, x+len(row))
					part := row[:end-x]
					row = row[end-x:]
					if y < top || y >= bottom {
						clear(part)
						continue
					}
					from, to := min(max(left, x), end), min(max(right, x), end)
					if from > x {
						clear(part[:from-x])
					}
					if to < end {
						clear(part[to-x:])
					}
					if from >= to {
						continue
					}
					source := plane[(y*c.Stride[0]+down)*width+from*stride+over:]
					if stride == 1 {
						copy(part[from-x:to-x], source)
						continue
					}
					for i := range part[from-x : to-x] {
						part[from-x+i] = source[i*stride]
					}
				}
			}
		}
	}
}

// col2im adds every element of col, as im2col makes it, to the element of the
// image that it would be read from.
func col2im[T Float](c *Conv, image, col []T, channels, lo, hi int) {
	width, across, stride := c.Image[1], c.Result[1], c.Stride[1]
	startY, startX := lo/across, lo%across
	for ch := range channels {
		plane := image[ch*c.pixels():][:c.pixels()]
		for kh := range c.Kernel[0] {
			top, bottom, down := c.tap(0, kh)
			for kw := range c.Kernel[1] {
				left, right, over := c.tap(1, kw)
				row := col[:hi-lo]
				col = col[hi-lo:]
				for y, x := startY, startX; len(row) > 0; y, x = y+1, 0 {
					end := min(across, x+len(row))
					part := row[:end-x]
					row = row[end-x:]
					from, to := min(max(left, x), end), min(max(right, x), end)
					if y < top || y >= bottom || from >= to {
						continue
					}
					part = part[from-x : to-x]
					target := plane[(y*c.Stride[0]+down)*width+from*stride+over:]
					if stride == 1 {
						target = target[:len(part)]
						for i, v := range part {
							target[i] += v
						}
						continue
					}
					for i, v := range part {
						target[i*stride] += v
					}
				}
			}
		}
	}
}
