//go:build !amd64 || purego

package kernel

// tilesFor returns nil: there are no tile kernels for this machine.
func tilesFor[T Float]() *tiles[T] { return nil }

// vectors are all nil: there are no vector kernels for this machine.
var vectors vectorKernels
