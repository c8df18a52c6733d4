package kernel

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

// gemmTurned sets c, m×n, or adds to it where keep is set, a·bᵀ: b's rows, of
// length k, are bRow apart. turned has room for bᵀ, its columns filled up to 16.
func gemmTurned[T Float](m, n, k int, a, b []T, bRow int, turned []T, keep bool, c []T) {
	t := tilesFor[T]()
	if t == nil {
		for j := range n {
			for i := range k {
				turned[i*n+j] = b[j*bRow+i]
			}
		}
		gemmStrided(m, n, k, a, k, 1, turned[:k*n], keep, c, n)
		return
	}
	_, _, _ = a[m*k-1], b[(n-1)*bRow+k-1], c[m*n-1] // the kernels beneath check no bounds
	p := product[T]{tiles: t, m: m, n: n, k: k, alpha: 1, a: a, c: c, aRow: k, aCol: 1, bRow: t.cols, bPanel: k * t.cols, cRow: n}
	if keep {
		p.keep = 1
	}
	p.packColumns(turned[:k*roundUp(n, t.cols)], 0, n, b, bRow)
	p.b = turned
	p.multiply()
}
