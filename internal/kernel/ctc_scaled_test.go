package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// randomCTC returns samples of up to frames frames that lie side by side, with
// log probabilities spread as widely as asked.
func randomCTC[T Float](rng *rand.Rand, samples, frames, classes int, spread float64) ([]CTC, []T) {
	batch, blank := make([]CTC, samples), rng.IntN(classes)
	for i := range batch {
		target := make([]int64, rng.IntN(frames))
		for j := range target {
			if target[j] = rng.Int64N(int64(classes) - 1); target[j] >= int64(blank) {
				target[j]++
			}
		}
		batch[i] = CTC{Frames: rng.IntN(frames + 1), Classes: classes, Stride: samples * classes, Target: target, Blank: int64(blank)}
	}
	lp := make([]T, frames*samples*classes)
	for i := range lp {
		lp[i] = T(rng.NormFloat64() * spread)
	}
	for at := 0; at < len(lp); at += classes {
		frame := lp[at:][:classes]
		var greatest, sum, rest [1]float64
		LogSumExpRows(frame, len(frame), greatest[:], sum[:], rest[:])
		for k := range frame {
			frame[k] = T(float64(frame[k]) - greatest[0] - rest[0])
		}
	}
	return batch, lp
}

// byLogarithms returns what CTCLosses and CTCGradients must give.
func byLogarithms[T Float](samples []CTC, lp []T, g []float64) (losses []float64, grad []T) {
	losses, grad = make([]float64, len(samples)), make([]T, len(lp))
	for i, c := range samples {
		alpha := make([]float64, c.Frames*c.states())
		losses[i] = CTCForward(c, lp[i*c.Classes:], alpha)
		CTCBackward(c, lp[i*c.Classes:], grad[i*c.Classes:], alpha, losses[i], g[i])
	}
	return losses, grad
}

// compareCTC computes a batch both ways, and the gradient twice, and returns
// for how many samples products sufficed.
func compareCTC[T Float](t *testing.T, samples []CTC, lp []T, tolerance float64) (scaled int) {
	t.Helper()
	n := len(samples)
	g, losses, grad := make([]float64, n), make([]float64, n), make([]T, len(lp))
	for i := range g {
		g[i] = float64(i%5) - 1
	}
	want, wantGrad := byLogarithms(samples, lp, g)
	b := NewCTCBatch(samples)
	CTCLosses(b, lp, losses)
	for i := range losses {
		if math.IsInf(want[i], 1) {
			require.Equal(t, want[i], losses[i])
		} else {
			require.InEpsilon(t, 1+want[i], 1+losses[i], 1e-11, "sample %d: %v", i, samples[i])
		}
		if !b.samples[i].exact {
			scaled++
		}
	}
	for range 2 {
		Fill(grad, T(math.NaN()))
		CTCGradients(b, lp, grad, len(lp)/(n*samples[0].Classes), g)
		for i := range grad {
			require.InDelta(t, float64(wantGrad[i]), float64(grad[i]), tolerance, "element %d", i)
		}
	}
	return scaled
}

func TestCTCByProductsIsCTCByLogarithms(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 0))
	for range 60 {
		frames, classes, spread := 1+rng.IntN(40), 2+rng.IntN(40), math.Exp(2*rng.NormFloat64())
		samples, lp := randomCTC[float64](rng, 7, frames, classes, spread)
		compareCTC(t, samples, lp, 1e-11)
		samples, narrow := randomCTC[float32](rng, 7, frames, classes, spread)
		compareCTC(t, samples, narrow, 3e-6)
	}
	samples, lp := randomCTC[float64](rng, 20, 300, 30, 3)
	for i := range samples {
		samples[i].Frames = 300
		samples[i].Target = samples[i].Target[:len(samples[i].Target)/3+1]
	}
	require.Equal(t, 20, compareCTC(t, samples, lp, 1e-11))
}

