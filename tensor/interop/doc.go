// Package interop carries tensors across to gorgonia.org/tensor and back, and
// lends this module's kernels to it.
//
//	x, err := interop.FromDense(d)   // *tensor.Tensor over d's memory
//	d, err := interop.ToDense(x)     // *Dense over x's memory
//
// Memory is shared wherever both sides can read it: a Dense that is row-major
// and contiguous, and every Tensor. A view, a transposed or a column-major
// Dense is copied into row-major order. What has no counterpart on the other
// side is an error: other element types, masks, empty tensors.
//
// # Engine
//
// Engine is a gorgonia engine. Tensors that carry it compute products and
// element-wise functions on this module's kernels:
//
//	d := gorgonia.New(gorgonia.WithEngine(interop.Engine{}), gorgonia.WithShape(2, 3), …)
//	gorgonia.WithEngine(interop.Engine{})(existing)
//
// # Files
//
// Package npy and package safetensors beside this one read and write files.
// They do not import gorgonia; this package alone does, and only programs that
// import it link it. For CSV use encoding/csv or package data: gorgonia's
// WriteCSV drops all rows of a column but the first, and its gob decoder panics
// on a 0-d tensor, so neither is offered here.
package interop
