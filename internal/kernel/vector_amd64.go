//go:build amd64 && !purego

package kernel

// vectors32 and vectors64 are the assembly kernels of elementary functions, or
// hold nil.
var vectors32, vectors64 = func() (vectorKernels[float32], vectorKernels[float64]) {
	if !fast {
		return vectorKernels[float32]{}, vectorKernels[float64]{}
	}
	return vectorKernels[float32]{
			exp: expAVX32, expm1: expm1AVX32, log: logAVX32, log1p: log1pAVX32, tanh: tanhAVX32, sigmoid: sigmoidAVX32, softplus: softplusAVX32,
			erf: erfAVX32, erfc: erfcAVX32, gelu: geluAVX32, geluSlope: geluSlopeAVX32, geluTanh: geluTanhAVX32, geluTanhSlope: geluTanhSlopeAVX32, sin: sinAVX32, cos: cosAVX32,
		}, vectorKernels[float64]{
			exp: expAVX64, expm1: expm1AVX64, log: logAVX64, log1p: log1pAVX64, tanh: tanhAVX64, sigmoid: sigmoidAVX64, softplus: softplusAVX64,
			erf: erfAVX64, erfc: erfcAVX64, gelu: geluAVX64, geluSlope: geluSlopeAVX64, geluTanh: geluTanhAVX64, geluTanhSlope: geluTanhSlopeAVX64, sin: sinAVX64, cos: cosAVX64,
		}
}()

// convertFast converts between the two float types and reports whether it did.
func convertFast[D, S Number](dst []D, x []S) bool {
	if !fast || len(dst) == 0 {
		return false
	}
	switch y := any(head(dst)).(type) {
	case *float64:
		if x, ok := any(head(x[:len(dst)])).(*float32); ok {
			widenAVX(len(dst), y, x)
			return true
		}
	case *float32:
		if x, ok := any(head(x[:len(dst)])).(*float64); ok {
			narrowAVX(len(dst), y, x)
			return true
		}
	}
	return false
}
