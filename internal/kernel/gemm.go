package kernel

// Gemm sets c = alpha · op(a) · op(b) + beta · c for row-major matrices, where
// op transposes when its flag is set: op(a) is m×k, op(b) is k×n, c is m×n.
// With beta 0 the old contents of c do not matter, NaN included; with alpha 0
// neither do a and b, as in BLAS.
func Gemm[T Float](transA, transB bool, m, n, k int, alpha T, a, b []T, beta T, c []T) {
	if m == 0 || n == 0 {
		return
	}
	c = c[:m*n]
	if k == 0 || alpha == 0 {
		scaleBy(beta, c)
		return
	}
	a, b = a[:m*k], b[:k*n] // the kernels beneath check no bounds
	if n == 1 && m > 1 {    // a column is a row, and a row's kernels are faster
		transA, transB, m, n, a, b = false, !transA, 1, m, b, a
	}
	if t := tilesFor[T](); t != nil {
		if beta != 0 && beta != 1 {
			scaleBy(beta, c)
		}
		gemmTiled(t, transA, transB, m, n, k, alpha, a, b, beta != 0, c)
		return
	}
	scaleBy(beta, c)
	if transA { // rows of op(a) are columns of a; copying them once is cheap
		t := Get[T](m * k)
		defer Put(t)
		Transpose(t, a, k, m)
		a = t
	}
	if per := outerGrain(n * k); m > per {
		Parallel(m, per, func(lo, hi int) { gemmRows(transB, n, k, alpha, a[lo*k:hi*k], b, c[lo*n:hi*n]) })
		return
	}
	gemmRows(transB, n, k, alpha, a, b, c)
}

// scaleBy multiplies c by beta; 0 clears it, NaN included.
func scaleBy[T Float](beta T, c []T) {
	switch beta {
	case 0:
		clear(c)
	case 1:
	default:
		Scale(c, c, beta)
	}
}

// gemmRows adds alpha · a · op(b) to c, row by row.
func gemmRows[T Float](transB bool, n, k int, alpha T, a, b, c []T) {
	for ; len(c) > 0; a, c = a[k:], c[n:] {
		if transB { // dot products run along contiguous rows of both operands
			gemmRowDot(c[:n], alpha, a[:k], b)
		} else {
			gemmRow(c[:n], alpha, a[:k], b)
		}
	}
}

// gemmRow adds alpha · Σ_p a[p] · b[p,:] to one row of c, four rows of b at a
// time so that c is read and written a quarter as often.
func gemmRow[T Float](c []T, alpha T, a, b []T) {
	n := len(c)
	p := 0
	for ; p+4 <= len(a); p += 4 {
		a0, a1, a2, a3 := alpha*a[p], alpha*a[p+1], alpha*a[p+2], alpha*a[p+3]
		b0, b1, b2, b3 := b[p*n:][:n], b[(p+1)*n:][:n], b[(p+2)*n:][:n], b[(p+3)*n:][:n]
		for j := range c {
			c[j] += (a0*b0[j] + a1*b1[j]) + (a2*b2[j] + a3*b3[j])
		}
	}
	for ; p < len(a); p++ {
		Axpy(c, alpha*a[p], b[p*n:])
	}
}

// gemmRowDot adds alpha · a·b[j,:] to every element j of one row of c.
func gemmRowDot[T Float](c []T, alpha T, a, b []T) {
	k := len(a)
	for j := range c {
		r := b[j*k:][:k]
		var s0, s1, s2, s3 T
		p := 0
		for ; p+4 <= k; p += 4 {
			s0 += a[p] * r[p]
			s1 += a[p+1] * r[p+1]
			s2 += a[p+2] * r[p+2]
			s3 += a[p+3] * r[p+3]
		}
		for ; p < k; p++ {
			s0 += a[p] * r[p]
		}
		c[j] += alpha * ((s0 + s1) + (s2 + s3))
	}
}

// Transpose sets dst (n×m) to the transpose of x (m×n), in tiles that stay in
// the first-level cache.
func Transpose[T any](dst, x []T, m, n int) {
	const tile = 32
	for i0 := 0; i0 < m; i0 += tile {
		for j0 := 0; j0 < n; j0 += tile {
			for i := i0; i < min(i0+tile, m); i++ {
				for j := j0; j < min(j0+tile, n); j++ {
					dst[j*m+i] = x[i*n+j]
				}
			}
		}
	}
}

// Affine sets y (m×n) to x · wᵀ + bias for x (m×k) and w (n×k), the bias being
// added to every row; nil is none.
func Affine[T Float](y []T, m, n, k int, x, w, bias []T) {
	if bias == nil {
		Gemm(false, true, m, n, k, 1, x, w, 0, y)
		return
	}
	y, bias = y[:m*n], bias[:n]
	if t := tilesFor[T](); t != nil && n > 1 && m > 0 && k > 0 {
		affineTiled(t, y, m, n, k, x[:m*k], w[:n*k], bias) // the kernels beneath check no bounds
		return
	}
	for i := range m {
		copy(y[i*n:], bias)
	}
	Gemm(false, true, m, n, k, 1, x, w, 1, y)
}
