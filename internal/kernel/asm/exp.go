package main

import (
	"math"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// vectorFunctions writes the elementary functions.
func vectorFunctions() {
	for _, now = range arithmetics {
		vectorFunction("expAVX", "exp(x[i])", exp)
		vectorFunction("expm1AVX", "exp(x[i]) − 1", expm1)
		vectorFunction("logAVX", "ln(x[i])", ln)
		vectorFunction("log1pAVX", "ln(1 + x[i])", log1p)
		vectorFunction("tanhAVX", "tanh(x[i])", tanh)
		vectorFunction("sigmoidAVX", "1/(1 + exp(−x[i]))", sigmoid)
		vectorFunction("softplusAVX", "ln(1 + exp(x[i]))", softplus)
	}
	now = arithmetics[0]
	vectorFunction("geluAVX", "x[i]·Φ(x[i])", gelu)
	vectorFunction("geluSlopeAVX", "Φ(x[i]) + x[i]·φ(x[i])", geluSlope)
	vectorFunction("erfAVX", "erf(x[i])", erf)
}

// limitsOf is where formulas of a type change.
type limitsOf struct {
	ln2High        float64 // multiples of it by small whole numbers are exact
	ln2Low         float64 // ln 2 − ln2High
	overflow, zero float64 // the exponential is Inf above, 0 below
	minusOne       float64 // below it exp(x) − 1 rounds to −1
	one            float64 // above it tanh rounds to 1
	digits         int     // beyond which a subnormal is scaled up
	leastExponent  float64
	normal         float64 // the least normal number
}

var (
	limits32 = limitsOf{0.693359375, math.Ln2 - 0.693359375, 89, -104, -17.5, 10, 25, -126, 0x1p-126}
	limits64 = limitsOf{0x1.62e42feep-1, math.Ln2 - 0x1.62e42feep-1, 710, -746, -38, 20, 54, -1022, 0x1p-1022}
)

func limitsNow() limitsOf {
	if now.size == 4 {
		return limits32
	}
	return limits64
}

// reduced writes x = n·ln 2 + r with |r| ≤ ln 2 / 2 and returns n and
// exp(r) − 1 = r + r²·P(r). For float32 P is the minimax polynomial of Cephes'
// expf, https://netlib.org/cephes/, for float64 Taylor's, whose next term is
// below 5e−18.
func reduced(x vec) (n, p vec) {
	n = nearest(mul(x, num(math.Log2E)))
	r := subMul(x, n, num(limitsNow().ln2High))
	r = subMul(r, n, num(limitsNow().ln2Low))
	if now.size == 4 {
		p = polynomial(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
	} else {
		var c []float64
		for k, factorial := 13, 6227020800.0; k >= 2; k-- {
			c = append(c, 1/factorial)
			factorial /= float64(k)
		}
		p = polynomial(r, c...)
	}
	return n, mulAdd(mul(r, r), p, r)
}

// power returns 2ⁿ for whole n within the exponents of normal numbers.
func power(n vec) vec {
	if now.size == 4 {
		return shiftLeft(addInt(toInt(n), bits(127)), 23)
	}
	y := build.YMM() // the sum has n + 1023 in its last bits
	build.VPSLLQ(operand.Imm(52), add(n, num(3<<51+1023)), y)
	return y
}

// exp takes a short way where all lanes are within the exponents of normal
// numbers, which is nearly always.
func exp(x vec) vec {
	if now.size == 8 {
		return expAnywhere(x)
	}
	const usual = 87
	y, wild := build.YMM(), build.GP32()
	done, anywhere := newLabel("done"), newLabel("anywhere")
	build.VMOVMSKPS(compare(abs(x), notLessEqual, num(usual)), wild)
	build.TESTL(wild, wild)
	build.JNE(operand.LabelRef(anywhere))
	n, p := reduced(x)
	build.VPADDD(shiftLeft(toInt(n), 23), add(p, num(1)), y) // to the exponent
	build.JMP(operand.LabelRef(done))
	build.Label(anywhere)
	build.VMOVAPS(expAnywhere(x), y)
	build.Label(done)
	return y
}

// expAnywhere scales in two steps, so that results reach down to the subnormals
// and up to Inf without an exponent that does not fit.
func expAnywhere(x vec) vec {
	x = least(load(num(limitsNow().overflow)), x) // NaN passes
	x = greatest(load(num(limitsNow().zero)), x)
	n, p := reduced(x)
	y := add(p, num(1))
	if now.size == 4 {
		k := toInt(n)
		half := shiftRight(k, 1)
		of := func(k vec) vec { return shiftLeft(addInt(k, bits(127)), 23) }
		return mul(mul(y, of(half)), of(subInt(k, half)))
	}
	half := nearest(mul(n, num(0.5)))
	return mul(mul(y, power(half)), power(sub(n, half)))
}

// expm1 is 2ⁿ·(exp(r) − 1) + (2ⁿ − 1), at half the scale so that the greatest
// power fits.
func expm1(x vec) vec {
	l := limitsNow()
	clamped := greatest(load(num(l.minusOne)), least(load(num(l.overflow)), x))
	n, p := reduced(clamped)
	scale := power(sub(n, num(1)))
	y := mulAdd(scale, p, sub(scale, num(0.5)))
	y = choose(compare(n, equal, num(0)), p, add(y, y)) // half a subnormal would vanish
	return withSign(y, x)
}

// withSign gives y, which is not of the other sign, the sign of x: −0 stays −0.
func withSign(y, x vec) vec { return or(y, and(x, now.sign())) }

// abs drops the sign.
func abs(x vec) vec { return magnitudeOf(now, []vec{x}) }

// tanh is t/(t + 2) with t = exp(2|x|) − 1, which is accurate near 0 too.
func tanh(x vec) vec {
	a := least(load(num(limitsNow().one)), abs(x))
	t := expm1(add(a, a))
	return withSign(div(t, add(t, num(2))), x)
}

// sigmoid takes the exponential of −|x| only, which does not overflow.
func sigmoid(x vec) vec {
	e := exp(or(x, now.sign()))
	r := div(load(num(1)), add(e, num(1)))
	return choose(x, mul(e, r), r) // by the sign of x
}

// softplus is max(x, 0) + log1p(exp(−|x|)).
func softplus(x vec) vec {
	tail := log1pOfShare(exp(or(x, now.sign())))
	return add(tail, greatest(load(num(0)), x))
}
