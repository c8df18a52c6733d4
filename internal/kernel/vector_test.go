package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/chewxy/math32"
	"github.com/stretchr/testify/require"
)

var vectorFunctions = []struct {
	name string
	fast vectorKernel
	f    func(float64) float64
	ulp  float64
}{
	{"exp", vectors.exp, math.Exp, 1.5},
	{"expm1", vectors.expm1, math.Expm1, 1.5},
	{"log", vectors.log, math.Log, 1.5},
	{"log1p", vectors.log1p, math.Log1p, 1.5},
	{"tanh", vectors.tanh, math.Tanh, 2.5},
	{"sigmoid", vectors.sigmoid, sigmoid, 2.5},
	{"softplus", vectors.softplus, softplus, 2.5},
}

// vectorAccurate reports whether got comes from a vector kernel and is as near
// to want as these promise.
func vectorAccurate[T Float](name string, got T, want float64) bool {
	v, ok := any(got).(float32)
	for _, f := range vectorFunctions {
		if strings.EqualFold(f.name, name) {
			return ok && f.fast != nil && ulps(v, want) <= f.ulp
		}
	}
	return false
}

// ulps returns how many units in the last place of float32 got is from want.
func ulps(got float32, want float64) float64 {
	switch r := float32(want); {
	case got == r || math.IsNaN(want) && got != got:
		return 0
	case math.IsNaN(want) || got != got || math32.IsInf(got, 0) || math32.IsInf(r, 0):
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	unit := math.Ldexp(1, max(e-24, -149))
	return math.Abs(float64(got)-want) / unit
}

// Every exponent and sign with a spread of fractions, and all the neighbours of
// the places where a formula changes.
func everywhere(step uint32) []float32 {
	var x []float32
	for b := uint64(0); b <= math.MaxUint32; b += uint64(step) {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for _, at := range []float32{0, 1, -1, 88.722839, -87.33655, -103.97208, 89, -104, -17.5, -17.328680, 10, 0.34657359, -0.34657359, math.Sqrt2, math.Sqrt2 / 2,
		0.41421356, -0.29289322, math32.MaxFloat32, 0x1p-126, 0x1p-149, math32.Inf(1), math32.Inf(-1)} {
		b := math.Float32bits(at)
		for d := range uint32(64) {
			x = append(x, math.Float32frombits(b+d), math.Float32frombits(b-d))
		}
	}
	return x
}

func TestVectorFunctionsAreAccurateEverywhere(t *testing.T) {
	step := uint32(1009)
	if testing.Short() {
		step = 100_003
	}
	x := everywhere(step)
	y := make([]float32, len(x))
	for _, v := range vectorFunctions {
		t.Run(v.name, func(t *testing.T) {
			if v.fast == nil {
				t.Skip("this machine has no vector kernels")
			}
			v.fast(len(x), &y[0], &x[0])
			worst, at := 0.0, 0
			for i, got := range y {
				if u := ulps(got, v.f(float64(x[i]))); u > worst {
					worst, at = u, i
				}
			}
			t.Logf("%.3f ulp at %g (%#x): %g", worst, x[at], math.Float32bits(x[at]), y[at])
			require.LessOrEqual(t, worst, v.ulp, "at %g (%#x): got %g, want %g", x[at], math.Float32bits(x[at]), y[at], v.f(float64(x[at])))
		})
	}
}

func TestVectorFunctionsKeepTheSignOfZero(t *testing.T) {
	negative := math32.Copysign(0, -1)
	for _, v := range vectorFunctions {
		if v.fast == nil || v.f(0) != 0 {
			continue
		}
		x, y := []float32{0, negative}, make([]float32, 2)
		v.fast(2, &y[0], &x[0])
		require.False(t, math.Signbit(float64(y[0])), v.name)
		require.True(t, math.Signbit(float64(y[1])), v.name)
	}
}

func TestVectorFunctionsStayInTheirSlices(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, v := range vectorFunctions {
		if v.fast == nil {
			continue
		}
		for n := 1; n < 68; n++ {
			x, y := guarded[float32](rng, n), guarded[float32](rng, n)
			v.fast(n, &y.in[0], &x.in[0])
			for i, got := range y.in {
				require.LessOrEqual(t, ulps(got, v.f(float64(x.in[i]))), v.ulp, "%s, element %d of %d", v.name, i, n)
			}
			y.check(t)
			v.fast(n, &x.in[0], &x.in[0])
			require.Equal(t, fmt.Sprint(y.in), fmt.Sprint(x.in), "%s in place", v.name)
			x.check(t)
		}
	}
}

func BenchmarkVector(b *testing.B) {
	x, y := make([]float32, 4096), make([]float32, 4096)
	for i := range x {
		x[i] = float32(i)/1024 - 2
	}
	for _, v := range vectorFunctions {
		if v.fast == nil {
			continue
		}
		b.Run(v.name, func(b *testing.B) {
			for b.Loop() {
				v.fast(len(x), &y[0], &x[0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/element")
		})
	}
}
