package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// binaryKernels writes the kernels of two operands and more.
func binaryKernels() {
	for _, e := range arithmetics {
		simple := func(i func(e arithmetic) instruction) func(arithmetic, []vec) vec {
			return func(e arithmetic, x []vec) vec { return op2(i(e), x[0], x[1]) }
		}
		e.elementwise("addAVX", "a[i] + b[i]", "ab", simple(func(e arithmetic) instruction { return e.add }))
		e.elementwise("subAVX", "a[i] − b[i]", "ab", simple(func(e arithmetic) instruction { return e.sub }))
		e.elementwise("mulAVX", "a[i] · b[i]", "ab", simple(func(e arithmetic) instruction { return e.mul }))
		e.elementwise("divAVX", "a[i] / b[i]", "ab", simple(func(e arithmetic) instruction { return e.div }))
		e.elementwise("maximumAVX", "max(a[i], b[i])", "ab", maximum)
		e.elementwise("minimumAVX", "min(a[i], b[i])", "ab", minimum)
		e.elementwise("mulAddAVX", "a[i]·b[i] + c[i], rounded once,", "abc", func(e arithmetic, x []vec) vec {
			e.fma(x[0], x[1], x[2])
			return x[2]
		})
		e.elementwise("selectPositiveAVX", "a[i] where c[i] > 0, else b[i],", "cab", func(e arithmetic, x []vec) vec {
			y := build.YMM()
			e.blend(e.test(load(e.number(0)), less, x[0]), x[1], x[2], y)
			return y
		})
		// Both bounds give way to NaN, which the instructions keep when it is their second operand.
		e.elementwise("clampAVX", "min(max(x[i], l[i]), h[i])", "xlh", func(e arithmetic, x []vec) vec {
			return op2(e.min, x[2], op2(e.max, x[1], x[0]))
		})
	}
}

// unaryKernels writes the kernels of one operand.
func unaryKernels() {
	rounding := func(how uint64) func(arithmetic, []vec) vec {
		return func(e arithmetic, x []vec) vec {
			y := build.YMM()
			e.round(operand.Imm(8|how), x[0], y)
			return y
		}
	}
	for _, e := range arithmetics {
		e.elementwise("negAVX", "−x[i]", "x", func(e arithmetic, x []vec) vec { return op2(e.xor, x[0], e.sign()) })
		e.elementwise("absAVX", "|x[i]|", "x", magnitudeOf)
		e.elementwise("signAVX", "the sign of x[i], −1, 0 or 1,", "x", signOf)
		e.elementwise("reluAVX", "max(x[i], 0)", "x", func(e arithmetic, x []vec) vec { return op2(e.max, load(e.number(0)), x[0]) })
		e.elementwise("sqrtAVX", "√x[i]", "x", func(e arithmetic, x []vec) vec { return e.squareRoot(x[0]) })
		e.elementwise("rsqrtAVX", "1/√x[i]", "x", rsqrt)
		e.elementwise("floorAVX", "⌊x[i]⌋", "x", rounding(1))
		e.elementwise("ceilAVX", "⌈x[i]⌉", "x", rounding(2))
		e.elementwise("roundAVX", "x[i] rounded, halves to even,", "x", rounding(0))
	}
}

// unordered is the comparison that only NaN fulfils.
const unordered = 3

// test returns all ones where the comparison holds and zeros elsewhere.
func (e arithmetic) test(a vec, how uint64, b operand.Op) vec {
	y := build.YMM()
	e.compare(operand.Imm(how), b, a, y)
	return y
}

// maximum returns NaN where there is one, and 0 of 0 and −0. The instruction
// gives its second operand in both cases, so it is asked both ways round.
func maximum(e arithmetic, x []vec) vec {
	a, b := x[0], x[1]
	m := op2(e.and, op2(e.max, a, b), op2(e.max, b, a))
	return op2(e.or, m, e.test(a, unordered, b))
}

// minimum is maximum's mirror image: −0 of 0 and −0.
func minimum(e arithmetic, x []vec) vec {
	a, b := x[0], x[1]
	m := op2(e.or, op2(e.min, a, b), op2(e.min, b, a))
	return op2(e.or, m, e.test(a, unordered, b))
}

// magnitudeOf drops the sign.
func magnitudeOf(e arithmetic, x []vec) vec {
	y := build.YMM()
	e.andNot(x[0], load(e.sign()), y)
	return y
}

// signOf gives 0 for both zeros and keeps NaN.
func signOf(e arithmetic, x []vec) vec {
	zero := load(e.number(0))
	up := op2(e.and, e.test(zero, less, x[0]), e.number(1))
	down := op2(e.and, e.test(x[0], less, zero), e.number(-1))
	nan := op2(e.and, e.test(x[0], unordered, x[0]), x[0])
	return op2(e.or, op2(e.or, up, down), nan)
}

func (e arithmetic) squareRoot(x vec) vec {
	y := build.YMM()
	e.root(x, y)
	return y
}

// rsqrt goes through float64, for two roundings of float32 would show.
func rsqrt(e arithmetic, x []vec) vec {
	if e.size == 8 {
		return op2(e.div, load(e.number(1)), e.squareRoot(x[0]))
	}
	d := arithmetics[1]
	low, high, top := build.YMM(), build.YMM(), build.XMM()
	build.VCVTPS2PD(x[0].AsX(), low)
	build.VEXTRACTF128(operand.Imm(1), x[0], top)
	build.VCVTPS2PD(top, high)
	y, upper := build.YMM(), build.XMM()
	build.VCVTPD2PSY(rsqrt(d, []vec{low}), y.AsX())
	build.VCVTPD2PSY(rsqrt(d, []vec{high}), upper)
	build.VINSERTF128(operand.Imm(1), upper, y, y)
	return y
}
