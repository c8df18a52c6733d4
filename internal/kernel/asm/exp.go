package main

import (
	"math"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// ln 2 in two parts: multiples of the first by small whole numbers are exact.
const (
	ln2High = 0.693359375
	ln2Low  = math.Ln2 - ln2High
)

const (
	signBit   = 1 << 31
	magnitude = signBit - 1
	infinity  = 0x7f800000
)

// vectorFunctions writes the elementary functions.
func vectorFunctions() {
	vectorFunction("expAVX", "exp(x[i])", exp)
	vectorFunction("expm1AVX", "exp(x[i]) − 1", expm1)
	vectorFunction("logAVX", "ln(x[i])", ln)
	vectorFunction("log1pAVX", "ln(1 + x[i])", log1p)
	vectorFunction("tanhAVX", "tanh(x[i])", tanh)
	vectorFunction("sigmoidAVX", "1/(1 + exp(−x[i]))", sigmoid)
	vectorFunction("softplusAVX", "ln(1 + exp(x[i]))", softplus)
}

// reduced writes x = n·ln 2 + r with |r| ≤ ln 2 / 2 and returns n and
// exp(r) − 1 = r + r²·P(r). P is the minimax polynomial of Cephes' expf,
// https://netlib.org/cephes/.
func reduced(x vec) (n, p vec) {
	n = nearest(mul(x, num(math.Log2E)))
	r := subMul(x, n, num(ln2High))
	r = subMul(r, n, num(ln2Low))
	p = polynomial(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	return n, mulAdd(mul(r, r), p, r)
}

// power returns 2ⁿ for whole n from −126 to 127, given as integers.
func power(n vec) vec { return shiftLeft(addInt(n, bits(127)), 23) }

// exp scales in two steps, so that results reach down to the subnormals and up
// to Inf without an exponent that does not fit.
func exp(x vec) vec {
	x = least(load(num(89)), x) // NaN passes
	x = greatest(load(num(-104)), x)
	n, p := reduced(x)
	y := add(p, num(1))
	k := toInt(n)
	half := shiftRight(k, 1)
	return mul(mul(y, power(half)), power(subInt(k, half)))
}

// expm1 is 2ⁿ·(exp(r) − 1) + (2ⁿ − 1), at half the scale so that 2¹²⁸ fits.
func expm1(x vec) vec {
	clamped := greatest(load(num(-17.5)), least(load(num(89)), x))
	n, p := reduced(clamped)
	scale := power(addInt(toInt(n), bits(math.MaxUint32)))
	y := mulAdd(scale, p, sub(scale, num(0.5)))
	y = choose(compare(n, equal, num(0)), p, add(y, y)) // half a subnormal would vanish
	return withSign(y, x)
}

// withSign gives y, which is not of the other sign, the sign of x: −0 stays −0.
func withSign(y, x vec) vec { return or(y, and(x, bits(signBit))) }

// abs drops the sign.
func abs(x vec) vec { return and(x, bits(magnitude)) }

// tanh is t/(t + 2) with t = exp(2|x|) − 1, which is accurate near 0 too.
func tanh(x vec) vec {
	a := least(load(num(10)), abs(x)) // tanh 10 rounds to 1
	t := expm1(add(a, a))
	return withSign(div(t, add(t, num(2))), x)
}

// sigmoid takes the exponential of −|x| only, which does not overflow.
func sigmoid(x vec) vec {
	e := exp(or(x, bits(signBit)))
	r := div(load(num(1)), add(e, num(1)))
	return choose(x, mul(e, r), r) // by the sign of x
}

// softplus is max(x, 0) + log1p(exp(−|x|)).
func softplus(x vec) vec {
	tail := log1p(exp(or(x, bits(signBit))))
	return add(tail, greatest(load(num(0)), x))
}

// logarithm returns ln(2ᵉ·(1 + f)) for f from √½ − 1 to √2 − 1. The polynomial
// is that of Cephes' logf.
func logarithm(e, f vec) vec {
	p := polynomial(f, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
		-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
	z := mul(f, f)
	y := mul(mul(f, z), p)
	y = mulAdd(e, num(ln2Low), y)
	y = subMul(y, z, num(0.5))
	y = add(y, f)
	return mulAdd(e, num(ln2High), y)
}

// split returns e and m with x = 2ᵉ·m and √½ ≤ m < √2, for normal x > 0.
func split(x vec) (e, m vec) {
	const rootHalf = 0x3f3504f3
	k := shiftRight(subInt(x, bits(rootHalf)), 23)
	return k, subInt(x, shiftLeft(k, 23))
}

// ln scales subnormals up first.
func ln(x vec) vec {
	const up = 1 << 25
	tiny := compare(x, less, num(0x1p-126))
	k, m := split(choose(tiny, mul(x, num(up)), x))
	e := sub(toFloat(k), and(tiny, num(25)))
	return limits(logarithm(e, sub(m, num(1))), x, num(0), x)
}

// log1p carries what 1 + x rounds away over into the fraction.
func log1p(x vec) vec {
	u := add(x, num(1))
	// The greater of 1 and x is taken off u first, for then nothing rounds.
	c := choose(compare(load(num(1)), less, x), sub(load(num(1)), sub(u, x)), sub(x, sub(u, num(1))))
	k, m := split(u)
	down := op2(build.VPMAXSD, subInt(load(bits(0)), k), bits(-126&math.MaxUint32)) // beyond it c is nothing
	f := mulAdd(c, power(down), sub(m, num(1)))
	return limits(withSign(logarithm(toFloat(k), f), x), u, num(0), x)
}

// limits gives a logarithm of u its values at the ends: −Inf at 0, NaN below,
// and x itself where that is Inf or NaN.
func limits(y, u vec, zero operand.Mem, x vec) vec {
	y = choose(compare(u, equal, zero), bits(signBit|infinity), y)
	y = choose(compare(u, less, zero), bits(0x7fc00000), y)
	y = choose(compare(x, equal, bits(infinity)), x, y)
	return choose(compare(x, unequal, x), x, y)
}
