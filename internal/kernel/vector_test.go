package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unsafe"

	"github.com/chewxy/math32"
	"github.com/stretchr/testify/require"
)

// vectorFunction is a kernel, nil where there is none, beside a function that
// is right to a few units in the last place of float64.
type vectorFunction[T Float] struct {
	name  string
	fast  vectorKernel[T]
	f     func(float64) float64
	ulp   float64
	least float64 // a unit in the last place is at least that of this
}

func vectorFunctions[T Float]() []vectorFunction[T] {
	k := vectorsFor[T]()
	return []vectorFunction[T]{
		{"exp", k.exp, exponential, 1.5, 0},
		{"expm1", k.expm1, math.Expm1, 1.5, 0},
		{"log", k.log, logarithm, 1.5, 0},
		{"log1p", k.log1p, math.Log1p, 1.5, 0},
		{"tanh", k.tanh, math.Tanh, 2.5, 0},
		{"sigmoid", k.sigmoid, sigmoid, 2.5, 0},
		{"softplus", k.softplus, softplus, 2.5, 0},
		{"erf", k.erf, math.Erf, 1.5, 0},
		{"erfc", k.erfc, math.Erfc, 2.5, 0},
		{"gelu", k.gelu, gelu, 2.5, 0},
		{"geluSlope", k.geluSlope, geluSlope, 1, 1},
		{"geluTanh", k.geluTanh, geluTanh, 3, 0},
		{"geluTanhSlope", k.geluTanhSlope, geluTanhSlope, 1.5, 1},
		{"sin", wholeCircle(k.sin, math.Sin), math.Sin, 1.5, 0},
		{"cos", wholeCircle(k.cos, math.Cos), math.Cos, 1.5, 0},
	}
}

// wholeCircle is the kernel with what is done for large numbers.
func wholeCircle[T Float](fast circleKernel[T], f func(float64) float64) vectorKernel[T] {
	if fast == nil {
		return nil
	}
	return func(n int, y, x *T) { circlePiece(unsafe.Slice(y, n), unsafe.Slice(x, n), fast, f) }
}

// exponential is math.Exp, which on amd64 overflows before it must.
func exponential(v float64) float64 {
	if v > 709 && v < 710 {
		return math.Exp(v-1) * math.E
	}
	return math.Exp(v)
}

// twinBound is how many units in the last place of T, or of least if that is
// more, a kernel and its twin may be apart at x. What package math composes of
// float64 is exact enough for float32, but has errors of its own in float64.
func (v vectorFunction[T]) twinBound(x T) (ulp, least float64) {
	if unsafe.Sizeof(x) == 4 {
		return v.ulp, v.least
	}
	switch v.name {
	case "gelu": // erfc is subnormal before its product with x is
		return v.ulp + 2, 0x1p-1000
	case "geluTanh": // the exponential shows the error of its argument
		a := min(math.Abs(float64(x)), 100)
		if a != a {
			a = 0
		}
		return v.ulp + 2 + 3*geluTanhC*(a+geluTanhK*a*a*a), 0x1p-1000
	}
	return v.ulp + 2, v.least
}

// apart returns by how much got is further from its twin than it may be, at
// most 0 where all is well.
func (v vectorFunction[T]) apart(got, x T) float64 {
	bound, least := v.twinBound(x)
	return ulps(got, v.f(float64(x)), least) - bound
}

// vectorAccurate reports whether got comes from a vector kernel and is as near
// to want as these promise.
func vectorAccurate[T Float](name string, got T, want float64) bool {
	for _, f := range vectorFunctions[T]() {
		if strings.EqualFold(f.name, name) && f.fast != nil {
			bound, least := f.twinBound(got)
			return ulps(got, want, least) <= bound
		}
	}
	return false
}

// ulps returns how many units in the last place of T, or of that of least if it
// is greater, got is from want.
func ulps[T Float](got T, want, least float64) float64 {
	switch r := T(want); {
	case got == r || want != want && got != got:
		return 0
	case want != want || got != got || math.IsInf(float64(got), 0) || math.IsInf(float64(r), 0):
		return math.Inf(1)
	}
	digits, last := 53, -1074
	if unsafe.Sizeof(got) == 4 {
		digits, last = 24, -149
	}
	_, e := math.Frexp(max(math.Abs(want), least))
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-digits, last))
}

