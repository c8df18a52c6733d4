package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// rowTwins are the kernels for rows of n elements of x and g: what they write,
// one slice after the other.
func rowTwins[T Float](out, x, g []T, n int, numbers [][]float64) map[string]func() ([]T, []float64) {
	a, b, c := numbers[0], numbers[1], numbers[2]
	return map[string]func() ([]T, []float64){
		"stats": func() ([]T, []float64) {
			rowStats(x, n, a, b)
			for i, sum := range b {
				if sum != sum {
					a[i] = sum // which of NaN and the others is the greatest is left open
				}
			}
			return nil, append(append([]float64(nil), a...), b...)
		},
		"others":          func() ([]T, []float64) { rowOthers(x, n, c, b); return nil, b },
		"softmax":         func() ([]T, []float64) { softmaxRows(out, x, n); return out, nil },
		"exp":             func() ([]T, []float64) { rowExp(out, x, n, c, numbers[3], numbers[4]); return out, nil },
		"shift":           func() ([]T, []float64) { rowShift(out, x, n, c, numbers[3]); return out, nil },
		"softmaxSlope":    func() ([]T, []float64) { softmaxSlopeRows(out, x, g, n); return out, nil },
		"logSoftmaxSlope": func() ([]T, []float64) { logSoftmaxSlopeRows(out, x, g, n); return out, nil },
	}
}

// Every kernel for rows, of every length up to two turns and some, between pages
// that nobody may touch, gives what the same in portable float64 gives.
func TestRowKernelsAreTheirPortableTwins(t *testing.T) {
	if classes32 == nil {
		t.Skip("this machine has no assembly")
	}
	faults(t)
	rng := rand.New(rand.NewPCG(31, 32))
	var fences [3]fence
	for i := range fences {
		fences[i] = newFence(t, 4*5*70)
	}
	for n := 1; n < 68; n++ {
		for rows := range 5 {
			place := last[float32]
			if (n+rows)%2 == 0 {
				place = first[float32]
			}
			out, x, g := place(fences[0], n*rows), place(fences[1], n*rows), place(fences[2], n*rows)
			scores(rng, x)
			digits(rng, g)
			wideX, wideG, wideOut := make([]float64, len(x)), make([]float64, len(g)), make([]float64, len(x))
			Convert(wideX, x)
			Convert(wideG, g)
			var numbers, wide [][]float64
			for range 5 {
				v := make([]float64, rows)
				for i := range v {
					v[i] = float64(rng.IntN(9)) / 4
				}
				numbers, wide = append(numbers, v), append(wide, append([]float64(nil), v...))
			}
			for i := range rows { // an element of the row, so that it is left out of others
				numbers[2][i] = float64(Max(x[i*n:][:n]))
				wide[2][i] = numbers[2][i]
			}
			want := rowTwins(wideOut, wideX, wideG, n, wide)
			for name, f := range rowTwins(out, x, g, n, numbers) {
				y, sums := f()
				wantY, wantSums := want[name]()
				absolute := map[string]float64{"exp": 1e-6, "softmaxSlope": 1e-5, "logSoftmaxSlope": 1e-4}[name] + 0x1p-149
				for i := range y {
					requireClose(t, wantY[i], float64(y[i]), absolute, "%s n %d rows %d element %d of %v", name, n, rows, i, x)
				}
				for i := range sums {
					requireClose(t, wantSums[i], sums[i], absolute, "%s n %d rows %d number %d of %v", name, n, rows, i, x)
				}
			}
		}
	}
}

// scores are sixteenths, whose differences are exact, and now and then something
// that a softmax may meet.
func scores(rng *rand.Rand, x []float32) {
	extremes := []float32{float32(-inf), -1e4, -100, -104.5, 60}
	for i := range x {
		x[i] = float32(rng.IntN(160)-80) / 16
		if rng.IntN(40) == 0 {
			x[i] = extremes[rng.IntN(len(extremes))]
		}
	}
	if len(x) > 0 && rng.IntN(20) == 0 {
		x[rng.IntN(len(x))] = float32(nan)
	}
}

// requireClose allows for relative errors of float32, and for absolute ones where
// terms cancel.
func requireClose(t *testing.T, want, got, absolute float64, format string, args ...any) {
	t.Helper()
	if !same(want, got) && !(math.Abs(got-want) <= 4e-7*math.Abs(want)+absolute) {
		require.Fail(t, fmt.Sprintf("want %g, got %g: %s", want, got, fmt.Sprintf(format, args...)))
	}
}
