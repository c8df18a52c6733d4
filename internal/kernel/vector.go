package kernel

// vectorKernel sets y[i] = f(x[i]) for n elements; y may be x.
type vectorKernel[T Float] func(n int, y, x *T)

// vectorKernels are assembly for a type, where the machine has it. Results are
// within 1.5 units in the last place; of tanh, sigmoid, softplus, erfc and gelu
// 2.5, of geluTanh 3. The slopes have zeros: they are off by no more than 1.5
// units in the last place of 1.
type vectorKernels[T Float] struct {
	exp, expm1, log, log1p, tanh, sigmoid, softplus vectorKernel[T]
	erf, erfc                                       vectorKernel[T]
	gelu, geluSlope, geluTanh, geluTanhSlope        vectorKernel[T]
	sin, cos                                        circleKernel[T]
}

// circleKernel is a vectorKernel of a function between −1 and 1 that leaves
// y[i] = x[i] where |x[i]| is too large for it, and reports whether any is.
type circleKernel[T Float] func(n int, y, x *T) bool

// circleBound is beyond 1 and below what is too large for a circleKernel.
const circleBound = 2

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

// circle sets dst[i] = f(x[i]) for a function between −1 and 1, by assembly where
// there is some that serves.
func circle[T Float](dst, x []T, fast circleKernel[T], f func(float64) float64) {
	if fast == nil {
		viaMath(dst, x, f)
		return
	}
	x = x[:len(dst)]
	if len(dst) <= grain {
		circlePiece(dst, x, fast, f)
		return
	}
	to, from := lasting(dst), lasting(x)
	Parallel(len(to), grain, func(lo, hi int) { circlePiece(to[lo:hi], from[lo:hi], fast, f) })
}

func circlePiece[T Float](dst, x []T, fast circleKernel[T], f func(float64) float64) {
	if !fast(len(dst), head(dst), head(x)) {
		return
	}
	for i, v := range dst {
		if v > circleBound || v < -circleBound {
			dst[i] = T(f(float64(v)))
		}
	}
}
