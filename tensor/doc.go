// Package tensor has dense arrays of numbers and what is computed from them,
// without gradients: see package autograd for those.
//
// # Making tensors
//
//	a := tensor.Zeros(2, 3)                           // float32
//	b := tensor.Float64.Ones(2, 3)                    // another type
//	c := tensor.FromSlice([][]float32{{1, 2}, {3, 4}}) // copied from Go slices
//	d := tensor.New([]float64{1, 2, 3, 4}, 2, 2)      // sharing the slice
//	e := tensor.Randn(rng, 2, 3)                      // from an explicit source
//
// # Computing
//
// Operations are functions and change no operand:
//
//	tensor.Add(a, tensor.Exp(a))
//	tensor.MatMul(x, w, tensor.TransB)        // x·wᵀ
//	tensor.Sum(x, 0, tensor.KeepDims)         // over axis 0, which stays with length 1
//
// Results are new memory, but for Reshape, Flatten, Squeeze and Unsqueeze, which
// share the operand's buffer, and To and Expand, which return the operand itself
// when it has the type or shape already. Clone always copies.
//
// Shapes broadcast as in NumPy. Types never mix: adding a float32 to a float64
// tensor panics; convert one with To. Negative axes count from the last. 0-d
// and empty tensors work everywhere.
//
// # Elements
//
// Data gives the elements as a Go slice that shares the tensor's buffer, At and
// Item single elements as float64. Printing a tensor draws it as NumPy does,
// with PyTorch's four decimals:
//
//	fmt.Println(tensor.FromSlice([][]float32{{1, -0.5}, {2, 100}}))
//	// [[  1.0000  -0.5000]
//	//  [  2.0000 100.0000]]
//
// # Numbers
//
// Sums, means, variances and norms of float32 are computed in float64 and
// rounded once. Whatever runs on several processors is cut by size alone, so
// results are the same bits for every GOMAXPROCS.
//
// # Errors
//
// Misuse panics with an *Error whose text names the operation, the shapes and
// the offending value. Any number of goroutines may read a tensor; writing
// through Data, Set or CopyFrom is the caller's to guard.
package tensor
