package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// portably runs f with the portable loops.
func portably(f func()) {
	k32, k64 := assembly32, assembly64
	defer func() { assembly32, assembly64 = k32, k64 }()
	assembly32, assembly64 = nil, nil
	f()
}

// needAssembly skips a test that would compare the portable loops with themselves.
func needAssembly(t *testing.T) {
	if assembly32 == nil {
		t.Skip("this machine has no assembly")
	}
}

// twin is a kernel of some operands. A fused one may also round once
// only.
type twin[T Float] struct {
	name     string
	operands int
	f        func(dst []T, x [][]T)
	fused    func(got T, x ...T) bool
}

func twins[T Float]() []twin[T] {
	one := func(name string, f func(dst, x []T)) twin[T] {
		return twin[T]{name, 1, func(dst []T, x [][]T) { f(dst, x[0]) }, nil}
	}
	two := func(name string, f func(dst, a, b []T)) twin[T] {
		return twin[T]{name, 2, func(dst []T, x [][]T) { f(dst, x[0], x[1]) }, nil}
	}
	fused := func(got T, x ...T) bool {
		want := math.FMA(float64(x[0]), float64(x[1]), float64(x[2]))
		if v, ok := any(got).(float32); ok {
			return ulps(v, want, 0) <= 0.500001
		}
		return same(float64(got), want)
	}
	return []twin[T]{
		one("Neg", Neg[T]), one("Abs", Abs[T]), one("Sign", Sign[T]), one("Square", Square[T]), one("Sqrt", Sqrt[T]), one("Rsqrt", Rsqrt[T]),
		one("ReLU", ReLU[T]), one("Floor", Floor[T]), one("Ceil", Ceil[T]), one("Round", Round[T]),
		one("Scale", func(dst, x []T) { Scale(dst, x, 3) }), one("Offset", func(dst, x []T) { Offset(dst, x, -0.5) }),
		one("Clamp", func(dst, x []T) { Clamp(dst, x, -1, 2.5) }),
		one("Clamp with no bounds", func(dst, x []T) { Clamp(dst, x, T(-inf), T(inf)) }),
		one("Clamp at NaN", func(dst, x []T) { Clamp(dst, x, T(nan), T(nan)) }),
		two("Add", Add[T]), two("Sub", Sub[T]), two("Mul", Mul[T]), two("Div", Div[T]), two("Maximum", Maximum[T]), two("Minimum", Minimum[T]),
		{"MulAdd", 3, func(dst []T, x [][]T) { MulAdd(dst, x[0], x[1], x[2]) }, fused},
		{"SelectPositive", 3, func(dst []T, x [][]T) { SelectPositive(dst, x[0], x[1], x[2]) }, nil},
	}
}

// numbers returns a slice between canaries that starts at any element and holds
// ordinary numbers and, often, special ones.
func numbers[T Float](rng *rand.Rand, n int) guards[T] {
	shift := rng.IntN(8)
	g := guarded[T](rng, n+shift)
	Fill(g.in[:shift], canary)
	g = guards[T]{g.all[shift:], g.in[shift:]}
	for i := range g.in {
		if rng.IntN(3) == 0 {
			g.in[i] = T(special[rng.IntN(len(special))])
		}
	}
	return g
}

func TestAssemblyIsThePortableLoop(t *testing.T) {
	t.Run("float32", testTwins[float32])
	t.Run("float64", testTwins[float64])
}

// testTwins compares at every length up to two passes and some, each operand
// being a slice, a constant or the destination itself.
func testTwins[T Float](t *testing.T) {
	needAssembly(t)
	rng := rand.New(rand.NewPCG(21, 22))
	for _, k := range twins[T]() {
		for n := range 68 {
			forms := 1
			for range k.operands {
				forms *= 3
			}
			for form := range forms {
				if k.operands == 2 && form == 4 {
					continue // two constants are no form of Add and its kin
				}
				dst := numbers[T](rng, n)
				all, x, description := []guards[T]{dst}, make([][]T, k.operands), ""
				for i, f := 0, form; i < k.operands; i, f = i+1, f/3 {
					switch {
					case f%3 == 1 && k.operands > 1:
						all = append(all, numbers[T](rng, 1))
						x[i] = all[len(all)-1].in
					case f%3 == 2:
						x[i] = dst.in
					default:
						all = append(all, numbers[T](rng, n))
						x[i] = all[len(all)-1].in
					}
					description += fmt.Sprint(f % 3)
				}
				checkTwin(t, k, dst.in, x, description)
				for _, g := range all {
					g.check(t)
				}
			}
		}
	}
}

// checkTwin runs both and compares.
func checkTwin[T Float](t *testing.T, k twin[T], dst []T, x [][]T, form string) {
	t.Helper()
	before := make([][]T, len(x))
	for i := range x {
		before[i] = append([]T(nil), x[i]...)
	}
	want := make([]T, len(dst))
	portably(func() { k.f(want, before) })
	k.f(dst, x)
	for i, got := range dst {
		at := make([]T, len(before))
		for j, b := range before {
			at[j] = b[min(i, len(b)-1)]
		}
		ok := same(got, want[i]) || k.fused != nil && k.fused(got, at...)
		require.True(t, ok, "%s%v = %v, want %v (element %d of %d, form %s)", k.name, at, got, want[i], i, len(dst), form)
	}
}

