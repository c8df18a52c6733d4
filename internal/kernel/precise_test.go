package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// preciseFunctions are what the kernels of float64 are held to, and from where to
// where.
var preciseFunctions = map[string]struct {
	f        func(x bigFloat) bigFloat
	from, to float64
}{
	"exp":           {bigExp, -745, 709.78},
	"expm1":         {bigExpm1, -745, 709.78},
	"log":           {bigLog, 0x1p-1074, math.MaxFloat64},
	"log1p":         {bigLog1p, math.Nextafter(-1, 0), math.MaxFloat64},
	"tanh":          {bigTanh, -30, 30},
	"sigmoid":       {bigSigmoid, -745, 745},
	"softplus":      {func(x bigFloat) bigFloat { return bigLog1p(bigExp(x)) }, -745, 700},
	"erf":           {bigErf, -6, 6},
	"erfc":          {bigErfc, -6, 27.3},
	"gelu":          {bigGELU, -38.5, 38},
	"geluSlope":     {bigGELUSlope, -38.5, 38},
	"geluTanh":      {bigGELUTanh, -21.5, 38},
	"geluTanhSlope": {bigGELUTanhSlope, -21.5, 38},
	"sin":           {bigSin, -0x1p29, 0x1p29},
	"cos":           {bigCos, -0x1p29, 0x1p29},
}

func bigTanh(x bigFloat) bigFloat {
	t := bigExpm1(bigShift(x, 1))
	return bigDiv(t, bigAdd(t, newBig(2)))
}

func bigSigmoid(x bigFloat) bigFloat {
	return bigDiv(newBig(1), bigAdd(bigExp(newBig(0).Neg(x)), newBig(1)))
}

// bigPhi is the normal distribution.
func bigPhi(x bigFloat) bigFloat {
	return bigShift(bigErfc(bigDiv(newBig(0).Neg(x), bigSqrt(2))), -1)
}

func bigGELU(x bigFloat) bigFloat { return bigMul(x, bigPhi(x)) }

func bigGELUSlope(x bigFloat) bigFloat {
	bell := bigDiv(bigExp(bigTimes(bigMul(x, x), -0.5)), newBig(0).Sqrt(bigShift(bigPi, 1)))
	return bigAdd(bigPhi(x), bigMul(x, bell))
}

// bigTanhForm is √(8/π)·(x + cubic·k·x³), k being 0.044715.
func bigTanhForm(x bigFloat, cubic float64) bigFloat {
	square := bigTimes(bigMul(bigMul(x, x), mustBig("0.044715")), cubic)
	return bigMul(bigMul(bigDiv(bigSqrt(8), newBig(0).Sqrt(bigPi)), x), bigAdd(square, newBig(1)))
}

func bigGELUTanh(x bigFloat) bigFloat { return bigMul(x, bigSigmoid(bigTanhForm(x, 1))) }

func bigGELUTanhSlope(x bigFloat) bigFloat {
	w := bigTanhForm(x, 1)
	s, rest := bigSigmoid(w), bigSigmoid(newBig(0).Neg(w))
	return bigMul(s, bigAdd(newBig(1), bigMul(rest, bigTanhForm(x, 3))))
}

// ulpsBig returns how many units in the last place of float64, or of least if
// that is greater, got is from want.
func ulpsBig(got float64, want bigFloat, least float64) float64 {
	near, _ := want.Float64()
	if got == near {
		return 0
	}
	if got != got || math.IsInf(got, 0) {
		return math.Inf(1)
	}
	_, e := math.Frexp(max(math.Abs(near), least))
	off, _ := bigSub(newBig(got), want).Float64()
	return math.Abs(off) / math.Ldexp(1, max(e-53, -1074))
}

// preciseSamples are numbers from one bound to another: of every size, of sizes
// near 1, evenly spread, and beside the places where formulas change.
func preciseSamples(rng *rand.Rand, from, to float64, n int) []float64 {
	x := []float64{from, to}
	take := func(v float64) {
		if v >= from && v <= to {
			x = append(x, v)
		}
	}
	for range n {
		take(math.Float64frombits(rng.Uint64()))
		take(math.Ldexp(rng.Float64(), rng.IntN(12)-6))
		take(-math.Ldexp(rng.Float64(), rng.IntN(12)-6))
		take(from + (to-from)*rng.Float64())
		take(3 * rng.NormFloat64())
	}
	for _, at := range []float64{0, 0.5, 1, -0.5, -1, math.Ln2 / 2, -math.Ln2 / 2, 1.5 * math.Ln2, math.Sqrt2, math.Sqrt2 / 2, math.Sqrt2 - 1, math.Pi, -math.Pi / 2,
		math.Pi / 4, 3 * math.Pi / 4, 355, 355e6, 0x1p-1022, -708.4, -745.1, 19.06, -37.4, -0.7517915, 22, 1e5 * math.Pi, 5e7 * math.Pi} {
		for d := range 6 {
			take(math.Float64frombits(math.Float64bits(at) + uint64(d)))
			take(math.Float64frombits(math.Float64bits(at) - uint64(d)))
		}
	}
	return x
}

func TestVectorFunctionsOfFloat64ArePrecise(t *testing.T) {
	needAssembly(t)
	n := 300
	if testing.Short() {
		n = 30
	}
	for _, v := range vectorFunctions[float64]() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			p := preciseFunctions[v.name]
			require.NotNil(t, p.f, "no function of many digits")
			x := preciseSamples(rand.New(rand.NewPCG(3, 4)), p.from, p.to, n)
			y := make([]float64, len(x))
			v.fast(len(x), &y[0], &x[0])
			worst, at := 0.0, 0
			for i, got := range y {
				if u := ulpsBig(got, p.f(newBig(x[i])), v.least); u > worst {
					worst, at = u, i
				}
			}
			t.Logf("%.3f ulp of %d samples, at %v: %v", worst, len(x), x[at], y[at])
			want, _ := p.f(newBig(x[at])).Float64()
			require.LessOrEqual(t, worst, v.ulp, "at %v: got %v, want %v", x[at], y[at], want)
		})
	}
}
