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
	fast vectorKernel[float32]
	f    func(float64) float64
	ulp  float64
}{
	{"exp", vectors32.exp, math.Exp, 1.5},
	{"expm1", vectors32.expm1, math.Expm1, 1.5},
	{"log", vectors32.log, math.Log, 1.5},
	{"log1p", vectors32.log1p, math.Log1p, 1.5},
	{"tanh", vectors32.tanh, math.Tanh, 2.5},
	{"sigmoid", vectors32.sigmoid, sigmoid, 2.5},
	{"softplus", vectors32.softplus, softplus, 2.5},
	{"erf", vectors32.erf, math.Erf, 1.5},
	{"gelu", vectors32.gelu, gelu, 6},
}

// vectorAccurate reports whether got comes from a vector kernel and is as near
// to want as these promise.
func vectorAccurate[T Float](name string, got T, want float64) bool {
	for _, f := range vectorFunctions {
		if !strings.EqualFold(f.name, name) || vectors32.exp == nil {
			continue
		}
		if v, ok := any(got).(float32); ok {
			return ulps(v, want) <= f.ulp
		}
		return vectorsFor[T]().exp != nil && ulps64(float64(got), want) <= 4
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

// The kernels of float64, and GELU's slope, against the functions of package
// math, which are right to a unit in the last place themselves.
func TestVectorFunctionsOfFloat64(t *testing.T) {
	needAssembly(t)
	rng := rand.New(rand.NewPCG(5, 5))
	x := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 709.8, 709.7827, 709.79, -708.4, -745.1, -745.2, -746, -37.5, -40, 19, 20, 22,
		math.MaxFloat64, -math.MaxFloat64, 0x1p-1022, 0x1p-1074, -0x1p-1074, math.Sqrt2, math.Sqrt2 / 2, math.Nextafter(1, 0), math.Nextafter(1, 2), -0.5}
	for range 200_000 {
		x = append(x, rng.NormFloat64()*math.Ldexp(1, rng.IntN(20)-10), math.Float64frombits(rng.Uint64()), rng.Float64())
	}
	for name, f := range map[string]struct {
		fast vectorKernel[float64]
		f    func(float64) float64
		ulp  float64
	}{
		"exp": {vectors64.exp, exponential, 3}, "expm1": {vectors64.expm1, math.Expm1, 2.5}, "log": {vectors64.log, logarithm, 2},
		"log1p": {vectors64.log1p, math.Log1p, 2.5}, "tanh": {vectors64.tanh, math.Tanh, 4}, "sigmoid": {vectors64.sigmoid, sigmoid, 4},
		"softplus": {vectors64.softplus, softplus, 4},
	} {
		y := make([]float64, len(x))
		f.fast(len(x), &y[0], &x[0])
		worst, at := 0.0, 0
		for i, got := range y {
			if u := ulps64(got, f.f(x[i])); u > worst {
				worst, at = u, i
			}
		}
		t.Logf("%s: %.2f ulp at %v", name, worst, x[at])
		require.LessOrEqual(t, worst, f.ulp, "%s(%v): got %v, want %v", name, x[at], y[at], f.f(x[at]))
		for n := range 17 {
			in, out := guarded[float64](rng, n), guarded[float64](rng, n)
			f.fast(n, head(out.in), head(in.in))
			for i, got := range out.in {
				require.LessOrEqual(t, ulps64(got, f.f(in.in[i])), f.ulp, name)
			}
			in.check(t)
			out.check(t)
		}
	}
}

// exponential is math.Exp, which on amd64 overflows before it must.
func exponential(v float64) float64 {
	if v > 709 && v < 710 {
		return math.Exp(v-1) * math.E
	}
	return math.Exp(v)
}

// ulps64 returns how many units in the last place got is from want.
func ulps64(got, want float64) float64 {
	switch {
	case got == want || got != got && want != want:
		return 0
	case got != got || want != want || math.IsInf(got, 0) || math.IsInf(want, 0):
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	return math.Abs(got-want) / math.Ldexp(1, max(e-53, -1074))
}

// Where the slope is 0 it has no digits to keep, so the bound is absolute, but
// far below 0 relative.
func TestGELUSlope(t *testing.T) {
	needAssembly(t)
	x := everywhere(100_003)
	y := make([]float32, len(x))
	vectors32.geluSlope(len(x), &y[0], &x[0])
	for i, v := range x {
		want := geluSlope(float64(v))
		if v != v {
			require.NotEqual(t, y[i], y[i])
		} else if v < -2 {
			require.LessOrEqual(t, ulps(y[i], want), 16.0, "at %v", v)
		} else {
			require.InDelta(t, want, y[i], 2e-7, "at %v", v)
		}
	}
}

func TestConvertBetweenFloats(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for n := range 68 {
		x, y, z := guarded[float64](rng, n), guarded[float32](rng, n), guarded[float64](rng, n)
		Convert(y.in, x.in)
		Convert(z.in, y.in)
		for i, v := range x.in {
			require.Equal(t, float32(v), y.in[i])
			require.Equal(t, float64(float32(v)), z.in[i])
		}
		x.check(t)
		y.check(t)
		z.check(t)
	}
}
