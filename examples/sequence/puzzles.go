package main

import (
	"math/rand/v2"
	"strings"

	"github.com/declive/declive/data"
	"github.com/declive/declive/tensor"
)

// brackets are numbered from 1: two that open, then what closes them.
const brackets = "([)]"

func opens(b byte) bool { return strings.IndexByte(brackets, b) < 2 }

// closing returns what closes b.
func closing(b byte) byte { return brackets[strings.IndexByte(brackets, b)+2] }

// puzzles returns n different strings of even lengths between two, as numbers
// [n longest] with zeros behind the shorter ones, and whether each is balanced,
// 1, or not, 0. Both are made of strings that can be spoilt, so that the
// balanced ones are not simpler.
func puzzles(n, shortest, longest int, rng *rand.Rand) data.Dataset {
	x, y := tensor.Int64.Zeros(n, longest), tensor.Int64.Zeros(n)
	seen := map[string]bool{}
	for len(seen) < n {
		i := len(seen)
		s := balanced(shortest+2*rng.IntN((longest-shortest)/2+1), rng)
		wrong := spoilt(s, rng)
		if isBalanced(wrong) {
			continue
		}
		if i%2 == 1 {
			s = wrong
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		y.Set(float64(1-i%2), i)
		for t := range s {
			x.Set(float64(1+strings.IndexByte(brackets, s[t])), i, t)
		}
	}
	return data.NewTensorDataset(x, y)
}

// balanced returns a string of balanced brackets.
func balanced(length int, rng *rand.Rand) string {
	var s, open []byte
	for len(s) < length {
		if d := len(open); d == 0 || d < length-len(s) && rng.IntN(2) == 0 {
			b := brackets[rng.IntN(2)]
			s, open = append(s, b), append(open, b)
		} else {
			s, open = append(s, closing(open[d-1])), open[:d-1]
		}
	}
	return string(s)
}

// spoilt returns s with two brackets changed over, if those drawn close and
// follow closing ones.
func spoilt(s string, rng *rand.Rand) string {
	b := []byte(s)
	i, j := 1+rng.IntN(len(b)-1), 1+rng.IntN(len(b)-1)
	if opens(b[i]) || opens(b[i-1]) || opens(b[j]) || opens(b[j-1]) {
		return s
	}
	b[i], b[j] = b[j], b[i]
	return string(b)
}

// isBalanced is what the network has to find out.
func isBalanced(s string) bool {
	var open []byte
	for i := range len(s) {
		d := len(open)
		switch {
		case opens(s[i]):
			open = append(open, s[i])
		case d == 0 || s[i] != closing(open[d-1]):
			return false
		default:
			open = open[:d-1]
		}
	}
	return len(open) == 0
}
