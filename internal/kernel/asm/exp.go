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
}

// limitsOf is where formulas of a type change.
type limitsOf struct {
	ln2High        float64 // multiples of it by small whole numbers are exact
	ln2Low         float64 // ln 2 − ln2High
	overflow, zero float64 // the exponential is Inf above, and 0 below even a hundred times
	usual          float64 // up to here, either way, exponentials are far from both
	minusOne       float64 // below it exp(x) − 1 rounds to −1
	one            float64 // above it tanh rounds to 1
	digits         int     // beyond which a subnormal is scaled up
	leastExponent  float64
	normal         float64 // the least normal number
}

var (
	limits32 = limitsOf{0.693359375, math.Ln2 - 0.693359375, 89, -110, 80, -17.5, 10, 25, -126, 0x1p-126}
	limits64 = limitsOf{0x1.62e42feep-1, math.Ln2 - 0x1.62e42feep-1, 710, -752, 700, -38, 20, 54, -1022, 0x1p-1022}
)

func limitsNow() limitsOf {
	if now.size == 4 {
		return limits32
	}
	return limits64
}

// reduced writes x + low = n·ln 2 + r with |r| ≤ ln 2 / 2 and returns n and
// exp(r) − 1. low is far less than x, or nil for 0.
func reduced(x, low vec) (n, p vec) {
	l := limitsNow()
	n = nearest(mul(x, num(math.Log2E)))
	r := subMul(x, n, num(l.ln2High))
	if low == nil {
		r = subMul(r, n, num(l.ln2Low))
	} else {
		r = add(r, subMul(low, n, num(l.ln2Low)))
	}
	return n, mulAdd(mul(r, r), expTail.at(r), r)
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

// exp returns the exponential.
func exp(x vec) vec { return timesExp(nil, x, nil) }

// timesExp returns f·exp(x + low), low being what was rounded off x; nil stands
// for 1 and 0. Nothing is rounded between exponential and product. It takes a
// short way where no lane comes near the ends of the exponents, which is nearly
// always; f is not far from 1 where x is far from 0.
func timesExp(f, x, low vec) vec {
	times := func(x vec) (n, y vec) {
		n, p := reduced(x, low)
		if f == nil {
			return n, add(p, num(1))
		}
		return n, mulAdd(f, p, f)
	}
	result, wild := build.YMM(), build.GP32()
	done, anywhere := newLabel("done"), newLabel("anywhere")
	build.VMOVMSKPS(compare(abs(x), notLessEqual, num(limitsNow().usual)), wild)
	build.TESTL(wild, wild)
	build.JNE(operand.LabelRef(anywhere))
	n, y := times(x)
	addExponent(n, y, result)
	build.JMP(operand.LabelRef(done))
	build.Label(anywhere)
	n, y = times(representable(x))
	build.VMOVAPS(timesPower(y, n), result)
	build.Label(done)
	return result
}

// addExponent writes 2ⁿ·y for a normal result.
func addExponent(n, y, result vec) {
	if now.size == 4 {
		build.VPADDD(shiftLeft(toInt(n), 23), y, result)
		return
	}
	k := build.YMM() // the sum has n in its last bits
	build.VPSLLQ(operand.Imm(52), add(n, num(3<<51)), k)
	build.VPADDQ(k, y, result)
}

// representable limits x to where its exponential is neither Inf nor 0, and a
// little more. NaN passes.
func representable(x vec) vec {
	x = least(load(num(limitsNow().overflow)), x)
	return greatest(load(num(limitsNow().zero)), x)
}

// timesPower returns 2ⁿ·y. It takes two steps, so that results reach down to the
// subnormals and up to Inf without an exponent that does not fit.
func timesPower(y, n vec) vec {
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
// power fits. It keeps what r rounds away, for the two terms may nearly cancel.
func expm1(x vec) vec {
	l := limitsNow()
	clamped := greatest(load(num(l.minusOne)), least(load(num(l.overflow)), x))
	n := nearest(mul(clamped, num(math.Log2E)))
	above := subMul(clamped, n, num(l.ln2High))
	r := subMul(above, n, num(l.ln2Low))
	rest := subMul(sub(above, r), n, num(l.ln2Low))
	p := add(r, mulAdd(mul(r, r), expTail.at(r), rest))
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
	return div(choose(x, e, load(num(1))), add(e, num(1))) // by the sign of x
}

// softplus is max(x, 0) + log1p(exp(−|x|)).
func softplus(x vec) vec {
	tail := log1pOfShare(exp(or(x, now.sign())))
	return add(tail, greatest(load(num(0)), x))
}
