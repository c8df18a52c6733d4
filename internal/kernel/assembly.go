package kernel

import "unsafe"

// Kernels of one, two and three operands set dst[i] = f(…) for n elements; dst
// may be an operand. A step is 1, or 0 for an operand that is a constant.
type (
	unaryKernel[T any]   func(n int, dst, x *T)
	binaryKernel[T any]  func(n int, dst, a *T, aStep int, b *T, bStep int)
	compareKernel[T any] func(n int, dst *bool, a *T, aStep int, b *T, bStep int)
	whereKernel[T any]   func(n int, dst *T, c *bool, a *T, aStep int, b *T, bStep int)
	ternaryKernel[T any] func(n int, dst, a *T, aStep int, b *T, bStep int, c *T, cStep int)
)

// assembly is what there is in assembly for a type. Results are those of the
// portable loops, but mulAdd rounds once and sums have another tree.
type assembly[T any] struct {
	add, sub, mul, div, maximum, minimum     binaryKernel[T]
	mulAdd, selectPositive, clamp            ternaryKernel[T]
	neg, abs, sign, relu, sqrt, rsqrt, floor unaryKernel[T]
	ceil, round                              unaryKernel[T]
	equal, less, lessEqual, unordered        compareKernel[T]
	where                                    whereKernel[T]
	sum, sumAbs                              func(n int, x *T) float64
	dot                                      func(n int, x, y *T) float64
	deviation                                func(n int, x *T, mean float64) float64 // Σ(x − mean)²
	max, min                                 func(n int, x *T) T                     // n > 0
	addTo                                    func(n int, acc *float64, x *T)         // acc += x
	addDeviation                             func(n int, acc *float64, x *T, mean *float64)
}

// assemblyFor returns the kernels for T, or nil where there are none.
func assemblyFor[T any]() *assembly[T] {
	if k, ok := any(assembly32).(*assembly[T]); ok {
		return k
	}
	k, _ := any(assembly64).(*assembly[T])
	return k
}

// simpleGrain is how many elements of simple arithmetic, whose time is that of
// the memory, are worth handing to another goroutine.
const simpleGrain = 1 << 16

// head returns the address of the first element. The kernels do not keep it, but
// escape analysis cannot see that through a variable that holds a function, and
// would move callers' buffers to the heap: it is not shown the address.
func head[T any](x []T) *T {
	p := uintptr(unsafe.Pointer(unsafe.SliceData(x)))
	return *(**T)(unsafe.Pointer(&p))
}

// operand returns an operand's step towards n elements. It panics when there
// are too few.
func operand[T any](x []T, n int) int {
	if len(x) == 1 && n != 1 {
		return 0
	}
	_ = x[:n]
	return 1
}

// lasting returns x for other goroutines to read and write; escape analysis is
// not shown it either. So long a slice is not on a stack; a constant, which may
// be, is copied.
func lasting[T any](x []T) []T {
	if len(x) == 1 {
		return []T{x[0]}
	}
	return unsafe.Slice(head(x), len(x))
}

// unary runs a kernel, in pieces where that pays.
func unary[T Number](dst, x []T, f unaryKernel[T]) {
	x = x[:len(dst)]
	if len(dst) <= simpleGrain {
		f(len(dst), head(dst), head(x))
		return
	}
	to, from := lasting(dst), lasting(x)
	Parallel(len(to), simpleGrain, func(lo, hi int) { f(hi-lo, &to[lo], &from[lo]) })
}

// binary runs a kernel, in pieces where that pays.
func binary[T Number](dst, a, b []T, f binaryKernel[T]) {
	if len(dst) == 0 {
		return
	}
	sa, sb := operand(a, len(dst)), operand(b, len(dst))
	if len(dst) <= simpleGrain {
		f(len(dst), head(dst), head(a), sa, head(b), sb)
		return
	}
	to, x, y := lasting(dst), lasting(a), lasting(b)
	Parallel(len(to), simpleGrain, func(lo, hi int) { f(hi-lo, &to[lo], &x[lo*sa], sa, &y[lo*sb], sb) })
}

// ternary runs a kernel, in pieces where that pays.
func ternary[T Number](dst, a, b, c []T, f ternaryKernel[T]) {
	if len(dst) == 0 {
		return
	}
	sa, sb, sc := operand(a, len(dst)), operand(b, len(dst)), operand(c, len(dst))
	if len(dst) <= simpleGrain {
		f(len(dst), head(dst), head(a), sa, head(b), sb, head(c), sc)
		return
	}
	to, x, y, z := lasting(dst), lasting(a), lasting(b), lasting(c)
	Parallel(len(to), simpleGrain, func(lo, hi int) {
		f(hi-lo, &to[lo], &x[lo*sa], sa, &y[lo*sb], sb, &z[lo*sc], sc)
	})
}

// comparison runs a kernel, in pieces where that pays.
func comparison[T any](dst []bool, a, b []T, f compareKernel[T]) {
	if len(dst) == 0 {
		return
	}
	sa, sb := operand(a, len(dst)), operand(b, len(dst))
	if len(dst) <= simpleGrain {
		f(len(dst), head(dst), head(a), sa, head(b), sb)
		return
	}
	to, x, y := lasting(dst), lasting(a), lasting(b)
	Parallel(len(to), simpleGrain, func(lo, hi int) { f(hi-lo, &to[lo], &x[lo*sa], sa, &y[lo*sb], sb) })
}
