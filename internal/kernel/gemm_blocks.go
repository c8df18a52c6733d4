package kernel

// PieceWork is how many multiplications are worth handing to another goroutine.
const PieceWork = 1 << 18

// rowPad separates rows of a that are packed, lest they meet in one set of the
// cache; the packing kernel may write there.
const rowPad = 16

// large goes through the blocks of a product.
func (p *product[T]) large(transA, transB bool) {
	depths := (p.k + tileK - 1) / tileK
	depth := roundUp((p.k+depths-1)/depths, 8)
	direct := !transB && (p.m <= 2*tileRows || p.m <= 2*tileM && p.n < wideRow || p.k*p.n <= smallPanel)
	var panels []T
	if !direct {
		panels = Get[T](min(p.k, depth) * roundUp(min(p.n, tileN), p.cols))
		defer Put(panels)
	}
	for j := 0; j < p.n; j += tileN {
		for q := 0; q < p.k; q += depth {
			b := *p
			b.n, b.k = min(tileN, p.n-j), min(depth, p.k-q)
			b.a, b.c = p.a[q*p.aCol:], p.c[j:]
			switch {
			case q > 0:
				b.keep, b.bias = 1, nil
			case p.bias != nil:
				b.bias = p.bias[j:]
			}
			switch {
			case direct:
				b.b = p.b[q*p.n+j:]
			case transB:
				b.packed(panels, p.b[j*p.k+q:], p.k, (*product[T]).packColumns)
			default:
				b.packed(panels, p.b[q*p.n+j:], p.n, (*product[T]).packPanels)
			}
			b.pieces(transA)
		}
	}
}

const (
	smallPanel = 64 * 64 // elements of b stay in the first-level cache
	wideRow    = 1024    // elements or more separate rows of b that meet in one set of the cache
	wideColumn = 512     // elements or more separate columns of a that do
)

// packed makes panels of b, whose rows as they lie are stride apart.
func (p *product[T]) packed(panels, b []T, stride int, pack func(p *product[T], panels []T, j, width int, b []T, stride int)) {
	per := roundUp(max(1, grain/p.k), p.cols)
	Parallel(p.n, per, func(lo, hi int) { pack(p, panels[lo*p.k:], lo, hi-lo, b, stride) })
	p.b, p.bRow, p.bPanel = panels, p.cols, p.cols*p.k
}

// pieces runs a block in pieces that are cut by size alone: by rows, an even
// number of times for an even number of processors, or few rows by columns.
func (p *product[T]) pieces(transA bool) {
	count := (p.m + tileM - 1) / tileM
	if count > 1 {
		count += count % 2
	}
	perM := roundUp(max((p.m+count-1)/count, PieceWork/(p.n*p.k)), tileRows)
	perN := roundUp(p.n, p.cols)
	if perM >= p.m {
		perN = min(perN, roundUp(max(1, PieceWork/(p.m*p.k)), p.cols))
	}
	across := (p.n + perN - 1) / perN
	Parallel((p.m+perM-1)/perM*across, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p.piece(i/across*perM, i%across*perN, perM, perN, transA)
		}
	})
}

// piece multiplies perM rows from i on with perN columns from j on, or what is
// left of them.
func (p *product[T]) piece(i, j, perM, perN int, transA bool) {
	q := *p
	q.m, q.n = min(perM, p.m-i), min(perN, p.n-j)
	q.a, q.b, q.c = p.a[i*p.aRow:], p.b[j/p.cols*p.bPanel:], p.c[i*p.cRow+j:]
	if q.bias != nil {
		q.bias = q.bias[j:]
	}
	if transA && q.aCol > wideColumn && q.n > 2*q.cols {
		rows := Get[T](q.m * (q.k + rowPad))
		defer Put(rows)
		q.packRows(rows)
	}
	q.multiply()
}

// packRows copies a, whose columns are contiguous, to rows.
func (p *product[T]) packRows(rows []T) {
	half, stride := p.cols/2, p.k+rowPad
	for d := 0; d < p.k; d += half {
		p.packTransposed(p.m, min(half, p.k-d), head(p.a[d*p.aCol:]), p.aCol, head(rows[d:]), stride)
	}
	p.a, p.aRow, p.aCol = rows, stride, 1
}
