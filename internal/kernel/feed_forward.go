package kernel

// FeedForward is two layers with an activation between, for rows of In elements:
// y = f(x·W1ᵀ + B1)·W2ᵀ + B2. What it keeps of Forward is for Backward, which may
// be called many times, until Release.
type FeedForward[T Float] struct {
	In, Hidden, Out int
	W1, B1, W2, B2  []T  // [hidden, in], [hidden], [out, hidden], [out]; the biases may be nil
	GELU            bool // in place of ReLU

	// Kept has a bit for each element behind the activation, 1 for those that
	// stay and are multiplied by KeptScale; the others are dropped. nil keeps all.
	Kept      []uint64
	KeptScale T

	before, after []T // the activation, [rows, hidden]; of ReLU the same
}

// FeedForwardGradients are where Backward puts gradients; what is nil is not
// computed.
type FeedForwardGradients[T Float] struct{ X, W1, B1, W2, B2 []T }

// Forward sets y for the rows of x.
func (l *FeedForward[T]) Forward(y, x []T) {
	rows := len(x) / l.In
	l.before = Get[T](rows * l.Hidden)
	Affine(l.before, rows, l.Hidden, l.In, x, l.W1, l.B1)
	if l.GELU {
		l.after = Get[T](rows * l.Hidden)
		GELU(l.after, l.before)
	} else {
		l.after = l.before
		ReLU(l.after, l.before)
	}
	l.drop(l.after)
	Affine(y, rows, l.Out, l.Hidden, l.after, l.W2, l.B2)
}

// drop leaves of x what is kept.
func (l *FeedForward[T]) drop(x []T) {
	if l.Kept != nil {
		Masked(x, x, l.KeptScale, l.Kept)
	}
}

// Backward sets d from the gradient g of y. x is what Forward had.
func (l *FeedForward[T]) Backward(d FeedForwardGradients[T], g, x []T) {
	rows := len(x) / l.In
	l.parameters(d.W2, d.B2, rows, l.Out, l.Hidden, g, l.after)
	if d.X == nil && d.W1 == nil && d.B1 == nil {
		return
	}
	hidden := Get[T](rows * l.Hidden)
	defer func() { Put(hidden) }()
	Gemm(false, false, rows, l.Hidden, l.Out, 1, g, l.W2, 0, hidden)
	l.drop(hidden)
	if l.GELU {
		grad := hidden
		defer Put(grad)
		hidden = Get[T](rows * l.Hidden)
		GELUSlope(hidden, grad, l.before)
	} else {
		ReLUSlope(hidden, hidden, l.after)
	}
	l.parameters(d.W1, d.B1, rows, l.Hidden, l.In, hidden, x)
	if d.X != nil {
		Gemm(false, false, rows, l.In, l.Hidden, 1, hidden, l.W1, 0, d.X)
	}
}

// parameters sets the gradients of weights and biases from that of their
// layer's result, rows of out elements, and its input, rows of in.
func (l *FeedForward[T]) parameters(w, b []T, rows, out, in int, g, x []T) {
	if w != nil {
		Gemm(true, false, out, in, rows, 1, g, x, 0, w)
	}
	if b != nil {
		SumAxis(b, g, 1, rows, out)
	}
}

// Release gives back what Forward kept.
func (l *FeedForward[T]) Release() {
	Put(l.before)
	if l.GELU {
		Put(l.after)
	}
	l.before, l.after = nil, nil
}