// The portable loops are tried by the tests above this one too when there is no
// assembly; here they are tried on every machine.
func TestPortableLoops(t *testing.T) {
	portably(func() {
		TestArithmeticForms(t)
		testUnary[float32](t)
		testUnary[float64](t)
		TestReductionsAgainstNaive(t)
	})
}

func TestComparisonsAreThePortableLoops(t *testing.T) {
	t.Run("float32", testComparisons[float32])
	t.Run("float64", testComparisons[float64])
}

func testComparisons[T Float](t *testing.T) {
	needAssembly(t)
	rng := rand.New(rand.NewPCG(41, 42))
	for n := range 68 {
		for form := range 3 {
			a, b := numbers[T](rng, n), numbers[T](rng, n)
			if form == 1 {
				a = numbers[T](rng, 1)
			} else if form == 2 {
				b = numbers[T](rng, 1)
			}
			for i := range min(len(a.in), len(b.in)) {
				if rng.IntN(4) == 0 {
					a.in[i] = b.in[i]
				}
			}
			var mask []bool
			for name, f := range map[string]func(dst []bool){
				"Equal": func(dst []bool) { Equal(dst, a.in, b.in) }, "Less": func(dst []bool) { Less(dst, a.in, b.in) },
				"LessEqual": func(dst []bool) { LessEqual(dst, a.in, b.in) }, "IsNaN": func(dst []bool) {
					if form == 1 {
						IsNaN(dst, b.in)
					} else {
						IsNaN(dst, a.in)
					}
				},
			} {
				all, want := make([]bool, n+32), make([]bool, n)
				for i := range all {
					all[i] = true // before and behind the slice it must stay
				}
				f(all[16 : 16+n])
				portably(func() { f(want) })
				mask = all[16 : 16+n]
				require.Equal(t, want, mask, "%s(%v, %v)", name, a.in, b.in)
				for i := range 16 {
					require.True(t, all[i] && all[16+n+i], "written outside the slice")
				}
			}
			dst, want := numbers[T](rng, n), make([]T, n)
			Where(dst.in, mask, a.in, b.in)
			portably(func() { Where(want, mask, a.in, b.in) })
			for i, w := range want {
				require.True(t, same(w, dst.in[i]), "Where of %d at %d: %v, want %v", n, i, dst.in[i], w)
			}
			for _, g := range []guards[T]{a, b, dst} {
				g.check(t)
			}
		}
	}
}

func TestAxpyAddsInPlace(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	for n := range 68 {
		dst, x := guarded[float64](rng, n), guarded[float64](rng, n)
		want := make([]float64, n)
		for i := range want {
			want[i] = dst.in[i] + 1.5*x.in[i]
		}
		Axpy(dst.in, 1.5, x.in)
		require.InDeltaSlice(t, want, dst.in, 1e-14)
		dst.check(t)
		Axpy(dst.in, -1, dst.in)
		require.Equal(t, make([]float64, n), dst.in, "x − x")
	}
}

func TestFillIsWholeAndNoMore(t *testing.T) {
	rng := rand.New(rand.NewPCG(25, 26))
	for _, n := range []int{0, 1, 2, 7, 255, 256, 257, 511, 512, 513, 1000, 5000} {
		g := guarded[float32](rng, n)
		Fill(g.in, 7)
		for i, v := range g.in {
			require.Equal(t, float32(7), v, "%d of %d", i, n)
		}
		g.check(t)
	}
}

// Long slices go in pieces; a constant must serve them all.
func TestLongArithmetic(t *testing.T) {
	n := 2*simpleGrain + 3
	a, b, dst := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := range a {
		a[i], b[i] = float32(i%1000), float32(i%77)
	}
	for name, f := range map[string]struct {
		run  func()
		want func(x, y float32) float32
	}{
		"Add":    {func() { Add(dst, a, b) }, func(x, y float32) float32 { return x + y }},
		"Scale":  {func() { Scale(dst, a, 2) }, func(x, y float32) float32 { return 2 * x }},
		"from":   {func() { Sub(dst, []float32{3}, b) }, func(x, y float32) float32 { return 3 - y }},
		"Neg":    {func() { Neg(dst, b) }, func(x, y float32) float32 { return -y }},
		"MulAdd": {func() { MulAdd(dst, a, []float32{2}, b) }, func(x, y float32) float32 { return 2*x + y }},
	} {
		f.run()
		for i, got := range dst {
			if got != f.want(a[i], b[i]) {
				t.Fatalf("%s at %d: %g", name, i, got)
			}
		}
	}
}

// A kernel's operands may be on the stack, for the sake of small blocks.
func TestArithmeticDoesNotAllocate(t *testing.T) {
	x := make([]float32, 64)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		var block [64]float32
		Scale(block[:], x, 2)
		Clamp(block[:], block[:], 0, 1)
		Axpy(x, 0.5, block[:])
		ReLU(block[:], x)
	}))
}
