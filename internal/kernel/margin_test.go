package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// portableClasses runs f without the assembly for rows.
func portableClasses(f func()) {
	k := classes32
	defer func() { classes32 = k }()
	classes32 = nil
	f()
}

// lossOfRows is what the losses over classes have in common.
type lossOfRows interface {
	Forward(dst []float64, x []float32)
	Backward(dst []float32, g []float64, x []float32)
}

// The losses with margins take single terms off sums again, which must not show,
// not even where terms are infinite.
func TestMarginsAreTheirPortableTwins(t *testing.T) {
	if classes32 == nil {
		t.Skip("this machine has no assembly")
	}
	rng := rand.New(rand.NewPCG(41, 42))
	for n := 1; n < 68; n++ {
		for rows := range 5 {
			x, g, weight := guarded[float32](rng, rows*n), make([]float64, rows), make([]float32, n)
			scores(rng, x.in)
			class, labels := make([]int64, rows), MultiLabelMargin[float32]{N: n}
			for i := range class {
				class[i], g[i] = rng.Int64N(int64(n)), float64(rng.IntN(9)-4)
				for range rng.IntN(4) * rng.IntN(8) { // some twice
					labels.Labels = append(labels.Labels, rng.Int64N(int64(n)))
				}
				labels.Ends = append(labels.Ends, len(labels.Labels))
			}
			digits(rng, weight)
			for k, l := range []lossOfRows{
				&MultiMargin[float32]{N: n, Class: class, P: 1, Margin: 1},
				&MultiMargin[float32]{N: n, Class: class, P: 2, Margin: 0.5, Weight: weight},
				&labels,
			} {
				y, want := make([]float64, rows), make([]float64, rows)
				dx, wantX := guarded[float32](rng, rows*n), make([]float32, rows*n)
				l.Forward(y, x.in)
				l.Backward(dx.in, g, x.in)
				portableClasses(func() {
					l.Forward(want, x.in)
					l.Backward(wantX, g, x.in)
				})
				for i := range y {
					requireClose(t, want[i], y[i], 1e-12, "loss %d n %d row %d of %v", k, n, i, x.in)
				}
				for i := range wantX {
					requireClose(t, float64(wantX[i]), float64(dx.in[i]), 1e-6, "slope %d n %d element %d of %v, labels %v", k, n, i, x.in, labels)
				}
				dx.check(t)
				x.check(t)
			}
		}
	}
}

// float32 against float64, for rows and columns of every kind.
func TestCrossEntropyOfFloat32(t *testing.T) {
	rng := rand.New(rand.NewPCG(43, 44))
	for _, s := range [][3]int{{0, 3, 1}, {4, 1, 1}, {33, 10, 1}, {5, 1000, 1}, {3, 4, 2}, {2, 5, 15}, {2, 5, 16}, {3, 7, 40}, {2, 3, 700}, {700, 50, 3}, {3000, 40, 1}} {
		outer, n, inner := s[0], s[1], s[2]
		x, class, g := make([]float32, outer*n*inner), make([]int64, outer*inner), make([]float64, outer*inner)
		for i := range x {
			x[i] = float32(math.Round(48*rng.NormFloat64())) / 16 // so that differences are exact
		}
		for i := range class {
			class[i], g[i] = rng.Int64N(int64(n)+1)-1, rng.NormFloat64()
		}
		if len(class) > 0 && class[0] >= 0 {
			x[int(class[0])*inner] = 40 // all but certain
		}
		weight := make([]float32, n)
		for i := range weight {
			weight[i] = rng.Float32()
		}
		wideX, wideWeight := make([]float64, len(x)), make([]float64, n)
		Convert(wideX, x)
		Convert(wideWeight, weight)
		for variant := range 4 {
			k, wide := CrossEntropy[float32]{N: n, Inner: inner, Class: class}, CrossEntropy[float64]{N: n, Inner: inner, Class: class}
			if variant%2 == 1 {
				k.Weight, wide.Weight = weight, wideWeight
			}
			if variant/2 == 1 {
				k.Smoothing, wide.Smoothing = 0.1, 0.1
			}
			y, want, dx, wantX := make([]float64, len(class)), make([]float64, len(class)), make([]float32, len(x)), make([]float64, len(x))
			k.Forward(y, x)
			wide.Forward(want, wideX)
			k.Backward(dx, g, x)
			wide.Backward(wantX, g, wideX)
			for i := range y {
				requireClose(t, want[i], y[i], 0, "%v variant %d lane %d", s, variant, i)
			}
			for i := range dx {
				requireClose(t, wantX[i], float64(dx[i]), 2e-7, "%v variant %d element %d", s, variant, i)
			}
		}
	}
	require.NotPanics(t, func() { (&CrossEntropy[float32]{N: 3, Inner: 0}).Forward(nil, nil) })
}
