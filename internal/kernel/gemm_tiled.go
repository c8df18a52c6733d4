package kernel

// tileRows is the greatest number of rows of c that a tile kernel holds in
// registers.
const tileRows = 6

// The blocks of a large product: a panel of b, tileK rows deep, stays in the
// first-level cache while it meets every tile of a block of a, tileM rows of
// it, which stays in the second.
const (
	tileK = 256
	tileM = 120
	tileN = 2048
)

// tiles are the assembly kernels for one type: add[r] adds alpha·a·b to a tile
// of r rows and cols columns of c. Distances are counted in elements.
type tiles[T Float] struct {
	add  [tileRows + 1]func(k int, alpha T, a *T, aRow, aCol int, b *T, bRow int, c *T, cRow int)
	cols int
}

// product is one call of Gemm: c += alpha · a · op(b).
type product[T Float] struct {
	*tiles[T]
	transB     bool
	n, k       int // of the whole
	alpha      T
	a, b, c    []T
	aRow, aCol int
}

// gemmTiled adds alpha · op(a) · op(b) to c with tile kernels.
func gemmTiled[T Float](t *tiles[T], transA, transB bool, m, n, k int, alpha T, a, b, c []T) {
	p := product[T]{tiles: t, transB: transB, n: n, k: k, alpha: alpha, a: a, b: b, c: c, aRow: k, aCol: 1}
	if transA {
		p.aRow, p.aCol = 1, m
	}
	if work := m * n * k; work <= 64*64*64 {
		p.direct(m)
		return
	}
	panels := Get[T](min(k, tileK) * roundUp(min(n, tileN), t.cols))
	defer Put(panels)
	for j := 0; j < n; j += tileN {
		for q := 0; q < k; q += tileK {
			p.block(m, j, min(tileN, n-j), q, min(tileK, k-q), panels)
		}
	}
}

// direct multiplies small matrices where they lie. Only panels of b that are
// transposed or narrower than a tile are copied.
func (p *product[T]) direct(m int) {
	var panel []T
	defer func() { Put(panel) }()
	for j := 0; j < p.n; j += p.cols {
		width := min(p.cols, p.n-j)
		if !p.transB && width == p.cols {
			p.rows(0, m, j, width, p.k, p.a, p.aRow, p.aCol, p.b[j:], p.n)
			continue
		}
		if panel == nil {
			panel = Get[T](p.k * p.cols)
		}
		p.packPanel(panel, j, width, 0, p.k)
		p.rows(0, m, j, width, p.k, p.a, p.aRow, p.aCol, panel, p.cols)
	}
}

// block multiplies all of a's columns q to q+depth with the part of b that
// they meet in columns j to j+width, which is copied into panels first.
func (p *product[T]) block(m, j, width, q, depth int, panels []T) {
	count := (width + p.cols - 1) / p.cols
	Parallel(count, max(1, grain/(depth*p.cols)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at := i * p.cols
			p.packPanel(panels[i*depth*p.cols:], j+at, min(p.cols, width-at), q, depth)
		}
	})
	// Pieces are cut by size alone; few rows are cut by columns instead.
	pieces := (m + tileM - 1) / tileM
	perM := roundUp((m+pieces-1)/pieces, tileRows)
	perN := count
	if pieces == 1 {
		perN = max(1, min(count, (1<<20)/(m*depth*p.cols)))
	}
	across := (count + perN - 1) / perN
	Parallel(pieces*across, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row, first := i/across*perM, i%across*perN
			p.piece(row, min(perM, m-row), j, width, q, depth, panels, first, min(first+perN, count))
		}
	})
}

// piece multiplies rows i to i+m of a with the panels first to last.
func (p *product[T]) piece(i, m, j, width, q, depth int, panels []T, first, last int) {
	if m <= 0 {
		return
	}
	packed := Get[T](roundUp(m, tileRows) * depth)
	defer Put(packed)
	for r := 0; r < m; r += tileRows {
		p.packRows(packed[r*depth:], i+r, min(tileRows, m-r), q, depth)
	}
	for f := first; f < last; f++ {
		panel := panels[f*depth*p.cols:]
		at := f * p.cols
		for r := 0; r < m; r += tileRows {
			height := min(tileRows, m-r)
			p.tile(height, i+r, j+at, min(p.cols, width-at), depth, packed[r*depth:], 1, tileRows, panel, p.cols)
		}
	}
}

// rows runs the tiles of rows i to i+m and the columns of one panel.
func (p *product[T]) rows(i, m, j, width, depth int, a []T, aRow, aCol int, panel []T, bRow int) {
	for r := 0; r < m; r += tileRows {
		p.tile(min(tileRows, m-r), i+r, j, width, depth, a[r*aRow:], aRow, aCol, panel, bRow)
	}
}

// tile runs one kernel; a tile narrower than the kernel goes by way of a copy.
func (p *product[T]) tile(height, i, j, width, depth int, a []T, aRow, aCol int, b []T, bRow int) {
	to := p.c[i*p.n+j:]
	if width == p.cols {
		p.add[height](depth, p.alpha, &a[0], aRow, aCol, &b[0], bRow, &to[0], p.n)
		return
	}
	wide := Get[T](height * p.cols)
	defer Put(wide)
	for r := range height {
		copy(wide[r*p.cols:], to[r*p.n:][:width])
		Fill(wide[r*p.cols+width:(r+1)*p.cols], 0)
	}
	p.add[height](depth, p.alpha, &a[0], aRow, aCol, &b[0], bRow, &wide[0], p.cols)
	for r := range height {
		copy(to[r*p.n:][:width], wide[r*p.cols:])
	}
}

// packPanel copies rows q to q+depth and columns j to j+width of op(b), row
// after row, filled up with zeros to the width of a tile.
func (p *product[T]) packPanel(dst []T, j, width, q, depth int) {
	if p.transB {
		for w := range width {
			col := p.b[(j+w)*p.k+q:][:depth]
			for r, v := range col {
				dst[r*p.cols+w] = v
			}
		}
		for r := range depth {
			Fill(dst[r*p.cols+width:(r+1)*p.cols], 0)
		}
		return
	}
	for r := range depth {
		row := dst[r*p.cols:][:p.cols]
		copy(row, p.b[(q+r)*p.n+j:][:width])
		Fill(row[width:], 0)
	}
}

// packRows copies rows i to i+height and columns q to q+depth of op(a), column
// after column, tileRows elements each.
func (p *product[T]) packRows(dst []T, i, height, q, depth int) {
	for r := range height {
		at := (i+r)*p.aRow + q*p.aCol
		for d := range depth {
			dst[d*tileRows+r] = p.a[at]
			at += p.aCol
		}
	}
}

// roundUp returns the least multiple of unit that is not below n.
func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }
