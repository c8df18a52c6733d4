package kernel

// normKernels are passes of normalisation in assembly for a type; see the
// functions below.
type normKernels[T Float] struct {
	rowForward     func(n int, x, w, b, y, c *T)
	rowProducts    func(n int, x, g, w, d, b, t, h, c *T)
	runForward     func(n int, x, y, c *T)
	runBackward    func(n int, x, g, y, c *T)
	columnForward  func(n int, x, m, w, b, y *T)
	columnProducts func(n int, x, g, m, d, b *T)
	columnBackward func(n int, x, g, m, k, t, w, y *T)
}

// normsFor returns the kernels for T, or nil where there are none.
func normsFor[T Float]() *normKernels[T] {
	if k, ok := any(norms32).(*normKernels[T]); ok {
		return k
	}
	k, _ := any(norms64).(*normKernels[T])
	return k
}

// rowForward sets y = ((x − mean)·rstd)·w + b.
func rowForward[T Float](y, x, w, b []T, mean, rstd T) {
	x, w, b = x[:len(y)], w[:len(y)], b[:len(y)]
	if k := normsFor[T](); k != nil {
		c := [...]T{mean, rstd}
		k.rowForward(len(y), head(x), head(w), head(b), head(y), head(c[:]))
		return
	}
	for i, v := range x {
		y[i] = (v-mean)*rstd*w[i] + b[i]
	}
}

// rowProducts sets hat = (x − mean)·rstd and h = g·w, and adds g·hat to dw and g
// to db.
func rowProducts[T Float](hat, h, dw, db, x, g, w []T, mean, rstd T) {
	n := len(hat)
	h, dw, db, x, g, w = h[:n], dw[:n], db[:n], x[:n], g[:n], w[:n]
	if k := normsFor[T](); k != nil {
		c := [...]T{mean, rstd}
		k.rowProducts(n, head(x), head(g), head(w), head(dw), head(db), head(hat), head(h), head(c[:]))
		return
	}
	for i, v := range x {
		hat[i], h[i] = (v-mean)*rstd, g[i]*w[i]
		dw[i] += g[i] * hat[i]
		db[i] += g[i]
	}
}

// runForward sets y = (x − mean)·scale + bias.
func runForward[T Float](y, x []T, mean, scale, bias T) {
	x = x[:len(y)]
	if k := normsFor[T](); k != nil {
		c := [...]T{mean, scale, bias}
		k.runForward(len(y), head(x), head(y), head(c[:]))
		return
	}
	for i, v := range x {
		y[i] = (v-mean)*scale + bias
	}
}

// runBackward sets y = g·scale + (x − mean)·slope + shift.
func runBackward[T Float](y, x, g []T, mean, slope, shift, scale T) {
	x, g = x[:len(y)], g[:len(y)]
	if k := normsFor[T](); k != nil {
		c := [...]T{mean, slope, shift, scale}
		k.runBackward(len(y), head(x), head(g), head(y), head(c[:]))
		return
	}
	for i, v := range x {
		y[i] = g[i]*scale + ((v-mean)*slope + shift)
	}
}

// columnForward sets y = (x − mean)·scale + bias, each of its column.
func columnForward[T Float](y, x, mean, scale, bias []T) {
	n := len(y)
	x, mean, scale, bias = x[:n], mean[:n], scale[:n], bias[:n]
	if k := normsFor[T](); k != nil {
		k.columnForward(n, head(x), head(mean), head(scale), head(bias), head(y))
		return
	}
	for i, v := range x {
		y[i] = (v-mean[i])*scale[i] + bias[i]
	}
}

// columnProducts adds g·(x − mean) to dot and g to sum.
func columnProducts[T Float](dot, sum, x, g, mean []T) {
	n := len(dot)
	sum, x, g, mean = sum[:n], x[:n], g[:n], mean[:n]
	if k := normsFor[T](); k != nil {
		k.columnProducts(n, head(x), head(g), head(mean), head(dot), head(sum))
		return
	}
	for i, v := range x {
		dot[i] += (v - mean[i]) * g[i]
		sum[i] += g[i]
	}
}

// columnBackward sets y = g·scale + (x − mean)·slope + shift, each of its column.
func columnBackward[T Float](y, x, g, mean, slope, shift, scale []T) {
	n := len(y)
	x, g, mean, slope, shift, scale = x[:n], g[:n], mean[:n], slope[:n], shift[:n], scale[:n]
	if k := normsFor[T](); k != nil {
		k.columnBackward(n, head(x), head(g), head(mean), head(slope), head(shift), head(scale), head(y))
		return
	}
	for i, v := range x {
		y[i] = g[i]*scale[i] + ((v-mean[i])*slope[i] + shift[i])
	}
}
