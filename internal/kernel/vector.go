package kernel

// vectorKernel sets y[i] = f(x[i]) for n elements; y may be x.
type vectorKernel[T Float] func(n int, y, x *T)

// vectorKernels are assembly for a type, where the machine has it. Results are
// within 1.5 units in the last place; tanh, sigmoid and softplus 2.5, gelu 6.
type vectorKernels[T Float] struct {
	exp, expm1, log, log1p, tanh, sigmoid, softplus vectorKernel[T]
	erf, gelu, geluSlope                            vectorKernel[T] // of float32 only
}

// vectorsFor returns the kernels for T; there may be none in it.
func vectorsFor[T Float]() *vectorKernels[T] {
	if k, ok := any(&vectors32).(*vectorKernels[T]); ok {
		return k
	}
	return any(&vectors64).(*vectorKernels[T])
}

// transcend sets dst[i] = f(x[i]), by assembly where there is some.
func transcend[T Float](dst, x []T, fast vectorKernel[T], f func(float64) float64) {
	if fast == nil {
		viaMath(dst, x, f)
		return
	}
	x = x[:len(dst)]
	if len(dst) <= grain {
		fast(len(dst), head(dst), head(x))
		return
	}
	to, from := lasting(dst), lasting(x)
	Parallel(len(to), grain, func(lo, hi int) { fast(hi-lo, &to[lo], &from[lo]) })
}