// Where digits would be lost, and only there, logarithms take over.
func TestCTCFallsBackToLogarithms(t *testing.T) {
	target := []int64{1, 2}
	for _, c := range []struct {
		name   string
		frame  func(t int) [3]float64
		scaled bool
	}{
		{"likely", func(int) [3]float64 { return [3]float64{-1, -2, -3} }, true},
		{"unlikely", func(int) [3]float64 { return [3]float64{-200, -100, -210} }, true},
		{"too unlikely", func(int) [3]float64 { return [3]float64{-900, -1000, -800} }, false},
		{"no probabilities", func(int) [3]float64 { return [3]float64{0, 1, 6} }, false},
		{"surely read", func(t int) [3]float64 {
			frame := [3]float64{-1e-9, -30, -30}
			if t == 3 || t == 6 {
				frame[0], frame[t/3] = -30, -1e-9
			}
			return frame
		}, false},
		{"none at all", func(int) [3]float64 { return [3]float64{math.Inf(-1), -1, math.Inf(-1)} }, false},
		// All beginnings but one vanish beside a blank that nothing follows.
		{"misleading", func(t int) [3]float64 {
			if t < 5 {
				return [3]float64{0, -300, -300}
			}
			return [3]float64{-600, -1, -1}
		}, true},
		// Nothing but they can end, less than 2⁻⁴⁰⁰ of what was there before.
		{"more misleading", func(t int) [3]float64 {
			if t == 11 {
				return [3]float64{-650, -650, 0}
			}
			return [3]float64{0, -360, -360}
		}, false},
	} {
		const frames = 12
		lp := make([]float64, 0, 3*frames)
		for f := range frames {
			frame := c.frame(f)
			lp = append(lp, frame[:]...)
		}
		sample := CTC{Frames: frames, Classes: 3, Stride: 3, Target: target}
		scaled := compareCTC(t, []CTC{sample}, lp, 1e-11)
		assert.Equal(t, c.scaled, scaled == 1, c.name)
	}
}

// The likeliest path, of probability e⁻⁷⁵⁰, begins with three labels of e⁻²⁵⁰
// each, which vanish beside the blanks; blanks first cost e⁻²⁰ more in the end.
// No frame alone betrays it.
func TestCTCNoticesWhatVanished(t *testing.T) {
	sample := CTC{Frames: 18, Classes: 5, Stride: 5, Target: []int64{1, 2, 3, 4}}
	var lp []float64
	for f := range sample.Frames {
		if f < 6 {
			lp = append(lp, 0, -250, -250, -250, -250)
		} else {
			lp = append(lp, -270, -270, -270, -270, 0)
		}
	}
	require.Zero(t, compareCTC(t, []CTC{sample}, lp, 1e-11))
	b := NewCTCBatch([]CTC{sample})
	CTCLosses(b, lp, make([]float64, 1))
	ok, doubt := ctcSums(&b.samples[0], lp)
	require.True(t, ok && doubt)
	require.False(t, ctcRest(&b.samples[0], lp, nil, 0))
}

// A total that the way back does not come to is not trusted, and the gradient
// then comes from logarithms.
func TestCTCGradientOfADoubtfulTotal(t *testing.T) {
	samples, lp := randomCTC[float64](rand.New(rand.NewPCG(13, 0)), 1, 30, 8, 1)
	samples[0].Frames, samples[0].Target = 30, samples[0].Target[:3]
	want, wantGrad := byLogarithms(samples, lp, []float64{2})
	b, losses, grad := NewCTCBatch(samples), make([]float64, 1), make([]float64, len(lp))
	CTCLosses(b, lp, losses)
	require.InEpsilon(t, want[0], losses[0], 1e-12)
	c := &b.samples[0]
	require.True(t, ctcRest(c, lp, nil, 0))
	c.total *= 1 + 1e-9
	require.False(t, ctcRest(c, lp, nil, 0))
	CTCGradients(b, lp, grad, 30, []float64{2})
	require.Equal(t, wantGrad, grad)
}

func TestCTCExponentials(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 0))
	c := ctcScaled{CTC: CTC{Frames: 1, Classes: 1000}}
	lp := make([]float64, c.Classes)
	for i := range lp {
		lp[i] = -rng.ExpFloat64() * math.Exp(4*rng.NormFloat64())
		c.symbols = append(c.symbols, int32(i))
	}
	copy(lp, []float64{0, 1, 2, -699.9, -700, -745, -800, math.Inf(-1), math.Copysign(0, -1), -1e-300})
	c.saved = make([]float64, c.width())
	require.True(t, ctcExps(&c, lp))
	_, _, probs, _ := c.row(0)
	for i, x := range lp {
		want := math.Exp(x)
		require.InDelta(t, want, probs[i], 0x1p-51*want, "exp(%v)", x)
	}
	for _, x := range []float64{6, 701, 1e9, math.Inf(1), math.NaN()} {
		lp[500] = x
		require.False(t, ctcExps(&c, lp), "%v", x)
	}
}
