package kernel

import (
	"math"
	"math/big"
)

// Elementary functions of many digits, for tests. What they return is right to
// 90 bits or more, and more slowly than anybody would like.

const bigPrecision = 320

type bigFloat = *big.Float

func newBig(v float64) bigFloat               { return new(big.Float).SetPrec(bigPrecision).SetFloat64(v) }
func bigAdd(a, b bigFloat) bigFloat           { return newBig(0).Add(a, b) }
func bigSub(a, b bigFloat) bigFloat           { return newBig(0).Sub(a, b) }
func bigMul(a, b bigFloat) bigFloat           { return newBig(0).Mul(a, b) }
func bigDiv(a, b bigFloat) bigFloat           { return newBig(0).Quo(a, b) }
func bigTimes(a bigFloat, b float64) bigFloat { return bigMul(a, newBig(b)) }
func bigSqrt(v float64) bigFloat              { return newBig(0).Sqrt(newBig(v)) }

func bigShift(a bigFloat, by int) bigFloat { return newBig(0).SetMantExp(a, by) }

// bigTiny reports whether |x| is below 2 to the power e.
func bigTiny(x bigFloat, e int) bool { return x.Sign() == 0 || x.MantExp(nil) < e }

var (
	bigPi  = mustBig("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651328230664709384")
	bigLn2 = mustBig("0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586332699641868754200148102057068573368552")

	bigInverse = func() (inverse [200]bigFloat) { // 1/k
		for k := 1; k < len(inverse); k++ {
			inverse[k] = bigDiv(newBig(1), newBig(float64(k)))
		}
		return inverse
	}()
)

func mustBig(s string) bigFloat {
	x, _, err := big.ParseFloat(s, 10, bigPrecision, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return x
}

// bigExpm1 is 2ⁿ·(1 + p) − 1 where x is not near 0; p comes from a series at r/256.
func bigExpm1(x bigFloat) bigFloat {
	if bigTiny(x, -130) {
		return bigAdd(x, bigTimes(bigMul(x, x), 0.5))
	}
	quotient, _ := bigDiv(x, bigLn2).Float64()
	n := int(quotient)
	r := bigShift(bigSub(x, bigTimes(bigLn2, float64(n))), -8)
	p, term := newBig(0), r
	for k := 2; term.Sign() != 0 && !bigTiny(term, r.MantExp(nil)-bigPrecision); k++ {
		p = bigAdd(p, term)
		term = bigMul(bigMul(term, r), bigInverse[k])
	}
	for range 8 { // (1 + p)² − 1
		p = bigAdd(bigShift(p, 1), bigMul(p, p))
	}
	return bigAdd(bigShift(p, n), bigSub(bigShift(newBig(1), n), newBig(1)))
}

// bigExp does not go through exp(x) − 1 where that is next to −1.
func bigExp(x bigFloat) bigFloat {
	if x.Sign() < 0 {
		return bigDiv(newBig(1), bigAdd(bigExpm1(newBig(0).Neg(x)), newBig(1)))
	}
	return bigAdd(bigExpm1(x), newBig(1))
}

// bigLog1p makes two of Newton's steps from what package math says.
func bigLog1p(x bigFloat) bigFloat {
	if bigTiny(x, -130) {
		return bigSub(x, bigTimes(bigMul(x, x), 0.5))
	}
	u := bigAdd(x, newBig(1))
	fraction := newBig(0)
	e := u.MantExp(fraction)
	m, _ := fraction.Float64()
	y := bigAdd(bigTimes(bigLn2, float64(e)), newBig(logarithm(m)))
	if bigTiny(x, 0) {
		small, _ := x.Float64()
		y = newBig(math.Log1p(small))
	}
	for range 2 {
		// y + (u − eʸ)/eʸ, without the 1 that u and eʸ share
		p := bigExpm1(y)
		y = bigAdd(y, bigDiv(bigSub(x, p), bigAdd(p, newBig(1))))
	}
	return y
}

// bigLog takes powers of 2 out of what is not near 1.
func bigLog(x bigFloat) bigFloat {
	m := newBig(0)
	e := x.MantExp(m)
	if e == 0 || e == 1 {
		return bigLog1p(bigSub(x, newBig(1)))
	}
	return bigAdd(bigTimes(bigLn2, float64(e)), bigLog1p(bigSub(m, newBig(1))))
}

// bigErf sums x·exp(−x²)·2/√π·Σ (2x²)ᵏ/(1·3·…·(2k+1)).
func bigErf(x bigFloat) bigFloat {
	double := bigTimes(bigMul(x, x), 2)
	sum, term := newBig(0), newBig(1)
	for k := 0; !bigTiny(term, -bigPrecision); k++ {
		sum = bigAdd(sum, term)
		term = bigDiv(bigMul(term, double), newBig(float64(2*k+3)))
	}
	bell := bigExp(newBig(0).Neg(bigMul(x, x)))
	return bigDiv(bigTimes(bigMul(bigMul(sum, x), bell), 2), newBig(0).Sqrt(bigPi))
}

// bigErfc takes a continued fraction beyond 5.
func bigErfc(x bigFloat) bigFloat {
	if x.Cmp(newBig(5)) < 0 {
		return bigSub(newBig(1), bigErf(x))
	}
	f := x
	for k := 90; k > 0; k-- {
		f = bigAdd(x, bigDiv(newBig(float64(k)/2), f))
	}
	bell := bigExp(newBig(0).Neg(bigMul(x, x)))
	return bigDiv(bell, bigMul(f, newBig(0).Sqrt(bigPi)))
}

// bigSin takes half turns off x and sums the series.
func bigSin(x bigFloat) bigFloat {
	turns, _ := bigDiv(x, bigPi).Float64()
	n := int64(turns)
	r := bigSub(x, bigMul(bigPi, newBig(float64(n))))
	if n%2 != 0 {
		r.Neg(r)
	}
	minus := newBig(0).Neg(bigMul(r, r))
	sum, term := newBig(0), r
	for k := 2; term.Sign() != 0 && !bigTiny(term, r.MantExp(nil)-bigPrecision); k += 2 {
		sum = bigAdd(sum, term)
		term = bigMul(bigMul(bigMul(term, minus), bigInverse[k]), bigInverse[k+1])
	}
	return sum
}

func bigCos(x bigFloat) bigFloat { return bigSin(bigAdd(x, bigShift(bigPi, -1))) }
