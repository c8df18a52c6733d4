package kernel

import "math"

// gelu is accurate far below 0 too, where Φ is next to nothing; its limit is 0.
// Erfc would show what −v/√2 rounds away, so its slope makes up for that.
func gelu(v float64) float64 {
	if math.IsInf(v, 0) {
		return max(v, 0)
	}
	const rootLow = math.Sqrt2/2 - 0x1.6a09e667f3bcdp-1
	z := -v * 0x1.6a09e667f3bcdp-1
	rest := math.FMA(-v, 0x1.6a09e667f3bcdp-1, -z) - v*rootLow
	return v / 2 * (math.Erfc(z) - rest*(2/math.SqrtPi)*math.Exp(-z*z))
}

// geluSlope has no Inf·0 at the ends.
func geluSlope(v float64) float64 {
	v = max(-100, min(v, 100))
	return math.Erfc(-v/math.Sqrt2)/2 + v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi)
}

// The approximation of GELU with a tanh is x·sigmoid(w), w = c·(x + k·x³).
var (
	geluTanhC = math.Sqrt(8 / math.Pi)
	geluTanhK = 0.044715
)

// geluTanh does not let 1 + tanh cancel far below 0; its limit is 0.
func geluTanh(v float64) float64 {
	if math.IsInf(v, -1) {
		return 0
	}
	return v * sigmoid(geluTanhC*(v+geluTanhK*v*v*v))
}

// geluTanhSlope has no Inf·0 at the ends.
func geluTanhSlope(v float64) float64 {
	v = max(-100, min(v, 100))
	s := sigmoid(geluTanhC * (v + geluTanhK*v*v*v))
	rest := sigmoid(-geluTanhC * (v + geluTanhK*v*v*v))
	return s * (1 + v*rest*geluTanhC*(1+3*geluTanhK*v*v))
}
