package kernel

// cellKernels are passes of recurrent cells in assembly for a type; see the
// functions below.
type cellKernels[T Float] struct {
	lstmOut func(n int, r, o, t, c, q *T)
	lstmIn  func(n int, c, i, f, h, b, k, l, m *T)
}

// cellsFor returns the kernels for T, or nil where there are none.
func cellsFor[T Float]() *cellKernels[T] {
	if k, ok := any(cells32).(*cellKernels[T]); ok {
		return k
	}
	k, _ := any(cells64).(*cellKernels[T])
	return k
}

// lstmOut goes back through h' = o·tanh(c'), from the gradient dh: it sets do to
// that before the activation of o, and adds to dc what reaches c'.
func lstmOut[T Float](dc, do, dh, o, tanh []T) {
	n := len(dc)
	do, dh, o, tanh = do[:n], dh[:n], o[:n], tanh[:n]
	if k := cellsFor[T](); k != nil {
		k.lstmOut(n, head(dh), head(o), head(tanh), head(dc), head(do))
		return
	}
	for j, t := range tanh {
		v := dh[j] * o[j]
		dc[j] += v - v*t*t
		do[j] = dh[j] * t * (o[j] - o[j]*o[j])
	}
}

// lstmIn goes back through c' = f·c + i·g, from the gradient dc, which becomes
// that of c: it sets di, df and dg to those before the activations.
func lstmIn[T Float](dc, di, df, dg, i, f, g, c []T) {
	n := len(dc)
	di, df, dg, i, f, g, c = di[:n], df[:n], dg[:n], i[:n], f[:n], g[:n], c[:n]
	if k := cellsFor[T](); k != nil {
		k.lstmIn(n, head(dc), head(i), head(f), head(g), head(c), head(di), head(df), head(dg))
		return
	}
	for j, d := range dc {
		v := d * i[j]
		di[j] = d * g[j] * (i[j] - i[j]*i[j])
		df[j] = d * c[j] * (f[j] - f[j]*f[j])
		dg[j] = v - v*g[j]*g[j]
		dc[j] = d * f[j]
	}
}
