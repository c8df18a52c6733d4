package main

import "math"

// Formulas of float32 about the normal distribution stand on Mills' ratio: the
// tail Q(a) = 1 − Φ(a) is exp(−a²/2)·G(t)/(a + 4) with t = (a − 4)/(a + 4), where
// the polynomial G is a minimax fit, relative error 8e−9 from 0 to 14; beyond
// that the exponential is 0.

// farthest is where the exponential has been 0 for long; it keeps Inf out.
const farthest = 100

// mills returns Q(a)/exp(−a²/2), for 0 ≤ a ≤ 100.
func mills(a vec) vec {
	r := div(load(num(1)), add(a, num(4)))
	t := mul(sub(a, num(4)), r)
	g := polynomial(t, -1.295293150e-4, 1.846280038e-4, 1.571858467e-3, -3.514981290e-3, -7.526726744e-3,
		6.040414316e-2, -1.865232064e-1, 3.871368899e-1, -6.078965971e-1, 7.552851355e-1)
	return mul(g, r)
}

// bell returns exp(−c·a²); what a² rounds away is made up for, since the
// exponential would show it.
func bell(a vec, c float64) vec {
	square := mul(a, a)
	rest := copied(square)
	now.fms(a, a, rest) // a·a − square
	e := exp(mul(square, num(-c)))
	return subMul(e, e, mul(rest, num(c)))
}

// gelu is max(x, 0) − |x|·Q(|x|).
func gelu(x vec) vec {
	a := least(load(num(farthest)), abs(x))
	return subMul(greatest(load(num(0)), x), mul(a, mills(a)), bell(a, 0.5))
}

// geluSlope is w = Q(|x|) − |x|·φ(x) below 0 and 1 − w above.
func geluSlope(x vec) vec {
	a := least(load(num(farthest)), abs(x))
	w := mul(bell(a, 0.5), subMul(mills(a), a, num(1/math.Sqrt(2*math.Pi))))
	return choose(x, w, sub(load(num(1)), w)) // by the sign of x
}

// erf is x + x·P(x²) up to 1, 1 + P being a minimax fit of relative error 1e−9,
// and 1 − 2·Q(√2·x) beyond.
func erf(x vec) vec {
	z := least(load(num(farthest)), abs(x))
	near := polynomial(mul(z, z), 7.853857702e-5, -8.010192518e-4, 5.188327560e-3, -2.685381187e-2, 1.128358515e-1,
		-3.761262582e-1, 0.128379166)
	q := mul(mills(mul(z, num(math.Sqrt2))), bell(z, 1))
	far := sub(load(num(1)), add(q, q))
	return withSign(choose(compare(z, less, num(1)), mulAdd(z, near, z), far), x)
}
