//go:build amd64 && !purego

package kernel

var (
	rows32 = rowKernels[float32]{cols: 16, copy: gemmPack32, add: addRows32}
	rows64 = rowKernels[float64]{cols: 8, copy: gemmPack64, add: addRows64}
)

// rowsFor returns the kernels on rows for T, or nil where there are none.
func rowsFor[T Float]() *rowKernels[T] {
	if !fast {
		return nil
	}
	if k, ok := any(&rows32).(*rowKernels[T]); ok {
		return k
	}
	return any(&rows64).(*rowKernels[T])
}

// maxOfFourAtOnce is maxOfFour for a multiple of 8 results; it reports whether
// there is a kernel for T.
func maxOfFourAtOnce[T Float](y []T, at []int32, upper, lower []T, first, width int) bool {
	to, ok := any(y).([]float32)
	if !fast || !ok {
		return false
	}
	up, low := any(upper).([]float32), any(lower).([]float32)
	maxOfFourAVX32(len(y), &to[0], &at[0], &up[0], &low[0], first, width)
	return true
}
