package kernel

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// stepCase is a step of a parameter p with gradient g and up to three buffers.
type stepCase[T Float] struct {
	name string
	step func(p, g, a, b, c []T)
}

// stepCases are steps of every kind, with a decay.
func stepCases[T Float](d Decay) []stepCase[T] {
	sgd := SGD{LR: 0.1, Momentum: 0.9, Dampening: 0.1, WeightDecay: d.WeightDecay, Maximize: d.Maximize}
	plain, first, nesterov := sgd, sgd, sgd
	plain.Momentum, first.First, nesterov.Nesterov = 0, true, true
	adam := Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, WeightDecay: d.WeightDecay, Maximize: d.Maximize, Bias1: 0.271, Bias2: 0.0297}
	decoupled := adam
	decoupled.Decoupled = true
	o := Moments{Decay: d, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Rate: 0.1, GradRate: 0.2, Bias2: 0.17}
	early := o
	early.Plain = true
	rms := RMSprop{Decay: d, LR: 0.1, Alpha: 0.9, Eps: 1e-8, Momentum: 0.8}
	asgd := ASGD{Decay: d, Eta: 0.1, Shrink: 0.99, Share: 1}
	averaged := asgd
	averaged.Share = 0.25
	return []stepCase[T]{
		{"SGD without momentum", func(p, g, _, _, _ []T) { SGDStep(plain, p, g, nil) }},
		{"SGD, first step", func(p, g, a, _, _ []T) { SGDStep(first, p, g, a) }},
		{"SGD", func(p, g, a, _, _ []T) { SGDStep(sgd, p, g, a) }},
		{"SGD, Nesterov", func(p, g, a, _, _ []T) { SGDStep(nesterov, p, g, a) }},
		{"Adam", func(p, g, a, b, _ []T) { AdamStep(adam, p, g, a, b, nil) }},
		{"AdamW", func(p, g, a, b, _ []T) { AdamStep(decoupled, p, g, a, b, nil) }},
		{"AMSGrad", func(p, g, a, b, c []T) { AdamStep(adam, p, g, a, b, c) }},
		{"NAdam", func(p, g, a, b, _ []T) { NAdamStep(o, p, g, a, b) }},
		{"RAdam", func(p, g, a, b, _ []T) { RAdamStep(o, p, g, a, b) }},
		{"RAdam, early", func(p, g, a, b, _ []T) { RAdamStep(early, p, g, a, b) }},
		{"Adamax", func(p, g, a, b, _ []T) { AdamaxStep(o, p, g, a, b) }},
		{"Adagrad", func(p, g, a, _, _ []T) { AdagradStep(Adagrad{Decay: d, LR: 0.1, Eps: 1e-8}, p, g, a) }},
		{"Adadelta", func(p, g, a, b, _ []T) { AdadeltaStep(Adadelta{Decay: d, LR: 0.9, Rho: 0.9, Eps: 1e-6}, p, g, a, b) }},
		{"RMSprop", func(p, g, a, _, _ []T) { RMSpropStep(rms, p, g, a, nil, nil) }},
		{"RMSprop, centered", func(p, g, a, _, c []T) { RMSpropStep(rms, p, g, a, c, nil) }},
		{"RMSprop, momentum", func(p, g, a, b, _ []T) { RMSpropStep(rms, p, g, a, nil, b) }},
		{"RMSprop, centered, momentum", func(p, g, a, b, c []T) { RMSpropStep(rms, p, g, a, c, b) }},
		{"Rprop", func(p, g, a, b, _ []T) {
			RpropStep(Rprop{Maximize: d.Maximize, Shrink: 0.5, Grow: 1.2, Least: 0.3, Greatest: 0.9}, p, g, a, b)
		}},
		{"ASGD", func(p, g, a, _, _ []T) { ASGDStep(asgd, p, g, a) }},
		{"ASGD, averaging", func(p, g, a, _, _ []T) { ASGDStep(averaged, p, g, a) }},
		{"Lion", func(p, g, a, _, _ []T) { LionStep(o, p, g, a) }},
		{"SparseAdam", func(p, g, a, b, _ []T) {
			SparseAdamStep(Moments{Decay: Decay{Maximize: d.Maximize}, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Rate: 0.1}, 1, p, g, a, b)
		}},
		{lambCase, func(p, g, a, b, _ []T) { LAMBStep(o, p, g, a, b) }},
	}
}

// lambCase is the one step whose elements depend on each other.
const lambCase = "LAMB"

