package kernel

// Attention is attention by scaled products in several heads: in each, with
// queries q, keys k and values v of its own,
//
//	weights = softmax over the keys of Scale·q·kᵀ + Mask, result = weights·v
//
// where some weights may be dropped before the last product.
// What it keeps of Forward is for Backward, which may be called many times,
// until Release.
type Attention[T Float] struct {
	Batch, Heads, Queries, Keys int
	Width, Values               int // of a head's queries and keys, and of its values
	Scale                       T

	// Mask is added, and may be nil. That of a row of products begins so much
	// after that of the one before it, of the head before and of the batch's
	// entry before; 0 where they share it.
	Mask                         []T
	MaskBatch, MaskHead, MaskRow int

	// Kept has a bit for each weight, 1 for those that stay and are multiplied
	// by KeptScale; the others are dropped. Those of each head begin with a word
	// of their own. nil keeps all.
	Kept      []uint64
	KeptScale T

	weights []T // [batch, heads, queries, keys]
}

// Rows says where an operand of Attention lies: its rows, those of all heads
// side by side, are Row elements apart, and entries of the batch are Batch apart.
type Rows[T Float] struct {
	Data       []T
	Batch, Row int
}

// head returns the part of one head from its first row on, width long.
func (r Rows[T]) head(n, h, width int) []T { return r.Data[n*r.Batch+h*width:] }

// gather copies rows of a head of the given width, times scale, to dst.
func (r Rows[T]) gather(dst []T, n, h, width int, scale T) {
	from := r.head(n, h, width)
	for at := 0; at < len(dst); at += width {
		copy(dst[at:at+width], from)
		if at+width < len(dst) {
			from = from[r.Row:]
		}
	}
	if scale != 1 {
		Scale(dst, dst, scale)
	}
}

// each calls f for each entry of the batch and each head, on several goroutines
// where that pays, with room for n elements.
func (a *Attention[T]) each(n int, f func(n, h int, room []T)) {
	work := a.Queries * a.Keys * (a.Width + a.Values + expCost)
	Parallel(a.Batch*a.Heads, max(1, PieceWork/max(1, work)), func(lo, hi int) {
		room := Get[T](n)
		defer Put(room)
		for i := lo; i < hi; i++ {
			f(i/a.Heads, i%a.Heads, room)
		}
	})
}

// turned is how much room the transpose of keys or values takes.
func (a *Attention[T]) turned() int { return roundUp(a.Keys, 16) * max(a.Width, a.Values) }

// share returns the weights of one head.
func (a *Attention[T]) share(n, h int) []T {
	size := a.Queries * a.Keys
	return a.weights[(n*a.Heads+h)*size:][:size]
}

// drop sets dst to what is left of x, the weights of one head, or of their
// gradient, and returns it, or x itself when all are kept.
func (a *Attention[T]) drop(dst, x []T, n, h int) []T {
	if a.Kept == nil {
		return x
	}
	Masked(dst, x, a.KeptScale, a.Kept[(n*a.Heads+h)*MaskWords(len(x)):])
	return dst
}

// Forward sets y to the results of all heads. No length may be 0.
func (a *Attention[T]) Forward(y, q, k, v Rows[T]) {
	size := a.Queries * a.Keys
	a.weights = Get[T](a.Batch * a.Heads * size)
	few, many := a.Queries*a.Width, a.Keys*a.Values
	a.each(size+few+many+a.turned(), func(n, h int, room []T) {
		left, query, value, turned := room[:size], room[size:][:few], room[size+few:][:many], room[size+few+many:]
		q.gather(query, n, h, a.Width, a.Scale) // fewer numbers than the products
		v.gather(value, n, h, a.Values, 1)
		w := a.share(n, h)
		gemmTurned(a.Queries, a.Keys, a.Width, query, k.head(n, h, a.Width), k.Row, turned, false, w)
		a.mask(w, n, h)
		SoftmaxAxis(w, w, a.Queries, a.Keys, 1)
		w = a.drop(left, w, n, h)
		gemmStrided(a.Queries, a.Values, a.Keys, w, a.Keys, 1, value, false, y.head(n, h, a.Values), y.Row)
	})
}

// mask adds the mask to the products of one head.
func (a *Attention[T]) mask(w []T, n, h int) {
	if a.Mask == nil {
		return
	}
	for i := range a.Queries {
		to := row(w, i, a.Keys)
		Add(to, to, a.Mask[n*a.MaskBatch+h*a.MaskHead+i*a.MaskRow:][:a.Keys])
	}
}

// Backward sets the gradients of queries, keys and values, from that of the
// result: with s = weights·(g·vᵀ − Σ weights·(g·vᵀ)) they are Scale·s·k,
// Scale·sᵀ·q and weightsᵀ·g, where dropped weights have no share in weightsᵀ·g
// nor g·vᵀ.
func (a *Attention[T]) Backward(dq, dk, dv, g, q, k, v Rows[T]) {
	few, many := a.Queries*max(a.Width, a.Values), a.Keys*a.Width
	size := a.Queries * a.Keys
	a.each(size+few+many+a.turned(), func(n, h int, room []T) {
		s, some, key, turned := room[:size], room[size:][:few], room[size+few:][:many], room[size+few+many:]
		w, grad := a.share(n, h), some[:a.Queries*a.Values]
		g.gather(grad, n, h, a.Values, 1)
		gemmStrided(a.Keys, a.Values, a.Queries, a.drop(s, w, n, h), 1, a.Keys, grad, false, dv.head(n, h, a.Values), dv.Row)
		gemmTurned(a.Queries, a.Keys, a.Values, grad, v.head(n, h, a.Values), v.Row, turned, false, s)
		a.drop(s, s, n, h)
		SoftmaxBackwardAxis(s, w, s, a.Queries, a.Keys, 1)
		k.gather(key, n, h, a.Width, a.Scale)
		gemmStrided(a.Queries, a.Width, a.Keys, s, a.Keys, 1, key, false, dq.head(n, h, a.Width), dq.Row)
		query := some[:a.Queries*a.Width]
		q.gather(query, n, h, a.Width, a.Scale)
		gemmStrided(a.Keys, a.Width, a.Queries, s, 1, a.Keys, query, false, dk.head(n, h, a.Width), dk.Row)
	})
}

// Release gives back what Forward kept.
func (a *Attention[T]) Release() {
	Put(a.weights)
	a.weights = nil
}
