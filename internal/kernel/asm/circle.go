package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// circleFunctions writes sine and cosine.
func circleFunctions() {
	for _, now = range arithmetics {
		circleFunction("sinAVX", "sin(x[i])", func(x vec) vec { return choose(compare(x, equal, num(0)), x, onCircle(x, 0)) })
		circleFunction("cosAVX", "cos(x[i])", func(x vec) vec { return onCircle(x, 1) })
	}
	now = arithmetics[0]
}

// quarter is π/2 in pieces, the first two as long as a number may be, and how
// large an x they serve.
type quarter struct{ high, middle, low, bound float64 }

var (
	quarter32 = quarter{0x1.921fb6p+0, -0x1.777a5cp-25, -0x1.ee59dap-50, 1 << 17}
	quarter64 = quarter{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110, 1 << 29}
)

func quarterNow() quarter {
	if now.size == 4 {
		return quarter32
	}
	return quarter64
}

// circleFunction writes a kernel that sets y[i] = f(x[i]) for n elements, but
// y[i] = x[i] where |x[i]| is beyond the bound, and reports whether any was.
func circleFunction(name, doc string, f func(x vec) vec) {
	name += now.suffix
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, y, x *%s) bool", now.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s sets y[i] = %s for n elements, but y[i] = x[i] where |x[i]| > %g; it reports whether there are any.",
		name, doc, quarterNow().bound))
	beyond := build.YMM()
	build.VXORPS(beyond, beyond, beyond)
	eachRegister(func(x vec) vec {
		far := compare(load(num(quarterNow().bound)), less, abs(x))
		build.VORPS(far, beyond, beyond)
		return choose(far, x, f(x))
	})
	signs, any := build.GP32(), build.GP8()
	build.VMOVMSKPS(beyond, signs)
	build.TESTL(signs, signs)
	build.SETNE(any)
	build.Store(any, build.ReturnIndex(0))
	build.VZEROUPPER()
	build.RET()
}

// onCircle returns the sine of x plus some quarter turns. x is n quarters and
// r + rest. x less n times the first piece is exact: both are multiples of that
// piece's last digit, and the difference is small. The second piece may leave
// next to nothing of it, so what rounding takes is kept there.
func onCircle(x vec, quarters float64) vec {
	q := quarterNow()
	n := nearest(mul(x, num(2/math.Pi)))
	above := subMul(x, n, num(q.high))
	piece := mul(n, num(q.middle))
	r := sub(above, piece)
	back := sub(r, above)
	rest := sub(sub(above, sub(r, back)), add(piece, back))
	rest = sub(rest, mulSub(n, num(q.middle), piece))
	rest = subMul(rest, n, num(q.low))
	turns := wholeBits(n, quarters)
	y := choose(toSign(turns, 0), cosine(r, rest), sine(r, rest))
	return op2(now.xor, y, and(toSign(turns, 1), now.sign()))
}

// wholeBits returns n + more as a whole number in each element's lowest bits.
func wholeBits(n vec, more float64) vec {
	if now.size == 4 {
		return add(n, num(3<<22+more))
	}
	return add(n, num(3<<51+more))
}

// toSign moves a bit to where the sign is.
func toSign(a vec, bit uint64) vec {
	if now.size == 4 {
		return shiftLeft(a, 31-bit)
	}
	y := build.YMM()
	build.VPSLLQ(operand.Imm(63-bit), a, y)
	return y
}

// sine and cosine are for |r| ≤ π/4.
func sine(r, rest vec) vec {
	z := mul(r, r)
	return add(r, mulAdd(mul(r, z), sineTail.at(z), rest))
}

// cosine keeps what 1 − z/2 rounds away.
func cosine(r, rest vec) vec {
	z := mul(r, r)
	half := mul(z, num(0.5))
	most := sub(load(num(1)), half)
	tail := sub(sub(load(num(1)), most), half)
	tail = mulAdd(mul(z, z), cosineTail.at(z), tail)
	return add(most, subMul(tail, r, rest))
}
