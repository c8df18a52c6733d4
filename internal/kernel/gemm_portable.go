//go:build !amd64 || purego

package kernel

// tilesFor returns nil: there are no tile kernels for this machine.
func tilesFor[T Float]() *tiles[T] { return nil }
