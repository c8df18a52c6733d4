//go:build amd64 && !purego

package kernel

var cells32, cells64 = func() (*cellKernels[float32], *cellKernels[float64]) {
	if !fast {
		return nil, nil
	}
	return &cellKernels[float32]{lstmOutAVX32, lstmInAVX32}, &cellKernels[float64]{lstmOutAVX64, lstmInAVX64}
}()
