package kernel

// What softmax_rows.go does to rows, to columns side by side: element k of
// column i is x[k·inner + i]. The count of columns is the length of the numbers
// that are one for each.

// columnStats is rowStats.
func columnStats[T Float](x []T, n, inner int, greatest, sum []float64) {
	width := len(sum)
	room := Get[T](2 * width)
	defer Put(room)
	m, e := room[:width], room[width:]
	copy(m, x)
	for k := 1; k < n; k++ {
		Maximum(m, m, x[k*inner:][:width])
	}
	clear(sum)
	for k := range n {
		Sub(e, x[k*inner:][:width], m)
		Exp(e, e)
		addRow(sum, e, nil)
	}
	Convert(greatest, m)
}

// columnExp is rowExp.
func columnExp[T Float](dst, x []T, n, inner int, greatest, factor, offset []float64) {
	width := len(factor)
	room := Get[T](3 * width)
	defer Put(room)
	m, f, o := room[:width], room[width:2*width], room[2*width:]
	Convert(m, greatest)
	Convert(f, factor)
	Convert(o, offset)
	for k := range n {
		to := dst[k*inner:][:width]
		Sub(to, x[k*inner:][:width], m)
		Exp(to, to)
		MulAdd(to, to, f, o)
	}
}

// columnShift is rowShift.
func columnShift[T Float](dst, x []T, n, inner int, greatest, rest []float64) {
	width := len(rest)
	room := Get[T](2 * width)
	defer Put(room)
	m, r := room[:width], room[width:]
	Convert(m, greatest)
	Convert(r, rest)
	for k := range n {
		to := dst[k*inner:][:width]
		Sub(to, x[k*inner:][:width], m)
		Sub(to, to, r)
	}
}

// softmaxSlopeColumns is softmaxSlopeRows.
func softmaxSlopeColumns[T Float](dst, y, g []T, n, inner, width int) {
	room, sum := Get[T](2*width), Zeroed[float64](width)
	defer Put(room)
	defer Put(sum)
	product, mean := room[:width], room[width:]
	for k := range n {
		Mul(product, y[k*inner:][:width], g[k*inner:][:width])
		addRow(sum, product, nil)
	}
	Convert(mean, sum)
	for k := range n {
		to := dst[k*inner:][:width]
		Sub(to, g[k*inner:][:width], mean)
		Mul(to, to, y[k*inner:][:width])
	}
}

// logSoftmaxSlopeColumns is logSoftmaxSlopeRows.
func logSoftmaxSlopeColumns[T Float](dst, y, g []T, n, inner, width int) {
	total, sum := Get[T](width), Zeroed[float64](width)
	defer Put(total)
	defer Put(sum)
	for k := range n {
		addRow(sum, g[k*inner:][:width], nil)
	}
	Convert(total, sum)
	for k := range n {
		to := dst[k*inner:][:width]
		Exp(to, y[k*inner:][:width])
		Mul(to, to, total)
		Sub(to, g[k*inner:][:width], to)
	}
}
