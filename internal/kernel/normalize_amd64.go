//go:build amd64 && !purego

package kernel

var norms32, norms64 = func() (*normKernels[float32], *normKernels[float64]) {
	if !fast {
		return nil, nil
	}
	return &normKernels[float32]{rowForwardAVX32, rowProductsAVX32, runForwardAVX32, runBackwardAVX32,
			columnForwardAVX32, columnProductsAVX32, columnBackwardAVX32},
		&normKernels[float64]{rowForwardAVX64, rowProductsAVX64, runForwardAVX64, runBackwardAVX64,
			columnForwardAVX64, columnProductsAVX64, columnBackwardAVX64}
}()
