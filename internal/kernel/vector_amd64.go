//go:build amd64 && !purego

package kernel

// vectors are the assembly kernels of element-wise float32 functions, or nil.
var vectors = func() vectorKernels {
	if !fast {
		return vectorKernels{}
	}
	return vectorKernels{exp: expAVX, expm1: expm1AVX, log: logAVX, log1p: log1pAVX, tanh: tanhAVX, sigmoid: sigmoidAVX, softplus: softplusAVX}
}()
