//go:build !amd64 || purego

package kernel

// rowsFor returns nil: there are no kernels on rows for this machine.
func rowsFor[T Float]() *rowKernels[T] { return nil }

// maxOfFourAtOnce returns false: there is no kernel for this machine.
func maxOfFourAtOnce[T Float](y []T, at []int32, upper, lower []T, first, width int) bool {
	return false
}
