package main

import (
	"math"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// logarithm returns ln(2ᵉ·(1 + f)) for f from √½ − 1 to √2 − 1. For float32 the
// polynomial is that of Cephes' logf, for float64 that of FreeBSD's log, with
// s = f/(2 + f), https://www.netlib.org/fdlibm/e_log.c.
func logarithm(e, f vec) vec {
	if now.size == 8 {
		s := div(f, add(f, num(2)))
		z := mul(s, s)
		r := mul(z, polynomial(z, 1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
			2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01))
		half := mul(mul(f, f), num(0.5))
		tail := mulAdd(s, add(r, half), mul(e, num(limitsNow().ln2Low)))
		return mulAdd(e, num(limitsNow().ln2High), sub(f, sub(half, tail)))
	}
	p := polynomial(f, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
		-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
	z := mul(f, f)
	y := mul(mul(f, z), p)
	y = mulAdd(e, num(limitsNow().ln2Low), y)
	y = subMul(y, z, num(0.5))
	y = add(y, f)
	return mulAdd(e, num(limitsNow().ln2High), y)
}

// split returns e and m with x = 2ᵉ·m and √½ ≤ m < √2, for normal x > 0.
func split(x vec) (e, m vec) {
	if now.size == 4 {
		const rootHalf = 0x3f3504f3
		k := shiftRight(subInt(x, bits(rootHalf)), 23)
		return toFloat(k), subInt(x, shiftLeft(k, 23))
	}
	e, m = build.YMM(), and(x, wide(1<<52-1))
	m = or(m, num(1)) // from 1 to 2
	build.VPSRLQ(operand.Imm(52), x, e)
	e = sub(or(e, num(1<<52)), num(1<<52+1023))
	great := compare(load(num(math.Sqrt2)), less, m)
	return add(e, and(great, num(1))), choose(great, mul(m, num(0.5)), m)
}

// ln scales subnormals up first.
func ln(x vec) vec {
	l := limitsNow()
	tiny := compare(x, less, num(l.normal))
	e, m := split(choose(tiny, mul(x, num(math.Ldexp(1, l.digits))), x))
	e = sub(e, and(tiny, num(float64(l.digits))))
	return ends(logarithm(e, sub(m, num(1))), x, x)
}

// log1p carries what 1 + x rounds away over into the fraction.
func log1p(x vec) vec {
	u := add(x, num(1))
	// The greater of 1 and x is taken off u first, for then nothing rounds.
	c := choose(compare(load(num(1)), less, x), sub(load(num(1)), sub(u, x)), sub(x, sub(u, num(1))))
	e, m := split(u)
	down := greatest(load(num(limitsNow().leastExponent)), sub(load(num(0)), e)) // beyond it c is nothing
	f := mulAdd(c, power(down), sub(m, num(1)))
	return ends(withSign(logarithm(e, f), x), u, x)
}

// log1pOfShare is log1p for x from 0 to 1, or NaN: 1 + x is from 1 to 2.
func log1pOfShare(x vec) vec {
	u := add(x, num(1))
	c := sub(x, sub(u, num(1)))
	great := compare(load(num(math.Sqrt2)), less, u)
	half := choose(great, load(num(0.5)), load(num(1)))
	f := add(mul(c, half), sub(mul(u, half), num(1)))
	return logarithm(and(great, num(1)), f)
}

// ends gives a logarithm of u its values at the ends: −Inf at 0, NaN below,
// and x itself where that is Inf or NaN.
func ends(y, u, x vec) vec {
	y = choose(compare(u, equal, num(0)), num(math.Inf(-1)), y)
	y = choose(compare(u, less, num(0)), num(math.NaN()), y)
	y = choose(compare(x, equal, num(math.Inf(1))), x, y)
	return choose(compare(x, unequal, x), x, y)
}
