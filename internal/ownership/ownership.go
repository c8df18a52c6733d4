// Package ownership lets packages of this module hand about what no user may
// hold: the memory of gradients. Users have no such calls, for memory given
// back too early is another tensor's by the time it is read. It also lets one
// package look on while a model runs.
//
// The packages that own the types fill the variables in; the arguments are
// untyped because this package lies beneath them.
package ownership

import (
	"sync/atomic"
	"unsafe"
)

var (
	// Buffer returns where the elements of a *tensor.Tensor lie, and whether
	// it has them from the pool, so that Recycle can give them back. It is
	// not so of a view.
	Buffer func(tensor any) (at unsafe.Pointer, pooled bool)

	// Recycle gives the elements of a *tensor.Tensor back to the pool. The
	// caller must be the only one who holds them, in whatever shape.
	Recycle func(tensor any)

	// Gradient returns a *tensor.Tensor of the shape and type of another, with
	// arbitrary elements, for a gradient that the walk is likely to recycle.
	Gradient func(like any) (tensor any)

	// Borrow returns the gradient of an *autograd.Variable, a nil
	// *autograd.Variable for none. Other than Grad it leaves autograd free to
	// recycle it, but not before the call of Return that must follow.
	Borrow func(variable any) (gradient any)

	// Return ends a Borrow.
	Return func(variable any)

	// WhenFreed calls f as soon as nobody can go backward through the fused
	// operation that made an *autograd.Variable: when its graph is freed, or at
	// once if there is none. What the operation kept may be used again then.
	WhenFreed func(variable any, f func())

	// Observe says whether operations on an *autograd.Variable, and on what is
	// computed from it, are reported to Operation.
	Observe func(variable any, on bool)

	// Observed reports whether they are.
	Observed func(variable any) bool
)

// Operation is who observes, if anybody: it is called with the name, the result
// and the inputs of each operation, all of them *autograd.Variable, by whichever
// goroutine computes it.
var Operation atomic.Pointer[func(op string, result any, inputs []any)]
