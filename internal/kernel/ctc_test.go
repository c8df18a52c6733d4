package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// readAs merges repeats of a path and drops its blanks.
func readAs(path []int64, blank int64) []int64 {
	var out []int64
	for t, s := range path {
		if s != blank && (t == 0 || path[t-1] != s) {
			out = append(out, s)
		}
	}
	return out
}

// bruteCTC sums over every path there is.
func bruteCTC(c CTC, lp []float64) (loss float64, post []float64) {
	total, post := 0.0, make([]float64, len(lp))
	path := make([]int64, c.Frames)
	var visit func(t int, p float64)
	visit = func(t int, p float64) {
		if t == c.Frames {
			if slices.Equal(readAs(path, c.Blank), c.Target) || len(c.Target) == 0 && readAs(path, c.Blank) == nil {
				total += p
				for u, s := range path {
					post[u*c.Stride+int(s)] += p
				}
			}
			return
		}
		for s := range c.Classes {
			path[t] = int64(s)
			visit(t+1, p*math.Exp(lp[t*c.Stride+s]))
		}
	}
	visit(0, 1)
	for i := range post {
		post[i] /= total
	}
	return -math.Log(total), post
}

func TestCTCAgainstEveryPath(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 0))
	for _, target := range [][]int64{{}, {1}, {1, 1}, {1, 2}, {2, 1, 2}, {1, 1, 1}, {2, 2, 1}} {
		for frames := range 6 {
			for _, blank := range []int64{0, 3} {
				c := CTC{Frames: frames, Classes: 4, Stride: 5, Target: slices.Clone(target), Blank: blank}
				if blank == 3 {
					for i := range c.Target {
						c.Target[i]--
					}
				}
				lp := make([]float64, max(1, frames)*c.Stride)
				for i := range lp {
					lp[i] = rng.NormFloat64() - 1
				}
				want, post := bruteCTC(c, lp)
				alpha := make([]float64, max(1, frames)*c.states())
				loss := CTCForward(c, lp, alpha)
				if math.IsInf(want, 1) {
					require.Equal(t, want, loss, "target %v in %d frames", target, frames)
				} else {
					require.InDelta(t, want, loss, 1e-12, "target %v in %d frames", target, frames)
				}
				grad := make([]float64, len(lp))
				CTCBackward(c, lp, grad, alpha, loss, 2)
				for f := range frames {
					for k := range c.Classes {
						i := f*c.Stride + k
						expect := 2 * (math.Exp(lp[i]) - post[i])
						if math.IsInf(want, 1) {
							expect = 0
						}
						require.InDelta(t, expect, grad[i], 1e-12, "frame %d class %d of %v", f, k, target)
					}
				}
			}
		}
	}
}

// A class of probability 0 in a frame must not turn the gradient into NaN.
func TestCTCWithImpossibleSymbols(t *testing.T) {
	inf := math.Inf(-1)
	lp := []float64{inf, 0, 0, inf, inf, 0}
	c := CTC{Frames: 3, Classes: 2, Stride: 2, Target: []int64{1, 1}}
	alpha := make([]float64, 15)
	loss := CTCForward(c, lp, alpha)
	require.Equal(t, 0.0, loss)
	grad := make([]float64, 6)
	CTCBackward(c, lp, grad, alpha, loss, 1)
	require.Equal(t, make([]float64, 6), grad) // the only path has probability 1
}
