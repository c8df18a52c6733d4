package main

import "math"

// normalFunctions writes what stands on the normal distribution. Near 0 there
// are polynomials in x²; beyond, products of a bell and a function of t, see
// fit, that changes slowly. Φ is the distribution, φ its density, Q = 1 − Φ.
func normalFunctions() {
	for _, now = range arithmetics {
		vectorFunction("erfAVX", "erf(x[i])", erf)
		vectorFunction("erfcAVX", "1 − erf(x[i])", erfc)
		vectorFunction("geluAVX", "x[i]·Φ(x[i])", gelu)
		vectorFunction("geluSlopeAVX", "Φ(x[i]) + x[i]·φ(x[i])", geluSlope)
		vectorFunction("geluTanhAVX", "x[i]/(1 + exp(−w)), w = √(8/π)·(x[i] + 0.044715·x[i]³),", geluTanh)
		vectorFunction("geluTanhSlopeAVX", "the derivative of geluTanh at x[i]", geluTanhSlope)
	}
	now = arithmetics[0]
}

// distance is |x|, but at most where every bell has been 0 for long: Inf would
// become NaN, which passes as itself.
func distance(x vec) vec { return least(load(num(100)), abs(x)) }

// timesBell returns f·exp(−c·a²), with what a² rounds away, which the
// exponential would show. c is a power of 2.
func timesBell(f, a vec, c float64) vec {
	square := mul(a, a)
	rest := mulSub(a, a, square)
	return timesExp(f, mul(square, num(-c)), mul(rest, num(-c)))
}

// erf is 1 − erfc beyond 1.
func erf(x vec) vec {
	z := distance(x)
	near := mulAdd(erfNear.at(mul(z, z)), z, z)
	far := sub(load(num(1)), erfcBeyond(z))
	return withSign(choose(compare(z, less, num(1)), near, far), x)
}

// erfc takes x off 1 first, which rounds nothing away from ½ to 1.
func erfc(x vec) vec {
	z := distance(x)
	near := subMul(sub(load(num(1)), x), erfNear.at(mul(z, z)), x)
	y := erfcBeyond(z)
	far := choose(x, sub(load(num(2)), y), y) // by the sign of x
	return choose(compare(z, less, num(1)), near, far)
}

// erfcBeyond is erfc for z from 1.
func erfcBeyond(z vec) vec { return timesBell(div(erfcFar.atFar(z), z), z, 1) }

// gelu is max(x, 0) − |x|·Q(|x|) beyond 1.
func gelu(x vec) vec {
	a := distance(x)
	near := mul(x, mulAdd(phiNear.at(mul(a, a)), x, load(num(0.5))))
	far := sub(greatest(load(num(0)), x), timesBell(millsFar.atFar(a), a, 0.5))
	return choose(compare(a, less, num(1)), near, far)
}

// geluSlope is w = Q(|x|) − |x|·φ(x) below −1 and 1 − w above 1.
func geluSlope(x vec) vec {
	a := distance(x)
	near := mulAdd(slopeNear.at(mul(a, a)), x, load(num(0.5)))
	w := timesBell(subMul(div(millsFar.atFar(a), a), a, num(1/math.Sqrt(2*math.Pi))), a, 0.5)
	far := choose(x, w, sub(load(num(1)), w)) // by the sign of x
	return choose(compare(a, less, num(1)), near, far)
}

// tanhForm holds √(8/π) and 0.044715·√(8/π), each as a number of a type and
// what is missing.
type tanhForm struct{ c, cLow, cube, cubeLow float64 }

var (
	tanhForm32 = tanhForm{1.5957691669464111, -4.534068042105272e-08, 0.07135481387376785, 2.3988323959931355e-09}
	tanhForm64 = tanhForm{1.5957691216057308, -9.96930880911092e-17, 0.07135481627260025, -6.175149918155315e-19}
)

func tanhFormNow() tanhForm {
	if now.size == 4 {
		return tanhForm32
	}
	return tanhForm64
}

// tanhFormExp returns n and p with exp(−w) = 2ⁿ·(1 + p) for w = c·a + cube·a³. An error in w would grow
// with it, so w is the sum of two numbers all the way.
func tanhFormExp(a vec) (n, p vec) {
	f := tanhFormNow()
	square := mul(a, a)
	rest := mulSub(a, a, square)
	term := mul(square, num(f.cube))
	termRest := mulSub(square, num(f.cube), term)
	termRest = mulAdd(rest, num(f.cube), mulAdd(square, num(f.cubeLow), termRest))
	q := add(term, num(f.c))
	back := sub(q, num(f.c))
	qRest := add(sub(load(num(f.c)), sub(q, back)), sub(term, back)) // what the sum rounded away
	qRest = add(add(qRest, termRest), num(f.cLow))
	minus := mul(a, num(-1))
	w := mul(minus, q)
	return reduced(representable(w), mulAdd(minus, qRest, mulSub(minus, q, w)))
}

// geluTanh is x/(1 + e) above 0 and −|x|·e/(1 + e) below, with e = exp(−|w|).
func geluTanh(x vec) vec {
	a := distance(x)
	n, p := tanhFormExp(a)
	below := mul(timesPower(mulAdd(a, p, a), n), num(-1))
	e := timesPower(add(p, num(1)), n)
	return div(choose(x, below, x), add(e, num(1))) // by the sign of x
}

// geluTanhSlope is s·(1 − |x|·w′/(1 + e)), s = e/(1 + e), below 0, and 1 less
// that above.
func geluTanhSlope(x vec) vec {
	f := tanhFormNow()
	a := distance(x)
	n, p := tanhFormExp(a)
	e := timesPower(add(p, num(1)), n)
	r := div(load(num(1)), add(e, num(1)))
	rise := mul(a, mulAdd(mul(a, a), num(3*f.cube), load(num(f.c))))
	below := mul(mul(e, r), subMul(load(num(1)), rise, r))
	return choose(x, below, sub(load(num(1)), below)) // by the sign of x
}
