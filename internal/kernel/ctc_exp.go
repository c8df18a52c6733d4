package kernel

import "math"

// ctcExps sets the probabilities of the symbols in all rows of c.saved to the
// last place but one of float64. It reports whether none is too great for
// ctcInspect.
func ctcExps[T Float](c *ctcScaled, lp []T) bool {
	small, w := true, c.width()
	for t := range c.Frames {
		frame := lp[t*c.Stride:][:c.Classes]
		dst := c.saved[t*w+c.states():][:len(c.symbols)]
		for i, k := range c.symbols {
			x := float64(frame[k])
			var y float64
			if x > -700 && x < 700 {
				// x = (64·q + i)·ln 2/64 + r with |r| ≤ ln 2/128
				n := x*(64/math.Ln2) + expRounder
				j := math.Float64bits(n)
				n -= expRounder
				r := (x - n*expStepHigh) - n*expStepLow
				s := r * r
				p := r + s*(0.5+r*(1.0/6)) + s*s*(1.0/24+r*(1.0/120))
				y = expSteps[j%64]
				y = math.Float64frombits(math.Float64bits(y+y*p) + j>>6<<52)
			} else {
				y = math.Exp(x)
			}
			dst[i] = y
			small = small && y <= ctcGreat
		}
	}
	return small
}

const (
	expRounder  = 0x1.8p52 // added to a small number leaves it rounded in the last bits
	expStepHigh = 0x1.62e42fefp-7
	expStepLow  = math.Ln2/64 - expStepHigh
)

// expSteps are the powers 2^(i/64).
var expSteps = func() (steps [64]float64) {
	for i := range steps {
		steps[i] = math.Exp2(float64(i) / 64)
	}
	return steps
}()
