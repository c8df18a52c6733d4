package kernel

// tileRows is the greatest number of rows of c that a tile kernel holds in
// registers.
const tileRows = 6

// The blocks of a large product: a panel of b, tileK rows deep, stays in the
// first-level cache while it meets every tile of a block of a, tileM rows of
// it, which stays in the second.
const (
	tileK = 256
	tileM = 128
	tileN = 2048
)

// tileKernel sets count tiles of c, one below the other, to alpha·a·b, or adds
// it to them where keep is 1. Distances are counted in elements.
type tileKernel[T Float] func(count, k int, alpha T, a *T, aRow, aCol int, b *T, bRow int, c *T, cRow, keep, n int)

// tiles are the assembly kernels for one type, those of tiles by their rows:
// wide ones have cols columns, narrow ones half as many; ragged ones have n
// columns between the two, edges fewer still.
type tiles[T Float] struct {
	cols                       int
	wide, ragged, narrow, edge [tileRows + 1]tileKernel[T]
	pack, packTransposed       func(rows, n int, src *T, srcRow int, dst *T, dstRow int)
	dots                       func(n, k int, alpha T, a, b *T, bRow int, c *T, keep int)
}

// product is one call of Gemm, or one block of its sum: c = alpha · a · b, plus
// c where keep is 1, or plus the bias, where there is one, in every row.
type product[T Float] struct {
	*tiles[T]
	m, n, k int
	alpha   T
	a, b, c []T
	aRow    int // distances of a's rows and columns
	aCol    int
	bRow    int // distances of b's rows and of its panels, cols columns each
	bPanel  int
	cRow    int
	keep    int
	bias    []T
}

// gemmTiled sets c to alpha · op(a) · op(b), or adds that to it, with tile
// kernels. No length is 0.
func gemmTiled[T Float](t *tiles[T], transA, transB bool, m, n, k int, alpha T, a, b []T, keep bool, c []T) {
	p := product[T]{tiles: t, m: m, n: n, k: k, alpha: alpha, a: a, b: b, c: c, aRow: k, aCol: 1, bRow: n, bPanel: t.cols, cRow: n}
	if transA {
		p.aRow, p.aCol = 1, m
	}
	if keep {
		p.keep = 1
	}
	p.run(transA, transB)
}

// affineTiled is Affine with tile kernels. No length is 0.
func affineTiled[T Float](t *tiles[T], y []T, m, n, k int, x, w, bias []T) {
	p := product[T]{tiles: t, m: m, n: n, k: k, alpha: 1, a: x, b: w, c: y, aRow: k, aCol: 1, bRow: n, bPanel: t.cols, cRow: n, bias: bias}
	p.run(false, true)
}

func (p *product[T]) run(transA, transB bool) {
	switch work := p.m * p.n * p.k; {
	case transB && p.m <= dotRows && p.k >= p.cols && (!transA || p.m == 1):
		p.begin()
		p.dotProducts()
	case work > smallWork:
		p.large(transA, transB)
	case transB:
		panels := Get[T](p.k * roundUp(p.n, p.cols))
		p.packColumns(panels, 0, p.n, p.b, p.k)
		p.b, p.bRow, p.bPanel = panels, p.cols, p.k*p.cols
		p.multiply()
		Put(panels)
	default:
		p.multiply()
	}
}

// begin sets the rows to the bias, to be added to while they are in the cache.
func (p *product[T]) begin() {
	if p.bias == nil {
		return
	}
	for i := range p.m {
		copy(p.c[i*p.cRow:][:p.n], p.bias)
	}
	p.keep = 1
}

const (
	smallWork = 64 * 64 * 64 // multiplications for which one goroutine is enough, and the first-level cache
	dotRows   = 4            // rows of a for which transposing b does not pay
)

// dotProducts multiplies rows with rows, where they lie.
func (p *product[T]) dotProducts() {
	grain := outerGrain(p.m * p.k)
	if p.n <= grain {
		p.dotRange(0, p.n)
		return
	}
	q := *p // only the copy goes to the heap
	Parallel(q.n, grain, q.dotRange)
}

func (p *product[T]) dotRange(lo, hi int) {
	for i := range p.m {
		p.dots(hi-lo, p.k, p.alpha, head(p.a[i*p.aRow:]), head(p.b[lo*p.k:]), p.k, head(p.c[i*p.cRow+lo:]), p.keep)
	}
}

// multiply runs the tiles from column to column, so that a panel of b stays in
// the cache.
func (p *product[T]) multiply() {
	p.begin()
	half := p.cols / 2
	for j, at := 0, 0; j < p.n; j, at = j+p.cols, at+p.bPanel {
		kernels, width := &p.wide, min(p.cols, p.n-j)
		switch {
		case width < half:
			kernels = &p.edge
		case width == half:
			kernels = &p.narrow
		case width < p.cols:
			kernels = &p.ragged
		}
		p.column(kernels, width, p.b[at:], j)
	}
}

// column runs the tiles of one column, j.
func (p *product[T]) column(kernels *[tileRows + 1]tileKernel[T], width int, b []T, j int) {
	full, rest := p.m/tileRows, p.m%tileRows
	if rest > 0 && rest <= tileRows/2 && full > 0 { // two middling tiles are faster than a high and a low one
		full, rest = full-1, rest+tileRows
	}
	first, second := rest, 0
	if rest > tileRows {
		first, second = (rest+1)/2, rest/2
	}
	i := 0
	for _, run := range [...]struct{ count, rows int }{{full, tileRows}, {1, first}, {1, second}} {
		if run.count == 0 || run.rows == 0 {
			continue
		}
		kernels[run.rows](run.count, p.k, p.alpha, head(p.a[i*p.aRow:]), p.aRow, p.aCol, head(b), p.bRow, head(p.c[i*p.cRow+j:]), p.cRow, p.keep, width)
		i += run.count * run.rows
	}
}

// packColumns copies columns j to j+width of op(b), which are rows of b of
// length stride, to panels.
func (p *product[T]) packColumns(panels []T, j, width int, b []T, stride int) {
	half := p.cols / 2
	for w := 0; w < width; w += half {
		at := w/p.cols*p.cols*p.k + w%p.cols
		p.packTransposed(p.k, min(half, width-w), head(b[(j+w)*stride:]), stride, head(panels[at:]), p.cols)
	}
}

// packPanels copies columns j to j+width of b, whose rows are stride apart, to
// panels.
func (p *product[T]) packPanels(panels []T, j, width int, b []T, stride int) {
	for w := 0; w < width; w += p.cols {
		p.pack(p.k, min(p.cols, width-w), head(b[j+w:]), stride, head(panels[w*p.k:]), p.cols)
	}
}

// roundUp returns the least multiple of unit that is not below n.
func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }
