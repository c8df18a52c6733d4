// Package autograd differentiates computations: it records what is done to
// Variables in a graph and walks that graph backward.
//
// # Gradients
//
//	w := autograd.New(tensor.FromSlice([]float64{1, 2}))    // wants a gradient
//	x := autograd.Const(tensor.FromSlice([]float64{3, 4}))  // does not
//	y := w.Mul(x).Sum()
//	y.Backward()
//	w.Grad() // [3 4]
//
// Grad returns gradients without touching the leaves, and Walk has the options
// of both: seeds, keeping the graph, recording the walk.
//
// # Higher derivatives
//
// Every operation has its derivative written in operations, so a recorded walk
// can be differentiated again, to any order:
//
//	first := autograd.Walk{CreateGraph: true}.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})
//	second := autograd.Grad(first[0], x)
//
// VJP, JVP, Jacobian, Hessian and HVP do this for a function. Package gradcheck
// compares derivatives of every order with finite differences.
//
// # Freed graphs
//
// A walk frees what it has passed, unless RetainGraph or CreateGraph says
// otherwise, so that the memory of a step is free before the next; walking it
// again panics.
//
// # Inference
//
// There is no global switch that stops recording, for Go has no state of one
// goroutine's own. A computation fed an Untracked leaf records nothing.
//
// # Goroutines
//
// Many goroutines may build and walk graphs over shared parameters at once, as
// long as nobody changes the parameters' elements meanwhile. Backward adds to
// the leaves under a lock, in whatever order the goroutines come; where bits
// must repeat, take Grad in each and add in a fixed order. One graph should be
// walked by one goroutine at a time.
//
// # Fast operations
//
// Fused puts hand-written kernels for the value and the first derivative above
// a definition in operations, from which the higher derivatives come.
//
// # Errors
//
// Misuse panics with a *tensor.Error; Try turns it into an error. Watch finds
// the first NaN or Inf of a graph, forward or backward, and WriteDOT draws one.
package autograd
