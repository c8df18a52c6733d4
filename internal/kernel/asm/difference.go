package main

import "github.com/mmcloughlin/avo/build"

// differences writes what losses of a difference need in one pass: sums of
// functions of x − y, and slopes times a factor.
func differences() {
	d := arithmetics[1]
	minus := func(x []vec) vec { return op2(build.VSUBPD, x[0], x[1]) }
	size := func(x []vec) vec { return magnitudeOf(d, []vec{minus(x)}) }
	for _, e := range arithmetics {
		e.sum("sumSquareDifferenceAVX", "Σ (x[i] − y[i])²", "xy", func(x []vec, acc vec, _ bool) {
			v := minus(x)
			build.VFMADD231PD(v, v, acc)
		})
		e.sum("sumAbsDifferenceAVX", "Σ |x[i] − y[i]|", "xy", func(x []vec, acc vec, _ bool) { build.VADDPD(size(x), acc, acc) })
		e.sum("sumBendAVX", "Σ q·(a − q/2), a being |x[i] − y[i]| and q min(a, m),", "xym", func(x []vec, acc vec, _ bool) {
			a := size(x)
			q := op2(build.VMINPD, x[2], a) // NaN stays
			build.VFNMADD231PD(d.number(0.5), q, a)
			build.VFMADD231PD(q, a, acc)
		})
		e.sum("sumSquareShiftedAVX", "Σ (x[i] − y[i] + m)², the differences rounded to their type,", "xym", func(x []vec, acc vec, one bool) {
			v := e.rounded(op2(build.VADDPD, e.rounded(minus(x)), x[2]))
			if one { // the other lanes hold m
				w := build.XMM()
				build.VMOVQ(v.AsX(), w)
				v = w.AsY().(vec)
			}
			build.VFMADD231PD(v, v, acc)
		})
		e.elementwise("shiftedDifferenceAVX", "(a[i] − b[i] + k[i])·c[i]", "abkc", func(e arithmetic, x []vec) vec {
			return op2(e.mul, op2(e.add, op2(e.sub, x[0], x[1]), x[2]), x[3])
		})
		e.elementwise("scaledDifferenceAVX", "(a[i] − b[i])·c[i]", "abc", func(e arithmetic, x []vec) vec {
			return op2(e.mul, op2(e.sub, x[0], x[1]), x[2])
		})
		e.elementwise("signOfDifferenceAVX", "the sign of a[i] − b[i], −1, 0 or 1, times c[i]", "abc", func(e arithmetic, x []vec) vec {
			return op2(e.mul, signOf(e, []vec{op2(e.sub, x[0], x[1])}), x[2])
		})
		e.elementwise("clampedDifferenceAVX", "(a[i] − b[i])·c[i], the difference being between ±k[i],", "abkc", func(e arithmetic, x []vec) vec {
			v := op2(e.min, x[2], op2(e.sub, x[0], x[1])) // NaN stays
			return op2(e.mul, op2(e.max, op2(e.xor, x[2], e.sign()), v), x[3])
		})
	}
}

// rounded rounds float64 lanes to e, as arithmetic in e would.
func (e arithmetic) rounded(v vec) vec {
	if e.size == 8 {
		return v
	}
	y := build.YMM()
	build.VCVTPD2PSY(v, y.AsX())
	build.VCVTPS2PD(y.AsX(), y)
	return y
}
