package kernel

// vectorKernel sets y[i] = f(x[i]) for n elements; y may be x.
type vectorKernel func(n int, y, x *float32)

// vectorKernels are assembly for float32, where the machine has it. Results
// are within 1.5 units in the last place (tanh, sigmoid and softplus 2.5).
type vectorKernels struct {
	exp, expm1, log, log1p, tanh, sigmoid, softplus vectorKernel
}

// transcend sets dst[i] = f(x[i]), by assembly where there is some.
func transcend[T Float](dst, x []T, fast vectorKernel, f func(float64) float64) {
	y, ok := any(dst).([]float32)
	if !ok || fast == nil || len(y) == 0 {
		viaMath(dst, x, f)
		return
	}
	in := any(x).([]float32)[:len(y)]
	if len(y) <= grain {
		fast(len(y), &y[0], &in[0])
		return
	}
	Parallel(len(y), grain, func(lo, hi int) { fast(hi-lo, &y[lo], &in[lo]) })
}
