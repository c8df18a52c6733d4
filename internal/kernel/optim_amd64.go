//go:build amd64 && !purego

package kernel

var steps32, steps64 = func() (*stepKernels[float32], *stepKernels[float64]) {
	if !fast {
		return nil, nil
	}
	return &stepKernels[float32]{
			sgd: sgdAVX32, adagrad: adagradAVX32, asgd: asgdAVX32, lion: lionAVX32,
			adamax: adamaxAVX32, adadelta: adadeltaAVX32, rprop: rpropAVX32,
			moments: momentsAVX32, lamb: lambAVX32, rmsprop: rmspropAVX32,
		}, &stepKernels[float64]{
			sgd: sgdAVX64, adagrad: adagradAVX64, asgd: asgdAVX64, lion: lionAVX64,
			adamax: adamaxAVX64, adadelta: adadeltaAVX64, rprop: rpropAVX64,
			moments: momentsAVX64, lamb: lambAVX64, rmsprop: rmspropAVX64,
		}
}()