// Every exponent and sign with a spread of fractions, and all the neighbours of
// the places where a formula changes.
func everywhere(step uint32) []float32 {
	var x []float32
	for b := uint64(0); b <= math.MaxUint32; b += uint64(step) {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for _, at := range []float32{0, 1, -1, 88.722839, -87.33655, -103.97208, 89, -104, -17.5, -17.328680, 10, 0.34657359, -0.34657359, math.Sqrt2, math.Sqrt2 / 2,
		0.41421356, -0.29289322, math.Pi / 4, math.Pi / 2, math.Pi, 355, 1 << 17, 100, -100, -13, -14.1, 10.05, -0.7517915,
		math32.MaxFloat32, 0x1p-126, 0x1p-149, math32.Inf(1), math32.Inf(-1)} {
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
	for _, v := range vectorFunctions[float32]() {
		t.Run(v.name, func(t *testing.T) {
			needAssembly(t)
			v.fast(len(x), &y[0], &x[0])
			requireNear(t, v, x, y)
		})
	}
}

// requireNear holds every result to the bound of v.
func requireNear[T Float](t *testing.T, v vectorFunction[T], x, y []T) {
	t.Helper()
	worst, at := 0.0, 0
	for i, got := range y {
		if u := ulps(got, v.f(float64(x[i])), v.least); u > worst {
			worst, at = u, i
		}
		if v.apart(got, x[i]) > 0 {
			require.Fail(t, "too far", "at %g (%x): got %g, want %g", x[i], x[i], got, v.f(float64(x[i])))
		}
	}
	t.Logf("%.3f ulp at %g (%x): %g", worst, x[at], x[at], y[at])
}

// In float64 the functions of package math are not exact enough to judge the
// kernels by more than where they are at all; see
// TestVectorFunctionsOfFloat64ArePrecise for the rest.
func TestVectorFunctionsOfFloat64(t *testing.T) {
	needAssembly(t)
	rng := rand.New(rand.NewPCG(5, 5))
	x := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 709.8, 709.7827, 709.79, -708.4, -745.1, -745.2, -746, -37.5, -40, 19, 20, 22,
		math.MaxFloat64, -math.MaxFloat64, 0x1p-1022, 0x1p-1074, -0x1p-1074, math.Sqrt2, math.Sqrt2 / 2, math.Nextafter(1, 0), math.Nextafter(1, 2), -0.5, 1 << 29, 1<<29 + 1}
	for range 100_000 {
		x = append(x, rng.NormFloat64()*math.Ldexp(1, rng.IntN(20)-10), math.Float64frombits(rng.Uint64()), rng.Float64())
	}
	y := make([]float64, len(x))
	for _, v := range vectorFunctions[float64]() {
		t.Run(v.name, func(t *testing.T) {
			v.fast(len(x), &y[0], &x[0])
			requireNear(t, v, x, y)
		})
	}
}

func TestVectorFunctionsKeepTheSignOfZero(t *testing.T) {
	t.Run("float32", testSignOfZero[float32])
	t.Run("float64", testSignOfZero[float64])
}

func testSignOfZero[T Float](t *testing.T) {
	needAssembly(t)
	for _, v := range vectorFunctions[T]() {
		if v.f(0) != 0 {
			continue
		}
		x, y := []T{0, T(math.Copysign(0, -1))}, make([]T, 2)
		v.fast(2, &y[0], &x[0])
		require.False(t, math.Signbit(float64(y[0])), v.name)
		require.True(t, math.Signbit(float64(y[1])), v.name)
	}
}

func TestVectorFunctionsStayInTheirSlices(t *testing.T) {
	t.Run("float32", testVectorLengths[float32])
	t.Run("float64", testVectorLengths[float64])
}

// Canaries stand beside the slices, which begin at any multiple of an element.
func testVectorLengths[T Float](t *testing.T) {
	needAssembly(t)
	rng := rand.New(rand.NewPCG(8, 9))
	for _, v := range vectorFunctions[T]() {
		for n := range 68 {
			x, y := guarded[T](rng, n+n%3), guarded[T](rng, n+n%5)
			in, out := x.in[n%3:], y.in[n%5:]
			v.fast(n, head(out), head(in))
			for i, got := range out {
				require.LessOrEqual(t, v.apart(got, in[i]), 0.0, "%s, element %d of %d", v.name, i, n)
			}
			y.check(t)
			v.fast(n, head(in), head(in))
			require.Equal(t, fmt.Sprint(out), fmt.Sprint(in), "%s in place", v.name)
			x.check(t)
		}
	}
}

// FuzzVectorFunctions holds the kernels to their portable twins for any bits.
func FuzzVectorFunctions(f *testing.F) {
	f.Add([]byte{0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0, 0x80})
	f.Add([]byte("any eight bytes are a number, and any four"))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		needAssembly(t)
		x32, x64 := make([]float32, len(bytes)/4), make([]float64, len(bytes)/8)
		for i := range x32 {
			x32[i] = math.Float32frombits(*(*uint32)(unsafe.Pointer(&bytes[4*i])))
		}
		for i := range x64 {
			x64[i] = math.Float64frombits(*(*uint64)(unsafe.Pointer(&bytes[8*i])))
		}
		fuzzVectorFunctions(t, x32)
		fuzzVectorFunctions(t, x64)
	})
}

func fuzzVectorFunctions[T Float](t *testing.T, x []T) {
	for _, v := range vectorFunctions[T]() {
		y := make([]T, len(x)+1)
		y[len(x)] = canary
		v.fast(len(x), &y[0], head(x))
		require.EqualValues(t, canary, y[len(x)])
		for i, got := range y[:len(x)] {
			require.LessOrEqual(t, v.apart(got, x[i]), 0.0, "%s(%v) is %v", v.name, x[i], got)
		}
	}
}

// BenchmarkVector shows the cost of a call and of an element.
func BenchmarkVector(b *testing.B) {
	b.Run("float32", benchmarkVector[float32])
	b.Run("float64", benchmarkVector[float64])
}

func benchmarkVector[T Float](b *testing.B) {
	for _, n := range []int{10, 32, 4096, 1 << 20} {
		x, y := make([]T, n), make([]T, n)
		for i := range x {
			x[i], y[i] = T(i%4096)/1024-2, 1 // pages of y are there before the clock starts
		}
		for _, v := range vectorFunctions[T]() {
			b.Run(fmt.Sprintf("%s/%d", v.name, n), func(b *testing.B) {
				if v.fast == nil {
					b.Skip("this machine has no assembly")
				}
				for b.Loop() {
					v.fast(n, &y[0], &x[0])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
			})
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
