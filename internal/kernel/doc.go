// Package kernel computes on slices of numbers and knows nothing else: no
// shapes, no gradients, no dtypes at run time.
//
// Every function here is portable generic Go, and that loop is its definition.
// Assembly is added beneath, inside the function, chosen once by CPU feature
// and switched off by the purego build tag; callers never change.
//
// Conventions: the destination comes first; it may be exactly one of the
// operands but must not overlap one otherwise. Operands of length 1 stand for
// a constant of the destination's length. Lengths are the caller's duty: a
// short slice panics with Go's own bounds error.
//
// Results never depend on GOMAXPROCS: work is cut into pieces by its size
// alone, and reductions combine their pieces in a fixed order.
package kernel

//go:generate go run -C asm . -what gemm -out ../zgemm_amd64.s -stubs ../zgemm_amd64.go -pkg kernel
//go:generate go run -C asm . -what vector -out ../zvector_amd64.s -stubs ../zvector_amd64.go -pkg kernel
//go:generate go run -C asm . -what normal -out ../znormal_amd64.s -stubs ../znormal_amd64.go -pkg kernel
//go:generate go run -C asm . -what circle -out ../zcircle_amd64.s -stubs ../zcircle_amd64.go -pkg kernel
//go:generate go run -C asm . -what binary -out ../zbinary_amd64.s -stubs ../zbinary_amd64.go -pkg kernel
//go:generate go run -C asm . -what unary -out ../zunary_amd64.s -stubs ../zunary_amd64.go -pkg kernel
//go:generate go run -C asm . -what compare -out ../zcompare_amd64.s -stubs ../zcompare_amd64.go -pkg kernel
//go:generate go run -C asm . -what reduce -out ../zreduce_amd64.s -stubs ../zreduce_amd64.go -pkg kernel
//go:generate go run -C asm . -what softmax -out ../zsoftmax_amd64.s -stubs ../zsoftmax_amd64.go -pkg kernel
//go:generate go run -C asm . -what convert -out ../zconvert_amd64.s -stubs ../zconvert_amd64.go -pkg kernel
//go:generate go run -C asm . -what optim -out ../zoptim_amd64.s -stubs ../zoptim_amd64.go -pkg kernel
//go:generate go run -C asm . -what difference -out ../zdifference_amd64.s -stubs ../zdifference_amd64.go -pkg kernel
//go:generate go run -C asm . -what conv -out ../zconv_amd64.s -stubs ../zconv_amd64.go -pkg kernel
//go:generate go run -C asm . -what normalize -out ../znormalize_amd64.s -stubs ../znormalize_amd64.go -pkg kernel
//go:generate go run -C asm . -what recurrent -out ../zrecurrent_amd64.s -stubs ../zrecurrent_amd64.go -pkg kernel

// Float is a type that has derivatives.
type Float interface{ float32 | float64 }

// Number is a type that has arithmetic.
type Number interface{ Float | int64 }
