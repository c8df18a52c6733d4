//go:build amd64 && !purego

package kernel

var steps32, steps64 = func() (*stepKernels[float32], *stepKernels[float64]) {
	if !fast {
		return nil, nil
	}
	return &stepKernels[float32]{
			sgd:  [2][2]sgdKernel[float32]{{sgdAVX32, sgdNesterovAVX32}, {sgdDecayAVX32, sgdDecayNesterovAVX32}},
			adam: [2]adamKernel[float32]{adamAVX32, adamDecayAVX32},
		}, &stepKernels[float64]{
			sgd:  [2][2]sgdKernel[float64]{{sgdAVX64, sgdNesterovAVX64}, {sgdDecayAVX64, sgdDecayNesterovAVX64}},
			adam: [2]adamKernel[float64]{adamAVX64, adamDecayAVX64},
		}
}()
