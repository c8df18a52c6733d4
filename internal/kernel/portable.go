//go:build !amd64 || purego

package kernel

// tilesFor returns nil: there are no tile kernels for this machine.
func tilesFor[T Float]() *tiles[T] { return nil }

// fmaRounds returns 0: there is no assembly for this machine.
func fmaRounds() (flops float64) { return 0 }

// vectors32 and vectors64 hold nil: there are no vector kernels for this machine.
var (
	vectors32 vectorKernels[float32]
	vectors64 vectorKernels[float64]
)

// convertFast reports that it has not converted.
func convertFast[D, S Number](_ []D, _ []S) bool { return false }

// assembly32 and assembly64 are nil: there is no assembly for this machine.
var (
	assembly32 *assembly[float32]
	assembly64 *assembly[float64]
)

// classes32 is nil: there is no assembly for this machine.
var classes32 *classKernels

// differences32 and differences64 are nil: there is no assembly for this machine.
var (
	differences32 *differenceKernels[float32]
	differences64 *differenceKernels[float64]
)

// steps32 and steps64 are nil: there is no assembly for this machine.
var (
	steps32 *stepKernels[float32]
	steps64 *stepKernels[float64]
)

// cells32 and cells64 are nil: there is no assembly for this machine.
var (
	cells32 *cellKernels[float32]
	cells64 *cellKernels[float64]
)

// norms32 and norms64 are nil: there is no assembly for this machine.
var (
	norms32 *normKernels[float32]
	norms64 *normKernels[float64]
)