// stepBuffers returns the parameter, the gradient and three buffers between
// canaries, from any element on: numbers between 0 and 1, of the gradient around
// 0, of the last buffer, which may be a mean, small, and now and then a special one.
// Buffers have neither huge numbers, for what is left of their difference to a huge
// gradient is rounding alone, nor −Inf, to which a square that overflows is added.
func stepBuffers[T Float](rng *rand.Rand, n int, odd bool) (out [5]guards[T]) {
	for i := range out {
		hard := []float64{0, neg, inf, nan, 1e-30, -1e-30, -inf, 1e30, -1e30}
		if i > 1 {
			hard = hard[:6]
		}
		shift := rng.IntN(8)
		g := guarded[T](rng, n+shift)
		Fill(g.in[:shift], canary)
		out[i] = guards[T]{g.all[shift:], g.in[shift:]}
		for k := range out[i].in {
			v := rng.Float64()
			switch {
			case odd && rng.IntN(4) == 0:
				v = hard[rng.IntN(len(hard))]
			case i == 1:
				v -= 0.5
			case i == 4:
				v *= 0.01
			}
			out[i].in[k] = T(v)
		}
	}
	return out
}

// TestStepsDoNotDependOnTheCut steps a parameter of several pieces, with one
// and with several workers, and each element on its own. Values against
// PyTorch are package optim's test.
func TestStepsDoNotDependOnTheCut(t *testing.T) {
	const n = 2*stepGrain + 17
	fresh := func() [5]guards[float32] { return stepBuffers[float32](rand.New(rand.NewPCG(1, 1)), n, false) }
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, k := range stepCases[float32](Decay{WeightDecay: 0.1}) {
		t.Run(k.name, func(t *testing.T) {
			single := fresh()
			for i := range n {
				if k.name != lambCase {
					k.step(single[0].in[i:i+1], single[1].in[i:i+1], single[2].in[i:i+1], single[3].in[i:i+1], single[4].in[i:i+1])
				}
			}
			if k.name == lambCase {
				k.step(single[0].in, single[1].in, single[2].in, single[3].in, nil)
			}
			for _, procs := range []int{1, 4} {
				runtime.GOMAXPROCS(procs)
				whole := fresh()
				k.step(whole[0].in, whole[1].in, whole[2].in, whole[3].in, whole[4].in)
				for i := range whole {
					alike := slices.EqualFunc(single[i].in, whole[i].in, same[float32])
					require.True(t, alike, "buffer %d, %d workers", i, procs)
				}
			}
			require.False(t, slices.Equal(fresh()[0].in, single[0].in), "nothing has changed")
		})
	}
}

// Kernels against the portable loops, at every length, with special values and
// with canaries.
func TestStepsEqualPortableLoops(t *testing.T) {
	needAssembly(t)
	t.Run("float32", func(t *testing.T) { stepsEqual[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { stepsEqual[float64](t, 1e-13) })
}

func stepsEqual[T Float](t *testing.T, tolerance float64) {
	k32, k64 := steps32, steps64
	defer func() { steps32, steps64 = k32, k64 }()
	seed := uint64(0)
	for n := range 68 {
		for form := range 8 {
			d := Decay{WeightDecay: 0.1 * float64(form&1), Maximize: form&2 != 0}
			for _, k := range stepCases[T](d) {
				seed++
				got := stepBuffers[T](rand.New(rand.NewPCG(seed, 1)), n, form&4 != 0)
				want := stepBuffers[T](rand.New(rand.NewPCG(seed, 1)), n, form&4 != 0)
				steps32, steps64 = k32, k64
				k.step(got[0].in, got[1].in, got[2].in, got[3].in, got[4].in)
				steps32, steps64 = nil, nil
				k.step(want[0].in, want[1].in, want[2].in, want[3].in, want[4].in)
				for i := range got {
					got[i].check(t)
					for j, w := range want[i].in {
						if g := got[i].in[j]; g != w && (g == g || w == w) {
							apart := math.Abs(float64(g-w)) / max(1, math.Abs(float64(w)))
							require.True(t, apart <= tolerance, "%s %+v, element %d of %d of buffer %d: %v, want %v", k.name, d, j, n, i, g, w)
						}
					}
				}
			}
		}
	}
}

func TestNormAcrossScales(t *testing.T) {
	x := make([]float64, 1000)
	for _, scale := range []float64{1e-310, 1e-200, 1e-150, 1e-139, 1, 1e149, 1e151, 1e300} {
		for i := range x {
			x[i] = scale * float64(i%3-1)
		}
		for _, p := range []float64{1, 2, 3} { // 667 elements are not 0
			require.InEpsilon(t, math.Pow(667, 1/p)*scale, Norm(x, p), 1e-9, "p %v, scale %v", p, scale)
		}
	}
	require.Zero(t, Norm([]float32{}, 2))
	require.Zero(t, Norm([]float32{0, 0}, 2))
}
